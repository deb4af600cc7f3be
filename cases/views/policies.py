"""The numbers of the clock: what holds and why, what would have come of others, and setting them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit import listing
from gridgov.kit.refusals import Forbidden
from grids.enums import Level, Right
from grids.models import Grid, Post
from grids.views.places import place_asked, places_around

from .. import actions
from ..forms.policies import PolicyForm, filled
from ..models import Policy
from ..queries import policies as questions
from ..queries.rehearsal import Month, rehearse
from ..queries.shown import moment
from ..rules.rehearsal import Change, Fate, Rehearsal

HISTORY = 20


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """What holds in a district or street, and the form for those who set it there."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.POLICY, lowest=Level.STREET)
    return show(request, grid, _form(request, grid) if request.scope.post_at(grid.pk, Right.POLICY) else None)


def show(
    request: HttpRequest,
    grid: Grid,
    form: PolicyForm | None,
    rehearsal: Rehearsal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with the form as it was sent and what the rehearsal found."""
    rows = Policy.objects.filter(grid=grid).select_related("set_by")
    page = listing.page(rows, cursor=request.GET.get("cursor"), size=HISTORY, order=("-since", "-id"))
    current = next((row for row in page.rows if row.since <= request.at), None)
    context = {
        "title": _("Limits and rules"),
        "grid": grid,
        "places": places_around(request, _district_of(grid), Right.POLICY),
        "numbers": questions.holding(grid, request.at),
        "history": [(row, questions.told(row), _standing(row, current, request)) for row in page.rows],
        **listing.around(request.GET, page),
        "form": form,
        "rehearsal": rehearsal and _told(rehearsal),
        "month": Month.before(request.at),
    }
    return render(request, "cases/policy.html", context, status=status)


def _district_of(grid: Grid) -> Grid:
    return grid.parent if grid.level == Level.STREET else grid


def _standing(row: Policy, current: Policy | None, request: HttpRequest) -> str:
    if row.since > request.at:
        return "ahead"
    return "holds" if row == current and "cursor" not in request.GET else ""


def _form(request: HttpRequest, grid: Grid) -> PolicyForm:
    """Bound to what was sent, or filled with what this place has set itself."""
    book = questions.PolicyBook([questions.place_of(grid)])
    district, _street = questions.place_of(grid)
    is_street = grid.level == Level.STREET
    above = book.at((district, None) if is_street else (0, None), request.at)
    facts: dict[str, Any] = {"grid": grid, "above": above, "at": request.at}
    if request.method == "POST":
        return PolicyForm(request.POST, **facts)
    own = [row for row in book.rows_at(questions.place_of(grid), request.at) if row.grid_id == grid.pk]
    initial = filled(own[0] if own else None) | {"seen": questions.latest(grid)}
    return PolicyForm(initial=initial, **facts)


def _asked(request: HttpRequest) -> tuple[Grid, Post, PolicyForm]:
    """Place, post and form of a POST; whoever may only read is told so."""
    grid = place_asked(request, request.POST.get("grid", ""), Right.POLICY, lowest=Level.STREET)
    post = request.scope.post_at(grid.pk, Right.POLICY)
    if post is None:
        raise Forbidden(_("%(grid)s sets its own numbers.") % {"grid": grid})
    return grid, post, _form(request, grid)


# --- the rehearsal ---------------------------------------------------------------------------------

LEVELS = (Level.BUILDING, Level.COMMUNITY, Level.STREET, Level.DISTRICT, None)
FATES = {
    Fate.KEPT: gettext_lazy("kept"),
    Fate.EXPIRED: gettext_lazy("expired"),
    Fate.RUNNING: gettext_lazy("still runs"),
    Fate.UNKNOWN: gettext_lazy("cannot be told"),
}


def _told(found: Rehearsal) -> dict[str, Any]:
    """What the rehearsal found, ready to print."""
    return {
        "lines": [(level_name(level), found.lines[level]) for level in LEVELS if level in found.lines],
        "total": found.total,
        "changes": [_change(change) for change in found.changes],
        "changed": found.changed,
        "more": found.changed - len(found.changes),
    }


def level_name(level: int | None) -> str:
    return str(_("Department") if level is None else Level(level).label)


def _change(change: Change) -> dict[str, Any]:
    run, other = change.run, change.other
    return {
        "number": run.number,
        "url": reverse("cases:detail", args=[run.case]),
        "unit": run.unit,
        "days": f"{run.limit.amount} → {other.limit.amount}"
        if run.limit != other.limit
        else str(run.limit.amount),
        "due": moment(run.due_at),
        "other_due": moment(other.due_at),
        "was": _fate(run.fate, run.went_up),
        "would": _fate(other.fate, other.goes_up),
    }


def _fate(fate: Fate, goes_up: bool) -> str:
    return _("expired, up to the level above") if goes_up else str(FATES[fate])


@require_POST
def rehearsal(request: HttpRequest) -> HttpResponse:
    """Last month under the numbers of the form; nothing is saved."""
    grid, _post, form = _asked(request)
    if not form.is_valid():
        return show(request, grid, form, status=422)
    return show(request, grid, form, rehearse(form.proposed, at=request.at))


@require_POST
def set_policy(request: HttpRequest) -> HttpResponse:
    """The numbers of the form hold from their day on."""
    grid, post, form = _asked(request)
    if not form.is_valid():
        return show(request, grid, form, status=422)
    sent = form.cleaned_data
    try:
        row = actions.set_policy(
            grid, reason=sent["reason"], by=post, at=request.at, since=sent["since"], seen=sent["seen"],
            key=sent["key"], **form.numbers,
        )  # fmt: skip
    except actions.PolicyRefused as refusal:
        form.add_error(None, str(refusal))
        form.look_again(questions.latest(grid))
        return show(request, grid, form, status=422)
    messages.success(
        request, _("Set. It holds from %(when)s on.") % {"when": f"{localtime(row.since):%Y-%m-%d %H:%M}"}
    )
    return redirect(f"{reverse('cases:policy')}?{urlencode({'grid': grid.code})}")
