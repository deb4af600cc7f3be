"""Households and people, as pages and moves ask for them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gridgov.kit.text import BigramMatch
from grids.enums import Right
from grids.scopes import Scope

from ..models import Dwelling, Household, Resident
from ..rules.searching import squeezed


class DoorUnclear(ValueError):
    """Which household is meant, in words for who named it."""


def members(household: Household) -> QuerySet[Resident]:
    """Who lives in it now, the head first."""
    return household.members.living().select_related("grid").order_by("relation", "birth_date", "pk")


def dwelling_at(door: str, scope: Scope) -> Dwelling:
    """The dwelling behind a door, named as people say it. Raises DoorUnclear."""
    wanted = squeezed(door)
    doors = Dwelling.objects.within(scope, Right.KEEP).filter(is_active=True)
    found = list(doors.filter(BigramMatch("search_text", wanted)).select_related("house")[:6])
    exact = [one for one in found if one.search_text in (wanted, f"{wanted}室")] or found
    if not exact:
        raise DoorUnclear(_("No dwelling is entered by that name. Enter it first."))
    if len(exact) > 1:
        raise DoorUnclear(
            _("Several dwellings are called that: %(doors)s.") % {"doors": "、".join(map(str, exact))}
        )
    return exact[0]


def household_at(door: str, scope: Scope) -> Household:
    """The open household behind a door, named as people say it. Raises DoorUnclear."""
    home: Household | None = dwelling_at(door, scope).households.open().order_by("-pk").first()
    if home is None:
        raise DoorUnclear(_("No household is entered there. Open one first."))
    return home
