"""Special groups by type (特殊群体月报): the sheet, and for who may see files the rows behind each number."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gridgov.kit import listing
from grids.enums import Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.views.places import place_asked
from residents.models import GroupType
from residents.queries.groups import FEWEST
from residents.queries.shown import Reader

from ..enums import GroupFigure
from ..exports import workbook
from ..forms import as_sent
from ..forms.periods import GroupRowsForm
from ..queries import special as questions
from ..queries.special import Line
from ..rules.rates import Period
from . import reporting
from .reporting import Cell
from .tabs import record_tabs

CHECK = _("Beginning + new − gone = end")
RATE = _("Rate of visits in time")


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """A line for every type; no sum of them, as one person may be in several."""
    found = reporting.asked(request, "groups")
    if found.period is None:
        return reporting.refused(request, "assessment/groups.html", found)
    lines = questions.sheet(found.grid, found.period, request.scope)
    context = found.context | {
        "columns": [*(figure.label for figure in GroupFigure), RATE, CHECK], "fewest": FEWEST,
        "lines": [(line, _cells(found.grid, found.period, line)) for line in lines],
        "is_guarded": not all(line.leads for line in lines),
    }  # fmt: skip
    return render(request, "assessment/groups.html", context)


def _cells(grid: Grid, period: Period, line: Line) -> list[Cell]:
    counted = [_cell(grid, period, line, figure) for figure in GroupFigure]
    return [*counted, Cell(str(RATE), line.rate), Cell(str(CHECK), line.check)]


def _cell(grid: Grid, period: Period, line: Line, figure: GroupFigure) -> Cell:
    text = line.texts[figure]
    asked = {"grid": grid.code, **as_sent(period), "type": line.type.code, "figure": figure.value}
    leads = line.leads and text != "0"
    return Cell(
        str(figure.label), text, f"{reverse('assessment:group_rows')}?{urlencode(asked)}" if leads else ""
    )


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that one number counts, for who may see files of the type in that place."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = GroupRowsForm(request.GET, at=request.at)
    if not form.is_valid():
        return render(request, "assessment/group_rows.html", {"title": _("Rows"), "form": form}, status=422)
    kind = get_object_or_404(GroupType, code=form.cleaned_data["type"])
    if not questions.sees(request.scope, grid, kind):
        raise PermissionDenied
    figure, part = GroupFigure(form.cleaned_data["figure"]), form.cleaned_data["part"] or 0
    reader = Reader(request.scope, local_date(request.at))
    page = questions.page_of(figure, kind, grid, form.period, reader, request.GET.get("cursor"), part)
    context: dict[str, Any] = {
        "title": figure.label, "kind": kind, "grid": grid, "period": form.period, "page": page, "number": page.number,
        "moment": workbook.cut_off_text(form.period), "parts": record_tabs(request, page.parts, part),
        "back": reporting.sheet_url("groups", grid.code, as_sent(form.period)),
        **listing.around(request.GET, page.around),
    }  # fmt: skip
    return render(request, "assessment/group_rows.html", context)
