"""An installation of its own, with real processes that can be killed: PostgreSQL, Redis, beats, workers, cron."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from gridgov.kit import embedded
from gridgov.kit.embedded import Server
from gridgov.kit.testing import RedisServer, open_directory

TEMPLATE = "staged"
BUSY = """
SELECT count(*) FROM pg_stat_activity WHERE datname = 'gridgov' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
AND (query ILIKE '%cases_deadline%' OR query ILIKE '%cases_caseevent%' OR query ILIKE '%cases_assignment%')
"""


def wait_until(claim: Callable[[], Any], seconds: float = 60, pause: float = 0.05) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(psycopg2.OperationalError):  # a server that is coming up again
            if claim():
                return True
        time.sleep(pause)
    return False


@dataclass
class Site:
    """One PostgreSQL with a staged database, copied anew for each fault."""

    folder: Path
    server: Server
    redis: RedisServer
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return kept | {
            "GRIDGOV_VAR": str(self.server.var), "GRIDGOV_EMBEDDED": self.server.name,
            "REDIS_URL": self.redis.url, "LOG_LEVEL": "ERROR",
        }  # fmt: skip

    # --- processes ----------------------------------------------------------------------------------

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A process in a group of its own, so that all of it can be killed at once."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=embedded.CHECKOUT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def beat(self) -> subprocess.Popen[bytes]:
        return self.start("celery", "-A", "tests.faults.quick", "beat", "--pidfile=", "--loglevel=ERROR")

    def worker(self, name: str = "one") -> subprocess.Popen[bytes]:
        words = ("worker", "-Q", "clock", "--concurrency=1", "--loglevel=ERROR", "-n", f"{name}@%h")
        return self.start("celery", "-A", "tests.faults.quick", *words)

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *words],
            cwd=embedded.CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def cron(self) -> "subprocess.CompletedProcess[str]":
        return self.run("manage.py", "sweep_deadlines")

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """SIGKILL for the process and all its children: nobody has time to tidy up."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_postgres(self) -> None:
        """SIGKILL for the postmaster: its supervisor starts it again, and it recovers from its log."""
        pid = int((self.server.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def clear(self) -> None:
        while self.processes:
            self.kill(self.processes.pop())

    # --- database -----------------------------------------------------------------------------------

    def ask(self, question: str, database: str = "gridgov") -> Any:
        """The first column of the first row."""
        connection = psycopg2.connect(
            host=str(self.server.socket_dir), user="gridgov", dbname=database, connect_timeout=5
        )
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None

    def stage(self, number: int) -> None:
        done = self.run("-m", "tests.faults.stage", str(number))
        assert done.returncode == 0, done.stderr
        self.ask(f"CREATE DATABASE {TEMPLATE} TEMPLATE gridgov", "postgres")

    def reset(self) -> None:
        """The database as it was staged, the broker empty."""
        self.clear()
        self.ask("DROP DATABASE IF EXISTS gridgov WITH (FORCE)", "postgres")
        self.ask(f"CREATE DATABASE gridgov TEMPLATE {TEMPLATE}", "postgres")
        self.redis.client().flushall()

    def is_sweeping(self) -> bool:
        return bool(self.ask(BUSY))

    def due(self) -> int:
        """How many deadlines are due and still pending."""
        sql = "SELECT count(*) FROM cases_deadline WHERE state = 'pending' AND NOT is_provisional AND due_at <= now()"
        return int(self.ask(sql))


@dataclass(frozen=True)
class Tally:
    """What has come of the cases, counted in the database."""

    expired: int  # cases with an event that says so
    expiries: int  # events
    escalated: int
    escalations: int
    early: int
    parked: int
    still_due: int


COUNTED = """
SELECT count(DISTINCT case_id) FILTER (WHERE action = 'expire'), count(*) FILTER (WHERE action = 'expire'),
       count(DISTINCT case_id) FILTER (WHERE action = 'escalate'), count(*) FILTER (WHERE action = 'escalate')
FROM cases_caseevent
"""
EARLY = """
SELECT (SELECT count(*) FROM cases_deadline WHERE fired_at < due_at OR state = 'fired' AND due_at > now())
     + (SELECT count(*) FROM cases_caseevent WHERE actor_id IS NULL AND at > now())
"""


def tally(site: Site) -> Tally:
    row = site.ask(f"SELECT array[a, b, c, d] FROM ({COUNTED}) AS counted (a, b, c, d)")
    parked = site.ask("SELECT count(*) FROM cases_deadline WHERE state = 'parked'")
    return Tally(*row, early=site.ask(EARLY), parked=parked, still_due=site.due())


def once_each(number: int) -> Tally:
    """Every case once, none twice, none early, nothing left."""
    return Tally(number, number, number, number, early=0, parked=0, still_due=0)


@contextlib.contextmanager
def opened(number: int) -> Iterator[Site]:
    """An installation with so many cases that are due, and nothing left of it afterwards."""
    with open_directory() as folder:
        redis_home = folder / "redis"
        redis_home.mkdir()
        with embedded.running(Server(folder / "var", "pg-test")) as server:
            site = Site(folder, server, RedisServer(redis_home))
            site.redis.start()
            try:
                site.stage(number)
                yield site
            finally:
                site.clear()
                site.redis.stop()
        embedded.wait_until_stopped(server)
