"""Buildings, dwellings and premises: entered, corrected, taken out of use."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level
from grids.models import Grid, Post, path_of

from ..models import Building, Dwelling, Household, Organisation, Premises
from .writing import RegisterRefused, path_of_row, save

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
    house = facts.get("house")
    if house and house.grid_id != grid.pk:
        raise RegisterRefused(_("The building lies in another grid."))
    return save(Premises(**_inside(grid), **facts), by=by, at=at)


@transaction.atomic
def register_organisation(grid: Grid, *, by: Post | None, at: datetime, **facts: Any) -> Organisation:
    """A company or another organisation is entered."""
    return save(Organisation(**_inside(grid), **facts), by=by, at=at)


@transaction.atomic
def correct_place(place: Place, *, by: Post | None, at: datetime, **facts: Any) -> Place:
    """What is written of a place changes; its history keeps what was."""
    found = type(place).objects.select_for_update(of=("self",)).get(pk=place.pk)
    for name, value in facts.items():
        setattr(found, name, value)
    if isinstance(found, Dwelling | Building) and not found.is_active and _is_lived_in(found):
        raise RegisterRefused(_("People are still registered there. They move first."))
    saved: Place = save(found, by=by, at=at)
    return saved


def _is_lived_in(place: Building | Dwelling) -> bool:
    where = {"dwelling": place} if isinstance(place, Dwelling) else {"dwelling__house": place}
    return Household.objects.open().filter(**where).exists()


def _inside(grid: Grid) -> dict[str, Any]:
    if grid.level != Level.BUILDING:
        raise RegisterRefused(_("Registers are kept by building grid. Choose one."))
    if not grid.is_active:
        raise RegisterRefused(_("%(place)s is no longer in use.") % {"place": grid})
    return path_of(grid)
