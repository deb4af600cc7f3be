"""The record of looks: on the screen and on paper, for the grid leader about her people and for the auditor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gridgov.kit import listing
from gridgov.kit.listing import around, capped_count, query_string
from grids.enums import Right

from ..enums import Field
from ..forms.looks import LookFilterForm
from ..models import Look
from ..queries.looks import Looked, looks, may_read
from .asking import reader
from .lists import PRINTED


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Who has seen whose data in full, the latest first."""
    form, looked = _asked(request)
    rows = looks(looked, request.scope)
    page = listing.page(rows, cursor=request.GET.get("cursor"))
    context = {
        "form": form,
        "looked": looked,
        "rows": _printed(request, page.rows),
        "total": capped_count(rows),
        "paper_url": reverse("residents:looks_paper") + query_string(request.GET),
        **around(request.GET, page),
    }
    return render(request, "residents/looks.html", context)


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    _form, looked = _asked(request)
    found = list(looks(looked, request.scope).order_by("-pk")[: PRINTED + 1])
    context = {
        "looked": looked,
        "rows": _printed(request, found[:PRINTED]),
        "is_cut": len(found) > PRINTED,
        "printed": PRINTED,
        "at": request.at,
    }
    return render(request, "residents/looks_paper.html", context)


def _asked(request: HttpRequest) -> tuple[LookFilterForm, Looked]:
    if not may_read(request.scope):
        raise PermissionDenied
    form = LookFilterForm(request.GET, scope=request.scope)
    return form, form.looked


def _printed(request: HttpRequest, found: list[Look]) -> list[dict[str, Any]]:
    """Whose data it was stays masked; her entry opens to whoever may see it, and not to the auditor."""
    who = reader(request)
    return [
        {
            "look": look,
            "whose": who.sees(look.resident, Field.NAME),
            "url": look.resident.get_absolute_url()
            if request.scope.covers(look.resident, Right.REGISTER)
            else "",
        }
        for look in found
    ]
