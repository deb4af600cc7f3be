"""To whom a case can be given: the departments of its street and district, its community, its grid."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from grids.models import Department, Grid
from grids.rules.codes import ancestry
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..models import Case
from .affairs import is_admitted, why_not

Unit = Department | Grid


@dataclass(frozen=True)
class Choice:
    """One possible addressee; `value` is what a form sends."""

    value: str
    unit: Unit
    is_suggested: bool = False

    @property
    def name(self) -> str:
        return self.unit.name


def value_of(unit: Unit) -> str:
    return f"{'g' if isinstance(unit, Grid) else 'd'}{unit.pk}"


def unit_of(value: str, scope: Scope) -> Unit | None:
    """The unit behind a value in an address, as far as a person may know of it: hers, and whoever serves her places."""
    kind, key = value[:1], value[1:]
    if kind not in ("g", "d") or not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    if kind == "g":
        return Grid.objects.filter(pk=key).filter(reached(scope, "")).first()
    return (
        Department.objects.filter(pk=key)
        .filter(Q(pk__in=scope.departments()) | reached(scope, "grid__"))
        .first()
    )


def reached(scope: Scope, prefix: str) -> Q:
    """The grids a person sees and those above them."""
    found = Q(pk__in=[])
    for span in scope.spans():
        found |= Q(**{f"{prefix}code__startswith": span.code}) | Q(
            **{f"{prefix}code__in": ancestry(span.code)}
        )
    return found


@dataclass(frozen=True)
class Units:
    """Everybody a case can be given to, and why no grid is among them where none may be."""

    choices: list[Choice]
    without_grids: str = ""


def units_for(case: Case, at: datetime) -> Units:
    """Everybody the case can be given to, the unit its category names first."""
    departments = list(
        Department.objects.serving(case.street_id, case.district_id).order_by("-grid__level", "pk")
    )
    suggested = next((d for d in departments if d.code == case.category.lead_department), None)
    grids = [grid for grid in (case.community, case.building) if grid and grid.is_active]
    if without := grids and not is_admitted(case.category, case.district_id, local_date(at)):
        grids = []
    ordered = sorted(departments, key=lambda department: department != suggested)
    units: list[Unit] = [*ordered[:1], *grids, *ordered[1:]] if suggested else [*grids, *ordered]
    first = suggested or (units[0] if units else None)
    choices = [Choice(value_of(unit), unit, unit is first) for unit in units]
    return Units(choices, why_not(case.category) if without else "")
