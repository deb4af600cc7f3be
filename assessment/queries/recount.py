"""Counting again, grid by grid, what is kept of a month: the proof that both say the same, bit for bit."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from grids.enums import Level
from grids.models import Grid

from ..rules.rates import Period
from .tally import BY_PART, Found, counted, kept


def differing(district: Grid, month: date, at: datetime) -> Iterator[Grid]:
    """The grids of a district whose kept month is not what is counted now; none where nothing is kept."""
    period = Period.of(month, at)
    for grid in Grid.objects.filter(code__startswith=district.code).order_by("code"):
        found = kept(grid, [period]).get(period.month)
        if found is not None and _told(grid, found) != _told(grid, counted(grid, period)):
            yield grid


def _told(grid: Grid, found: dict[int, Found]) -> dict[tuple[Any, ...], dict[str, int]]:
    """What is not nought; a building grid has no grids below to be counted by."""
    return {
        (int(side), *key): told
        for side, rows in found.items()
        if side != BY_PART or grid.level < Level.BUILDING
        for key, counts in rows.items()
        if (told := {figure: n for figure, n in counts.items() if n})
    }
