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
from ..rules.freshness import FRESH_DAYS, fresh_since, share
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
    """The households of each building grid within a scope and how many are fresh; two queries."""
    since = fresh_since(local_date(at), FRESH_DAYS)
    rows = Household.objects.within(scope, right).open().order_by().values("building")
    counted_by = {
        row["building"]: row
        for row in rows.annotate(n=Count("*"), fresh=Count("pk", filter=Q(verified_on__gte=since)))
    }
    grids = Grid.objects.filter(pk__in=counted_by, level=Level.BUILDING).order_by("code")
    return [Freshness(grid, counted_by[grid.pk]["n"], counted_by[grid.pk]["fresh"]) for grid in grids]
