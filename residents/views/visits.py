"""Visits on the phone: what is due, the form at the door, what was done; and the figures up the levels."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.kit.pictures import served
from grids.enums import Right
from grids.rules.workdays import local_date
from grids.views.places import place_asked, places_around

from .. import actions
from ..enums import Field
from ..forms.visits import ReadForm, VisitForm
from ..models import Household, Visit, VisitPhoto
from ..queries import visiting
from ..queries import visits as questions
from ..queries.visiting import Figure
from .asking import acting_post, entry_in_scope, reader

# figure           column
TITLES = {
    Figure.DUE:     _("Due"),
    Figure.OVERDUE: _("Overdue"),
    Figure.DONE:    _("Done this month"),
    Figure.ON_TIME: _("On time this month"),
    Figure.OWED:    _("Owed this month"),
}  # fmt: skip


@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """The visits to be done; who does none herself but reads figures is led to those."""
    if Right.VISIT not in request.scope.rights:
        if Right.FIGURES in request.scope.rights:
            return redirect("residents:visit_figures")
        raise PermissionDenied
    sections, is_cut = questions.due_list(request.scope, reader(request))
    context = {
        "sections": sections,
        "number": sum(len(section.entries) for section in sections if section.key != "coming"),
        "is_cut": is_cut,
        "most": questions.MOST,
    }
    return render(request, "residents/visits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """At the door. The same form sent twice is one visit, and the same answer."""
    homes = Household.objects.select_related("grid", "dwelling__house")
    home = entry_in_scope(request, homes, pk)
    by = acting_post(request, home, Right.VISIT)
    if request.method != "POST":
        form = VisitForm(**_offered(request, home), asked=request.GET.get("file", ""))
        return _visit_page(request, home, form, 200)

    form = VisitForm(request.POST, request.FILES, **_offered(request, home))
    if not form.is_valid():
        return _visit_page(request, home, form, 422)

    try:
        return redirect(actions.visit(home, by=by, at=request.at, **form.told))
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        form.renew_key()
        return _visit_page(request, home, form, 422)


def _offered(request: HttpRequest, home: Household) -> dict[str, Any]:
    who = reader(request)
    files = questions.files_of(home, request.scope)
    named = [(file, who.sees(file.resident, Field.NAME)) for file in files]
    return {"files": named, "today": who.today}


def _visit_page(request: HttpRequest, home: Household, form: VisitForm, status: int) -> HttpResponse:
    context = {
        "household": home,
        "form": form,
        "last": questions.visits_of(home, request.scope).first(),
        "photos_lost": bool(request.FILES),
    }
    return render(request, "residents/visit_form.html", context, status=status)


@require_safe
def detail(request: HttpRequest, uid: Any) -> HttpResponse:
    return show(request, _visit_in_scope(request, uid))


def show(
    request: HttpRequest, found: Visit, form: ReadForm | None = None, seen: str = "", status: int = 200
) -> HttpResponse:
    """One visit; `seen` is what was said on it, shown once to who has just asked for it."""
    context = {
        "visit": found,
        "person": reader(request).sees(found.resident, Field.NAME) if found.resident else "",
        "photos": [
            {"url": photo.get_absolute_url(), "thumb_url": f"{photo.get_absolute_url()}?size=thumb"}
            for photo in found.photos.all()
        ],
        "seen": seen,
        "can_read": bool(found.what) and request.scope.covers(found, Right.REVEAL),
        "can_report": request.scope.covers(found, Right.REPORT),
        "can_visit": request.scope.covers(found, Right.VISIT),
        "form": form or ReadForm(),
    }
    return render(request, "residents/visit.html", context, status=status)


@require_POST
def read(request: HttpRequest, uid: Any) -> HttpResponse:
    """What was said, in full, for a reason; the look is on record before the page goes out."""
    found = _visit_in_scope(request, uid)
    by = acting_post(request, found, Right.REVEAL)
    form = ReadForm(request.POST)
    if not form.is_valid():
        return show(request, found, form, status=422)

    address = request.META.get("REMOTE_ADDR") or None
    try:
        said = actions.read_visit(
            found, reason=form.cleaned_data["reason"], by=by, at=request.at, address=address
        )
    except actions.LooksExhausted as no:
        form.add_error(None, str(no))
        return show(request, found, form, status=429)
    except actions.RegisterRefused as no:
        form.add_error("reason", str(no))
        return show(request, found, form, status=422)
    answer = show(request, found, seen=said)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo of a visit; 404 outside the subtree, as if it did not exist."""
    seen = Visit.objects.seen_by(request.scope)
    found = get_object_or_404(VisitPhoto, pk=pk, visit__in=seen)
    return served(request, found.file, sha256=found.sha256, name=f"visit-{found.pk}.jpg")


def _visit_in_scope(request: HttpRequest, uid: Any) -> Visit:
    path = ("household__dwelling__house", "grid", "by__user", "resident", "file__type")
    seen = Visit.objects.seen_by(request.scope).select_related(*path)
    return get_object_or_404(seen, uid=uid)


# --- up the levels --------------------------------------------------------------------------------------


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """By grid: how many are due, overdue, done; each number leads to its rows for who may see them."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    context = {**_table(request, grid), "places": places_around(request, grid, Right.FIGURES)}
    return render(request, "residents/visit_figures.html", context)


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same table on paper."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    back = f"{reverse('residents:visit_figures')}?grid={grid.code}"
    context = {**_table(request, grid), "at": request.at, "back_url": back}
    return render(request, "residents/visit_figures_paper.html", context)


def _table(request: HttpRequest, grid: Any) -> dict[str, Any]:
    today = local_date(request.at)
    lines, total = visiting.table(grid, request.scope, today)
    return {
        "grid": grid, "today": today, "lines": lines, "total": total, "titles": list(TITLES.values())
    }  # fmt: skip


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The households, files and visits behind one number."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.REGISTER)
    try:
        figure = Figure(request.GET.get("figure", Figure.DUE))
    except ValueError:
        raise Http404 from None
    who = reader(request)
    found = visiting.rows(grid, figure, request.scope, who.today)
    context = {
        "grid": grid,
        "title": TITLES[figure],
        "today": who.today,
        "found": found,
        "files": [(file, who.sees(file.resident, Field.NAME)) for file in found.files],
        "number": len(found.households) + len(found.files) + len(found.visits),
        "most": visiting.MOST,
        "can_visit": Right.VISIT in request.scope.rights,
    }
    return render(request, "residents/visit_rows.html", context)
