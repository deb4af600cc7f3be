"""`make run`: everything a trial of gridgov needs, in one terminal, until Ctrl-C.

Prepares (migrations, reference data, the demo district, static files), then keeps the web, worker
and beat processes alive. PostgreSQL has a supervisor of its own (gridgov.kit.embedded): we only
hold a place among its users, so it is stopped after everything else.
"""

import argparse
import contextlib
import ctypes
import errno
import fcntl
import hashlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import django
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands

from gridgov.kit import embedded
from gridgov.kit.environment import Progress, only_one, run_quietly

CHECKOUT = embedded.CHECKOUT
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # a process that lived this long has earned a fresh back-off


class Stop(Exception):
    """Somebody wants us to end: Ctrl-C, SIGTERM, or the terminal was closed."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def say(text: str) -> None:
    print(text, flush=True)


# --- Preparing --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stamps:
    """What was done already, by the fingerprint of what it was done from."""

    file: Path

    def is_done(self, step: str, mark: str) -> bool:
        return bool(self._read().get(step) == mark)

    def set(self, step: str, mark: str) -> None:
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps({**self._read(), step: mark}, indent=1))
        draft.replace(self.file)

    def _read(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.file.read_text()))
        except (FileNotFoundError, ValueError):
            return {}


def prepare() -> None:
    """Bring code, files and database to the state of this checkout; fast when they are there."""
    with only_one("prepare"):
        stamps = Stamps(settings.VAR_DIR / "run" / "prepared.json")
        _compile_catalogues()
        django.setup()
        _collect_static(stamps)
        _fill_database(stamps)
    _remember_logins()


def _compile_catalogues() -> None:
    if not all(map(_is_compiled, CHECKOUT.glob("locale/**/*.po"))):
        command = [sys.executable, "-m", "gridgov.kit.catalogues", "compile"]
        run_quietly("Compiling translations", command)


def _is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


def _collect_static(stamps: Stamps) -> None:
    sources = [path for path in sorted((CHECKOUT / "static").rglob("*")) if path.is_file()]
    mark = _fingerprint([*sources, CHECKOUT / "requirements" / "run.txt"])
    if not (Path(settings.STATIC_ROOT).is_dir() and stamps.is_done("static", mark)):
        # In a process of its own: once the manifest is there, settings choose other storage.
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear"]
        run_quietly("Collecting static files", command)
        stamps.set("static", mark)


def _fill_database(stamps: Stamps) -> None:
    _step("Migrating the database", "migrate", interactive=False, verbosity=0)
    if not settings.REDIS_URL:
        _step("Making the cache table", "createcachetable")
    mark = _database_mark()
    if not stamps.is_done("reference", mark):
        _step("Loading reference data", "load_reference")
        _step("Loading the types of special groups", "load_registers")
        stamps.set("reference", mark)
    if os.environ.get("DEMO", "1") != "0":
        for command in ("seed_demo", "seed_register", "seed_scores"):
            if command in get_commands():
                call_command(command, once=True)


def _database_mark() -> str:
    """Reference data are due again when they, their loader or the database are other ones."""
    sources = [path for path in CHECKOUT.glob("*/data/**/*") if path.is_file()]
    sources += CHECKOUT.glob("*/management/commands/load_*.py")
    sources += CHECKOUT.glob("*/imports*")
    return f"{_cluster()} {_fingerprint(sorted(path for path in sources if path.is_file()))}"


def _cluster() -> str:
    from django.db import connection  # noqa: PLC0415 - the module is imported before Django is set up

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid || ' ' || (SELECT min(applied) FROM django_migrations)"
            " FROM pg_database WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0])


def _step(title: str, command: str, **options: Any) -> None:
    if command not in get_commands():
        return
    output = io.StringIO()
    # Commands that call others print past `stdout`; here one line of progress says enough.
    with Progress(title), contextlib.redirect_stdout(output):
        call_command(command, **options)


def _fingerprint(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(os.fsencode(path) + b"\0" + path.read_bytes())
    return total.hexdigest()


def _logins_file() -> Path:
    return Path(settings.VAR_DIR) / "run" / "demo_logins"


def _remember_logins() -> None:
    output = io.StringIO()
    # A database without the demo district has no demo logins, and that is no failure.
    with contextlib.suppress(CommandError):
        call_command("demo_logins", stdout=output)
    _logins_file().touch(mode=0o600)
    _logins_file().write_text(output.getvalue())


# --- Running ----------------------------------------------------------------------------------


@dataclass
class Child:
    """One process of ours, its log, and what happened to it."""

    name: str
    arguments: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    not_before: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        _keep_small(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.arguments], cwd=CHECKOUT, env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # A group of its own: Ctrl-C reaches us alone, and we stop everything in order.
                start_new_session=True, preexec_fn=_end_with_parent,  # noqa: PLW1509 - one thread here
            )  # fmt: skip
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Start the process again when it has ended, each time a little later."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start()
        elif self.process.poll() is not None:
            self.pause = 1.0 if now - self.started > STEADY_SECONDS else self.pause
            say(f"{self.name} {_why(self.process.returncode)}; starting it again in {self.pause:.0f} s.")
            say("".join(f"    {line}\n" for line in _tail(self.log)).rstrip() or f"    {self.log} is empty")
            self._kill_group()
            self.process, self.not_before = None, now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.1, until - time.monotonic()))
            self._kill_group()

    def _kill_group(self) -> None:
        """Pool processes that outlived their parent hold sessions and tasks."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _end_with_parent() -> None:
    """On Linux the kernel asks our children to end when we are killed; elsewhere the next start does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(embedded.PR_SET_PDEATHSIG, signal.SIGTERM)


def children(address: str, port: int) -> list[Child]:
    logs = settings.VAR_DIR / "log"
    logs.mkdir(parents=True, exist_ok=True)
    # The checkout is named in every command line, so that a later start can tell its own from others'.
    celery = ["celery", "--workdir", str(CHECKOUT), "-A", "gridgov"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "1"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    return [
        Child(
            "web",
            ["gunicorn", "--chdir", str(CHECKOUT), "gridgov.wsgi"],
            logs / "web.log",
            environment={"HOST": address, "PORT": str(port)},
        ),
        Child("worker clock", [*worker, "-Q", "clock", "-n", "clock@%h"], logs / "worker-clock.log"),
        Child("worker default", [*worker, "-Q", "default", "-n", "default@%h"], logs / "worker-default.log"),
        Child("beat", beat, logs / "beat.log"),
    ]


def run() -> int:
    """Prepare, start and look after everything until somebody wants us to end."""
    host, port = os.environ.get("HOST", "127.0.0.1"), _port(os.environ.get("PORT", "8000"))
    with _only_launch() as record:
        if record is None:
            return _say_running_already()
        _end_leftovers(record)
        _refuse_taken_port(host, port)
        record.write({})
        with _database() as database:
            _prepare_in_child()
            return _serve(host, port, record, database)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT={text} is no port: a number from 1 to 65535, like PORT=9000 make run")
    return int(text)


def _serve(host: str, port: int, record: "Record", database: embedded.Server | None) -> int:
    family = children(host, port)
    url = f"http://{'127.0.0.1' if host in ('', '0.0.0.0', '::') else host}:{port}/"
    try:
        for child in family:
            child.start()
        record.write({"url": url, "groups": _groups(family)})
        _wait_until_ready(url, family)
        _greet(url)
        while True:
            _look_after(family, database)
            record.write({"url": url, "groups": _groups(family)})
            time.sleep(0.5)
    finally:
        _stop_all(family)
        record.write({})


def _look_after(family: list[Child], database: embedded.Server | None) -> None:
    for child in family:
        child.look_after()
    if database is not None and not embedded.is_supervised(database):
        say("The supervisor of PostgreSQL is gone; starting it again.")
        try:
            embedded.ensure(database)
        except embedded.EmbeddedError as error:
            say(str(error))


def _stop_all(family: list[Child]) -> None:
    say("\nStopping: web, worker, beat, then PostgreSQL ...")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
    for child in family:
        child.ask_to_stop()
    until = time.monotonic() + STOP_SECONDS
    for child in family:
        child.wait(until)


@contextlib.contextmanager
def _database() -> Iterator[embedded.Server | None]:
    """The embedded PostgreSQL for as long as we run; afterwards it has really stopped."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    first = not (embedded.server().data / "PG_VERSION").exists()
    with Progress("Making the database" if first else "Starting PostgreSQL"):
        place = embedded.running()
        database = place.__enter__()
    try:
        yield database
    finally:
        place.__exit__(None, None, None)
        embedded.wait_until_stopped(database)


