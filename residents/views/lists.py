"""The registers' front page, and one list for all of them: filters, search, paging, print."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.kit.listing import around, capped_count, query_string
from gridgov.kit.searches import address_of, asked
from grids.enums import Right
from grids.rules.workdays import local_date

from ..forms.filters import RegisterFilterForm
from ..queries.home import counts, freshness
from ..queries.registers import REGISTERS, Register, cells, first, found, page_of
from .asking import must_hold, reader
from .places import KINDS

PRINTED = 500  # rows on paper: more is an export


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is, and how fresh it is kept."""
    must_hold(request, Right.REGISTER)
    numbers = counts(request.scope, request.at)
    fresh = freshness(request.scope, request.at)
    context = {
        "registers": [(register, numbers.get(register.name, 0)) for register in REGISTERS.values()],
        "freshness": fresh,
        "days": "、".join(str(days) for days in sorted({line.days for line in fresh})),
        "can_keep": Right.KEEP in request.scope.rights,
        "may_export": bool({Right.KEEP, Right.RELEASE} & request.scope.rights),
    }
    return render(request, "residents/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, name: str) -> HttpResponse:
    """One register, narrowed as the address says; a search that was sent becomes such an address."""
    register = _register(name)
    must_hold(request, Right.REGISTER)
    form = RegisterFilterForm(asked(request), register=register, scope=request.scope, right=Right.REGISTER)
    if request.method == "POST":
        return address_of(request, form.fields)
    rows = found(register, form.sought, request.scope, Right.REGISTER, local_date(request.at))
    page = page_of(register, rows, form.sought, request.GET.get("cursor"))
    context = {
        "register": register,
        "form": form,
        "sought": form.sought,
        "rows": _printed(request, register, page.rows),
        "total": capped_count(rows),
        "add_url": _add_url(request, register),
        "paper_url": reverse("residents:paper", args=[name]) + query_string(request.GET),
        "export_url": _export_url(request, name),
        **around(request.GET, page),
    }
    return render(request, "residents/list.html", context)


@require_safe
def paper(request: HttpRequest, name: str) -> HttpResponse:
    """The same rows on paper, masked like the list."""
    register = _register(name)
    must_hold(request, Right.REGISTER)
    form = RegisterFilterForm(asked(request), register=register, scope=request.scope, right=Right.REGISTER)
    rows = found(register, form.sought, request.scope, Right.REGISTER, local_date(request.at))
    shown = first(register, rows, PRINTED + 1)
    context = {
        "register": register,
        "rows": _printed(request, register, shown[:PRINTED]),
        "is_cut": len(shown) > PRINTED,
        "at": request.at,
        "printed": PRINTED,
    }
    return render(request, "residents/paper.html", context)


def _register(name: str) -> Register:
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def _add_url(request: HttpRequest, register: Register) -> str:
    """Where a new entry begins; dwellings begin at their building, people at their household."""
    kind = next((kind for kind, what in KINDS.items() if what.register == register.name), "")
    if not kind or kind == "dwelling" or Right.KEEP not in request.scope.rights:
        return ""
    return reverse("residents:add", args=[kind])


def _export_url(request: HttpRequest, name: str) -> str:
    """Where the list becomes a file, for who keeps it; without its words, which may be somebody's name."""
    if Right.KEEP not in request.scope.rights:
        return ""
    return reverse("residents:export", args=[name]) + query_string(request.GET, q=None)


def _printed(request: HttpRequest, register: Register, rows: list[Any]) -> list[dict[str, Any]]:
    who = reader(request)
    return [{"url": row.get_absolute_url(), "cells": cells(register, row, who)} for row in rows]
