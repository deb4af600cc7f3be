"""Households and the people in them: their pages, and everything that can happen to them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids.enums import Right
from grids.rules.workdays import local_date

from .. import actions
from ..enums import Change, Field, Relation
from ..forms.entries import HeadForm, HouseholdForm, LeaveForm, MoveForm, NewcomerForm, PersonForm, RevealForm
from ..models import Dwelling, Household, Resident
from ..queries.duplicates import duplicates_of
from ..queries.entries import changes, facts_of
from ..queries.groups import files_of, proposable_types
from ..queries.lives import life
from ..queries.looks import readable
from ..queries.merging import merge_of, why_not_undone
from ..queries.people import household_at, members
from ..queries.visits import visits_of
from .asking import acting_post, entry_in_scope, reader
from .taking import take

VISITS = 10  # on the page of a household
PLAIN = (
    "sex",
    "birth_date",
    "relation",
    "registration",
    "native_place",
    "marriage",
    "education",
    "politics",
    "occupation",
    "job",
    "employer",
    "arrival_reason",
    "permit_until",
    "note",
)


def _households() -> QuerySet[Household]:
    return Household.objects.select_related("grid", "dwelling__house")


def _residents() -> QuerySet[Resident]:
    return Resident.objects.select_related("grid", "household__dwelling__house", "merged_into")


@require_safe
def household(request: HttpRequest, pk: int) -> HttpResponse:
    """Who lives behind a door."""
    found = entry_in_scope(request, _households(), pk)
    who = reader(request)
    context = {
        "household": found,
        "members": [
            (person, who.sees(person, Field.NAME), person.age(who.today)) for person in members(found)
        ],
        "can_keep": request.scope.covers(found, Right.KEEP) and found.is_open,
        "can_visit": request.scope.covers(found, Right.VISIT) and found.is_open,
        "visits": visits_of(found, request.scope)[:VISITS],
        "changes": changes(found),
        "neighbours": found.dwelling.households.open().exclude(pk=found.pk) if found.is_open else [],
        "today": who.today,
    }
    return render(request, "residents/household.html", context)


@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """She was there today, and what is written is true."""
    found = entry_in_scope(request, _households(), pk)
    by = acting_post(request, found, Right.VISIT)
    try:
        actions.verify_household(found, on=local_date(request.at), by=by, at=request.at)
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect(found)


@require_http_methods(["GET", "POST"])
def add_household(request: HttpRequest, pk: int) -> HttpResponse:
    """A household behind a door."""
    dwelling = entry_in_scope(request, Dwelling.objects.select_related("house"), pk)
    by = acting_post(request, dwelling, Right.KEEP)

    def enter(form: HouseholdForm) -> Household:
        said = {name: form.cleaned_data[name] for name in ("on", "note")}
        return actions.open_household(dwelling, by=by, at=request.at, **said)

    form = HouseholdForm(request.POST or None, initial={"on": local_date(request.at)})
    return take(request, form, enter, _("New household"), dwelling)


@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person in a household."""
    home = entry_in_scope(request, _households(), pk)
    by = acting_post(request, home, Right.KEEP)

    def enter(form: NewcomerForm) -> Household:
        facts = dict(form.facts)
        relation = Relation(facts.pop("relation"))
        said = {"on": form.cleaned_data["on"], "key": form.cleaned_data["key"], "facts": facts}
        actions.register(home, relation=relation, by=by, at=request.at, **said)
        return home

    start = {"relation": Relation.OTHER if home.members.living().exists() else Relation.HEAD}
    form = NewcomerForm(request.POST or None, initial={**start, "on": local_date(request.at)})
    return take(request, form, enter, _("New resident"), home)


@require_safe
def resident(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, entry_in_scope(request, _residents(), pk))


