"""The contact card (网格明白卡): on paper, for its keepers, and for everybody who scans its code."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit.refusals import Forbidden
from gridgov.kit.throttle import Throttle, caller_of

from .. import actions
from ..actions.cards import not_hers
from ..forms import CardForm
from ..models import Grid, Post
from ..queries.cards import card_of, from_above, keeper_of, kept_by
from ..rules.cards import HIGHEST

SIZES = ("a4", "a6")
ON_A_SHEET = 4  # small cards

# Whoever lives or works here opens a few; whoever opens more than these is collecting.
PUBLIC = Throttle(most=30, span=timedelta(minutes=10))
KEPT_FOR = timedelta(minutes=5)  # how long phones and caches may show a card that has changed


@require_safe
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The card on paper: one on a sheet, or four small ones to be cut apart."""
    grid = _grid(request, code)
    size = request.GET.get("size")
    context = {
        "card": card_of(grid, request.at),
        "grid": grid,
        "address": _public_address(request, grid),
        "back_url": grid.get_absolute_url(),
        "may_keep": keeper_of(grid, request.scope) is not None,
        "size": size if size in SIZES else SIZES[0],
        "copies": range(ON_A_SHEET),
    }
    return render(request, "grids/card.html", context)


def _grid(request: HttpRequest, code: str) -> Grid:
    return get_object_or_404(Grid.objects.within(request.scope).filter(level__gte=HIGHEST), code=code)


def _public_address(request: HttpRequest, grid: Grid) -> str:
    """Where the code on the paper leads: the address of the site, or else the one it is being printed from."""
    path = reverse("grids:public_card", args=[grid.code])
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)


# --- Keeping it -----------------------------------------------------------------------------------


@require_safe
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The card as its keeper corrects it."""
    grid, by = _kept(request, code)

    return _editor(request, grid, by, CardForm.of(grid))


@require_POST
def keep(request: HttpRequest, code: str) -> HttpResponse:
    """The card says from now on what was sent."""
    grid, by = _kept(request, code)

    form = CardForm(request.POST)
    if not form.is_valid():
        return _editor(request, grid, by, form, status=422)

    try:
        actions.keep_card(grid, by=by, at=request.at, seen=form.cleaned_data["seen"], **form.facts)
    except actions.CardRefused as refusal:
        grid.refresh_from_db()
        form.add_error(None, str(refusal))
        form.look_again(grid)
        return _editor(request, grid, by, form, status=409, now=CardForm.of(grid))

    messages.success(request, _("The contact card of %(grid)s is saved.") % {"grid": grid})
    return redirect("grids:card", grid.code)


def _kept(request: HttpRequest, code: str) -> tuple[Grid, Post]:
    grid = _grid(request, code)
    by = keeper_of(grid, request.scope)
    if by is None:
        raise Forbidden(not_hers(grid))
    return grid, by


def _editor(
    request: HttpRequest, grid: Grid, by: Post, form: CardForm, status: int = 200, now: CardForm | None = None
) -> HttpResponse:
    context = {
        "title": _("Contact card of %(grid)s") % {"grid": grid},
        "grid": grid,
        "form": form,
        "now": now,  # how it stands, where somebody else was faster
        "above": from_above(grid),
        "tabs": [
            {
                "label": place.name,
                "url": reverse("grids:edit_card", args=[place.code]),
                "current": place == grid,
            }
            for place in kept_by(by)
        ],
        "last": grid.history.select_related("history_user").first(),
    }
    return render(request, "grids/card_form.html", context, status=status)


# --- On every wall --------------------------------------------------------------------------------


@login_not_required
@require_safe
def public(request: HttpRequest, code: str) -> HttpResponse:
    """The card for whoever scans its code: the duty contacts of one grid, nothing else, and no list of grids."""
    if not PUBLIC.allows(caller_of(request), code, at=request.at):
        return _no_card(request, 429)
    grid = Grid.objects.active().filter(code=code, level__gte=HIGHEST).first()
    if grid is None:
        return _no_card(request, 404)

    response = render(request, "grids/public_card.html", {"card": card_of(grid, request.at), "grid": grid})
    response["Cache-Control"] = f"public, max-age={int(KEPT_FOR.total_seconds())}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _no_card(request: HttpRequest, status: int) -> HttpResponse:
    response = render(request, "grids/no_public_card.html", {"is_too_much": status == 429}, status=status)
    if status == 429:
        response["Retry-After"] = str(int(PUBLIC.span.total_seconds()))
    return response
