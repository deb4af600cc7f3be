"""The inspections of a place: which are due, which were done, and how the grids keep up with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import ONE_DAY, end_of
from grids.scopes import Scope

from ..enums import Risk
from ..models import Inspection, Premises
from ..models.premises import IN_USE, being_put_right, inspection_due_by, inspection_overdue

COMING = timedelta(days=7)  # what falls due so soon is shown, too: she is in the street anyway
MOST = 300  # on one page; who has more due has fallen behind by more than a page can mend
RISK_TONES = {Risk.LOW: "closed", Risk.MEDIUM: "assigned", Risk.HIGH: "overdue"}  # as chips know them


@dataclass(frozen=True)
class Due:
    """Premises that are to be inspected."""

    premises: Premises
    today: date

    @property
    def day(self) -> date | None:
        return self.premises.inspection_due

    @property
    def is_recheck(self) -> bool:
        return self.premises.rectify_until is not None

    @property
    def days_over(self) -> int:
        return max((self.today - self.day).days, 0) if self.day else 0

    @property
    def is_ahead(self) -> bool:
        return self.day is not None and self.day > self.today

    @property
    def tone(self) -> str:
        return RISK_TONES[Risk(self.premises.risk)]


@dataclass(frozen=True)
class Section:
    """A part of the due list."""

    key: str
    title: Promise
    entries: list[Due]


def due_list(scope: Scope, today: date, most: int = MOST) -> tuple[list[Section], bool]:
    """What is to be inspected where she visits, re-inspections first; and whether there was more. One query."""
    rows = Premises.objects.within(scope, Right.VISIT).due(today + COMING).select_related("grid", "house")
    found = list(rows.order_by("inspection_due", "-risk", "pk")[: most + 1])
    entries = [Due(premises, today) for premises in found[:most]]
    now = [one for one in entries if not one.is_ahead]
    sections = [
        Section("recheck", _("To be re-inspected"), [one for one in now if one.is_recheck]),
        Section("routine", _("To be inspected"), [one for one in now if not one.is_recheck]),
        Section("coming", _("Within the next seven days"), [one for one in entries if one.is_ahead]),
    ]
    return [section for section in sections if section.entries], len(found) > most


def inspections_of(premises: Premises) -> QuerySet[Inspection]:
    """What was found in these premises, the newest first."""
    return premises.inspections.select_related("by__user").order_by("-pk")


# --- up the levels --------------------------------------------------------------------------------------


class Figure(StrEnum):
    """A number of the table; each leads to the rows of a register that it counts."""

    ALL = "all"
    DUE = "due"
    OVERDUE = "overdue"
    RECTIFYING = "rectifying"
    DONE = "done"
    LATE = "late"


def is_done_this_month(today: date) -> Q:
    return Q(done_at__gte=end_of(today.replace(day=1) - ONE_DAY))


def is_late_this_month(today: date) -> Q:
    return is_done_this_month(today) & Q(on_time=False)


# figure               what of the premises, or of the inspections, it counts
OF_PREMISES: dict[Figure, Callable[[date], Q]] = {
    Figure.ALL:        lambda today: IN_USE,
    Figure.DUE:        inspection_due_by,
    Figure.OVERDUE:    inspection_overdue,
    Figure.RECTIFYING: lambda today: being_put_right(),
}  # fmt: skip
OF_INSPECTIONS: dict[Figure, Callable[[date], Q]] = {
    Figure.DONE:       is_done_this_month,
    Figure.LATE:       is_late_this_month,
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One grid in the table, or all of them together."""

    grid: Grid
    counts: dict[str, int]

    @property
    def cells(self) -> list[tuple[str, int]]:
        return [(figure.value, self.counts[figure]) for figure in Figure]


def table(grid: Grid, today: date) -> tuple[list[Line], Line]:
    """The grids one level below (a building grid: itself), and their total; three queries."""
    below = [grid] if grid.level == Level.BUILDING else list(grid.get_children().active().order_by("code"))
    column = f"{Level(min(grid.level + 1, Level.BUILDING)).path_field}_id"
    counted = {
        **_counted(Premises.objects.inside(grid), column, OF_PREMISES, today),
        **_counted(Inspection.objects.inside(grid), column, OF_INSPECTIONS, today),
    }
    lines = [Line(child, {f.value: counted.get((child.pk, f), 0) for f in Figure}) for child in below]
    total = {figure.value: sum(line.counts[figure] for line in lines) for figure in Figure}
    return lines, Line(grid, total)


def _counted(
    rows: QuerySet[Any], column: str, figures: dict[Figure, Callable[[date], Q]], today: date
) -> dict[tuple[int, Figure], int]:
    """The numbers by grid and figure; one query."""
    counts = {figure.value: Count("pk", filter=asks(today)) for figure, asks in figures.items()}
    found = rows.order_by().values(column).annotate(**counts)
    return {(row[column], figure): row[figure.value] for row in found for figure in figures}