def show(
    request: HttpRequest, person: Resident, form: RevealForm | None = None, seen: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of a person; `seen` are values she has just asked for, shown once and kept nowhere."""
    who = reader(request)
    can_keep = request.scope.covers(person, Right.KEEP)
    context = {
        "resident": person,
        "name": who.sees(person, Field.NAME),
        "personal": [
            (field, field.label, who.sees(person, field), getattr(person, field)) for field in Field
        ],
        "seen": seen or {},
        "facts": facts_of(person, PLAIN),
        "age": person.age(who.today),
        "moments": [(moment, moment.leads_to(request.scope)) for moment in life(person)],
        **_twofold(request, person, can_keep),
        "looks": readable(request.scope).filter(resident=person).select_related("user").order_by("-pk")[:20],
        "files": files_of(person, who),
        "can_propose": person.is_living and proposable_types(request.scope, person).exists(),
        "can_keep": can_keep,
        "can_reveal": request.scope.covers(person, Right.REVEAL),
        "reveal": form or RevealForm(),
        "head_form": HeadForm()
        if can_keep and person.is_living and person.relation != Relation.HEAD
        else None,
    }
    return render(request, "residents/resident.html", context, status=status)


def _twofold(request: HttpRequest, person: Resident, can_keep: bool) -> dict[str, Any]:
    """That she may be entered twice, or was merged and how to undo it, for whoever keeps the register."""
    if not can_keep:
        return {}
    if merge := merge_of(person):
        return {
            "sees_survivor": request.scope.covers(merge.survivor, Right.REGISTER),
            "can_undo": request.scope.covers(merge.survivor, Right.KEEP),
            "why_not": why_not_undone(merge, request.at),
        }
    pairs = duplicates_of(person, request.scope).pairs
    return {"twins": [pair.second if pair.first == person else pair.first for pair in pairs]}


@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """One value in full, for a reason; the look is on record before the page goes out."""
    person = entry_in_scope(request, _residents(), pk)
    by = acting_post(request, person, Right.REVEAL)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return show(request, person, form, status=422)

    field = Field(form.cleaned_data["field"])
    address = request.META.get("REMOTE_ADDR") or None
    try:
        value = actions.reveal(
            person, field, reason=form.cleaned_data["reason"], by=by, at=request.at, address=address
        )
    except actions.LooksExhausted as no:
        form.add_error(None, str(no))
        return show(request, person, form, status=429)
    except actions.RegisterRefused as no:
        form.add_error("reason", str(no))
        return show(request, person, form, status=422)
    answer = show(request, person, seen={field.value: value})
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """What is written of a person is corrected."""
    person = entry_in_scope(request, _residents(), pk)
    by = acting_post(request, person, Right.KEEP)

    def enter(form: PersonForm) -> Resident:
        return actions.correct(person, by=by, at=request.at, key=form.cleaned_data["key"], facts=form.facts)

    return take(request, PersonForm(request.POST or None, entry=person), enter, _("Correct"), person)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """She moves away, or has died."""
    person = entry_in_scope(request, _residents(), pk)
    by = acting_post(request, person, Right.KEEP)

    def enter(form: LeaveForm) -> Resident:
        said = dict(form.cleaned_data)
        return actions.leave(person, change=Change(said.pop("change")), by=by, at=request.at, **said)

    form = LeaveForm(request.POST or None, initial={"on": local_date(request.at)})
    return take(request, form, enter, _("Moved away or died"), person)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """She moves to another household of the district."""
    person = entry_in_scope(request, _residents(), pk)
    by = acting_post(request, person, Right.KEEP)

    def enter(form: MoveForm) -> Resident:
        said = dict(form.cleaned_data)
        there = household_at(said.pop("door"), request.scope)
        relation = Relation(said.pop("relation"))
        return actions.move(person, there, relation=relation, by=by, at=request.at, **said)

    form = MoveForm(request.POST or None, initial={"on": local_date(request.at)})
    return take(request, form, enter, _("Moves house"), person)


@require_POST
def make_head(request: HttpRequest, pk: int) -> HttpResponse:
    """She becomes the head of her household."""
    person = entry_in_scope(request, _residents(), pk)
    by = acting_post(request, person, Right.KEEP)
    form = HeadForm(request.POST)
    if not form.is_valid():
        return show(request, person, status=422)

    try:
        former = Relation(form.cleaned_data["former_as"])
        actions.make_head(person, former_as=former, by=by, at=request.at, key=form.cleaned_data["key"])
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect(person)
