"""Filling a database with a generated city, and keeping it for the next run."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path

from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from grids.actions import load_tree
from grids.queries import work_calendar

from . import city as plan
from .lives import ASSIGNMENT, CASE, DEADLINE, EVENT, Author
from .people import employ, kinds
from .server import City
from .walks import walks

HOUSE = Path(__file__).resolve().parents[2]
SOURCES = tuple(f"tests/bench/{name}.py" for name in ("city", "words", "people", "lives", "walks"))
BATCH = 20_000
ROOMS = ("grids", "residents", "cases", "assessment")
WORKING = ("SET statement_timeout = 0", "SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'")

TABLES = (
    "cases_case",
    "cases_caseevent",
    "cases_assignment",
    "cases_deadline",
    "cases_patrol",
    "cases_diaryentry",
)


def fingerprints(sources: tuple[str, ...] = SOURCES) -> dict[str, str]:
    """What a generated city depends on: the generator, the migrations and the data they ship."""
    files = [HOUSE / name for name in sources]
    for room in ROOMS:
        files += sorted((HOUSE / room / "migrations").glob("*.py")) + sorted(
            (HOUSE / room / "data").glob("*.csv")
        )
    return {str(file.relative_to(HOUSE)): sha256(file.read_bytes()).hexdigest()[:12] for file in files}


def ensure(
    city: City, fill: Callable[[], None] | None = None, sources: tuple[str, ...] = SOURCES, what: str = ""
) -> None:
    """Make the city unless it is there, made from the very same sources; later migrations are applied to it."""
    wanted, made_from = fingerprints(sources), _made_from(city)
    if wanted == made_from:
        return
    if made_from and made_from.items() <= wanted.items():
        _say(f"Migrating {city.name}")
        with city.open():
            migrate()
    else:
        _make(city, fill or (lambda: build(city.cases)), what or f"{city.cases:,} cases")
    city.connection.close()
    city.set_mark(json.dumps(wanted))


def _made_from(city: City) -> dict[str, str]:
    return dict(json.loads(city.mark() or "{}"))


def _make(city: City, fill: Callable[[], None], what: str) -> None:
    began = time.perf_counter()
    _say(f"Generating {what} in {city.name}")
    city.create()
    with city.open():
        fill()
    _say(f"done in {time.perf_counter() - began:.0f} s, {city.size() / 1e9:.2f} GB on disk")


def migrate() -> None:
    """What has been added to the house since the city was made."""
    _sql(*WORKING)
    call_command("migrate", interactive=False, verbosity=0)
    _sql("VACUUM (ANALYZE)")


def begin() -> None:
    """The tables of the house in the empty database that is open."""
    caches["local"].clear()
    _sql(*WORKING)
    call_command("migrate", interactive=False, verbosity=0)


def build(cases: int) -> None:
    """A whole city in the empty database that is open."""
    begin()
    with redirect_stdout(StringIO()):  # the commands it calls print past `stdout`
        call_command("load_reference", verbosity=0)
    load_tree(plan.tree(), at=plan.FOUNDED)
    staff = employ()
    author = Author(cases, staff, kinds(), work_calendar())
    with bare(TABLES):
        for table, columns, lines in walks(staff):
            _copy(table, columns, lines)
        _write(author)
    _series(author.series)
    settle(TABLES)


def _write(author: Author) -> None:
    written, began = 0, time.perf_counter()
    for rows in author.batches(BATCH):
        _copy("cases_case", CASE, rows.case)
        _copy("cases_caseevent", EVENT, rows.event)
        _copy("cases_assignment", ASSIGNMENT, rows.assignment)
        _copy("cases_deadline", DEADLINE, rows.deadline)
        written += len(rows.case)
        progress(f"{written:,} cases, {written / (time.perf_counter() - began):,.0f} in a second")
    progress("")


def _copy(table: str, columns: tuple[str, ...], lines: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", StringIO("".join(lines)))


def _series(series: dict[str, int]) -> None:
    _copy(
        "cases_numberseries", ("prefix", "last"), [f"{prefix}\t{last}\n" for prefix, last in series.items()]
    )


@contextmanager
def bare(tables: tuple[str, ...]) -> Iterator[None]:
    """Tables without indexes, foreign keys and triggers of ours while rows pour in; everything is put back.

    The trigger that wants an event for every state is one of them: old cases have none here.
    """
    rebuild = _statements(tables, INDEXES) + _statements(tables, CONSTRAINTS)
    _sql(
        *_statements(tables, DROP_FOREIGN),
        *_statements(tables, DROP_CONSTRAINTS),
        *_statements(tables, DROP_INDEXES),
    )
    _sql(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables))
    yield
    for number, statement in enumerate(rebuild, start=1):
        progress(f"{number} of {len(rebuild)} indexes and constraints")
        _sql(statement)
    progress("")
    _sql(*_statements(tables, ARM))


# The primary keys stay: rows come in their order, and other tables lean on them.
OURS = "c.conrelid::regclass::text = ANY(%(tables)s) AND c.contype IN ('u', 'f')"
INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid::regclass::text = ANY(%(tables)s)
      AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
    ORDER BY i.indexrelid
"""
DROP_INDEXES = """
    SELECT 'DROP INDEX ' || i.indexrelid::regclass FROM pg_index i
    WHERE i.indrelid::regclass::text = ANY(%(tables)s)
      AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)
"""
CONSTRAINTS = f"""
    SELECT format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c WHERE {OURS} ORDER BY c.contype DESC, c.oid
"""
DROP_FOREIGN = f"""
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', c.conrelid::regclass, c.conname)
    FROM pg_constraint c WHERE {OURS} AND c.contype = 'f'
"""
DROP_CONSTRAINTS = f"""
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', c.conrelid::regclass, c.conname)
    FROM pg_constraint c WHERE {OURS} AND c.contype = 'u'
"""
ARM = """
    SELECT format('ALTER TABLE %%s ENABLE ALWAYS TRIGGER %%I', t.tgrelid::regclass, t.tgname)
    FROM pg_trigger t WHERE t.tgrelid::regclass::text = ANY(%(tables)s) AND NOT t.tgisinternal
"""


def _statements(tables: tuple[str, ...], sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tables": list(tables)})
        return [row[0] for row in cursor.fetchall()]


def settle(tables: tuple[str, ...]) -> None:
    """Keys go on where the generator stopped; statistics and visibility are as after a night's vacuum."""
    for table in tables:
        _sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1)) FROM {table}")
    _sql("VACUUM (ANALYZE)", "CHECKPOINT")


def _sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def progress(text: str) -> None:
    """One line that changes, for who is looking."""
    if sys.stderr.isatty():
        print(f"\r  {text:60}", end="" if text else "\r", file=sys.stderr, flush=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
