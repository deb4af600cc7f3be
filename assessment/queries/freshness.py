"""How fresh the registers of a grid are kept, for its page: a look down into the east wing."""

from datetime import datetime

from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope
from residents.queries.home import Freshness, freshness_of


def register_of(grid: Grid, scope: Scope, at: datetime) -> Freshness | None:
    """The share of its households that were verified lately, for those who read figures or see the register."""
    if not any(scope.covers_grid(grid.code, right) for right in (Right.FIGURES, Right.REGISTER)):
        return None
    return freshness_of(grid, at)


def leads_to_rows(grid: Grid, scope: Scope) -> bool:
    """Whether she may see which households are stale."""
    return scope.covers_grid(grid.code, Right.REGISTER)
