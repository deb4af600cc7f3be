"""The report on admission: applications, affairs on the list, cases given to grids; each number with its rows."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cases.queries.admissions import reviewed
from gridgov.kit import listing
from grids.models import Grid

from ..enums import AdmissionFigure
from ..exports import workbook
from ..forms import PlacePeriodForm, as_sent
from ..forms.admissions import AdmissionRowsForm
from ..queries import records
from ..queries.admissions import Line, admission_lines, sources_of, total
from ..rules.rates import Period
from . import reporting
from .reporting import Cell

TITLE = _("Report on admission")


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """A line for every department, and all of them together; for those who review the applications of a district."""
    district, others = _district(request)
    form = PlacePeriodForm(request.GET, at=request.at, places=[(one.code, one.name) for one in others])
    context: dict[str, Any] = {
        "title": TITLE, "grid": district, "form": form, "reset_url": reverse("assessment:admissions"), "at": request.at,
        "quick": reporting.quick_links(request, "admissions", district),
    }  # fmt: skip
    if not form.is_valid():
        return render(request, "assessment/admissions.html", context, status=422)
    period = form.period
    lines = admission_lines(district, period)
    context |= {
        "form": form.filled(district, period), "period": period, "moment": workbook.cut_off_text(period),
        "columns": AdmissionFigure.labels,
        "lines": [(line, "", list(_cells(district, period, line))) for line in lines],
        "total": list(_cells(district, period, total(lines))),
    }  # fmt: skip
    return render(request, "assessment/admissions.html", context)


def _district(request: HttpRequest) -> tuple[Grid, list[Grid]]:
    """The district asked for, or the first whose applications she reviews, and all of them."""
    reviews = list(Grid.objects.filter(pk__in=reviewed(request.scope)).order_by("code"))
    if not reviews:
        raise PermissionDenied
    code = request.GET.get("grid") or reviews[0].code
    found = next((one for one in reviews if one.code == code), None)
    if found is None:
        raise Http404
    return found, reviews


def _cells(district: Grid, period: Period, line: Line) -> Iterator[Cell]:
    for figure in AdmissionFigure:
        number = line.counts[figure]
        asked = {"grid": district.code, **as_sent(period), "figure": figure.value}
        if line.department is not None:
            asked["department"] = str(line.department)
        url = f"{reverse('assessment:admission_rows')}?{urlencode(asked)}" if number else ""
        yield Cell(str(figure.label), f"{number:,}", url)


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that one number of the report counts."""
    district, _others = _district(request)
    form = AdmissionRowsForm(request.GET, at=request.at)
    if not form.is_valid():
        context = {"title": _("Rows"), "up": TITLE, "back": reverse("assessment:admissions"), "form": form}
        return render(request, "assessment/admission_rows.html", context, status=422)
    figure, period = AdmissionFigure(form.cleaned_data["figure"]), form.period
    found = sources_of(figure, district, period, form.cleaned_data["department"])
    page = records.page_of(found, request.scope, request.GET.get("cursor"), 0)
    context = {
        "title": figure.label, "up": TITLE, "grid": district, "period": period, "page": page,
        "moment": workbook.cut_off_text(period),
        "back": f"{reverse('assessment:admissions')}?{urlencode({'grid': district.code, **as_sent(period)})}",
        **listing.around(request.GET, page.around),
    }  # fmt: skip
    return render(request, "assessment/admission_rows.html", context)
