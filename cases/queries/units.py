"""To whom a case can be given: the departments of its street and district, its community, its grid."""

from dataclasses import dataclass

from grids.models import Department, Grid

from ..models import Case

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


def units_for(case: Case) -> list[Choice]:
    """Everybody the case can be given to, the unit its category names first."""
    departments = list(
        Department.objects.serving(case.street_id, case.district_id).order_by("-grid__level", "pk")
    )
    suggested = next((d for d in departments if d.code == case.category.lead_department), None)
    grids = [grid for grid in (case.community, case.building) if grid and grid.is_active]
    if not case.category.is_admitted:
        grids = []
    ordered = sorted(departments, key=lambda department: department != suggested)
    units: list[Unit] = [*ordered[:1], *grids, *ordered[1:]] if suggested else [*grids, *ordered]
    first = suggested or (units[0] if units else None)
    return [Choice(value_of(unit), unit, unit is first) for unit in units]
