"""What the page of a grid shows: its people, its children, its open cases, its figures of the month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from cases.enums import Step
from cases.models import Case
from grids.enums import Level
from grids.models import Grid, Post
from grids.queries import posts_at
from grids.rules.workdays import end_of, local_date
from grids.scopes import Scope

from .activity import FIGURES, Activity, activity


@dataclass(frozen=True)
class Open:
    """How many cases are open in a grid, and how they stand."""

    open: int = 0
    overdue: int = 0
    today: int = 0


@dataclass(frozen=True)
class Month:
    """What was reported and closed in a grid since the month began."""

    since: str  # its first day, as addresses write it
    reported: int
    closed: int
    in_time: int


def grids_of(scope: Scope) -> QuerySet[Grid]:
    """The grids a person may see, in the order of the tree."""
    return Grid.objects.within(scope).active().order_by("code")


def _standing(at: datetime) -> dict[str, Count]:
    tonight = end_of(local_date(at))
    return {
        "open": Count("*"),
        "overdue": Count("due_at", filter=Q(due_at__lte=at)),
        "today": Count("due_at", filter=Q(due_at__gt=at, due_at__lte=tonight)),
    }


def open_by_child(grid: Grid, at: datetime) -> dict[int | None, Open]:
    """Open cases by child, in one query over the index of open cases; None is the grid itself."""
    column = f"{Level(min(grid.level + 1, Level.BUILDING)).path_field}_id"
    rows = Case.objects.inside(grid).open().order_by().values(column).annotate(**_standing(at))
    return {row.pop(column): Open(**row) for row in rows}


def together(counts: Iterable[Open]) -> Open:
    """The grid and everything below it."""
    counts = list(counts)
    return Open(*(sum(getattr(count, name) for count in counts) for name in ("open", "overdue", "today")))


def month_of(grid: Grid, at: datetime) -> Month:
    """The month so far."""
    begin = _month_begin(at)
    closed = Q(ended_at__gte=begin, step=Step.CLOSED)
    counted = (
        Case.objects.inside(grid)
        .filter(Q(reported_at__gte=begin) | closed)
        .aggregate(
            reported=Count("reported_at", filter=Q(reported_at__gte=begin)),
            closed=Count("ended_at", filter=closed),
            in_time=Count("on_time", filter=closed & Q(on_time=True)),
        )
    )
    return Month(since=f"{begin:%Y-%m-%d}", **counted)


def _month_begin(at: datetime) -> datetime:
    return timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def answering_for(grids: list[Grid], at: datetime) -> dict[int | None, list[Post]]:
    """Who holds which post in these grids, by grid."""
    found: dict[int | None, list[Post]] = {grid.pk: [] for grid in grids}
    for post in posts_at(grids, at):
        found[post.grid_id].append(post)
    return found


@dataclass(frozen=True)
class ChildRow:
    grid: Grid
    people: list[Post]
    open: Open


def children_of(grid: Grid) -> list[Grid]:
    """The grids one level below, in the order of their codes."""
    return [] if grid.level == Level.BUILDING else list(grid.children.active().order_by("code"))


def walked_of(grid: Grid, at: datetime) -> Activity:
    """Days patrolled, diary lines and their cases of the month so far, all grids below together."""
    lines = activity(grid, local_date(at).replace(day=1), cut_off=at)
    return Activity(grid.name, **{name: sum(getattr(line, name) for line in lines) for name in FIGURES})


def path_up(grid: Grid) -> list[dict[str, Any]]:
    """The way from the district down to the grid, for the line above the title."""
    return list(grid.get_ancestors().values("code", "name", "level"))
