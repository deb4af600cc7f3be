"""Buildings, dwellings and premises: entered, corrected, taken out of use."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level
from grids.models import Grid, Post, path_of, path_of_row
from grids.rules.workdays import local_date

from ..models import Building, Dwelling, Household, Organisation, Premises
from ..rules import inspecting
from .writing import RegisterRefused, save

Place = TypeVar("Place", Building, Dwelling, Premises, Organisation)


@transaction.atomic
def register_building(grid: Grid, *, by: Post | None, at: datetime, **facts: Any) -> Building:
    """A building is entered in its building grid."""
    return save(Building(**_inside(grid), **facts), by=by, at=at)


@transaction.atomic
def register_dwelling(house: Building, *, by: Post | None, at: datetime, **facts: Any) -> Dwelling:
    """A door of a building is entered."""
    if not house.is_active:
        raise RegisterRefused(_("%(place)s is no longer in use.") % {"place": house})
    return save(Dwelling(**path_of_row(house), house=house, **facts), by=by, at=at)


@transaction.atomic
def register_premises(grid: Grid, *, by: Post | None, at: datetime, **facts: Any) -> Premises:
    """A shop, an office, a public venue is entered."""
    premises = Premises(**_inside(grid), **facts)
    _may_lie_in(premises)
    premises.inspection_due = inspecting.next_due(premises.risk, local_date(at))
    return save(premises, by=by, at=at)


@transaction.atomic
def register_organisation(grid: Grid, *, by: Post | None, at: datetime, **facts: Any) -> Organisation:
    """A company or another organisation is entered."""
    return save(Organisation(**_inside(grid), **facts), by=by, at=at)


@transaction.atomic
def correct_place(place: Place, *, by: Post | None, at: datetime, **facts: Any) -> Place:
    """What is written of a place changes; its history keeps what was."""
    found = type(place).objects.select_for_update(of=("self",)).get(pk=place.pk)
    is_new_risk = "risk" in facts and facts["risk"] != getattr(found, "risk", None)
    for name, value in facts.items():
        setattr(found, name, value)
    if isinstance(found, Premises):
        _may_lie_in(found)
        if is_new_risk:
            _plan_again(found, at)
    if isinstance(found, Dwelling | Building) and not found.is_active and _is_lived_in(found):
        raise RegisterRefused(_("People are still registered there. They move first."))
    saved: Place = save(found, by=by, at=at)
    return saved


def _may_lie_in(premises: Premises) -> None:
    if premises.house and premises.house.grid_id != premises.grid_id:
        raise RegisterRefused(_("The building lies in another grid."))


def _plan_again(premises: Premises, at: datetime) -> None:
    """Another risk asks for another rhythm; a day set for putting something right stays."""
    since = premises.inspected_on or local_date(at)
    premises.inspection_due = inspecting.next_due(premises.risk, since, premises.rectify_until)


def _is_lived_in(place: Building | Dwelling) -> bool:
    where = {"dwelling": place} if isinstance(place, Dwelling) else {"dwelling__house": place}
    return Household.objects.open().filter(**where).exists()


def _inside(grid: Grid) -> dict[str, Any]:
    if grid.level != Level.BUILDING:
        raise RegisterRefused(_("Registers are kept by building grid. Choose one."))
    if not grid.is_active:
        raise RegisterRefused(_("%(place)s is no longer in use.") % {"place": grid})
    return path_of(grid)
