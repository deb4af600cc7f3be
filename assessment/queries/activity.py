"""What was done on foot: days patrolled, diary lines, and the cases that came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from cases.models import DiaryEntry, Patrol
from grids.enums import Level
from grids.models import Grid

from ..rules.rates import Period


@dataclass(frozen=True)
class Activity:
    """The patrols of one grid in a month: a day on which two people walked the same grid is one day."""

    label: str
    patrol_days: int = 0
    patrols: int = 0
    diary_lines: int = 0
    diary_cases: int = 0


FIGURES = ("patrol_days", "patrols", "diary_lines", "diary_cases")


def activity(grid: Grid, month: date, *, cut_off: datetime) -> tuple[Activity, ...]:
    """A month of every grid directly below; of a building grid itself."""
    return activity_of(grid, Period.of(month, cut_off))


def activity_of(grid: Grid, period: Period) -> tuple[Activity, ...]:
    """A line for every grid directly below; of a building grid itself. Three queries."""
    level = Level(min(grid.level + 1, Level.BUILDING))
    part = f"{level.path_field}_id"
    found = _merged(_walked(grid, part, period), _written(grid, part, period))
    own = Q(pk=grid.pk) if grid.level == Level.BUILDING else Q(parent_id=grid.pk, is_active=True)
    below = Grid.objects.filter(own | Q(pk__in=[pk for pk in found if pk])).order_by("code")
    lines = [Activity(name, **found.get(pk, {})) for pk, name in below.values_list("pk", "name")]
    return (*lines, Activity(grid.name, **found[None])) if None in found else tuple(lines)


Counted = dict[int | None, dict[str, int]]


def _walked(grid: Grid, part: str, period: Period) -> Counted:
    patrols = Patrol.objects.inside(grid).begun_between(period.start, period.moment).order_by()
    days = patrols.values(part, "grid_id", "date").annotate(patrols=Count("*"))
    counted: Counted = {}
    for place, _grid, _date, walks in days.values_list(part, "grid_id", "date", "patrols"):
        row = counted.setdefault(place, {"patrol_days": 0, "patrols": 0})
        row["patrol_days"] += 1
        row["patrols"] += walks
    return counted


def _written(grid: Grid, part: str, period: Period) -> Counted:
    lines = DiaryEntry.objects.inside(grid).filter(at__gte=period.start, at__lt=period.moment).order_by()
    became_case = Q(case__reported_at__lt=period.moment)
    rows = lines.values(part).annotate(lines=Count("*"), raised=Count("case_id", filter=became_case))
    return {
        place: {"diary_lines": written, "diary_cases": raised}
        for place, written, raised in rows.values_list(part, "lines", "raised")
    }


def _merged(*tables: Mapping[int | None, Mapping[str, int]]) -> Counted:
    merged: Counted = {}
    for table in tables:
        for place, counts in table.items():
            merged.setdefault(place, {}).update(counts)
    return merged
