"""What a fresh machine needs before anything of ours can run: the environment, and tools for tests.

Run by its path with whatever `python3` is there (`python3 -I gridgov/kit/environment.py run`), so it
uses the standard library only and must be readable to an old Python, to tell it that it is old.
"""

from __future__ import annotations  # an older Python must get as far as refuse_old_python()

import contextlib
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(CHECKOUT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST_PYTHON = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DOWNLOAD_SECONDS = 240
PACKAGES_SECONDS = 600


# --- The environment --------------------------------------------------------------------------


def ensure_environment(kind: str) -> None:
    """Bring .venv to requirements/<kind>.txt; nothing to do when it is there already."""
    refuse_old_python()
    with only_one("environment"):
        if is_current(kind):
            return
        if not is_usable():
            make_environment()
        install(kind)


def refuse_old_python() -> None:
    """Say in one sentence what is wrong with this Python."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            f"gridgov needs Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer; {sys.executable} is "
            f"{platform.python_version()}. Name another one: PYTHON=python3.12 make run"
        )


def is_current(kind: str) -> bool:
    """Whether the environment was made from this very lock file, or from the larger one of tests."""
    kinds = ("run", "dev") if kind == "run" else (kind,)
    return os.path.exists(PYTHON) and any(read(stamp(name)) == fingerprint(name) for name in kinds)


def is_usable() -> bool:
    """Whether .venv has a Python that starts, is new enough and has pip."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        done = subprocess.run([PYTHON, "-I", "-c", probe], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def make_environment() -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian ships Python without it
        import venv  # noqa: F401, PLC0415
    except ImportError:
        sys.exit("This Python has no venv module: install it (Debian and Ubuntu: apt install python3-venv).")
    run_quietly("Making the environment", [sys.executable, "-m", "venv", "--clear", VENV])


def install(kind: str) -> None:
    lock = requirements(kind)
    total = len(re.findall(r"^[A-Za-z0-9]", read(lock), flags=re.MULTILINE))
    command = [
        PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--disable-pip-version-check",
        "--no-input", "--progress-bar", "off", "-r", lock,
    ]  # fmt: skip
    run_quietly("Installing packages", command, count=r"^\s*(Collecting|Requirement already)", total=total)
    with open(stamp(kind), "w") as file:
        file.write(fingerprint(kind))


def requirements(kind: str) -> str:
    return os.path.join(CHECKOUT, "requirements", f"{kind}.txt")


def stamp(kind: str) -> str:
    return os.path.join(VENV, f"installed-{kind}")


def fingerprint(kind: str) -> str:
    return hashlib.sha256(read(requirements(kind)).encode()).hexdigest()


# --- What tests need --------------------------------------------------------------------------


def ensure_test_tools() -> None:
    """Have a Chromium, Chinese fonts and a redis-server, or say which one is missing."""
    missing = [sentence for find, fetch, sentence in TEST_TOOLS if not (find() or (fetch() and find()))]
    if missing:
        sys.exit("\n".join(missing))


def chromium() -> str | None:
    """The path of a Chromium that starts: CHROMIUM, the system's, or the one Playwright fetched."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named) or sys.exit(f"CHROMIUM names {named}, which is not a program.")
    candidates = [*map(shutil.which, BROWSERS), *MAC_BROWSERS, *playwright_browsers()]
    return next((path for path in candidates if path and starts(path)), None)


def playwright_browsers() -> list[str]:
    """Where Playwright keeps what it fetched; asking Playwright itself costs seconds."""
    home = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or os.path.expanduser(
        "~/Library/Caches/ms-playwright" if sys.platform == "darwin" else "~/.cache/ms-playwright"
    )
    names = {"chrome", "headless_shell", "chrome-headless-shell", "Chromium", "Google Chrome for Testing"}
    found = []
    for folder, _, files in os.walk(home):
        found += [os.path.join(folder, name) for name in files if name in names]
    return sorted(found, reverse=True)


def starts(path: str) -> bool:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def fetch_chromium() -> bool:
    command = [PYTHON, "-m", "playwright", "install", "chromium", "--only-shell"]
    fetched = try_quietly("Fetching Chromium", command, DOWNLOAD_SECONDS) and chromium()
    return bool(fetched) or install_packages("chromium")


def has_chinese_fonts() -> bool:
    """Whether Chinese on a screenshot would be characters and not boxes."""
    if sys.platform == "darwin":
        return True
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
        return bool(listed.stdout.strip())
    return False


def fetch_fonts() -> bool:
    return install_packages("fontconfig", "fonts-noto-cjk")


def redis_server() -> str | None:
    return shutil.which("redis-server")


def fetch_redis() -> bool:
    return install_packages("redis-server")


TEST_TOOLS = (
    (
        chromium,
        fetch_chromium,
        "The tests need a browser: install Chromium, or name one with CHROMIUM=/path.",
    ),
    (has_chinese_fonts, fetch_fonts, "The tests need a Chinese font: install fontconfig and Noto Sans CJK."),
    (redis_server, fetch_redis, "The tests need Redis: install redis-server (macOS: brew install redis)."),
)


def install_packages(*names: str) -> bool:
    """Ask the system's package manager, where we may: root on Debian or Ubuntu."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *names]
    with no_services_started():
        title = "Installing " + ", ".join(names)
        return try_quietly(title, install, PACKAGES_SECONDS) or (
            try_quietly("Reading the package lists", ["apt-get", "update"], PACKAGES_SECONDS)
            and try_quietly(title, install, PACKAGES_SECONDS)
        )


@contextlib.contextmanager
def no_services_started() -> Iterator[None]:
    """Tests start a redis-server of their own; the package must not start one on the machine."""
    policy = "/usr/sbin/policy-rc.d"
    ours = not os.path.exists(policy)
    if ours:
        with open(policy, "w") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
    try:
        yield
    finally:
        if ours:
            os.unlink(policy)


# --- Long steps -------------------------------------------------------------------------------


def run_quietly(title: str, command: list[str], count: str | None = None, total: int = 0) -> None:
    """Run a command with one line of progress; its output is shown only when it fails."""
    code, output = run_with_progress(title, command, count, total)
    if code:
        sys.exit(f"{output.rstrip()}\n{title}: it failed (code {code}); its output is above.")


def try_quietly(title: str, command: list[str], seconds: float) -> bool:
    return run_with_progress(title, command, seconds=seconds)[0] == 0


def run_with_progress(
    title: str, command: list[str], count: str | None = None, total: int = 0, seconds: float | None = None
) -> tuple[int, str]:
    process = subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )  # fmt: skip
    alarm = threading.Timer(seconds, process.kill) if seconds else None
    if alarm:
        alarm.start()
    lines = []
    with Progress(title, total) as progress:
        for line in process.stdout or ():
            lines.append(line)
            if count and re.match(count, line):
                progress.done += 1
        code = process.wait()
        progress.failed = code != 0
    if alarm:
        alarm.cancel()
    return code, "".join(lines)


