"""The duty roster of a district or street: the month to read, and to fill for those who keep it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit.refusals import Forbidden
from grids.enums import Level, Right
from grids.models import Grid, Post
from grids.queries import display_calendar
from grids.queries.calendar import reason
from grids.rules.workdays import first_of_month, local_date
from grids.views.places import place_asked, places_around

from .. import actions
from ..forms.duty import RosterForm
from ..queries import duty as questions
from ..rules.duty import HANDOVER

KEEPERS = frozenset({Right.POLICY, Right.DISPATCH})
YEARS = range(2012, 2100)


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """A month of the roster; this month where none is asked for."""
    grid = _place(request, request.GET.get("grid", ""))
    month = _month(request.GET.get("month", ""), request)
    return show(request, grid, month, _form(request, grid, month))


def show(request: HttpRequest, grid: Grid, month: date, form: RosterForm, status: int = 200) -> HttpResponse:
    calendar = display_calendar()
    context = {
        "title": _("Duty roster"),
        "grid": grid,
        "month": month,
        "places": places_around(request, grid.parent or grid, _right(request)),
        "form": form,
        "rows": [(line, field, reason(calendar.day(line.day.date))) for line, field in form.rows],
        "may_fill": _keeper(request, grid) is not None,
        "handover": HANDOVER,
        "duty": questions.on_duty((grid.pk, None), request.at),
        "earlier": _address(grid, first_of_month(month, -1)),
        "later": _address(grid, first_of_month(month, 1)),
        "today": local_date(request.at),
    }
    return render(request, "cases/roster.html", context, status=status)


def _right(request: HttpRequest) -> Right:
    """The right from which she reads the roster: the dispatcher's, or that of who sets the rules."""
    return Right.DISPATCH if Right.DISPATCH in request.scope.rights else Right.POLICY


def _place(request: HttpRequest, code: str) -> Grid:
    return place_asked(request, code, _right(request), lowest=Level.STREET)


def _keeper(request: HttpRequest, grid: Grid) -> Post | None:
    """The post from which the person keeps the roster of this very place."""
    posts = (post for post in request.scope.posts if post.grid_id == grid.pk)
    return next(
        (p for p in posts for right in KEEPERS & p.rights if request.scope.covers_grid(grid.code, right)),
        None,
    )


def _month(text: str, request: HttpRequest) -> date:
    """2026-11; nonsense is this month."""
    year, _dash, month = text.partition("-")
    is_written = len(text) == 7 and text.isascii() and year.isdigit() and month.isdigit()
    if is_written and int(year) in YEARS and 1 <= int(month) <= 12:
        return date(int(year), int(month), 1)
    return local_date(request.at).replace(day=1)


def _address(grid: Grid, month: date) -> str:
    return f"{reverse('cases:duty')}?{urlencode({'grid': grid.code, 'month': f'{month:%Y-%m}'})}"


def _form(request: HttpRequest, grid: Grid, month: date) -> RosterForm:
    facts: dict[str, Any] = {
        "lines": questions.month_of(grid, month),
        "posts": questions.candidates(grid, request.at),
        "at": request.at,
    }
    if request.method == "POST":
        return RosterForm(request.POST, **facts)
    return RosterForm(initial={"seen": questions.standing(grid, month)}, **facts)


@require_POST
def set_roster(request: HttpRequest) -> HttpResponse:
    """The days of a month get the people chosen; what is over stays as it was."""
    grid = _place(request, request.POST.get("grid", ""))
    month = _month(request.POST.get("month", ""), request)
    by, form = _keeper(request, grid), _form(request, grid, month)
    if by is None:
        raise Forbidden(_("%(grid)s keeps its own roster.") % {"grid": grid})
    if not form.is_valid():
        return show(request, grid, month, form, status=422)
    seen = form.cleaned_data["seen"]
    try:
        changed = actions.set_roster(grid, month, form.wanted, by=by, at=request.at, seen=seen)
    except actions.RosterRefused as refusal:
        form.add_error(None, str(refusal))
        form.data = form.data | {"seen": questions.standing(grid, month)}
        return show(request, grid, month, form, status=422)
    told = ngettext("%(n)d day has changed.", "%(n)d days have changed.", changed) % {"n": changed}
    messages.success(request, told)
    return redirect(_address(grid, month))
