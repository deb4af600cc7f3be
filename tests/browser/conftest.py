"""A real Chromium against a running server: what only a browser can tell.

`page_as(user, phone=True, language="en")` is a signed-in page of a phone's or a desk's size; `assert_clean(page)` says
that nothing was blocked by the content security policy, no script failed, and axe finds nothing.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}

# A blocked resource speaks up on the console, where `_listen` hears it, across all pages of a test.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("CSP", event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber);
});
"""
# Every rule axe has, and the size of targets, which it keeps off by default.
RUN_AXE = """
async () => (await axe.run(document, {
  resultTypes: ["violations"], rules: { "target-size": { enabled: true } },
})).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`)
"""
# An answer of 4xx is what many tests ask for; the console calls it an error all the same.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of the machine, or the one Playwright brought.

    Closed with each module: Playwright's event loop must not outlive it, or whatever asks for a loop of
    its own in this thread (the health checks do) is refused.
    """
    named = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    path = named if Path(named).exists() else None
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """`new_page(phone=False, cookies=[])`: a page nobody has signed in to; its addresses may be relative."""
    contexts: list[BrowserContext] = []

    def open_page(*, phone: bool = False, cookies: list[dict] | None = None) -> Page:
        size = PHONE if phone else DESK
        context = chromium.new_context(
            base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **size
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.add_init_script(TELL_VIOLATIONS)
        context.add_cookies(cookies or [])
        return _listen(context.new_page())

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page_as(new_page, live_server) -> Callable[..., Page]:
    """`page_as(user, phone=False, language="zh-hans")`: signed in as that person, still blank."""

    def open_as(user, *, phone: bool = False, language: str = "zh-hans") -> Page:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        values = {name: client.cookies[name].value, settings.LANGUAGE_COOKIE_NAME: language}
        cookies = [{"name": name, "value": value, "url": live_server.url} for name, value in values.items()]
        return new_page(phone=phone, cookies=cookies)

    return open_as


@pytest.fixture
def assert_clean() -> Callable[[Page], None]:
    """`assert_clean(page)`: nothing blocked, nothing failed, nothing in a reader's way."""

    def check(page: Page) -> None:
        page.wait_for_load_state()
        page.evaluate(AXE)
        violations = page.evaluate(RUN_AXE)

        assert (page.problems, violations) == ([], []), page.url

    return check


def press(button: Locator) -> None:
    """Press what leads to another page, and go on when that page stands.

    A click alone returns while the old page is still there, and what is asked next is asked of either.
    """
    with button.page.expect_navigation():
        button.click()


def _listen(page: Page) -> Page:
    """The page with `problems`: every error its scripts and its policy have told of so far."""
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("console", lambda message: _hear(page, message))
    return page


def _hear(page: Page, message) -> None:
    if message.type == "error" and not message.text.startswith(EXPECTED):
        page.problems.append(message.text)
