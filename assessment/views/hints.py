"""Hints of a month: numbers by grid, the rows behind each, and one hint with what people found who looked.

For those who supervise, and never for whoever did it herself.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Case
from gridgov.kit import listing
from grids.enums import Right
from grids.models import Grid
from grids.views.places import place_asked, places_around

from .. import actions
from ..enums import Hint
from ..exports.workbook import cut_off_text
from ..forms import PlaceMonthForm, as_sent
from ..forms.hints import HintLookForm, HintRowsForm
from ..queries import hints as questions
from ..queries.hints import Found, Line, Number, Told
from ..rules.hints import sentence
from ..rules.rates import Period
from .checking import post_over

SHOWN = 200  # rows of one hint on one page


@dataclass(frozen=True)
class Cell:
    """A number with its rows, and how many of them nobody has looked at."""

    label: str
    number: Number
    url: str


# --- the month --------------------------------------------------------------------------------------


@require_safe
def hints(request: HttpRequest) -> HttpResponse:
    """What is worth a look in a month of a grid, by hint and by grid below."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.SUPERVISE)
    places = places_around(request, grid, Right.SUPERVISE)
    form = PlaceMonthForm(request.GET, at=request.at, places=places)
    context = {"title": _("Hints"), "grid": grid, "form": form}
    if not form.is_valid():
        return render(request, "assessment/hints.html", context, status=422)
    period = form.period
    lines = questions.lines_of(grid, period.month, cut_off=period.moment, viewer=request.user.pk)
    numbers = questions.total(lines)
    context |= {
        "form": form.filled(grid, period),
        "period": period,
        "moment": cut_off_text(period),
        "kinds": [(hint, sentence(hint), _cell(grid, period, hint, numbers[hint])) for hint in Hint],
        "lines": [_line(grid, period, line) for line in lines],
    }
    return render(request, "assessment/hints.html", context)


def _asked(grid: Grid, period: Period) -> dict[str, str]:
    """What every link carries on: exactly this month of this grid up to exactly this moment."""
    return {"grid": grid.code, **as_sent(period)}


def _line(grid: Grid, period: Period, line: Line) -> tuple[str, str, list[Cell]]:
    query = {**_asked(grid, period), **line.key}
    url = f"{reverse('assessment:hints')}?{urlencode(query)}" if "grid" in line.key else ""
    return line.label, url, [_cell(grid, period, hint, line.numbers[hint], line.key) for hint in Hint]


def _cell(grid: Grid, period: Period, hint: Hint, number: Number, key: dict[str, str] | None = None) -> Cell:
    query = {**_asked(grid, period), **(key or {}), "hint": hint.value}
    url = f"{reverse('assessment:hint_rows')}?{urlencode(query)}" if number.rows else ""
    return Cell(str(hint.label), number, url)


# --- the rows behind a number -----------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A row as it is printed: with the case it is compared with where the reader may see that one."""

    told: Told
    url: str
    other: Case | None


@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """Exactly the rows that one number counts, newest first."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.SUPERVISE)
    form = HintRowsForm(request.GET, at=request.at)
    if not form.is_valid():
        return render(request, "assessment/hint_rows.html", {"title": _("Hints"), "form": form}, status=422)
    hint, period = Hint(form.cleaned_data["hint"]), form.period
    found = _found(request, hint, grid, period, direct=form.cleaned_data["direct"])
    first = _first(request)
    context = {
        "title": hint.label, "hint": hint, "sentence": sentence(hint), "grid": grid, "period": period,
        "moment": cut_off_text(period), "number": len(found), "back": _back(grid, period),
        "rows": _told(request, hint, found[first : first + SHOWN], grid, period),
        "previous_url": _turned(request, first - SHOWN) if first else "",
        "next_url": _turned(request, first + SHOWN) if first + SHOWN < len(found) else "",
    }  # fmt: skip
    return render(request, "assessment/hint_rows.html", context)


def _first(request: HttpRequest) -> int:
    """Where the page begins; anything that is no number is the beginning."""
    asked = request.GET.get("from", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0


def _turned(request: HttpRequest, first: int) -> str:
    return listing.query_string(request.GET, **{"from": max(first, 0) or None})


def _found(
    request: HttpRequest, hint: Hint, grid: Grid, period: Period, *, direct: bool = False
) -> list[Found]:
    when = {"cut_off": period.moment, "viewer": request.user.pk}
    return questions.rows_of(hint, grid, period.month, direct=direct, **when)


def _told(request: HttpRequest, hint: Hint, found: list[Found], grid: Grid, period: Period) -> list[Shown]:
    query = urlencode(_asked(grid, period))
    return [
        Shown(
            told=row,
            url=f"{reverse('assessment:hint', args=[hint.value, row.found.begins_id])}?{query}",
            other=row.other if row.other and request.scope.covers(row.other) else None,
        )
        for row in questions.told(hint, found)
    ]


def _back(grid: Grid, period: Period) -> str:
    return f"{reverse('assessment:hints')}?{urlencode(_asked(grid, period))}"


# --- one hint ---------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def hint(request: HttpRequest, hint: str, pk: int) -> HttpResponse:
    """One hint: all its rows in the place, what people found, and the form for what she finds who looks now."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.SUPERVISE)
    asked = HintRowsForm({**request.GET.dict(), "hint": hint}, at=request.at)
    if not asked.is_valid():
        raise Http404
    kind, period = Hint(hint), asked.period
    found = [row for row in _found(request, kind, grid, period) if row.begins_id == pk]
    if not found:
        raise Http404
    if request.method != "POST":
        return _page(request, kind, found, grid, period, HintLookForm(), 200)

    form = HintLookForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, found, grid, period, form, 422)

    try:
        actions.look_at(
            found[0], kind, by=post_over(request, grid, Right.SUPERVISE), at=request.at, **form.cleaned_data
        )
    except actions.HintRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, kind, found, grid, period, form, 422)
    return redirect(request.get_full_path())


def _page(
    request: HttpRequest, kind: Hint, found: list[Found], grid: Grid, period: Period, form: Any, status: int
) -> HttpResponse:
    rows_url = f"{reverse('assessment:hint_rows')}?{urlencode({**_asked(grid, period), 'hint': kind.value})}"
    context = {
        "title": kind.label, "hint": kind, "sentence": sentence(kind), "grid": grid, "period": period,
        "moment": cut_off_text(period), "number": len(found), "form": form, "back": _back(grid, period),
        "rows_url": rows_url, "rows": _told(request, kind, found[:SHOWN], grid, period),
        "looks": questions.looks_of(kind, found[0].begins_id), "shown": SHOWN,
    }  # fmt: skip
    return render(request, "assessment/hint.html", context, status=status)
