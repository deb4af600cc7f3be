"""Where the generated cities live: databases of their own on a server of their own, or on DATABASE_URL's."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from gridgov.kit import embedded

SERVER = "pg-bench"
PREFIX = "gridgov_bench_"


def name_server() -> None:
    """Before Django reads its settings: the bench shares no server with anybody, unless told to."""
    os.environ.setdefault("GRIDGOV_EMBEDDED", SERVER)


@contextlib.contextmanager
def server() -> Iterator[None]:
    """Have the server up for the duration of the block."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with embedded.running():
        yield


class City:
    """One database with a generated city; inside `open()` it is Django's database."""

    def __init__(self, cases: int, name: str = "") -> None:
        self.cases = cases
        self.name = f"{PREFIX}{name or cases}"
        self.connection = _connection(self.name)

    @contextlib.contextmanager
    def open(self) -> Iterator[BaseDatabaseWrapper]:
        before = connections["default"]
        connections["default"] = self.connection
        try:
            yield self.connection
        finally:
            connections["default"] = before

    def mark(self) -> str:
        """From what the database was made; empty when there is none, or it is half made."""
        return _scalar(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", self.name
        )

    def set_mark(self, mark: str) -> None:
        _scalar(f"COMMENT ON DATABASE {self.name} IS %s", mark)

    def create(self) -> None:
        self.drop()
        _scalar(f"CREATE DATABASE {self.name}")

    def drop(self) -> None:
        self.connection.close()
        _scalar(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def size(self) -> int:
        return int(_scalar("SELECT pg_database_size(%s)", self.name))


def _connection(database: str) -> BaseDatabaseWrapper:
    wrapper = connections.create_connection("default")
    # A load takes longer than any page may, so the limit of settings.py is left to the pages.
    wrapper.settings_dict = {**wrapper.settings_dict, "NAME": database, "CONN_HEALTH_CHECKS": False}
    return wrapper


def _scalar(sql: str, *params: object) -> str:
    """One value from the server's own database, outside any transaction."""
    admin = _connection("postgres")
    try:
        admin.set_autocommit(True)
        with admin.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(sql, params or None)
            row = cursor.fetchone() if cursor.description else None
        return str(row[0] or "") if row else ""
    finally:
        admin.close()


def clean() -> None:
    """Remove every generated city, and the server that was only theirs."""
    if os.environ.get("DATABASE_URL"):
        names = _scalar(
            "SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE %s", f"{PREFIX}%"
        )
        for name in names.split():
            _scalar(f"DROP DATABASE {name} WITH (FORCE)")
        return
    which = embedded.server(SERVER)
    if embedded.is_supervised(which):
        raise SystemExit("A bench is running; stop it first.")
    shutil.rmtree(which.home, ignore_errors=True)
