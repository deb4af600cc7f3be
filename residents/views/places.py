"""Buildings, dwellings, premises, organisations: their pages, and the forms that enter and correct them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.scopes import Scope

from .. import actions
from ..enums import OrganisationKind
from ..forms.entries import BuildingForm, DwellingForm, EntryForm, GridForm, OrganisationForm, PremisesForm
from ..forms.inspections import PremisesPhotosForm
from ..models import Building, Dwelling, Organisation, Premises
from ..queries.doors import doors_of
from ..queries.entries import changes, facts_of
from ..queries.inspections import inspections_of
from ..queries.premises import company_of, run_by
from ..queries.registers import REGISTERS
from ..rules.inspecting import licence_ends
from .asking import acting_post, entry_in_scope, must_hold, post_in, reader
from .photos import shown

SHOWN = 20  # inspections on the page of their premises; the list has them all


@dataclass(frozen=True)
class Kind:
    """How entries of one register are kept: their model, their form, the verb that enters one."""

    register: str  # the list it stands in
    model: type[Any]
    form: type[EntryForm]
    enter: Callable[..., Any]
    title: Promise


# The name of the page of one entry.
KINDS = {
    "building": Kind("buildings", Building, BuildingForm, actions.register_building, _("New building")),
    "premises": Kind("premises", Premises, PremisesForm, actions.register_premises, _("New premises")),
    "organisation": Kind(
        "organisations", Organisation, OrganisationForm, actions.register_organisation, _("New organisation")
    ),
    "dwelling": Kind("dwellings", Dwelling, DwellingForm, actions.register_dwelling, _("New dwelling")),
}


TEMPLATES = {"premises": "residents/premises.html", "building": "residents/building.html"}


@require_safe
def detail(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    return show(request, kind, entry_in_scope(request, _rows(kind), pk))


def _rows(kind: str) -> Any:
    path = ("grid", "house", "organisation") if kind == "premises" else ("grid",)
    return KINDS[kind].model._default_manager.select_related(*path)


def show(
    request: HttpRequest, kind: str, entry: Any, status: int = 200, photos_form: PremisesPhotosForm | None = None
) -> HttpResponse:  # fmt: skip
    """One entry: what is written of it, what belongs to it, what was changed."""
    what = KINDS[kind]
    context = {
        "kind": kind,
        "entry": entry,
        "register": REGISTERS[what.register],
        "facts": facts_of(entry, what.form.names),
        "parts": _parts(kind, entry, request.scope),
        "changes": changes(entry),
        "today": local_date(request.at),
        "can_keep": request.scope.covers(entry, Right.KEEP),
        "change_url": reverse(f"residents:{kind}_change", args=[entry.pk]),
    }
    if kind == "premises":
        context |= _premises(request, entry, photos_form)
    if kind == "building":
        context["units"] = doors_of(entry, reader(request))
    return render(request, TEMPLATES.get(kind, "residents/entry.html"), context, status=status)


def _parts(kind: str, entry: Any, scope: Scope) -> list[tuple[Promise, list[Any]]]:
    """What lies in a building or behind a door, and what belongs to an organisation, as far as she sees it."""
    if kind == "building":
        company = company_of(entry, scope)
        parts = [(_("Premises"), list(entry.premises.order_by("name")))]
        return [*parts, (_("Property company"), company)] if company else parts
    if kind == "dwelling":
        homes = entry.households.open().select_related("dwelling__house")
        return [(_("Households"), list(homes))]
    if kind == "organisation":
        premises = entry.premises.within(scope, Right.REGISTER).order_by("name")
        parts = [(_("Premises"), list(premises))]
        is_company = entry.kind == OrganisationKind.PROPERTY
        return [*parts, (_("Buildings it manages"), run_by(entry, scope))] if is_company else parts
    return []


def _premises(request: HttpRequest, premises: Premises, form: PremisesPhotosForm | None) -> dict[str, Any]:
    """What the page of premises shows besides."""
    today, runs_by = local_date(request.at), premises.organisation
    until = premises.licence_until
    return {
        "photos": shown(premises),
        "photos_form": form or PremisesPhotosForm(),
        "inspections": inspections_of(premises)[:SHOWN],
        "can_inspect": premises.is_active and request.scope.covers(premises, Right.VISIT),
        "sees_organisation": runs_by and request.scope.covers(runs_by, Right.REGISTER),
        "is_licence_ending": until and premises.is_active and until <= licence_ends(today),
        "today": today,
    }


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A new building, premises or organisation in one of her building grids."""
    if kind not in KINDS or kind == "dwelling":
        raise Http404
    must_hold(request, Right.KEEP)
    what = KINDS[kind]
    place, form = GridForm(request.POST or None), what.form(request.POST or None)
    place.fields["grid"].queryset = building_grids(request)
    form.offer(request.scope, place.cleaned_data.get("grid") if place.is_valid() else None)
    if request.method == "POST" and place.is_valid() and form.is_valid():
        grid = place.cleaned_data["grid"]
        by = post_in(request, grid, Right.KEEP)
        try:
            return redirect(what.enter(grid, by=by, at=request.at, **form.facts))
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    back = reverse("residents:list", args=[what.register])
    return _form_page(request, what.title, [place, form], back)


@require_http_methods(["GET", "POST"])
def add_dwelling(request: HttpRequest, pk: int) -> HttpResponse:
    """A new door of a building."""
    house = entry_in_scope(request, Building.objects.all(), pk)
    by = acting_post(request, house, Right.KEEP)
    form = DwellingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.register_dwelling(house, by=by, at=request.at, **form.facts))
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    return _form_page(request, _("New dwelling"), [form], house.get_absolute_url(), str(house))


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What is written of an entry is corrected."""
    what = KINDS[kind]
    entry = entry_in_scope(request, _rows(kind), pk)
    by = acting_post(request, entry, Right.KEEP)
    form = what.form(request.POST or None, entry=entry)
    form.offer(request.scope, entry.grid)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(actions.correct_place(entry, by=by, at=request.at, **form.facts))
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    return _form_page(request, _("Correct"), [form], entry.get_absolute_url(), str(entry))


def building_grids(request: HttpRequest) -> Any:
    """Where this person may enter something new."""
    grids = Grid.objects.within(request.scope, Right.KEEP).active().at(Level.BUILDING)
    return grids.order_by("code")


def _form_page(
    request: HttpRequest, title: Any, forms: list[Any], back: str, about: str = ""
) -> HttpResponse:
    status = 422 if any(form.errors for form in forms) else 200
    context = {"title": title, "forms": forms, "back": back, "about": about}
    return render(request, "residents/form.html", context, status=status)
