"""The month of a grid: figures on the screen, the rows behind each, and the workbook to be signed."""

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
from grids.views.places import place_asked

from ..enums import Figure, Rate
from ..exports import workbook
from ..forms import RowsForm, WorkbookForm, as_sent
from ..queries import Tally, rows_of, tally_of
from ..rules.rates import RANKED_FROM, Period
from . import reporting

EARLIER = 5  # workbooks listed below the report; the rest is one click away

# What the screen shows of a row; the workbook and the full width have everything.
SHOWN: tuple[Figure | Rate, ...] = (
    Figure.OPENING, Figure.NEW, Figure.REOPENED, Figure.CLOSED, Figure.ON_TIME, Figure.OVERDUE, Figure.TO_CLOSE,
    Rate.CLOSING, Rate.ON_TIME, Rate.DISPOSAL, Rate.REWORK, Rate.HANDLING_DAYS, Figure.RATED, Rate.SATISFACTION,
    Figure.CLOSING,
)  # fmt: skip
FULL = tuple(what for what in workbook.COLUMNS if isinstance(what, Figure | Rate))
HEADLINES: tuple[Figure | Rate, ...] = (
    Figure.NEW, Figure.CLOSED, Rate.CLOSING, Rate.ON_TIME, Figure.OVERDUE, Figure.CLOSING,
)  # fmt: skip


# --- the report ---------------------------------------------------------------------------------


@require_safe
def monthly(request: HttpRequest) -> HttpResponse:
    """A month of a grid, or some days of it, as of now or as of an earlier moment."""
    found = reporting.asked(request, "monthly")
    found.context["earlier"] = _earlier(request)
    if found.period is None:
        return reporting.refused(request, "assessment/monthly.html", found)
    report = tally_of(found.grid, found.period)
    order = WorkbookForm(initial=as_sent(found.period), at=request.at)
    is_full = request.GET.get("all") == "1"
    context = found.context | {
        "report": report, "ranked_from": RANKED_FROM, "order": order, "is_full": is_full,
        "width_url": listing.query_string(request.GET, all=None if is_full else "1"),
    }  # fmt: skip
    return render(request, "assessment/monthly.html", context | _tables(report, FULL if is_full else SHOWN))


def _earlier(request: HttpRequest) -> list[Job]:
    mine = Job.objects.of(request.user).filter(kind=workbook.KIND, expires_at__gt=request.at)
    return list(mine.order_by("-pk")[:EARLIER])


def _tables(report: Tally, columns: tuple[Figure | Rate, ...]) -> dict[str, Any]:
    return {
        "headlines": reporting.cells(report, report.total, HEADLINES),
        "columns": [what.label for what in columns],
        "by_grid": reporting.lines(report, report.by_grid, columns),
        "by_category": reporting.lines(report, report.by_category, columns),
        "by_ledger": reporting.lines(report, report.by_ledger, columns),
        "by_channel": reporting.lines(report, report.by_channel, columns),
        "total": reporting.cells(report, report.total, columns),
    }


# --- the rows behind a number ---------------------------------------------------------------------


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that one number of a report counts, as they stood at its cut-off."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = RowsForm(request.GET, at=request.at)
    if not form.is_valid():
        return render(request, "assessment/cases.html", {"title": _("Cases"), "form": form}, status=422)
    figure, period = Figure(form.cleaned_data["figure"]), form.period
    found = rows_of(figure, grid, period, form.wanted)
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
        context = {
            "title": _("Handling of problems"),
            "grid": grid,
            "form": form,
            "earlier": _earlier(request),
        }
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
