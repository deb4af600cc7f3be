"""How figures are counted: one page that fixes every term and every rate."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..enums import DAYS, RATE_NOTES, RATES, Figure, Formula, GroupFigure, Rate
from ..queries.daily import COLUMNS
from ..rules import rates
from ..rules.formulas import RECIPES


@dataclass(frozen=True)
class Definition:
    """A rate as the page prints it: words, formula, and the formula with numbers in it."""

    rate: Rate
    numerator: str
    denominator: str
    note: str
    parts: tuple[int, int]
    example: Decimal | None


def definition(rate: Rate) -> Definition:
    """A rate from the table that the figures themselves are computed from."""
    above, below = RATES[rate]
    return Definition(
        rate=rate,
        numerator=_("Working days of all closed rounds") if above == DAYS else str(Figure(above).label),
        denominator=str(below.label),
        note=str(RATE_NOTES[rate]),
        parts=rates.parts(rate, rates.SAMPLE),
        example=rates.value(rate, rates.SAMPLE),
    )


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Terms, rates, moment, rounding, balances: what a number means that somebody will be asked about."""
    context = {
        "title": _("How figures are counted"),
        "figures": [(figure, figure.population) for figure in Figure],
        "rates": [definition(rate) for rate in Rate],
        "balances": [_terms(balance) for balance in rates.BALANCES],
        "ranked_from": rates.RANKED_FROM,
        "daily": [_daily(formula) for formula in COLUMNS if isinstance(formula, Formula)],
        "group_figures": [(figure, figure.population) for figure in GroupFigure],
    }
    return render(request, "assessment/definitions.html", context)


def _daily(formula: Formula) -> tuple[Formula, Promise, Promise, Promise]:
    """A rate of the daily work: what is divided by what, and out of which records."""
    recipe = RECIPES[formula]
    return formula, recipe.part.label, recipe.whole.label, recipe.source


def _terms(balance: rates.Balance) -> dict[str, list[tuple[str, int]]]:
    sides = {"left": balance.left, "right": balance.right}
    return {side: [(str(f.label), rates.SAMPLE[f]) for f in figures] for side, figures in sides.items()}