class Progress:
    """One line that says what is going on and for how long."""

    def __init__(self, title: str, total: int = 0) -> None:
        self.title, self.total, self.done, self.failed = title, total, 0, False
        self.terminal = sys.stderr.isatty()
        self.finished = threading.Event()

    def __enter__(self) -> Progress:
        self.started = time.monotonic()
        if not self.terminal:
            self.write(f"{self.title} ...\n")
        self.thread = threading.Thread(target=self.tick, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.finished.set()
        self.thread.join()
        word = "failed" if self.failed or kind else "done"
        self.write(f"{self.start_of_line()}{self.title}: {word} ({self.seconds():.0f} s)\n")

    def tick(self) -> None:
        """On a terminal twice a second on the same line; in a log a new line every half minute."""
        while not self.finished.wait(0.5 if self.terminal else 30):
            end = "" if self.terminal else "\n"
            self.write(f"{self.start_of_line()}{self.title}{self.part()} ... {self.seconds():.0f} s{end}")

    def part(self) -> str:
        return f" {min(self.done, self.total)} of {self.total}" if self.total else ""

    def seconds(self) -> float:
        return time.monotonic() - self.started

    def start_of_line(self) -> str:
        return "\r\033[K" if self.terminal else ""

    @staticmethod
    def write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


# --- Small tools ------------------------------------------------------------------------------


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


@contextlib.contextmanager
def only_one(name: str) -> Iterator[None]:
    """Two commands started together prepare things one after the other."""
    folder = os.path.join(os.environ.get("GRIDGOV_VAR") or os.path.join(CHECKOUT, "var"), "run")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".lock"), "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else "run"
    if what == "test-tools":
        ensure_test_tools()
    else:
        ensure_environment(what)


if __name__ == "__main__":
    main()
