"""Counting the months that are over, once for every grid of a district."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import connection, transaction

from grids.enums import Level
from grids.models import Grid, Post
from grids.queries import work_calendar

from ..enums import Side
from ..models import Rollup
from ..queries.rollups import closed_months, confirm_sql, mark
from ..queries.tally import COUNTED_BY, COUNTS, SUMS, days_of, facts_of, params_of
from ..rules.rates import Period


class NotOver(ValueError):
    """The month is not over: its figures still move."""


# --- one statement for all grids of a district -----------------------------------------------------------------

# Where a round lies, from the district down; arrays of the database begin at 1.
PATH = f"ARRAY[{', '.join(f'c.{level.path_field}_id' for level in Level)}]"
PLACES = [f"r.part[{level + 1}]" for level in Level]
GROUPED = [*PLACES, "r.ledger", "r.category_id", "r.channel"]

BESIDE: dict[Side, tuple[str, ...]] = {
    Side.TOTAL:    (),
    Side.LEDGER:   ("r.ledger",),
    Side.CATEGORY: ("r.ledger", "r.category_id"),
    Side.CHANNEL:  ("r.channel",),
}  # fmt: skip


def _tables() -> Iterator[tuple[Level, Side, tuple[str, ...]]]:
    """Every table of a grid of every level: by what its rows are grouped."""
    for level in Level:
        for side, beside in BESIDE.items():
            yield level, side, (PLACES[level], *beside)
        if level < Level.BUILDING:
            yield level, Side.PART, (PLACES[level], PLACES[level + 1])


def _bits(columns: tuple[str, ...]) -> int:
    """What GROUPING() of all of them says of a row that is grouped by these."""
    return int("".join("0" if column in columns else "1" for column in GROUPED), 2)


KEYS = f"GROUPING({', '.join(GROUPED)}) AS bits, ARRAY[{', '.join(PLACES)}] AS path, r.ledger, r.category_id, r.channel"
WRITE = """
INSERT INTO assessment_rolluprow (rollup_id, grid_id, side, part_id, ledger, category_id, channel, counts)
SELECT %(rollup)s, s.path[t.level + 1], t.side, CASE WHEN t.side = {part} THEN s.path[t.level + 2] END,
    s.ledger, s.category_id, s.channel,
    jsonb_strip_nulls(to_jsonb(s) - ARRAY['bits', 'path', 'ledger', 'category_id', 'channel'])
FROM ({sums}) s JOIN (VALUES {tables}) t (bits, level, side) ON t.bits = s.bits
WHERE s.path[t.level + 1] IS NOT NULL
"""


def _write_sql(district: Grid) -> str:
    tables = list(_tables())
    return WRITE.format(
        part=Side.PART.value,
        tables=", ".join(f"({_bits(by)}, {level.value}, {side.value})" for level, side, by in tables),
        sums=SUMS.format(
            facts=facts_of(district, PATH),
            keys=KEYS,
            counts=", ".join(f'nullif({count}, 0) AS "{figure}"' for figure, count in COUNTS.items()),
            sets=", ".join(f"({', '.join(by)})" for _level, _side, by in tables),
        ),
    )


# --- the verbs ----------------------------------------------------------------------------------------------------


@transaction.atomic
def roll_up(district: Grid, month: date, *, by: Post | None, at: datetime) -> Rollup:
    """Count a month that is over for every grid of a district, and keep it in place of what was kept before.

    `by` is None: it happens by itself, or an operator asks for it; nobody decides anything.
    """
    period = Period.of(month, at)
    if not period.is_whole:
        raise NotOver(f"{period.month:%Y-%m} is not over")
    calendar = work_calendar()
    # Its row is the lock: who counts the same month at the same time waits here.
    rollup, _is_new = Rollup.objects.update_or_create(
        grid=district,
        month=period.month,
        defaults={
            "computed_at": at, "counted_by": COUNTED_BY, "calendar_version": calendar.version, "newest_event": 0,
            "overlap": 0,
        },
    )  # fmt: skip
    # Before the count: what comes in meanwhile makes it stale, and is not missed.
    rollup.newest_event, rollup.overlap = mark(period)
    rollup.save(update_fields=["newest_event", "overlap"])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assessment_rolluprow WHERE rollup_id = %s", [rollup.pk])
        cursor.execute(
            _write_sql(district),
            {**params_of(district, period), **days_of(calendar, period), "rollup": rollup.pk},
        )
    return rollup


def keep_rollups(district: Grid, *, by: Post | None, at: datetime) -> list[date]:
    """Count every month that is over and has no rollup, or one that something has come after; the newest first.

    Each in a transaction of its own: what was counted stays, whatever becomes of the next.
    """
    current = confirm_rollups(district)
    stale = [month for month in closed_months(district, at) if month not in current]
    for month in stale:
        roll_up(district, month, by=by, at=at)
    return stale


def confirm_rollups(district: Grid) -> set[date]:
    """Note of every rollup that still stands how far it has seen, so that reading it stays cheap; which ones stand."""
    with connection.cursor() as cursor:
        cursor.execute(confirm_sql(), {"district": district.pk, "counted_by": COUNTED_BY})
        return {month for (month,) in cursor.fetchall()}
