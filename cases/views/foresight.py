"""What will escalate in the next working days, by level and grid, with the cases behind each number."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridgov.kit.listing import around
from grids.enums import Right
from grids.models import Grid
from grids.views.places import place_asked, places_around

from ..forms.foresight import OutlookForm
from ..queries import foresight as questions
from ..queries.foresight import KINDS, LEVELS, Ahead, Asked, Outlook, Window


@require_safe
def outlook(request: HttpRequest) -> HttpResponse:
    """The limits that run out soon in a grid, if nobody does anything."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    places = places_around(request, grid, Right.FIGURES)
    form = OutlookForm(request.GET, places=places)
    context = {"title": _("Escalation outlook"), "grid": grid, "form": form}
    if not form.is_valid():
        return render(request, "cases/outlook.html", context, status=422)
    sent = form.cleaned_data
    window = Window.ahead(sent["days"], request.at)
    asked = Asked(grid, sent["level"], sent["direct"])
    page = questions.rows(asked, window, request.GET.get("cursor"))
    context |= _shown(form, places) | _numbers(grid, window, asked, questions.outlook(grid, window))
    context |= {"window": window, "rows": page.rows, **around(request.GET, page)}
    return render(request, "cases/outlook.html", context)


def _shown(form: OutlookForm, places: list[tuple[str, str]]) -> dict[str, Any]:
    """The filter filled with what is on the screen; another choice of grid means all of it again."""
    return {"form": OutlookForm({**form.cleaned_data, "direct": ""}, places=places)}


def _numbers(grid: Grid, window: Window, asked: Asked, found: Outlook) -> dict[str, Any]:
    """The tables; each number leads to this page narrowed to exactly its rows."""
    children = {child.pk: child for child in grid.get_children().order_by("code")}
    names = [kind for kind in KINDS if kind in found.by_kind]
    lines = [
        _line(children.get(pk) if pk else None, grid, names, found.by_child[pk], window)
        for pk in sorted(found.by_child, key=lambda pk: children[pk].code if pk in children else "")
    ]
    shown = found.by_kind.get(asked.kind, Ahead()) if asked.kind else found.total
    if asked.is_direct:
        here = found.by_child.get(None, {})
        shown = _together(ahead for kind, ahead in here.items() if asked.kind in ("", kind))
    return {
        "kinds": [(kind_name(kind), found.by_kind[kind], _url(grid, window, kind)) for kind in names],
        "columns": [kind_name(kind) for kind in names],
        "lines": lines if children else [],
        "total": found.total,
        "number": shown.expire,
        "whole_url": _url(grid, window, ""),
        "narrowed": " · ".join(
            filter(None, (asked.is_direct and _("at the grid itself"), asked.kind and kind_name(asked.kind)))
        ),
    }


def _together(parts: Any) -> Ahead:
    whole = Ahead()
    for part in parts:
        whole = Ahead(
            whole.expire + part.expire, whole.go_up + part.go_up, whole.provisional + part.provisional
        )
    return whole


def _line(
    child: Grid | None, grid: Grid, kinds: list[str], here: dict[str, Ahead], window: Window
) -> dict[str, Any]:
    """One grid below, or the grid itself where a case lies in none of them."""
    place, direct = (child, False) if child else (grid, True)
    return {
        "name": child.name if child else _("%(grid)s itself") % {"grid": grid},
        "url": _url(place, window, "", direct),
        "cells": [
            (kind_name(kind), here[kind].expire if kind in here else 0, _url(place, window, kind, direct))
            for kind in kinds
        ],
        "total": sum(ahead.expire for ahead in here.values()),
    }


def kind_name(kind: str) -> str:
    return str(LEVELS[kind].label if kind in LEVELS else _("Department"))


def _url(grid: Grid, window: Window, kind: str, direct: bool = False) -> str:
    query = {"grid": grid.code, "days": window.days, "level": kind, "direct": "1" if direct else ""}
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('cases:outlook')}?{asked}#rows"
