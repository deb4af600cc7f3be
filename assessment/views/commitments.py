"""What departments have promised and kept in some days, and exactly the rows behind each number."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridgov.kit.listing import query_string
from grids.enums import Right
from grids.models import Grid
from grids.views.places import place_asked, places_around

from ..enums import Pledge
from ..exports import workbook
from ..forms import PlacePeriodForm, as_sent
from ..forms.commitments import PledgeRowsForm
from ..queries.commitments import Line, measured
from ..rules.rates import Period
from . import reporting


@require_safe
def commitments(request: HttpRequest) -> HttpResponse:
    """Some days of a place: what was promised, decided and kept, by department and category."""
    return _report(request, "assessment/commitments.html")


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    return _report(request, "assessment/commitments_paper.html")


def _report(request: HttpRequest, template: str) -> HttpResponse:
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = PlacePeriodForm(request.GET, at=request.at, places=places_around(request, grid, Right.FIGURES))
    context: dict[str, Any] = {
        "grid": grid, "form": form, "quick": reporting.quick_links(request, "commitments", grid),
        "paper_url": reverse("assessment:commitments_paper") + query_string(request.GET),
        "back_url": reverse("assessment:commitments") + query_string(request.GET),
    }  # fmt: skip
    if not form.is_valid():
        return render(request, "assessment/commitments.html", context, status=422)
    period = form.period
    context |= {
        "form": form.filled(grid, period),
        "period": period,
        "moment": workbook.cut_off_text(period),
        "lines": [_shown(line, grid, period) for line in measured(grid, period)],
    }
    return render(request, template, context)


def _shown(line: Line, grid: Grid, period: Period) -> dict[str, Any]:
    """One line with where its numbers lead."""
    asked = {
        "grid": grid.code, **as_sent(period), "department": line.department.pk, "what": line.what.value,
        "category": line.category.code if line.category else "",
    }  # fmt: skip
    base = reverse("assessment:commitment_rows")
    urls = {kept: f"{base}?{urlencode(asked | {'kept': kept})}" for kept in ("", "yes", "no")}
    return {"line": line, "promised": "、".join(map(str, line.promised)), "decided_url": urls[""],
            "kept_url": urls["yes"], "broken_url": urls["no"], "is_signing": line.what == Pledge.SIGN}  # fmt: skip


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Exactly the cases that one number of the report counts."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = PledgeRowsForm(request.GET, at=request.at)
    if not form.is_valid():
        context = {"title": _("Promises of departments"), "form": form}
        return render(request, "assessment/commitment_rows.html", context, status=422)
    period = form.period
    found = [line for line in measured(grid, period) if form.is_about(line)]
    context = {
        "title": _("Promises of departments"),
        "grid": grid,
        "period": period,
        "moment": workbook.cut_off_text(period),
        "what": Pledge(form.cleaned_data["what"]).label,
        "line": found[0] if found else None,
        "rows": [one for line in found for one in line.given if form.wants(one.kept)],
        "back": f"{reverse('assessment:commitments')}?{urlencode({'grid': grid.code, **as_sent(period)})}",
    }
    return render(request, "assessment/commitment_rows.html", context)
