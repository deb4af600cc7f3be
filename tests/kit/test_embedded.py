"""The embedded PostgreSQL, with real servers that are really killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from gridgov.kit import embedded
from gridgov.kit.embedded import EmbeddedError, Server

QUICK = "pg-test"

# A user in another process: it says which postmaster it got, and leaves when told.
VISITOR = """
import sys
from pathlib import Path
from gridgov.kit import embedded

with embedded.running(embedded.Server(Path(sys.argv[1]), sys.argv[2])) as server:
    print((server.data / "postmaster.pid").read_text().split()[0], flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A checkout that other users of the machine may enter, and whatever it leaves on the machine."""
    folder = Path(tempfile.mkdtemp(prefix="gridgov-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    which = Server(folder / "var", QUICK)
    if embedded.is_supervised(which):
        os.kill(supervisor(which), signal.SIGTERM)  # no need to wait until it finds itself unused
    wait_until(lambda: not embedded.is_supervised(which))
    elsewhere = {which.home.parent, which.socket_dir} - {which.var, which.home / "socket"}
    for path in (folder, *elsewhere):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def which(checkout: Path) -> Server:
    """A server without fsync: what a SIGKILL may lose does not depend on it."""
    embedded._make_directories(Server(checkout / "var", QUICK))
    return Server(checkout / "var", QUICK)


def wait_until(claim: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not claim():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def ask(which: Server, question: str) -> str:
    connection = psycopg2.connect(host=str(which.socket_dir), user="gridgov", dbname="gridgov")
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def remember(which: Server) -> None:
    ask(which, "CREATE TABLE note AS SELECT 'kept' AS word; SELECT word FROM note")


def postmaster(which: Server) -> int:
    return int((which.data / "postmaster.pid").read_text().split()[0])


def supervisor(which: Server) -> int:
    return int(which.supervisor_lock.read_text())


def visit(which: Server) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", VISITOR, str(which.var), which.name],
        cwd=embedded.CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_it_is_private_durable_and_sorts_by_code_point(checkout):
    with embedded.running(Server(checkout / "var")) as which:
        facts = [ask(which, f"SHOW {name}") for name in ("listen_addresses", "fsync", "server_encoding")]
        locale = ask(
            which, "SELECT concat(datlocprovider, datlocale) FROM pg_database WHERE datname = 'gridgov'"
        )

        assert (*facts, locale) == ("", "on", "UTF8", "bC.UTF-8")
        assert which.socket_dir.stat().st_mode & 0o777 == 0o700
        assert which.data.stat().st_uid != 0
    embedded.wait_until_stopped(which)


def test_it_stops_after_its_last_user_and_not_before(which):
    first, second = embedded.running(which), embedded.running(which)
    first.__enter__()
    second.__enter__()
    same = postmaster(which)

    first.__exit__(None, None, None)
    time.sleep(embedded.LINGER_SECONDS + 1)

    assert postmaster(which) == same
    assert ask(which, "SELECT 1") == "1"

    second.__exit__(None, None, None)
    embedded.wait_until_stopped(which)

    assert not (which.data / "postmaster.pid").exists()


def test_commands_started_at_once_share_one_server(which):
    visitors = [visit(which) for _ in range(3)]

    servers = {visitor.stdout.readline() for visitor in visitors}

    assert len(servers) == 1
    assert servers != {""}
    for visitor in visitors:
        visitor.communicate("")


def test_rows_survive_a_killed_supervisor(which):
    with embedded.running(which):
        remember(which)
        before = postmaster(which)
        os.kill(supervisor(which), signal.SIGKILL)
        wait_until(lambda: not embedded.is_supervised(which))

        embedded.ensure(which)

        assert postmaster(which) != before
        assert ask(which, "SELECT word FROM note") == "kept"


def test_rows_survive_a_killed_postgres(which):
    with embedded.running(which):
        remember(which)
        before = postmaster(which)

        os.kill(before, signal.SIGKILL)
        wait_until(lambda: not embedded.command_line(before) and embedded.is_up(which))

        assert ask(which, "SELECT word FROM note") == "kept"


def test_rows_survive_when_everything_is_killed_at_once(which):
    with embedded.running(which):
        remember(which)
        for pid in (supervisor(which), postmaster(which)):
            os.kill(pid, signal.SIGKILL)

    with embedded.running(which):
        assert ask(which, "SELECT word FROM note") == "kept"


def test_an_orphan_is_stopped_before_another_starts(which):
    with embedded.running(which):
        remember(which)
    embedded.wait_until_stopped(which)
    orphan = embedded.Supervisor(which)._spawn()
    wait_until(lambda: embedded._answers(which, "gridgov"))

    with embedded.running(which):
        assert orphan.wait(timeout=30) == 0
        assert ask(which, "SELECT word FROM note") == "kept"


def test_a_half_made_data_directory_is_made_anew(which):
    owner = embedded._owner(which.var, which.home)
    embedded._make_home(which, owner)
    half = which.home / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with embedded.running(which):
        assert ask(which, "SELECT 1") == "1"

    assert not half.exists()


def test_a_pid_file_that_names_a_stranger_does_not_stop_it(which):
    with embedded.running(which):
        lines = (which.data / "postmaster.pid").read_text().splitlines()
    embedded.wait_until_stopped(which)
    stranger = subprocess.Popen(["sleep", "60"], **embedded._identity(embedded._owner(which.var, which.home)))
    (which.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

    with embedded.running(which):
        assert ask(which, "SELECT 1") == "1"

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_checkout_nobody_else_may_enter_works_and_stays_closed(checkout, which):
    checkout.chmod(0o700)

    with embedded.running(which):
        assert ask(which, "SELECT 1") == "1"

    assert checkout.stat().st_mode & 0o777 == 0o700


def test_a_long_path_gets_a_short_socket(checkout):
    deep = Server(checkout / ("long" * 25) / "var", QUICK)

    with embedded.running(deep):
        assert ask(deep, "SELECT 1") == "1"

    assert len(str(deep.socket_dir)) < 50
    wait_until(lambda: not embedded.is_supervised(deep))
    shutil.rmtree(deep.socket_dir)


def test_data_of_another_version_are_refused_with_a_sentence(which):
    embedded._make_home(which, embedded._owner(which.var, which.home))
    which.data.mkdir()
    (which.data / "PG_VERSION").write_text("12\n")

    with pytest.raises(EmbeddedError, match="are of PostgreSQL 12"), embedded.running(which):
        pass


def test_redis_keeps_what_it_took_when_it_is_killed(redis_server):
    with contextlib.closing(redis_server.client()) as client:
        client.rpush("queue", "task")
    time.sleep(1.1)  # appendfsync everysec

    redis_server.kill()
    redis_server.start()

    with contextlib.closing(redis_server.client()) as client:
        assert client.lrange("queue", 0, -1) == [b"task"]
