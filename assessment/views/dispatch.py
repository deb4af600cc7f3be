"""What came in, and where it went: dispatched within the level, escalated, or still waiting (派发/上报日报)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ..enums import Figure
from ..exports.sheets import DISPATCH as COLUMNS
from ..queries import Row, Tally, tally_of
from ..rules.rates import INTAKE
from . import reporting
from .reporting import Cell

CHECK = _("Taken on = dispatched + escalated + waiting")


@require_safe
def dispatch(request: HttpRequest) -> HttpResponse:
    """The sheet of a place and some days, the equation printed in every row."""
    found = reporting.asked(request, "dispatch")
    if found.period is None:
        return reporting.refused(request, "assessment/dispatch.html", found)
    report = tally_of(found.grid, found.period)
    context = found.context | {
        "report": report, "columns": [*(what.label for what in COLUMNS), CHECK],
        "by_grid": [
            (row, url, [*cells, _check(row)]) for row, url, cells in reporting.lines(report, report.by_grid, COLUMNS, "dispatch")
        ],
        "total": _total(report),
    }  # fmt: skip
    return render(request, "assessment/dispatch.html", context)


def _total(report: Tally) -> list[Cell]:
    return [*reporting.cells(report, report.total, COLUMNS), _check(report.total)]


def _check(row: Row) -> Cell:
    """82,915 = 80,331 + 2,584 + 0, with what is printed beside it."""
    right = " + ".join(f"{row[figure]:,}" for figure in INTAKE.right)
    equal = "=" if INTAKE.difference(row.counts) == 0 else "≠"
    return Cell(str(CHECK), f"{row[Figure.RECEIVED]:,} {equal} {right}", bad=equal != "=")
