"""The register as of a day, and single entries on paper: what somebody takes along to a door or puts in a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gridgov.kit import listing
from gridgov.kit.listing import around, capped_count, query_string
from grids.enums import Right
from grids.rules.workdays import local_date

from ..enums import Field
from ..forms.moves import AsOfForm
from ..models import Household, Resident
from ..queries.asof import PLACES, AsOf, line, lived
from ..queries.entries import facts_of
from ..queries.lives import life
from ..queries.people import members
from .asking import entry_in_scope, must_hold, reader
from .lists import PRINTED
from .people import PLAIN

ORDER = ("household__dwelling__sort_key", "household_id", "relation", "pk")  # on paper: door by door
MOMENTS_ON_PAPER = 20


@require_safe
def as_of(request: HttpRequest) -> HttpResponse:
    """Who lived where on a day."""
    must_hold(request, Right.REGISTER)
    form, asked = _asked(request)
    rows = lived(asked, request.scope)
    page = listing.page(rows, cursor=request.GET.get("cursor"))
    context = {
        "form": form,
        "asked": asked,
        "keep": [(asked.kind, asked.place.pk)] if asked.place else [],
        "lines": _lines(request, asked, page.rows),
        "total": capped_count(rows),
        "paper_url": reverse("residents:as_of_paper") + query_string(request.GET),
        **around(request.GET, page),
    }
    return render(request, "residents/as_of.html", context)


@require_safe
def as_of_paper(request: HttpRequest) -> HttpResponse:
    """The same on paper, door by door."""
    must_hold(request, Right.REGISTER)
    _form, asked = _asked(request)
    rows = list(lived(asked, request.scope).order_by(*ORDER)[: PRINTED + 1])
    context = {
        "asked": asked,
        "lines": _lines(request, asked, rows[:PRINTED]),
        "is_cut": len(rows) > PRINTED,
        "printed": PRINTED,
        "at": request.at,
    }
    return render(request, "residents/as_of_paper.html", context)


@require_safe
def resident_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The entry of one person on A4, masked."""
    person = entry_in_scope(
        request, Resident.objects.select_related("grid", "household__dwelling__house"), pk
    )
    who = reader(request)
    context = {
        "resident": person,
        "name": who.sees(person, Field.NAME),
        "personal": [(field.label, who.sees(person, field)) for field in Field],
        "facts": facts_of(person, PLAIN),
        "moments": life(person)[:MOMENTS_ON_PAPER],
        "at": request.at,
        "back_url": person.get_absolute_url(),
    }
    return render(request, "residents/resident_paper.html", context)


@require_safe
def household_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A household and its members on A4, masked."""
    home = entry_in_scope(request, Household.objects.select_related("grid", "dwelling__house"), pk)
    who = reader(request)
    context = {
        "household": home,
        "members": [
            {
                "person": person,
                "age": person.age(who.today),
                **{field.value: who.sees(person, field) for field in Field},
            }
            for person in members(home)
        ],
        "at": request.at,
        "back_url": home.get_absolute_url(),
    }
    return render(request, "residents/household_paper.html", context)


def _asked(request: HttpRequest) -> tuple[AsOfForm, AsOf]:
    """The day, the grid and the place in the address; a place out of reach does not exist."""
    form = AsOfForm(request.GET, scope=request.scope, today=local_date(request.at))
    day, grid = form.asked
    for kind, (model, _path) in PLACES.items():
        key = request.GET.get(kind, "")
        if key.isascii() and key.isdecimal() and len(key) < 19:
            return form, AsOf(day, grid, kind, entry_in_scope(request, model.objects.all(), int(key)))
    return form, AsOf(day, grid)


def _lines(request: HttpRequest, asked: AsOf, rows: list[Any]) -> list[Any]:
    who = reader(request)
    return [line(stay, asked.day, who) for stay in rows]
