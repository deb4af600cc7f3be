"""Inspections on the phone: what is due, the list in the premises, the record; and the figures up the levels."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids.enums import Right
from grids.rules.workdays import local_date
from grids.views.places import place_asked, places_around

from .. import actions
from ..forms.inspections import InspectionForm, PremisesPhotosForm
from ..models import Inspection, Premises
from ..queries import inspections as questions
from ..queries.inspections import OF_PREMISES, Figure
from ..rules.inspecting import EVERY
from .asking import acting_post, entry_in_scope
from .photos import shown
from .places import show

# figure               column
TITLES = {
    Figure.ALL:        _("Premises"),
    Figure.DUE:        _("Inspection due"),
    Figure.OVERDUE:    _("Inspection overdue"),
    Figure.RECTIFYING: _("Being put right"),
    Figure.DONE:       _("Inspected this month"),
    Figure.LATE:       _("Late this month"),
}  # fmt: skip


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """The premises to be inspected; who inspects none herself but reads figures is led to those."""
    if Right.VISIT not in request.scope.rights:
        if Right.FIGURES in request.scope.rights:
            return redirect("residents:inspection_figures")
        raise PermissionDenied
    sections, is_cut = questions.due_list(request.scope, local_date(request.at))
    context = {
        "sections": sections,
        "number": sum(len(section.entries) for section in sections if section.key != "coming"),
        "is_cut": is_cut,
        "most": questions.MOST,
    }
    return render(request, "residents/inspections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """In the premises. The same form sent twice is one inspection, and the same answer."""
    premises = entry_in_scope(request, Premises.objects.select_related("grid", "house"), pk)
    by = acting_post(request, premises, Right.VISIT)
    if request.method != "POST":
        return _form_page(request, premises, InspectionForm(premises=premises), 200)

    form = InspectionForm(request.POST, request.FILES, premises=premises)
    if not form.is_valid():
        return _form_page(request, premises, form, 422)

    try:
        return redirect(actions.inspect(premises, by=by, at=request.at, **form.told))
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        return _form_page(request, premises, form, 422)


def _form_page(request: HttpRequest, premises: Premises, form: InspectionForm, status: int) -> HttpResponse:
    context = {
        "premises": premises,
        "form": form,
        "last": questions.inspections_of(premises).first(),
        "photos_lost": bool(request.FILES),
    }
    return render(request, "residents/inspection_form.html", context, status=status)


@require_safe
def detail(request: HttpRequest, uid: Any) -> HttpResponse:
    """One inspection: what was found of each item, and whether it has been put right since."""
    found = _inspection_in_scope(request, uid)
    context = {
        "inspection": found,
        "photos": shown(found),
        "recheck": Inspection.objects.filter(answered=found).first(),
        "can_report": request.scope.covers(found, Right.REPORT),
        "can_inspect": request.scope.covers(found, Right.VISIT),
    }
    return render(request, "residents/inspection.html", context)


@require_safe
def paper(request: HttpRequest, uid: Any) -> HttpResponse:
    """The record of one inspection (检查记录), to be signed by both sides."""
    found = _inspection_in_scope(request, uid)
    context = {"inspection": found, "back_url": found.get_absolute_url()}
    return render(request, "residents/inspection_paper.html", context)


def _inspection_in_scope(request: HttpRequest, uid: Any) -> Inspection:
    path = ("premises__organisation", "grid", "community", "street", "by__user", "answered")
    seen = Inspection.objects.within(request.scope, Right.REGISTER).select_related(*path)
    return get_object_or_404(seen, uid=uid)


@require_POST
def add_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """Photos of the premises as they look."""
    premises = entry_in_scope(request, Premises.objects.select_related("grid"), pk)
    by = acting_post(request, premises, Right.KEEP)
    form = PremisesPhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, "premises", premises, photos_form=form, status=422)

    try:
        photos = form.cleaned_data["photos"]
        return redirect(actions.add_premises_photos(premises, photos, by=by, at=request.at))
    except actions.RegisterRefused as no:
        form.add_error("photos", str(no))
        return show(request, "premises", premises, photos_form=form, status=422)


# --- up the levels --------------------------------------------------------------------------------------


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """By grid: how many premises are due and overdue; each number leads to its rows for who may see them."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    context = {**_table(request, grid), "places": places_around(request, grid, Right.FIGURES)}
    return render(request, "residents/inspection_figures.html", context)


@require_safe
def figures_paper(request: HttpRequest) -> HttpResponse:
    """The same table on paper."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    back = f"{reverse('residents:inspection_figures')}?grid={grid.code}"
    context = {**_table(request, grid), "at": request.at, "back_url": back}
    return render(request, "residents/inspection_figures_paper.html", context)


def _table(request: HttpRequest, grid: Any) -> dict[str, Any]:
    today = local_date(request.at)
    lines, total = questions.table(grid, today)
    leads = request.scope.covers_grid(grid.code, Right.REGISTER)
    return {
        "grid": grid,
        "today": today,
        "titles": list(TITLES.values()),
        "lines": [(line, _cells(line, leads)) for line in lines],
        "total": _cells(total, leads),
        "every": [(risk.label, days) for risk, days in EVERY.items()],
    }


def _cells(line: questions.Line, leads: bool) -> list[dict[str, Any]]:
    """The numbers of a line, each with its title and the address of the rows it counts."""
    return [
        {
            "title": TITLES[figure],
            "number": line.counts[figure],
            "url": _rows_url(line, figure) if leads and line.counts[figure] else "",
            "is_overdue": figure == Figure.OVERDUE and line.counts[figure] > 0,
        }
        for figure in Figure
    ]


def _rows_url(line: questions.Line, figure: Figure) -> str:
    register = "premises" if figure in OF_PREMISES else "inspections"
    return f"{reverse('residents:list', args=[register])}?grid={line.grid.code}&{figure}=on"
