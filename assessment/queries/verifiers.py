"""How often what a verifier passed was not so, by those who looked again (docs/rules/checks.md §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from grids.models import Grid, Post

from ..enums import SpotResult
from ..models import SpotCheck, SpotItem
from ..rules.checks import ErrorRate, places

COUNTED = [result.value for result in SpotResult if result.counts]
ERRORS = [result.value for result in SpotResult if result.is_error]


@dataclass(frozen=True)
class Verifier:
    """One verifier, as a line of a table; few results have no place."""

    post: Post
    rate: ErrorRate
    place: int | None


def error_rates_of(spot: SpotCheck) -> list[Verifier]:
    """The verifiers of one spot check; those of whom nothing is known yet with 0 of 0."""
    return _lines(spot.items.all())


def error_rates(grid: Grid, start: datetime, moment: datetime) -> list[Verifier]:
    """The verifiers of a place, by what was found within the time. A closing checked twice counts as last found."""
    found = SpotItem.objects.inside(grid).filter(done_at__gte=start, done_at__lt=moment, result__in=COUNTED)
    last = found.order_by("event_id", "-done_at", "-pk").distinct("event_id").values("pk")
    return _lines(SpotItem.objects.filter(pk__in=last))


def _lines(items: QuerySet[SpotItem]) -> list[Verifier]:
    """Two queries, however many there are."""
    wrong, checked = (Count("pk", filter=Q(result__in=some)) for some in (ERRORS, COUNTED))
    counted = items.order_by().values("verifier").annotate(wrong=wrong, checked=checked)
    rates = {row["verifier"]: ErrorRate(row["wrong"], row["checked"]) for row in counted}
    posts = Post.objects.filter(pk__in=rates).select_related("user", "grid", "department")
    held = {post.pk: post for post in posts}
    lines = [
        Verifier(held[pk], rates[pk], place) for pk, place in zip(rates, places(rates.values()), strict=True)
    ]
    return sorted(lines, key=_by_place)


def _by_place(line: Verifier) -> tuple[bool, int, int]:
    return line.place is None, line.place or 0, line.post.pk


def together(lines: Iterable[Verifier]) -> ErrorRate:
    """Sum over sum, never a mean of rates."""
    rates = [line.rate for line in lines]
    return ErrorRate(sum(rate.wrong for rate in rates), sum(rate.checked for rate in rates))
