"""Premises and organisations, as pages and forms ask for them."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid, path_of
from grids.scopes import Scope

from ..models import Building, Organisation
from ..rules import identity

MOST_NAMED = 5  # organisations an answer names that cannot tell which one is meant


class OrganisationUnclear(ValueError):
    """Which organisation is meant, in words for who named it."""


def houses_of(scope: Scope, grid: Grid | None = None) -> QuerySet[Building]:
    """The buildings in use where somebody keeps the register, or of one grid of it; grid after grid."""
    houses: Any = Building.objects.within(scope, Right.KEEP).filter(is_active=True)
    if grid is not None:
        houses = houses.inside(grid)
    found: QuerySet[Building] = houses.select_related("grid").order_by("grid__code", "sort_key")
    return found


def organisation_called(text: str, grid: Grid, scope: Scope) -> Organisation:
    """The organisation of a district by its credit code or its whole name, or by part of a name seen by her.

    Raises OrganisationUnclear.
    """
    district = path_of(grid)[f"{Level.DISTRICT.path_field}_id"]
    rows = Organisation.objects.filter(district=district, is_active=True)
    found = list(rows.filter(code=identity.tidied(text).upper())) or list(rows.filter(name=text)[:MOST_NAMED])
    if not found:
        seen: Any = rows
        found = list(seen.within(scope, Right.REGISTER).filter(name__icontains=text)[:MOST_NAMED])
    if not found:
        raise OrganisationUnclear(
            _("No organisation of the district has this code or name. Enter it first, or leave this empty.")
        )
    if len(found) > 1:
        named = "、".join(f"{one.name} {one.code}".strip() for one in found)
        raise OrganisationUnclear(_("Several are called that; give the code: %(names)s.") % {"names": named})
    return found[0]


def run_by(company: Organisation, scope: Scope) -> list[Building]:
    """The buildings that name a property company as theirs, as far as this person sees them."""
    rows = Building.objects.within(scope, Right.REGISTER).filter(is_active=True, company=company.name)
    return list(rows.order_by("sort_key"))


def company_of(house: Building, scope: Scope) -> list[Organisation]:
    """The property company a building names, if it is entered and this person sees it."""
    if not house.company:
        return []
    rows = Organisation.objects.within(scope, Right.REGISTER).filter(name=house.company)
    return list(rows.filter(district=house.district_id)[:MOST_NAMED])
