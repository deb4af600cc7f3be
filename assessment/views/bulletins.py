"""What is read out: the bulletin of a month on page, paper and in a workbook; quarter and year."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from grids.actions import JobRefused, ask_for_job
from grids.enums import Level, Right
from grids.models import Grid
from grids.views.places import place_asked, places_around

from ..exports import bulletin as export
from ..forms.scores import BulletinForm, PeriodForm
from ..models import Run
from ..queries import bulletin as questions
from ..queries import periods
from ..queries.scores import district_of, levels_of
from .tabs import tabs

SHOWN = 300  # lines of a quarter on the page


def _district(request: HttpRequest) -> Grid:
    """A bulletin is one of a whole district, for everybody in it who reads figures."""
    return district_of(place_asked(request, "", Right.FIGURES))


def _run(request: HttpRequest, months: list[Run]) -> Run | None:
    """The month asked for, or the newest; one that is not published has no bulletin."""
    asked = request.GET.get("month") or request.POST.get("month")
    if not asked:
        return months[0] if months else None
    found = next((run for run in months if f"{run.month:%Y-%m}" == asked), None)
    if found is None:
        raise Http404
    return found


@require_safe
def bulletin(request: HttpRequest) -> HttpResponse:
    """The bulletin of a published month."""
    return _show(request, "assessment/bulletin.html")


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same on paper, to be signed."""
    return _show(request, "assessment/bulletin_paper.html")


def _show(request: HttpRequest, template: str) -> HttpResponse:
    district = _district(request)
    months = list(questions.published_runs(district))
    run = _run(request, months)
    context: dict[str, Any] = {
        "title": _("Month bulletin"),
        "tabs": tabs(request, "bulletin"),
        "district": district,
        "months": months,
        "run": run,
    }
    if run is not None:
        context |= {
            "bulletin": questions.bulletin(run),
            "name": export.title_of(run),
            "order": BulletinForm(),
            "at": request.at,
        }
    return render(request, template, context)


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Ask for the workbook of a bulletin: every grid of the district, in a job."""
    run = _run(request, list(questions.published_runs(_district(request))))
    form = BulletinForm(request.POST)
    if run is None or not form.is_valid():
        messages.error(request, _("Please choose a month."))
        return redirect("assessment:bulletin")
    month = f"{run.month:%Y-%m}"
    params = {"grid": run.grid.code, "month": month, "language": get_language()}
    try:
        job = ask_for_job(
            export.KIND,
            export.title_of(run),
            params,
            key=form.cleaned_data["key"],
            by=request.user,
            at=request.at,
        )
    except JobRefused as no:
        messages.error(request, str(no))
        return redirect(f"{reverse('assessment:bulletin')}?{urlencode({'month': month})}")
    return redirect(job)


@require_safe
def quarter(request: HttpRequest) -> HttpResponse:
    """A quarter or a year: the mean of what was published, and what was judged beside it."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    district = district_of(grid)
    there = periods.quarters_there_are(district)
    levels = levels_of(grid)
    form = PeriodForm(
        _filled(request, grid, there),
        quarters=there,
        places=places_around(request, grid, Right.FIGURES),
        levels=levels,
    )
    context: dict[str, Any] = {
        "title": _("Quarter and year"),
        "tabs": tabs(request, "quarter"),
        "grid": grid,
        "form": form,
    }
    if there and form.is_valid():
        year, number = form.period
        level = form.cleaned_data["level"] or levels[0]
        lines = (
            periods.quarter(district, year, number, grid, level)
            if number
            else periods.year(district, year, grid, level)
        )
        heads, shown = _heads(year, number), lines[:SHOWN]
        context |= {
            "lines": shown, "number": len(lines), "level": Level(level), "heads": heads,
            "rows": [(line, list(zip(heads, line.cells, strict=True))) for line in shown],
            "is_quarter": bool(number),
        }  # fmt: skip
    return render(request, "assessment/quarter.html", context)


def _filled(request: HttpRequest, grid: Grid, there: list[tuple[int, int]]) -> dict[str, Any]:
    newest = "{}-{}".format(*there[0]) if there else ""
    return {
        "span": request.GET.get("span") or newest, "grid": grid.code,
        "level": request.GET.get("level") or levels_of(grid)[0].value,
    }  # fmt: skip


def _heads(year: int, number: int) -> list[str]:
    if number:
        return [f"{month:%Y-%m}" for month in periods.months_of(year, number)]
    return [_("Quarter %(n)d") % {"n": n} for n in periods.QUARTERS]
