"""Checked against the source (与原文核对): what was published, what is right, and what is counted here."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from grids.enums import Right
from grids.models import Grid

from ..enums import Printed
from ..queries.source import Live, live
from ..rules.source import STATEMENTS, Statement

# between the counts of a figure; a plain count has one
JOINED = {Printed.GRIDS: " / "}


@dataclass(frozen=True)
class Line:
    """A published figure as it is printed, with ours beside it where it is kept."""

    said: Statement
    counts: str
    printed: str
    right: str
    needed: str  # what it would have taken: part and whole
    ours: str


@require_safe
def source(request: HttpRequest) -> HttpResponse:
    """Every figure of the articles that can be counted again. Ours are of the highest place the reader may see."""
    spans = request.scope.spans(Right.FIGURES)
    place = Grid.objects.get(pk=spans[0].grid_id) if spans else None
    found = live(place, request.at)
    context = {
        "title": _("Checked against the source"),
        "place": place,
        "at": request.at,
        "lines": [_line(said, found.get(said.measure)) for said in STATEMENTS],
    }
    return render(request, "assessment/source.html", context)


def _line(said: Statement, ours: Live | None) -> Line:
    measure = said.measure
    return Line(
        said=said,
        counts=_counts(measure, said.numbers),
        printed=_worth(measure, Decimal(said.printed) if said.printed else None),
        right=_worth(measure, said.right),
        needed=_counts(measure, (said.needed, said.numbers[1])) if said.needed else "",
        ours=_both(measure, ours) if ours else "",
    )


def _both(measure: Printed, ours: Live) -> str:
    worth = _worth(measure, ours.right)
    return f"{_counts(measure, ours.numbers)} = {worth}"


def _counts(measure: Printed, numbers: tuple[int, ...]) -> str:
    between = " ÷ " if measure.is_share else JOINED.get(measure, " + ")
    return between.join(f"{n:,}" for n in numbers)


def _worth(measure: Printed, value: Decimal | None) -> str:
    if value is None:
        return "—"
    return f"{value}%" if measure.is_share else f"{value:,}"
