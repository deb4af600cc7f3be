"""Which policy holds where and when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grids.enums import Level
from grids.models import Grid
from grids.queries import display_calendar
from grids.queries.calendar import working_hours
from grids.rules.workdays import Hours, WorkCalendar

from ..models import Policy
from ..rules import policy as rule

Place = tuple[int, int | None]  # district, street


class PolicyBook:
    """Everything that was ever set for some places, to be asked for any moment: a late sweep needs the past."""

    def __init__(self, places: Iterable[Place], supposing: Policy | None = None) -> None:
        grids = {pk for place in places for pk in place if pk}
        rows = Policy.objects.filter(grid__in=grids).order_by("grid_id", "-since")
        self._rows = {grid: list(of_grid) for grid, of_grid in groupby(rows, key=lambda row: row.grid_id)}
        if supposing is not None:  # a row that is not saved, as if it were
            held = [*self._rows.get(supposing.grid_id, ()), supposing]
            self._rows[supposing.grid_id] = sorted(held, key=lambda row: row.since, reverse=True)

    def at(self, place: Place, moment: datetime) -> rule.Policy:
        """What holds in a street (or in the district itself) at a moment."""
        return rule.settle(said(self.rows_at(place, moment)))

    def rows_at(self, place: Place, moment: datetime) -> list[Policy]:
        """The rows that this is put together from, the district's first."""
        held = (self._in_force(pk, moment) for pk in place if pk)
        return [row for row in held if row]

    def _in_force(self, grid: int, moment: datetime) -> Policy | None:
        return next((row for row in self._rows.get(grid, ()) if row.since <= moment), None)


def said(rows: Iterable[Policy]) -> list[tuple[int, dict[str, Any]]]:
    """What rows set, by their keys, as the rule takes it; one that is not saved has none yet."""
    return [(row.pk or 0, {name: getattr(row, name) for name in rule.SET}) for row in rows]


def place_of(grid: Grid) -> Place:
    """A district or a street as policies know it."""
    return (grid.pk, None) if grid.level == Level.DISTRICT else (grid.parent_id, grid.pk)


def places_in(grid: Grid) -> list[Place]:
    """A street by itself; a district with every street in it."""
    if grid.level != Level.DISTRICT:
        return [place_of(grid)]
    streets = Grid.objects.filter(parent=grid).order_by("code").values_list("pk", flat=True)
    return [(grid.pk, None), *((grid.pk, street) for street in streets)]


def latest(grid: Grid) -> int:
    """The last row set for a place or its district: a form carries it, so that nobody sets what she has not seen."""
    found = Policy.objects.filter(grid__in=[pk for pk in place_of(grid) if pk]).aggregate(last=Max("pk"))
    return found["last"] or 0


# --- the page --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """One number as it holds now, and where it comes from."""

    name: str
    label: str
    text: str
    origin: Policy | None  # None: the product's default
    is_official: bool  # named by the published rules, and so as they name it
    official: str = ""  # what the published rules name, where something else was set


def holding(grid: Grid, at: datetime) -> list[Number]:
    """Every number that holds in a place at a moment, in the order of the form; one query."""
    book = PolicyBook([place_of(grid)])
    rows = book.rows_at(place_of(grid), at)
    policy, by_key = rule.settle(said(rows)), {row.pk: row for row in rows}
    from_row = rule.origins(said(rows))
    return [_number(name, policy, by_key.get(from_row[name] or 0)) for name in rule.SET]


def _number(name: str, policy: rule.Policy, origin: Policy | None) -> Number:
    value, default = getattr(policy, name), getattr(rule.Policy(), name)
    is_named = name in rule.FROM_THE_ARTICLES
    return Number(
        name,
        label_of(name),
        in_words(name, value),
        origin,
        is_official=is_named and value == default,
        official=in_words(name, default) if is_named and value != default else "",
    )


def label_of(name: str) -> str:
    if name == "working_hours":  # the field's own words are those of a unit
        return _("Working hours")
    field: Any = Policy._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def in_words(name: str, value: Any) -> str:
    """A number as people say it: 7 working days, yes, 08:30-12:00."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "working_hours":
        return value or hours_in_words(display_calendar().hours)
    if name == "watch_days":
        return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}
    return ngettext("%(n)d working day", "%(n)d working days", value) % {"n": value}


def hours_in_words(hours: Hours) -> str:
    return ",".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in hours)


def told(row: Policy) -> list[tuple[str, str]]:
    """What one row of the history set, in words."""
    return [
        (label_of(name), in_words(name, value))
        for name in rule.SET
        if (value := getattr(row, name)) not in (None, "")
    ]


def policy_at(district_id: int, street_id: int | None, at: datetime) -> rule.Policy:
    """What holds in one street (or in the district itself) at a moment; one query."""
    place = (district_id, street_id)
    return PolicyBook([place]).at(place, at)


def hours_of(policy: rule.Policy, calendar: WorkCalendar) -> WorkCalendar:
    """The calendar with the working hours that the policy sets."""
    return replace(calendar, hours=working_hours(policy.working_hours)) if policy.working_hours else calendar
