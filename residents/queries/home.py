"""How much there is in the registers, and how much of it is fresh."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from gridgov.kit.listing import counted
from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..models import Household
from ..rules.freshness import share
from .policies import PolicyBook, place_of
from .registers import REGISTERS, Sought, found


def counts(scope: Scope, at: datetime) -> dict[str, int]:
    """The entries of each register within a scope; one query."""
    today = local_date(at)
    return counted(
        {
            name: found(register, Sought(), scope, Right.REGISTER, today)
            for name, register in REGISTERS.items()
        }
    )


@dataclass(frozen=True)
class Freshness:
    """How many households of one grid were verified lately."""

    grid: Grid
    households: int
    fresh: int
    days: int  # for which a household counts as fresh here

    @property
    def stale(self) -> int:
        return self.households - self.fresh

    @property
    def share(self) -> float | None:
        return share(self.fresh, self.households)

    @property
    def percent(self) -> str:
        return "—" if self.share is None else f"{self.share:.1%}"


def freshness(scope: Scope, at: datetime, right: str = Right.REGISTER) -> list[Freshness]:
    """The households of each building grid within a scope and how many are fresh; three queries."""
    book = PolicyBook(local_date(at))
    rows = Household.objects.within(scope, right).open().order_by().values("building")
    fresh = Count("verified_on", filter=Q(verified_on__gte=book.fresh_since()))
    by_grid = {row["building"]: row for row in rows.annotate(n=Count("*"), fresh=fresh)}
    grids = Grid.objects.filter(pk__in=by_grid, level=Level.BUILDING).select_related("parent__parent")
    return [
        Freshness(grid, by_grid[grid.pk]["n"], by_grid[grid.pk]["fresh"], _days(grid, book))
        for grid in grids.order_by("code")
    ]


def freshness_of(grid: Grid, at: datetime) -> Freshness:
    """The same of one grid of any level, everything below it together."""
    book = PolicyBook(local_date(at))
    rows = Household.objects.inside(grid).open().order_by()
    found = rows.aggregate(
        n=Count("*"), fresh=Count("verified_on", filter=Q(verified_on__gte=book.fresh_since()))
    )
    return Freshness(grid, found["n"], found["fresh"], book.of(*place_of(grid)).fresh_days)


def _days(grid: Grid, book: PolicyBook) -> int:
    street = grid.parent.parent
    return book.of(street.parent_id, street.pk).fresh_days
