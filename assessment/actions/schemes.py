"""Setting the hundred points: a new scheme from a month on, never a change of an old one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid, Post

from ..models import Indicator, Run, Scheme
from ..queries.schemes import latest, own_scheme
from ..rules import scoring


class SchemeRefused(ValueError):
    """Why this scheme cannot hold, in words for the person who sets it."""


@transaction.atomic
def set_scheme(
    district: Grid, *, since: date, reason: str, indicators: Sequence[Mapping[str, Any]], by: Post, at: datetime,
    seen: int | None = None, key: UUID | None = None, **terms: Any,
) -> Scheme:  # fmt: skip
    """From the month `since` on the district is scored by these lines and numbers.

    `seen` is the last scheme the person knew of. No month that has been scored is scored by another scheme.
    """
    if Right.POLICY not in by.rights or by.grid_id != district.pk or district.level != Level.DISTRICT:
        raise SchemeRefused(_("The district sets how its grids are scored."))
    Grid.objects.select_for_update(no_key=True).get(pk=district.pk)
    if key and (known := Scheme.objects.filter(key=key).first()):
        return _replayed(known, district, by)
    if seen is not None and seen != latest(district):
        raise SchemeRefused(_("Somebody has set a scheme meanwhile. Look at what holds now."))
    if Run.objects.filter(grid=district, month__gte=since).exists():
        raise SchemeRefused(_("Months from then on have been scored already. Choose a later month."))
    lines = [_line(number, **each) for number, each in enumerate(indicators, start=1)]
    _check(lines)
    scheme = Scheme(grid=district, since=since, reason=reason, set_at=at, set_by=by.user, key=key, **terms)
    return _written(scheme, lines)


def ensure_scheme(district: Grid, *, at: datetime) -> None:
    """A district that has never set a scheme begins with the product's own."""
    if Scheme.objects.filter(grid=district).exists():
        return
    scheme, lines = own_scheme(district)
    scheme.set_at = at
    _written(scheme, lines)


def _replayed(known: Scheme, district: Grid, by: Post) -> Scheme:
    if (known.grid_id, known.set_by_id) != (district.pk, by.user_id):
        raise SchemeRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _line(position: int, **facts: Any) -> Indicator:
    return Indicator(position=position, **{**facts, "formula": facts.get("formula") or ""})


def _check(lines: Sequence[Indicator]) -> None:
    wrong = scoring.imbalance(line.rule for line in lines)
    if wrong:
        parts = (f"{section.label} {weight} ≠ {section.weight}" for section, weight in wrong.items())
        raise SchemeRefused(_("The weights do not sum up: %(parts)s") % {"parts": "; ".join(parts)})
    if len({line.code for line in lines}) < len(lines):
        raise SchemeRefused(_("Two lines have the same code."))


def _written(scheme: Scheme, lines: Sequence[Indicator]) -> Scheme:
    try:
        scheme.full_clean(exclude=["grid", "set_by"], validate_unique=False)
    except ValidationError as wrong:
        raise SchemeRefused("; ".join(wrong.messages)) from wrong
    scheme.save(force_insert=True)
    for line in lines:
        line.scheme = scheme
    Indicator.objects.bulk_create(lines)
    return scheme
