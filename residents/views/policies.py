"""The numbers of the registers: what holds and where it comes from, and setting them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit import listing
from gridgov.kit.refusals import Forbidden
from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.views.places import place_asked, places_around

from .. import actions
from ..forms.policies import RegisterPolicyForm, filled
from ..models import RegisterPolicy
from ..queries import policies as questions

HISTORY = 20


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """What holds in a district or street, and the form for those who set it there."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.POLICY, lowest=Level.STREET)
    return show(request, grid, _form(request, grid) if request.scope.post_at(grid.pk, Right.POLICY) else None)


def show(
    request: HttpRequest, grid: Grid, form: RegisterPolicyForm | None, status: int = 200
) -> HttpResponse:
    rows = RegisterPolicy.objects.filter(grid=grid).select_related("set_by")
    page = listing.page(rows, cursor=request.GET.get("cursor"), size=HISTORY, order=("-since", "-id"))
    today = local_date(request.at)
    context = {
        "grid": grid,
        "places": places_around(request, _district_of(grid), Right.POLICY),
        "numbers": questions.holding(grid, today),
        "history": [(row, questions.told(row), row.since > today) for row in page.rows],
        **listing.around(request.GET, page),
        "form": form,
    }
    return render(request, "residents/policy.html", context, status=status)


@require_POST
def set_policy(request: HttpRequest) -> HttpResponse:
    """The numbers of the form hold from their day on."""
    grid = place_asked(request, request.POST.get("grid", ""), Right.POLICY, lowest=Level.STREET)
    post = request.scope.post_at(grid.pk, Right.POLICY)
    if post is None:
        raise Forbidden(_("%(grid)s sets its own numbers.") % {"grid": grid})
    form = _form(request, grid)
    if not form.is_valid():
        return show(request, grid, form, status=422)

    sent = {name: form.cleaned_data[name] for name in ("reason", "since", "seen", "key")}
    try:
        row = actions.set_register_policy(grid, by=post, at=request.at, **sent, **form.numbers)
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        form.look_again(questions.latest(grid))
        return show(request, grid, form, status=422)
    messages.success(request, _("Set. It holds from %(when)s on.") % {"when": row.since})
    return redirect(f"{reverse('residents:policy')}?{urlencode({'grid': grid.code})}")


def _district_of(grid: Grid) -> Grid:
    return grid.parent if grid.level == Level.STREET else grid


def _form(request: HttpRequest, grid: Grid) -> RegisterPolicyForm:
    """Bound to what was sent, or filled with what this place has set itself."""
    today = local_date(request.at)
    book, (district, street) = questions.PolicyBook(today), questions.place_of(grid)
    above = book.of(district, None) if grid.level == Level.STREET else book.of(None, None)
    facts: dict[str, Any] = {"above": above, "today": today}
    if request.method == "POST":
        return RegisterPolicyForm(request.POST, **facts)
    own = next((row for row in book.rows_of(district, street) if row.grid_id == grid.pk), None)
    return RegisterPolicyForm(initial=filled(own) | {"seen": questions.latest(grid)}, **facts)
