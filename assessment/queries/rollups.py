"""Reading what is kept of months that are over, and finding what has become stale.

A rollup is what a count would give as long as nothing has been written down that it has not seen: no event dated
in its month or before, no other calendar, no other words to count by. Whoever reads asks for that in the same
statement, so a stale rollup is never read; it is only slower until it has been computed again.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import connection

from cases.models import Case
from grids.enums import Level
from grids.models import Grid
from grids.rules.workdays import first_of_month, local_date

from ..rules.rates import Period

# Keys are given before they are committed: so many of the newest may still come in between.
OVERLAP = 5_000

ENDS = "((m.month + interval '1 month') AT TIME ZONE 'Asia/Shanghai')"

# Walked from the newest the rollup has seen: sorted and fenced, or a planner that cannot know how few they are
# would read the whole table.
IS_CURRENT = f"""
m.counted_by = %(counted_by)s
AND m.calendar_version = (
    SELECT coalesce(max(y.version), 0) FROM grids_calendaryear y
    WHERE EXISTS (SELECT FROM grids_calendarday d WHERE d.year_id = y.year)
)
AND NOT EXISTS (
    SELECT FROM (
        SELECT e.at FROM cases_caseevent e WHERE e.id > m.newest_event ORDER BY e.id OFFSET 0
    ) later
    WHERE later.at < {ENDS}
)
"""

ROWS = f"""
SELECT m.month, r.side, r.part_id, r.ledger, r.category_id, r.channel, r.counts
FROM assessment_rollup m
LEFT JOIN assessment_rolluprow r ON r.rollup_id = m.id AND r.grid_id = %(grid)s
WHERE m.grid_id = (SELECT id FROM grids_grid WHERE code = %(district)s)
    AND m.month = ANY (%(months)s) AND {IS_CURRENT}
"""

# part, ledger, category, channel that a row is of, after its side; and what is not nought
RolledUp = tuple[int, int | None, str | None, int | None, str | None, Mapping[str, int]]


def rolled_up(grid: Grid, periods: Iterable[Period], counted_by: str) -> dict[date, list[RolledUp]]:
    """The rows of a grid in those of these whole months that are kept and current. One question."""
    params = {
        "grid": grid.pk, "district": grid.code[: Level.DISTRICT.code_length], "counted_by": counted_by,
        "months": [period.month for period in periods],
    }  # fmt: skip
    found: dict[date, list[RolledUp]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, params)
        for month, side, *keys, counts in cursor.fetchall():
            rows = found.setdefault(month, [])
            if side is not None:
                rows.append((side, *keys, json.loads(counts)))
    return found


# Two things in one statement, so that nothing is committed between them: those are still what a count would give,
# also by the keys that were in other hands when they were made; and by when that is known.
CONFIRM = f"""
WITH newest AS (SELECT coalesce(max(id), 0) AS id FROM cases_caseevent)
UPDATE assessment_rollup m
SET newest_event = newest.id, overlap = {{after}}
FROM newest
WHERE m.grid_id = %(district)s AND {IS_CURRENT} AND m.overlap = {{before}}
RETURNING m.month
"""
SEEN = f"""(
    SELECT count(*) FROM cases_caseevent e
    WHERE e.id > {{newest}} - {OVERLAP} AND e.id <= {{newest}} AND e.at < {{ends}}
)"""


def confirm_sql() -> str:
    """The statement that `actions.keep_rollups` confirms by."""
    return CONFIRM.format(
        after=SEEN.format(newest="newest.id", ends=ENDS),
        before=SEEN.format(newest="m.newest_event", ends=ENDS),
    )


def mark(period: Period) -> tuple[int, int]:
    """The newest event there is, and how many of the last ones are dated before the end of a month."""
    seen = SEEN.format(newest="newest.id", ends="%(end)s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT newest.id, {seen} FROM (SELECT coalesce(max(id), 0) AS id FROM cases_caseevent) newest",
            {"end": period.end},
        )
        newest, overlap = cursor.fetchone()
    return int(newest), int(overlap)


def closed_months(district: Grid, at: datetime) -> list[date]:
    """The months of a district that are over, the newest first: from the one in which its first case was reported."""
    first = (
        Case.objects.filter(district=district).order_by("pk").values_list("reported_at", flat=True).first()
    )
    if first is None:
        return []
    begun, today = local_date(first), local_date(at)
    number = (today.year - begun.year) * 12 + today.month - begun.month
    return [first_of_month(today, -n) for n in range(1, number + 1)]
