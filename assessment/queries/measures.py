"""Measures in force: for the dossier of a person, and for the scores of the grids."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from grids.models import Grid, User

from ..enums import Measure
from ..models import Charge
from ..models.reviews import ChargeQuerySet


def measures_of(user: User, start: datetime, end: datetime) -> ChargeQuerySet:
    """What was decided about a person and took effect in [start, end): her appeal was over, or its time had run out.

    `end` does not lie in the future: what is still to take effect may yet be appealed.
    """
    rows = Charge.objects.filter(user=user).in_force(start, end)
    return rows.select_related("review__case", "post__grid", "post__department").order_by(
        "in_force_from", "pk"
    )


def cards_of(grids: Iterable[Grid], start: datetime, end: datetime) -> dict[int, int]:
    """Yellow cards that took effect in [start, end), by the grid whose post they were given for; no card, no entry.

    A card counts for the grid of the post she held that day, whoever holds it now.
    """
    rows = Charge.objects.in_force(start, end).filter(measure=Measure.YELLOW, post__grid__in=list(grids))
    counted = rows.order_by().values("post__grid").annotate(n=Count("pk"))
    return dict(counted.values_list("post__grid", "n"))
