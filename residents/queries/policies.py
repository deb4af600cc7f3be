"""Which numbers of the registers hold where, on which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, DateField, Max, Value, When
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grids.enums import Level
from grids.models import Grid

from ..models import RegisterPolicy
from ..rules import policy as rule
from ..rules.freshness import fresh_since
from ..rules.policy import Policy


class PolicyBook:
    """Everything that holds on one day, wherever; one query. Few places set numbers of their own."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._rows = {row.grid_id: row for row in RegisterPolicy.objects.in_force(on).select_related("grid")}

    def of(self, district_id: int | None, street_id: int | None) -> Policy:
        """What holds in a street, or in the district itself."""
        return rule.settle(said(self.rows_of(district_id, street_id)))

    def of_row(self, row: Any) -> Policy:
        """What holds where a row (an `InGrid`) lies."""
        return self.of(row.district_id, row.street_id)

    def rows_of(self, district_id: int | None, street_id: int | None) -> list[RegisterPolicy]:
        """The rows that this is put together from, the district's first."""
        return [self._rows[pk] for pk in (district_id, street_id) if pk in self._rows]

    def fresh_since(self) -> Any:
        """The day since which a household counts as fresh, as the database works it out for each row's place."""
        streets = [row.grid for row in self._rows.values() if row.level == Level.STREET]
        districts = [row.grid for row in self._rows.values() if row.level == Level.DISTRICT]
        cases = [
            *(When(street=grid.pk, then=self._day(grid.parent_id, grid.pk)) for grid in streets),
            *(When(district=grid.pk, then=self._day(grid.pk, None)) for grid in districts),
        ]
        plain = self._day(None, None)
        return Case(*cases, default=plain, output_field=DateField()) if cases else plain

    def _day(self, district_id: int | None, street_id: int | None) -> Value:
        day = fresh_since(self.on, self.of(district_id, street_id).fresh_days)
        return Value(day, output_field=DateField())


def said(rows: Iterable[RegisterPolicy]) -> list[dict[str, Any]]:
    """What rows set, as the rule takes it."""
    return [{name: getattr(row, name) for name in rule.SET} for row in rows]


def place_of(grid: Grid) -> tuple[int | None, int | None]:
    """District and street of a grid of any level."""
    path: dict[int, int] = dict(grid.get_ancestors(include_self=True).values_list("level", "pk"))
    return path.get(Level.DISTRICT), path.get(Level.STREET)


def policy_of(grid: Grid, on: date) -> Policy:
    """What holds in one grid on a day."""
    return PolicyBook(on).of(*place_of(grid))


def latest(grid: Grid) -> int:
    """The last row set for a place or its district: a form carries it, so that nobody sets what she has not seen."""
    found = RegisterPolicy.objects.filter(grid__in=[pk for pk in place_of(grid) if pk])
    return found.aggregate(last=Max("pk"))["last"] or 0


# --- the page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """One number as it holds now, and where it comes from."""

    name: str
    label: str
    text: str
    origin: RegisterPolicy | None  # None: the product's default
    is_official: bool  # named by the published rules, and so as they name it


def holding(grid: Grid, on: date) -> list[Number]:
    """Every number that holds in a place on a day, in the order of the form."""
    rows = PolicyBook(on).rows_of(*place_of(grid))
    policy = rule.settle(said(rows))
    return [_number(name, policy, rows) for name in rule.SET]


def _number(name: str, policy: Policy, rows: list[RegisterPolicy]) -> Number:
    value = getattr(policy, name)
    origin = next((row for row in reversed(rows) if getattr(row, name) is not None), None)
    is_official = name in rule.FROM_THE_ARTICLES and value == getattr(Policy(), name)
    return Number(name, label_of(name), in_words(name, value), origin, is_official)


def label_of(name: str) -> str:
    field: Any = RegisterPolicy._meta.get_field(name)
    return capfirst(str(field.verbose_name))


def in_words(name: str, value: int) -> str:
    """A number as people say it: 7 days, 30 values."""
    if name.endswith("_days"):
        return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}
    return _("%(n)d values") % {"n": value}


def told(row: RegisterPolicy) -> list[tuple[str, str]]:
    """What one row of the history set, in words."""
    numbers = ((name, getattr(row, name)) for name in rule.SET)
    return [(label_of(name), in_words(name, value)) for name, value in numbers if value is not None]
