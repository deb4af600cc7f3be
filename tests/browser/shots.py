"""`make shots`: the pictures of the README, taken from the product that `make run` has started.

It signs in with the demo logins at http://127.0.0.1:$PORT and writes docs/img/*.png.
"""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from gridgov.kit import environment

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "img"
BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

# picture      login         page                 size
SHOTS = (
    ("dispatch", "dispatcher", "/dispatch/",        DESK),
    ("list",     "dispatcher", "/cases/",           DESK),
    ("grid",     "dispatcher", "/grids/410102006/", DESK),
    ("monthly",  "official",   "/reports/monthly/", DESK),
    ("desk",     "gridleader", "/",                 PHONE),
    ("report",   "gridleader", "/cases/new/",       PHONE),
    ("patrol",   "gridleader", "/patrol/",          PHONE),
)  # fmt: skip


def password() -> str:
    """The one password of the demo, as `manage.py demo_logins` tells it."""
    told = subprocess.run(
        [sys.executable, "manage.py", "demo_logins"], capture_output=True, text=True, check=True
    )
    return next(line.split()[2] for line in told.stdout.splitlines() if "gridleader" in line)


def take(browser: Browser, word: str, name: str, login: str, address: str, size: dict[str, int]) -> None:
    """Sign in, open the page, keep what is to be seen."""
    page = browser.new_context(viewport=size, locale="zh-CN", base_url=BASE).new_page()
    page.goto("/login/")
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", word)
    with page.expect_navigation():
        page.locator("main button.btn-primary").click()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/img/{name}.png")
    page.context.close()


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as play:
        word = password()
        browser = play.chromium.launch(executable_path=environment.chromium(), args=args)
        for shot in SHOTS:
            take(browser, word, *shot)
        browser.close()


if __name__ == "__main__":
    main()
