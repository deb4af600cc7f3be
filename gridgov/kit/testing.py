"""A pytest plugin: real services for tests that nobody has to start.

Loaded by `-p gridgov.kit.testing`, which is before Django's settings are read. PostgreSQL is the
embedded one in a data directory of its own, without fsync, unless DATABASE_URL names another.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from gridgov.kit import embedded

_session = contextlib.ExitStack()

if not os.environ.get("DATABASE_URL"):
    os.environ.setdefault("GRIDGOV_EMBEDDED", "pg-test")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if not os.environ.get("DATABASE_URL"):
        _session.enter_context(embedded.running())


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    _session.close()


class RedisServer:
    """A redis-server of our own that can be killed, stopped and started again, on a private socket."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.socket = home / "redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    @property
    def cache_url(self) -> str:
        return f"unix://{self.socket}"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)

    def start(self) -> None:
        """Start it as in production: every write on disk, nothing evicted."""
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("The tests need redis-server: install it, or run `make test`.")
        self.process = subprocess.Popen(
            [
                program, "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
                "--dir", str(self.home), "--appendonly", "yes", "--maxmemory-policy", "noeviction",
                "--save", "", "--logfile", str(self.home / "redis.log"),
            ]
        )  # fmt: skip
        self._wait()

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)

    def _wait(self) -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(redis.ConnectionError), contextlib.closing(self.client()) as client:
                if client.ping():
                    return
            time.sleep(0.05)
        raise RuntimeError(f"redis-server did not come up: {(self.home / 'redis.log').read_text()}")


@contextlib.contextmanager
def open_directory() -> Iterator[Path]:
    """A new directory that other users may enter, for a server that does not run as root."""
    with tempfile.TemporaryDirectory(prefix="gridgov-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A running redis-server for one test."""
    with tempfile.TemporaryDirectory(prefix="gridgov-redis-", dir="/tmp") as home:
        server = RedisServer(Path(home))
        server.start()
        yield server
        server.stop()
