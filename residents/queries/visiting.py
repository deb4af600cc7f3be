"""How the grids keep up with their visits: due, overdue, done this month, and the rate (走访率).

What is owed in a month are its due days up to today: those that a visit has answered, and those that still
stand. Special groups count with everybody else, sensitive ones only for those who may know of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q

from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import ONE_DAY, end_of
from grids.scopes import Scope

from ..models import GroupFile, Household, Visit
from ..rules import visiting

HOME_DUE, FILE_DUE = "visit_due", "next_visit_due"  # where each keeps the day of its next visit


class Figure(StrEnum):
    """A number of the table; each leads to the rows it counts."""

    DUE = "due"
    OVERDUE = "overdue"
    DONE = "done"
    ON_TIME = "on_time"
    OWED = "owed"


def to_do(figure: Figure, column: str, today: date) -> Q | None:
    """Which visits that are still to be done a figure counts; None: none of them."""
    if figure == Figure.DUE:
        return Q(**{f"{column}__lte": today}) | Q(**{f"{column}__isnull": True})
    if figure == Figure.OVERDUE:
        return Q(**{f"{column}__lt": today})
    if figure == Figure.OWED:
        return Q(**{f"{column}__range": (today.replace(day=1), today)})
    return None


def done(figure: Figure, today: date) -> Q | None:
    """Which visits that were done a figure counts; None: none of them."""
    first = today.replace(day=1)
    of_the_month = Q(due_on__range=(first, today))
    if figure == Figure.DONE:
        return Q(done_at__gte=end_of(first - ONE_DAY))
    if figure == Figure.ON_TIME:
        return of_the_month & Q(on_time=True)
    return of_the_month if figure == Figure.OWED else None


@dataclass(frozen=True)
class Line:
    """One grid in the table, or all of them together."""

    grid: Grid
    counts: dict[str, int]
    leads: bool = False  # whether the reader may see the rows behind the numbers

    @property
    def rate(self) -> float | None:
        return visiting.rate(self.counts[Figure.ON_TIME], self.counts[Figure.OWED])

    @property
    def percent(self) -> str:
        return "—" if self.rate is None else f"{self.rate:.1%}"

    @property
    def cells(self) -> list[tuple[str, int]]:
        return [(figure.value, self.counts[figure]) for figure in Figure]


def table(grid: Grid, scope: Scope, today: date) -> tuple[list[Line], Line]:
    """The grids one level below (a building grid: itself), and their total; four queries."""
    below = [grid] if grid.level == Level.BUILDING else list(grid.get_children().active().order_by("code"))
    column = f"{Level(min(grid.level + 1, Level.BUILDING)).path_field}_id"
    counted = _counted(grid, column, scope, today)
    leads = scope.covers_grid(grid.code, Right.REGISTER)
    lines = [Line(child, _one(counted, child.pk), leads) for child in below]
    total = {figure.value: sum(line.counts[figure] for line in lines) for figure in Figure}
    return lines, Line(grid, total, leads)


def _counted(grid: Grid, column: str, scope: Scope, today: date) -> list[tuple[int, str, int]]:
    """(grid, figure, number) out of the three places that visits are counted in."""
    parts = (
        (Household.objects.inside(grid).open(), lambda figure: to_do(figure, HOME_DUE, today)),
        (counted_files(scope).inside(grid), lambda figure: to_do(figure, FILE_DUE, today)),
        (counted_visits(scope).inside(grid), lambda figure: done(figure, today)),
    )
    found = []
    for rows, condition in parts:
        asked = {figure.value: asks for figure in Figure if (asks := condition(figure)) is not None}
        counts = {name: Count("pk", filter=asks) for name, asks in asked.items()}
        for row in rows.order_by().values(column).annotate(**counts):
            found += [(row[column], name, row[name]) for name in asked]
    return found


def _one(counted: Iterable[tuple[int, str, int]], grid_id: int) -> dict[str, int]:
    numbers = dict.fromkeys((figure.value for figure in Figure), 0)
    for place, figure, number in counted:
        if place == grid_id:
            numbers[figure] += number
    return numbers


def counted_files(scope: Scope) -> Any:
    """The open files that count for this reader: sensitive ones exist for those who may know of them."""
    known = Q(type__is_sensitive=False) | scope.condition(GroupFile, Right.SENSITIVE)
    return GroupFile.objects.open().filter(known)


def counted_visits(scope: Scope) -> Any:
    """The visits that count for this reader, by the same rule."""
    known = Q(file__isnull=True) | Q(file__type__is_sensitive=False)
    return Visit.objects.filter(known | scope.condition(Visit, Right.SENSITIVE))


# --- the rows behind a number -------------------------------------------------------------------------

MOST = 500


@dataclass(frozen=True)
class Rows:
    """What a number counts; `hidden` are files and visits that count but that this post does not open."""

    households: list[Household]
    files: list[GroupFile]
    visits: list[Visit]
    hidden: int
    is_cut: bool


def rows(grid: Grid, figure: Figure, scope: Scope, today: date) -> Rows:
    """The households, files and visits that a number of a grid is made of."""
    homes = _asked(
        Household.objects.within(scope, Right.REGISTER).open(), grid, to_do(figure, HOME_DUE, today)
    )
    files = _asked(counted_files(scope), grid, to_do(figure, FILE_DUE, today))
    visits = _asked(counted_visits(scope), grid, done(figure, today))
    seen_files, seen_visits = files.seen_by(scope), visits.seen_by(scope)
    door = "dwelling__house"
    found = (
        list(homes.select_related(door, "grid").order_by(HOME_DUE, "pk")[: MOST + 1]),
        list(
            seen_files.select_related("type", "grid", f"resident__household__{door}").order_by(
                FILE_DUE, "pk"
            )[: MOST + 1]
        ),
        list(
            seen_visits.select_related(f"household__{door}", "grid", "by__user").order_by("-done_at")[
                : MOST + 1
            ]
        ),
    )
    hidden = files.count() + visits.count() - seen_files.count() - seen_visits.count()
    return Rows(
        found[0][:MOST],
        found[1][:MOST],
        found[2][:MOST],
        hidden,
        is_cut=any(len(part) > MOST for part in found),
    )


def _asked(found: Any, grid: Grid, condition: Q | None) -> Any:
    return found.inside(grid).filter(condition) if condition is not None else found.none()
