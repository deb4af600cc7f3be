"""The workflow monitor: where every open case stands, and for how many working days it has stood there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils import timezone

from grids.enums import Level
from grids.models import Grid
from grids.queries import display_calendar
from grids.rules.workdays import WorkCalendar, local_date, working_days_between

from ..enums import OPEN_STEPS, Step
from ..models import Case
from ..rules.standing import BUCKETS, Span, span_of
from .listing import display_categories, where

UNITS_SHOWN = 100
LONGEST_SHOWN = 20


@dataclass
class Stand:
    """So many cases by bucket of working days, and since when the oldest of them stands there."""

    by_bucket: dict[str, int] = field(default_factory=dict)
    total: int = 0
    oldest: datetime | None = None

    def __iadd__(self, row: Mapping[str, Any]) -> "Stand":
        for n, bucket in enumerate(BUCKETS):
            self.by_bucket[bucket.key] = self.by_bucket.get(bucket.key, 0) + row[f"bucket{n}"]
        self.total += row["n"]
        self.oldest = min(filter(None, (self.oldest, row["oldest"])), default=None)
        return self


@dataclass
class Monitor:
    """The same cases by step and by the grid below; None is the grid itself."""

    total: Stand
    by_step: dict[Step, Stand]
    by_child: dict[int | None, Stand]


def _counts(at: datetime) -> dict[str, Any]:
    """Counting the step and not the key keeps the scan within the index of open cases."""
    calendar, today = display_calendar(), local_date(at)
    spans = (span_of(bucket, calendar, today) for bucket in BUCKETS)
    buckets = {f"bucket{n}": Count("step", filter=_within(span)) for n, span in enumerate(spans)}
    return {"n": Count("step"), "oldest": Min("step_since"), **buckets}


def _within(span: Span) -> Q:
    came = Q(step_since__gte=span.after) if span.after else Q()
    return came & (Q(step_since__lt=span.before) if span.before else Q())


def monitor(grid: Grid, at: datetime) -> Monitor:
    """Every open case of a grid and below, by step and child; one query over one index."""
    child = f"{Level(min(grid.level + 1, Level.BUILDING)).path_field}_id"
    rows = Case.objects.inside(grid).open().order_by().values("step", child).annotate(**_counts(at))
    found = Monitor(Stand(), {step: Stand() for step in OPEN_STEPS}, {})
    for row in rows:
        found.total += row
        found.by_step[Step(row["step"])] += row
        stand = found.by_child.setdefault(row[child], Stand())
        stand += row
    return found


NAMES = {
    "grid_name": F("holder_grid__name"), "grid_level": F("holder_grid__level"),
    "above": F("holder_grid__parent__name"), "department_name": F("holder_department__name"),
}  # fmt: skip


@dataclass(frozen=True)
class UnitStand:
    """What one unit holds; `value` is what the list is asked for."""

    value: str
    name: str
    stand: Stand


def by_unit(grid: Grid, at: datetime) -> tuple[list[UnitStand], int]:
    """The units with the most that has stood long, and how many units there are more; one query.

    What no unit works on is held by the command centre of the street.
    """
    rows = (
        Case.objects.inside(grid).open().order_by().values("holder_grid_id", "holder_department_id", **NAMES)
    )
    counted = rows.annotate(**_counts(at))
    units = sorted(map(_unit, counted), key=_longest_first)
    return units[:UNITS_SHOWN], max(0, len(units) - UNITS_SHOWN)


def _unit(row: Mapping[str, Any]) -> UnitStand:
    stand = Stand()
    stand += row
    if row["holder_department_id"]:
        return UnitStand(f"d{row['holder_department_id']}", row["department_name"], stand)
    above = f"{row['above']} " if row["grid_level"] == Level.BUILDING else ""  # many have the same name
    return UnitStand(f"g{row['holder_grid_id']}", above + row["grid_name"], stand)


def _longest_first(unit: UnitStand) -> tuple[Any, ...]:
    return (*(-unit.stand.by_bucket[bucket.key] for bucket in reversed(BUCKETS)), unit.name)


# --- the longest-standing ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One case that has stood long, ready to print."""

    url: str
    number: str
    category: str
    where: str
    step: str
    step_label: str
    holder: str
    since: str
    days: int


COLUMNS = (
    "pk", "number", "category_id", "place", "house_no", "unit_no", "grid__name", "community__name", "step",
    "step_since", "holder_grid__name", "holder_department__name",
)  # fmt: skip


def longest(grid: Grid, at: datetime) -> list[Row]:
    """The open cases that have stood longest where they stand; one query."""
    found = Case.objects.inside(grid).open().order_by("step_since", "pk").values(*COLUMNS)[:LONGEST_SHOWN]
    return list(_printed(found, at, display_calendar()))


def _printed(found: Iterable[Mapping[str, Any]], at: datetime, calendar: WorkCalendar) -> Iterable[Row]:
    categories = display_categories()
    for facts in found:
        item = categories.get(facts["category_id"])
        yield Row(
            url=reverse("cases:detail", args=[facts["pk"]]),
            number=facts["number"],
            category=item.name if item else "",
            where=where(facts),
            step=facts["step"],
            step_label=str(Step(facts["step"]).label),
            holder=facts["holder_department__name"] or facts["holder_grid__name"] or "—",
            since=f"{timezone.localtime(facts['step_since']):%Y-%m-%d %H:%M}",
            days=days_at(facts["step_since"], at, calendar),
        )


def days_at(since: datetime, at: datetime, calendar: WorkCalendar) -> int:
    """How many working days something has stood: the day it came is not counted, today is."""
    return working_days_between(calendar, local_date(since), local_date(at))
