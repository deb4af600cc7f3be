"""Another key: everything that lies sealed is sealed anew, everything that is searched gets new traces."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from gridgov.kit import sealing
from gridgov.kit.crypto import SealBroken

from ..queries.traced import TRACED, Traced

BATCH = 500


@dataclass(frozen=True)
class Progress:
    """How far a rotation has come in one table."""

    table: str
    done: int
    total: int


@dataclass(frozen=True)
class LeftOver:
    """Values that did not open: where they are, and nothing of what they are."""

    table: str
    column: str
    rows: list[int]


class TracesRefused(ValueError):
    """A value does not open, so its trace cannot be made; all traces stay as they were."""


def rotate_keys() -> Iterator[Progress]:
    """Seal everything with today's key, table by table, while people work. Stopped anywhere, the next run goes on."""
    for model in sealing.sealed_models():
        table, done, total = model._meta.db_table, 0, sealing.outdated_count(model)
        for number in sealing.reseal(model):
            done += number
            yield Progress(table, done, total)


def left_over() -> list[LeftOver]:
    """What still needs an older key. Nothing: the older keys may be dropped."""
    return [
        LeftOver(model._meta.db_table, column, rows)
        for model in sealing.sealed_models()
        for column, rows in sealing.outdated(model).items()
    ]


@transaction.atomic
def make_traces(*, tell: Callable[[Progress], None] = lambda progress: None) -> int:
    """Every trace anew under today's index key: all of them or none. Returns how many rows were written.

    The table is held meanwhile: a number registered with the old key would not be found by the new one.
    Raises TracesRefused when a value does not open.
    """
    return sum(_make_traces(model, tell) for model in {traced.model: None for traced in TRACED})


def _make_traces(model: type[models.Model], tell: Callable[[Progress], None]) -> int:
    columns = [traced for traced in TRACED if traced.model is model]
    table, written, done = model._meta.db_table, 0, 0
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    total = model._default_manager.count()
    for rows in _batches(model):
        written += _write_traces(rows, columns)
        done += len(rows)
        tell(Progress(table, done, total))
    return written


def _batches(model: type[models.Model]) -> Iterator[list[Any]]:
    last = 0
    while rows := list(model._default_manager.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield rows
        last = rows[-1].pk


def _write_traces(rows: list[Any], columns: list[Traced]) -> int:
    changed = [row for row in rows if _set_traces(row, columns)]
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, [traced.column for traced in columns])
    return len(changed)


def _set_traces(row: Any, columns: list[Traced]) -> bool:
    """Give a row its traces; whether any of them is another one."""
    try:
        wanted = {traced.column: traced.of(row) for traced in columns}
    except SealBroken as broken:
        raise TracesRefused(f"{row._meta.db_table} {row.pk}: {broken}") from broken
    before = {column: _plain(getattr(row, column)) for column in wanted}
    for column, trace in wanted.items():
        setattr(row, column, _plain(trace))
    return before != {column: _plain(trace) for column, trace in wanted.items()}


def _plain(trace: Any) -> Any:
    """Arrays come as lists, bytes as views: comparable, and fit to be written."""
    if isinstance(trace, tuple):
        return list(trace)
    return bytes(trace) if isinstance(trace, memoryview) else trace
