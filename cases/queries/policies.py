"""Which policy holds where and when."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from grids.queries.calendar import working_hours
from grids.rules.workdays import WorkCalendar

from ..models import Policy
from ..rules import policy as rule

Place = tuple[int, int | None]  # district, street


class PolicyBook:
    """Everything that was ever set for some places, to be asked for any moment: a late sweep needs the past."""

    def __init__(self, places: Iterable[Place]) -> None:
        grids = {pk for place in places for pk in place if pk}
        rows = Policy.objects.filter(grid__in=grids).order_by("grid_id", "-since")
        self._rows = {grid: list(of_grid) for grid, of_grid in groupby(rows, key=lambda row: row.grid_id)}

    def at(self, place: Place, moment: datetime) -> rule.Policy:
        """What holds in a street (or in the district itself) at a moment."""
        held = (self._in_force(pk, moment) for pk in place if pk)
        return rule.settle((row.pk, {name: getattr(row, name) for name in rule.SET}) for row in held if row)

    def _in_force(self, grid: int, moment: datetime) -> Policy | None:
        return next((row for row in self._rows.get(grid, ()) if row.since <= moment), None)


def policy_at(district_id: int, street_id: int | None, at: datetime) -> rule.Policy:
    """What holds in one street (or in the district itself) at a moment; one query."""
    place = (district_id, street_id)
    return PolicyBook([place]).at(place, at)


def hours_of(policy: rule.Policy, calendar: WorkCalendar) -> WorkCalendar:
    """The calendar with the working hours that the policy sets."""
    return replace(calendar, hours=working_hours(policy.working_hours)) if policy.working_hours else calendar