def _prepare_in_child() -> None:
    """In a process of its own: the one that looks after the others stays small and without sessions."""
    done = subprocess.run([sys.executable, "-m", "gridgov.kit.launch", "prepare"], cwd=CHECKOUT, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def _wait_until_ready(url: str, family: list[Child]) -> None:
    with Progress("Starting web, worker and beat"):
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and not _responds(url):
            for child in family:
                child.look_after()
            time.sleep(0.2)


def _responds(url: str) -> bool:
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _greet(url: str) -> None:
    say(f"\n  gridgov is running at {url}\n")
    with contextlib.suppress(FileNotFoundError):
        if logins := _logins_file().read_text().rstrip():
            say(logins + "\n")
    say(f"  Logs are in {settings.VAR_DIR / 'log'}. Ctrl-C stops everything.")


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = (
                "is taken by another program"
                if error.errno == errno.EADDRINUSE
                else f"of {host}: {error.strerror}"
            )
            raise SystemExit(f"Port {port} {why}. Try: PORT={port + 1} make run") from None


def _why(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _tail(log: Path, lines: int = 3) -> list[str]:
    """The errors named at the end of a log, or else its last lines."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_000))
        last = file.read().decode(errors="replace").splitlines()
    named = dict.fromkeys(line for line in last if re.match(r"[\w.]+(Error|Exception|Configured): ", line))
    return [*named][-lines:] or last[-lines:]


def _keep_small(log: Path, limit: int = 10_000_000) -> None:
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_suffix(".log.1"))


# --- One at a time ----------------------------------------------------------------------------


@dataclass
class Record:
    """What the launch that runs now tells the next one: its address and its process groups."""

    file: Path
    last: dict[str, Any] | None = None

    def read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.file.read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def write(self, content: dict[str, Any]) -> None:
        if content != self.last:
            draft = self.file.with_suffix(".new")
            draft.write_text(json.dumps(content))
            draft.replace(self.file)
            self.last = content


def _record() -> Record:
    folder = Path(settings.VAR_DIR) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return Record(folder / "launch.json")


@contextlib.contextmanager
def _only_launch() -> Iterator[Record | None]:
    """Be the one launch of this checkout, or get None when there is one."""
    record = _record()
    with record.file.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield record


def _say_running_already() -> int:
    url = _record().read().get("url")
    where = f"at {url}" if url else "and still starting"
    say(f"gridgov is running already {where} (from this checkout; Ctrl-C in its terminal stops it).")
    return 0


def _groups(family: list[Child]) -> dict[str, int]:
    return {child.name: child.process.pid for child in family if child.process is not None}


def _end_leftovers(record: Record) -> None:
    """End what a killed launch left behind. We hold its lock: these processes are nobody's."""
    groups = set(record.read().get("groups", {}).values())
    left = [pid for pid, group in _processes() if group in groups and _is_ours(pid)]
    if left:
        say("Ending what an earlier run left behind ...")
    _signal(left, signal.SIGTERM)
    until = time.monotonic() + 5
    while any(map(_is_ours, left)) and time.monotonic() < until:
        time.sleep(0.1)
    _signal([pid for pid in left if _is_ours(pid)], signal.SIGKILL)


def _is_ours(pid: int) -> bool:
    command = embedded.command_line(pid)
    return f" {CHECKOUT} " in command and ("gunicorn" in command or "celery" in command)


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _processes() -> list[tuple[int, int]]:
    """Every process and its group."""
    if Path("/proc/self").exists():
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    else:
        done = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=False)
        pids = [int(pid) for pid in done.stdout.split()]
    return [(pid, group) for pid in pids if (group := _group(pid)) is not None]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None


# --- By hand ----------------------------------------------------------------------------------


def setup() -> int:
    """The set-up part alone."""
    with _database():
        _prepare_in_child()
    say("Set up. `make run` starts it.")
    return 0


def prepare_here() -> int:
    prepare()
    return 0


DOES: dict[str, Callable[[], int]] = {"run": run, "setup": setup, "prepare": prepare_here}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("do", choices=DOES, nargs="?", default="run")
    do = parser.parse_args().do
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        sys.exit(DOES[do]())
    except Stop:
        sys.exit(0 if do == "run" else 130)
    except embedded.EmbeddedError as error:
        sys.exit(f"The embedded PostgreSQL: {error}")


if __name__ == "__main__":
    main()
