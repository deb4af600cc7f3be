"""What residents said of cases, as the tables of a report group it (docs/rules/checks.md §5).

An evaluation counts when it was taken down, as it does for the scores, under the grid, ledger, category and channel
of the closing it is about.
"""

from typing import Any

from django.db import connection

from grids.enums import Level
from grids.models import Grid

from ..enums import Figure
from ..rules.rates import Period
from .satisfaction import CONTENT

# What an evaluation must fulfil to be counted.
SAID: dict[Figure, str] = {
    Figure.RATED:     "true",
    Figure.SATISFIED: "s.satisfaction = ANY(%(content)s)",
}  # fmt: skip

# The evaluations of a place and period, each with what the tables group by.
HEARD = """
s AS (
    SELECT t.event_id, t.satisfaction, {part} AS part, k.ledger, c.channel, e.category_id
    FROM assessment_rating t JOIN cases_case c ON c.id = t.case_id JOIN cases_caseevent e ON e.id = t.event_id
        JOIN cases_category k ON k.id = e.category_id
    WHERE t.{column}_id = %(grid)s AND t.at >= %(start)s AND t.at < %(moment)s
)
"""
GROUPS = """
WITH {heard}
SELECT GROUPING(s.part, s.ledger, s.category_id, s.channel), s.part, s.ledger, s.category_id, s.channel, {counts}
FROM s GROUP BY GROUPING SETS ((), (s.part), (s.ledger), (s.ledger, s.category_id), (s.channel))
"""


def heard(grid: Grid) -> str:
    """The evaluations of a grid and everything below it, each with the grid of the level below that it lies in."""
    below = f"t.{Level(grid.level + 1).path_field}_id" if grid.level < Level.BUILDING else "NULL::bigint"
    return HEARD.format(column=Level(grid.level).path_field, part=below)


def said_by_group(grid: Grid, period: Period) -> list[tuple[int, tuple[Any, ...], dict[str, int]]]:
    """(kind of row, what it is grouped by, counts) for every row of every table that has any; one statement."""
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in SAID.values())
    with connection.cursor() as cursor:
        cursor.execute(GROUPS.format(heard=heard(grid), counts=counts), said_params(grid, period))
        return [
            (kind, tuple(rest[:4]), dict(zip(SAID, rest[4:], strict=True)))
            for kind, *rest in cursor.fetchall()
        ]


def said_params(grid: Grid, period: Period) -> dict[str, Any]:
    return {"grid": grid.pk, "start": period.start, "moment": period.moment, "content": CONTENT}
