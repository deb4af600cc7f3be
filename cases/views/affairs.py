"""The list of grid affairs (网格事项清单): as of a day, on paper, put in force, and an affair taken off it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.kit.listing import query_string
from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Grid
from grids.rules.workdays import local_date

from ..actions import admissions as verbs
from ..forms.admissions import AffairsForm, ExitForm, ForceForm
from ..models import Affair, Category
from ..queries import admissions, affairs
from ..rules.admission import SOON


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What stands on the list on a day, and what does not."""
    return render(request, "cases/affairs.html", _listed(request))


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same list on paper."""
    return render(request, "cases/affairs_paper.html", _listed(request))


def _listed(request: HttpRequest) -> dict[str, Any]:
    district = _district(request)
    form, today = AffairsForm(request.GET), local_date(request.at)
    day, word = form.asked(request.at)
    every = list(affairs.affairs_of(district, day))
    shown = list(affairs.called(affairs.affairs_of(district, day), word)) if word else every
    here, found = request.GET, affairs.list_of(district)
    return {
        "district": district,
        "places": [(one.code, one.name) for one in affairs.districts(request.scope)],
        "list": found,
        "form": AffairsForm({"grid": district.code, "day": day or "", "q": word, "every": day is None}),
        "rows": admissions.listed(shown, request.scope, day or today, today),
        "missing": [] if word or day is None else list(affairs.missing(every)),
        "day": day,
        "today": today,
        "is_in_force_on_day": found is not None and found.since <= (day or today),
        "word": word,
        "soon": SOON // timedelta(days=1),
        "tabs": [
            {"label": _("On the list that day"), "url": query_string(here, every=None), "current": day is not None},
            {"label": _("Every entry there ever was"), "url": query_string(here, every="on", day=None), "current": day is None},
        ],
        "can_force": request.scope.post_at(district.pk, Right.POLICY) is not None,
        "takes_part": admissions.takes_part(request.scope),
        "reviews": bool(admissions.reviewed(request.scope)),
        "paper_url": reverse("cases:affairs_paper") + query_string(here),
        "back_url": reverse("cases:affairs") + query_string(here),
        "at": request.at,
    }  # fmt: skip


def _district(request: HttpRequest) -> Grid:
    """The district asked for, or the first whose list she reads; any other does not exist for her."""
    around = affairs.districts(request.scope)
    if not around:
        raise Forbidden(_("Only those who see cases read the list of affairs."))
    code = request.GET.get("grid", "")
    found = next((one for one in around if one.code == (code or around[0].code)), None)
    if found is None:
        raise Http404
    return found


# --- putting it in force --------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def force(request: HttpRequest, code: str) -> HttpResponse:
    """The district puts its list in force, with the categories it begins with."""
    district = next((one for one in affairs.districts(request.scope) if one.code == code), None)
    if district is None:
        raise Http404
    by = request.scope.post_at(district.pk, Right.POLICY)
    if by is None:
        raise Forbidden(_("Only who sets the rules of the district puts its list in force."))
    offered = Category.objects.leaves().order_by("code")
    form = ForceForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        try:
            row = verbs.put_in_force(district, by=by, at=request.at, **form.cleaned_data)
            messages.success(request, _("The list of %(district)s is in force.") % {"district": row.district})
            return redirect(f"{reverse('cases:affairs')}?grid={district.code}")
        except verbs.AdmissionRefused as no:
            form.add_error(None, str(no))
    context = {"form": form, "district": district, "list": affairs.list_of(district)}
    return render(request, "cases/affairs_force.html", context, status=422 if form.errors else 200)


# --- exit -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """An affair is taken off the list from a day on."""
    around = affairs.districts(request.scope)
    rows = Affair.objects.filter(on_list__district__in=around)
    found = rows.select_related("category", "on_list", "admission__department", "left_by__user")
    affair = get_object_or_404(found, pk=pk)
    by = admissions.leaving_post(request.scope, affair)
    if by is None:
        raise Forbidden(_("Only the district and the department it is of take an affair off the list."))
    form = ExitForm(request.POST or None, initial={"day": local_date(request.at) + timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        try:
            row = verbs.leave(affair, by=by, at=request.at, **form.cleaned_data)
            said = {"affair": row.name, "day": f"{row.until:%Y-%m-%d}"}
            messages.success(request, _("“%(affair)s” is off the list from %(day)s on.") % said)
            return redirect(row.admission or "cases:affairs")
        except verbs.AdmissionRefused as no:
            form.add_error(None, str(no))
    context = {"affair": affair, "form": form, "by": by}
    return render(request, "cases/affair_exit.html", context, status=422 if form.errors else 200)
