"""Which scheme holds where and when."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_noop

from grids.models import Grid

from ..enums import MarkState
from ..models import Indicator, Mark, Scheme
from ..rules import defaults
from ..rules.scoring import Terms

BEGINNING = date(2012, 1, 1)
OURS = gettext_noop("Defaults of the product")

Marks = Mapping[int, Mapping[str, tuple[int, Decimal]]]


def scheme_of(district: Grid, month: date) -> Scheme | None:
    """The scheme a month is scored by: the last that holds from that month or an earlier one."""
    return Scheme.objects.filter(grid=district, since__lte=month).order_by("-since", "-pk").first()


def own_scheme(district: Grid) -> tuple[Scheme, list[Indicator]]:
    """The product's own scheme, that a district is scored by until it sets one; neither is saved."""
    terms = {each.name: getattr(Terms(), each.name) for each in fields(Terms)}
    lines = [
        Indicator(
            position=number, code=code, section=section, weight=Decimal(weight), formula=formula or "", minimum=minimum,
            name=name, stays=stays, note=defaults.LOOKS_AT.get(code, ""),
        )
        for number, (code, section, weight, formula, minimum, name, stays) in enumerate(defaults.DEFAULTS, 1)
    ]  # fmt: skip
    return Scheme(grid=district, since=BEGINNING, reason=OURS, **terms), lines


def holding(district: Grid, month: date) -> tuple[Scheme, list[Indicator]]:
    """What a month is scored by, with its lines in their order."""
    scheme = scheme_of(district, month)
    return (scheme, list(scheme.indicators.order_by("position"))) if scheme else own_scheme(district)


def latest(district: Grid) -> int:
    """The last scheme that was set: a form carries it, so that nobody replaces what she has not seen."""
    last = Scheme.objects.filter(grid=district).order_by("-pk").first()
    return last.pk if last else 0


def marks_of(district: Grid, month: date, indicators: list[Indicator], *, at: datetime) -> Marks:
    """The approved entries of inspectors that count for a month as of a moment: grid → indicator → (entry, points).

    Of several the last counts. One of an indicator that stays holds until the next, the others for their month.
    """
    inspected = {each.code: each for each in indicators if not each.formula}
    rows = Mark.objects.filter(
        district=district, state=MarkState.APPROVED, decided_at__lte=at, month__lte=month,
        indicator__in=inspected,
    ).order_by("month", "pk")  # fmt: skip
    found: dict[int, dict[str, tuple[int, Decimal]]] = {}
    for pk, grid, code, of_month, points in rows.values_list("pk", "grid_id", "indicator", "month", "points"):
        if of_month == month or inspected[code].stays:
            found.setdefault(grid, {})[code] = (pk, min(points, inspected[code].weight))
    return found
