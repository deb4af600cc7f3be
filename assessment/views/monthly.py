"""The month of a grid: figures on the screen, the rows behind each, and the workbook to be signed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit import listing
from grids.actions import JobRefused, ask_for_job
from grids.enums import Right
from grids.models import Grid, Job
from grids.views.places import place_asked, places_around

from ..enums import Figure, Rate
from ..exports import workbook
from ..forms import PlaceMonthForm, RowsForm, WorkbookForm, as_sent
from ..queries import Row, Tally, cases_of, tally
from ..rules.rates import RANKED_FROM, Period

EARLIER = 5  # workbooks listed below the report; the rest is one click away

# What the screen shows of a row; the workbook has everything.
SHOWN: tuple[Figure | Rate, ...] = (
    Figure.OPENING, Figure.NEW, Figure.REOPENED, Figure.CLOSED, Figure.ON_TIME, Figure.OVERDUE, Figure.TO_CLOSE,
    Rate.CLOSING, Rate.ON_TIME, Rate.DISPOSAL, Rate.REWORK, Rate.HANDLING_DAYS, Figure.CLOSING,
)  # fmt: skip
HEADLINES: tuple[Figure | Rate, ...] = (
    Figure.NEW, Figure.CLOSED, Rate.CLOSING, Rate.ON_TIME, Figure.OVERDUE, Figure.CLOSING,
)  # fmt: skip


# --- the report ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """A number as it is shown: with its parts if it is a rate, with its rows if it has any."""

    label: str
    text: str
    url: str = ""
    parts: str = ""
    bad: bool = False


@require_safe
def monthly(request: HttpRequest) -> HttpResponse:
    """A month of a grid, as of now or as of an earlier moment."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = PlaceMonthForm(request.GET, at=request.at, places=places_around(request, grid, Right.FIGURES))
    context = {"title": _("Monthly figures"), "grid": grid, "form": form, "earlier": _earlier(request)}
    if not form.is_valid():
        return render(request, "assessment/monthly.html", context, status=422)
    period = form.period
    shown = form.filled(grid, period)
    report = tally(grid, period.month, cut_off=period.moment)
    context |= {"form": shown, "report": report, "period": period, "ranked_from": RANKED_FROM}
    context |= {"moment": workbook.cut_off_text(period)}
    context |= _tables(report) | {"order": WorkbookForm(initial=as_sent(period), at=request.at)}
    return render(request, "assessment/monthly.html", context)


def _earlier(request: HttpRequest) -> list[Job]:
    mine = Job.objects.of(request.user).filter(kind=workbook.KIND, expires_at__gt=request.at)
    return list(mine.order_by("-pk")[:EARLIER])


def _tables(report: Tally) -> dict[str, Any]:
    return {
        "headlines": [_cell(report, report.total, what) for what in HEADLINES],
        "columns": [what.label for what in SHOWN],
        "by_grid": _lines(report, report.by_grid),
        "by_category": _lines(report, report.by_category),
        "by_ledger": _lines(report, report.by_ledger),
        "by_channel": _lines(report, report.by_channel),
        "total": [_cell(report, report.total, what) for what in SHOWN],
    }


def _lines(report: Tally, rows: tuple[Row, ...]) -> list[tuple[Row, str, list[Cell]]]:
    return [(row, _report_url(report, row), [_cell(report, row, what) for what in SHOWN]) for row in rows]


def _query(report: Tally, row: Row) -> dict[str, str]:
    return {"grid": report.grid.code, **as_sent(report.period), **row.key}


def _report_url(report: Tally, row: Row) -> str:
    """A grid below has a report of its own, as of the same moment."""
    return f"{reverse('assessment:monthly')}?{urlencode(_query(report, row))}" if "grid" in row.key else ""


def _cell(report: Tally, row: Row, what: Figure | Rate) -> Cell:
    if isinstance(what, Rate):
        above, below = row.parts(what)
        parts = f"{above:,} / {below:,}" if below else ""
        return Cell(str(what.label), rate_text(what, row.rate(what)), parts=parts)
    number = row[what]
    bad = what == Figure.OVERDUE and number > 0
    return Cell(str(what.label), f"{number:,}", rows_url(report, row, what) if number else "", bad=bad)


def rows_url(report: Tally, row: Row, figure: Figure) -> str:
    """Where exactly the rows are that a number counts."""
    return f"{reverse('assessment:cases')}?{urlencode({**_query(report, row), 'figure': figure.value})}"


def rate_text(rate: Rate, value: Decimal | None) -> str:
    """99.87%, an average without the sign, and a dash where there was nothing to divide by."""
    if value is None:
        return "—"
    return f"{value}%" if rate.is_share else str(value)


# --- the rows behind a number ---------------------------------------------------------------------


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that one number of a report counts, as they stood at its cut-off."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = RowsForm(request.GET, at=request.at)
    if not form.is_valid():
        return render(request, "assessment/cases.html", {"title": _("Cases"), "form": form}, status=422)
    figure, period = Figure(form.cleaned_data["figure"]), form.period
    found = cases_of(figure, grid, period.month, period.moment, form.wanted)
    rows = found.select_related("case__category", "case__grid", "case__community", "category")
    page = listing.page(rows, cursor=request.GET.get("cursor"))
    context = {
        "title": figure.label, "figure": figure, "grid": grid, "period": period, "rows": page.rows,
        "moment": workbook.cut_off_text(period),
        "number": found.count(),
        "back": f"{reverse('assessment:monthly')}?{urlencode({'grid': grid.code, **as_sent(period)})}",
        **listing.around(request.GET, page),
    }  # fmt: skip
    return render(request, "assessment/cases.html", context)


# --- the workbook -----------------------------------------------------------------------------------


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Ask for the workbook of what is on the screen; the same form sent twice is one workbook."""
    grid = place_asked(request, request.POST.get("grid", ""), Right.FIGURES)
    form = WorkbookForm(request.POST, at=request.at)
    if not form.is_valid():
        context = {"title": _("Monthly figures"), "grid": grid, "form": form, "earlier": _earlier(request)}
        return render(request, "assessment/monthly.html", context, status=422)
    try:
        job = _ask(request, grid, form.period, form.cleaned_data["key"])
    except JobRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(
            f"{reverse('assessment:monthly')}?{urlencode({'grid': grid.code, **as_sent(form.period)})}"
        )
    return redirect(job)


def _ask(request: HttpRequest, grid: Grid, period: Period, key: Any) -> Job:
    params = {"grid": grid.code, **as_sent(period), "language": get_language()}
    title = workbook.title_of(grid, period)
    return ask_for_job(workbook.KIND, title, params, key=key, by=request.user, at=request.at)
