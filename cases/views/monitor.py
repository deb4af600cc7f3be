"""Where every open case stands and how long: each number leads to its rows in the list."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from grids.enums import Level, Right
from grids.models import Grid
from grids.queries import display_calendar
from grids.views.places import place_asked, places_around

from ..forms.foresight import PlaceForm
from ..queries import monitor as questions
from ..queries.listing import OPEN
from ..queries.monitor import Stand
from ..rules.standing import BUCKETS, Bucket

# What the list is asked for where a case lies in none of the grids below.
ITSELF = {Level.STREET: "no_community", Level.COMMUNITY: "no_building"}


@require_safe
def monitor(request: HttpRequest) -> HttpResponse:
    """A grid and everything below it, by step, by grid and by unit."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = PlaceForm({"grid": grid.code}, places=places_around(request, grid, Right.FIGURES))
    found = questions.monitor(grid, request.at)
    units, more_units = questions.by_unit(grid, request.at)
    printed = _Printer(request, grid)
    context = {
        "title": _("Workflow monitor"),
        "grid": grid,
        "form": form,
        "columns": [_short(bucket) for bucket in BUCKETS],
        "steps": [
            printed.line(str(step.label), stand, step=step.value) for step, stand in found.by_step.items()
        ],
        "total": printed.line(_("Total"), found.total, step=OPEN),
        "children": _children(grid, found.by_child, printed),
        "units": [printed.line(unit.name, unit.stand, step=OPEN, holder=unit.value) for unit in units],
        "more_units": more_units,
        "longest": questions.longest(grid, request.at),
        "at": request.at,
    }
    return render(request, "cases/monitor.html", context)


class _Printer:
    """Turns what was counted in one grid into lines of linked numbers."""

    def __init__(self, request: HttpRequest, grid: Grid) -> None:
        self.grid, self.at, self.calendar = grid, request.at, display_calendar()

    def line(self, name: str, stand: Stand, **query: str) -> dict[str, Any]:
        """A number for each bucket, all together, and how long the oldest has stood."""
        asked = {"grid": self.grid.code, **query}
        cells = [
            (_short(bucket), stand.by_bucket.get(bucket.key, 0), _list({**asked, "stood": bucket.key}))
            for bucket in BUCKETS
        ]
        days = questions.days_at(stand.oldest, self.at, self.calendar) if stand.oldest else None
        return {"name": name, "cells": cells, "total": stand.total, "url": _list(asked), "days": days}


def _short(bucket: Bucket) -> str:
    """A bucket as a column has room for: the title of the table says that these are working days."""
    if bucket.last is None:
        return f"≥ {bucket.first}"
    return f"{bucket.first}–{bucket.last}" if bucket.first else f"≤ {bucket.last}"


def _list(query: dict[str, str]) -> str:
    return f"{reverse('cases:list')}?{urlencode(query)}"


def _children(grid: Grid, found: dict[int | None, Stand], printed: _Printer) -> list[dict[str, Any]]:
    """A line for each grid below that has open cases, and one for what lies in none of them."""
    below = {child.pk: child for child in grid.get_children().order_by("code")}
    lines = [
        printed.line(child.name, found[pk], step=OPEN, grid=child.code)
        for pk, child in below.items()
        if pk in found
    ]
    if below and None in found and grid.level in ITSELF:
        itself = _("%(grid)s itself") % {"grid": grid}
        lines.append(printed.line(itself, found[None], step=OPEN, only=ITSELF[Level(grid.level)]))
    return lines
