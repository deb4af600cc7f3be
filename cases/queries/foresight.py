"""What runs out in the next working days, if nobody does anything: read from the table of deadlines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from gridgov.kit import listing
from grids.enums import Level
from grids.models import Grid
from grids.queries import display_calendar
from grids.rules.workdays import due_date, end_of, local_date

from ..enums import DeadlineKind, DeadlineState, Step
from ..models import Deadline
from ..rules.policy import Policy
from .listing import display_categories, where
from .policies import PolicyBook, places_in
from .shown import DueShown, due_shown

DEPARTMENT = "department"
LEVELS = {
    "building": Level.BUILDING, "community": Level.COMMUNITY, "street": Level.STREET, "district": Level.DISTRICT,
}  # fmt: skip
KINDS = (*LEVELS, DEPARTMENT)  # of the unit whose limit runs out


@dataclass(frozen=True)
class Window:
    """From now to the end of the n-th working day from today on, today's own end included."""

    days: int
    at: datetime
    last: date
    is_provisional: bool  # it reaches into a year without its official calendar

    @classmethod
    def ahead(cls, days: int, at: datetime) -> "Window":
        """The next `days` working days after today."""
        calendar = display_calendar()
        last = due_date(calendar, local_date(at), days)
        return cls(days, at, last, calendar.is_provisional(last))

    @property
    def until(self) -> datetime:
        return end_of(self.last)


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed to: a grid, perhaps only what lies at it itself, perhaps one kind of unit."""

    grid: Grid
    kind: str = ""
    is_direct: bool = False


def pending(asked: Asked, window: Window) -> QuerySet[Deadline]:
    """The limits of handling that run out in the window."""
    place = "case__grid" if asked.is_direct else f"case__{Level(asked.grid.level).path_field}"
    found = Deadline.objects.filter(
        state=DeadlineState.PENDING, kind=DeadlineKind.EXPIRY, due_at__gt=window.at, due_at__lte=window.until,
        **{place: asked.grid},
    )  # fmt: skip
    return found.filter(_of_kind(asked.kind)) if asked.kind else found


def _of_kind(kind: str) -> Q:
    if kind == DEPARTMENT:
        return Q(assignment__department__isnull=False)
    return Q(assignment__grid__level=LEVELS[kind])


# --- the numbers -----------------------------------------------------------------------------------


@dataclass
class Ahead:
    """So many run out: how many of them go up by themselves, and how many are only provisional."""

    expire: int = 0
    go_up: int = 0
    provisional: int = 0

    def add(self, n: int, *, goes_up: bool, is_provisional: bool) -> None:
        """A provisional limit never fires, so nothing of it goes up."""
        self.expire += n
        self.provisional += n * is_provisional
        self.go_up += n * (goes_up and not is_provisional)


@dataclass
class Outlook:
    """The same numbers by kind of unit, and by the grid below and kind of unit; None is the grid itself."""

    total: Ahead
    by_kind: dict[str, Ahead]
    by_child: dict[int | None, dict[str, Ahead]]


def outlook(grid: Grid, window: Window) -> Outlook:
    """Everything that runs out in a grid and below, in numbers; three queries whatever there is."""
    child = f"case__{Level(min(grid.level + 1, Level.BUILDING)).path_field}_id"
    rows = (
        pending(Asked(grid), window)
        .order_by()
        .values(
            "is_provisional", unit_level=F("assignment__grid__level"), district=F("case__district_id"),
            street=F("case__street_id"), child=F(child),
        )
        .annotate(n=Count("*"))
    )  # fmt: skip
    goes_up = _goes_up(grid, window.at)
    found = Outlook(Ahead(), {}, {})
    for row in rows:
        kind, goes = kind_of(row["unit_level"]), goes_up(row["district"], row["street"], row["unit_level"])
        here = found.by_child.setdefault(row["child"], {})
        for count in (found.total, found.by_kind.setdefault(kind, Ahead()), here.setdefault(kind, Ahead())):
            count.add(row["n"], goes_up=goes, is_provisional=row["is_provisional"])
    return found


def kind_of(level: int | None) -> str:
    """The kind of a unit by the level of its grid; a department has none."""
    return DEPARTMENT if level is None else Level(level).path_field


def _goes_up(grid: Grid, at: datetime) -> Callable[[int, int | None, int | None], bool]:
    """Whether a unit's expired work goes up by itself there, as the policies stand now."""
    top = grid if grid.level <= Level.STREET else grid.get_ancestors().get(level=Level.STREET)
    book = PolicyBook(places_in(top))
    policy: Callable[[int, int | None], Policy] = cache(
        lambda district, street: book.at((district, street), at)
    )
    return lambda district, street, level: policy(district, street).escalates_from(level)


# --- the rows --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One case whose limit runs out, ready to print."""

    url: str
    number: str
    category: str
    where: str
    unit: str
    step: str
    step_label: str
    due: DueShown
    goes_up: bool
    is_provisional: bool


COLUMNS = (
    "id", "due_at", "is_provisional", "case_id", "case__number", "case__category_id", "case__place", "case__house_no",
    "case__unit_no", "case__grid__name", "case__community__name", "case__step", "case__district_id",
    "case__street_id", "assignment__grid__name", "assignment__grid__level", "assignment__department__name",
)  # fmt: skip


def rows(asked: Asked, window: Window, cursor: str | None = None) -> listing.Page[Row]:
    """One page of the cases, the next to run out first; two or three queries."""
    found = pending(asked, window).values(*COLUMNS)
    page = listing.page(found, cursor=cursor, order=("due_at", "id"))
    goes_up = _goes_up(asked.grid, window.at)
    printed = [_row(facts, window.at, goes_up) for facts in page.rows]
    return listing.Page(printed, page.next_cursor, page.previous_cursor)


def _row(facts: Mapping[str, Any], at: datetime, goes_up: Callable[..., bool]) -> Row:
    place = {name.removeprefix("case__"): value for name, value in facts.items()}
    level, item = facts["assignment__grid__level"], display_categories().get(facts["case__category_id"])
    return Row(
        url=reverse("cases:detail", args=[facts["case_id"]]),
        number=facts["case__number"],
        category=item.name if item else "",
        where=where(place),
        unit=facts["assignment__grid__name"] or facts["assignment__department__name"],
        step=facts["case__step"],
        step_label=str(Step(facts["case__step"]).label),
        due=due_shown(facts["due_at"], facts["is_provisional"], at, display_calendar()),
        goes_up=goes_up(facts["case__district_id"], facts["case__street_id"], level)
        and not facts["is_provisional"],
        is_provisional=facts["is_provisional"],
    )
