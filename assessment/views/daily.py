"""The daily work of the grids (网格日常): patrols, visits, diaries, signing, freshness; each number with its rows."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gridgov.kit import listing
from grids.enums import Right
from grids.models import Grid
from grids.views.places import place_asked

from ..enums import Formula, Input
from ..exports import workbook
from ..forms import as_sent
from ..forms.periods import DailyRowsForm
from ..queries import records
from ..queries.daily import COLUMNS, COUNTED, DIARY_LINES, Line, daily, sources
from ..rules.rates import Period
from . import reporting
from .reporting import Cell
from .tabs import record_tabs


def label_of(what: Input | Formula | str) -> str | Promise:
    return _("Lines of the diary") if what == DIARY_LINES else Input(what).label


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """A line for every grid below, and all of them together."""
    found = reporting.asked(request, "daily")
    if found.period is None:
        return reporting.refused(request, "assessment/daily.html", found)
    grid, period = found.grid, found.period
    report = daily(grid, period)
    context = found.context | {
        "columns": [what.label if isinstance(what, Formula) else label_of(what) for what in COLUMNS],
        "by_grid": [(line, _line_url(grid, period, line), _cells(grid, period, line)) for line in report.lines],
        "total": _cells(grid, period, report.total),
    }  # fmt: skip
    return render(request, "assessment/daily.html", context)


def _line_url(grid: Grid, period: Period, line: Line) -> str:
    below = line.key.get("grid", grid.code)
    return "" if below == grid.code else reporting.sheet_url("daily", below, as_sent(period))


def _cells(grid: Grid, period: Period, line: Line) -> list[Cell]:
    return [_cell(grid, period, line, what) for what in COLUMNS]


def _cell(grid: Grid, period: Period, line: Line, what: Input | Formula | str) -> Cell:
    if isinstance(what, Formula):
        above, below = line.parts(what)
        parts = f"{above:,} / {below:,}" if below else ""
        return Cell(str(what.label), line.percent(what), parts=parts)
    number = line.counts[what]
    asked = {"grid": grid.code, **as_sent(period), **line.key, "figure": str(what)}
    leads = number and what in COUNTED
    url = f"{reverse('assessment:daily_rows')}?{urlencode(asked)}" if leads else ""
    return Cell(str(label_of(what)), f"{number:,}", url)


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that one number of the sheet counts."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = DailyRowsForm(request.GET, at=request.at)
    if not form.is_valid():
        return render(request, "assessment/daily_rows.html", {"title": _("Rows"), "form": form}, status=422)
    name, part = form.cleaned_data["figure"], form.cleaned_data["part"] or 0
    found = sources(grid, form.period, name, direct=form.cleaned_data["direct"])
    page = records.page_of(found, request.scope, request.GET.get("cursor"), part)
    context: dict[str, Any] = {
        "title": label_of(name), "grid": grid, "period": form.period, "page": page, "number": page.number,
        "moment": workbook.cut_off_text(form.period), "parts": record_tabs(request, page.parts, part),
        "back": reporting.sheet_url("daily", grid.code, as_sent(form.period)),
        **listing.around(request.GET, page.around),
    }  # fmt: skip
    return render(request, "assessment/daily_rows.html", context)
