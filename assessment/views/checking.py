"""What the doors of checks and evaluations have in common: where somebody may draw, and how a refusal is answered."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.kit.refusals import Forbidden
from grids.enums import Level
from grids.models import Grid, Post

from .. import actions

# page                 its tab
TABS = (
    ("to_check",       _("To check")),
    ("spot_checks",    _("Spot checks")),
    ("mutual_checks",  _("Mutual checks")),
    ("period_ratings", _("Residents' evaluation")),
)  # fmt: skip


def tabs(here: str) -> list[dict[str, Any]]:
    """The four lists of this part of the house, as templates/ui/tabs.html takes them."""
    return [
        {"label": label, "url": reverse(f"assessment:{name}"), "current": name == here}
        for name, label in TABS
    ]


def must_hold(request: HttpRequest, right: str) -> None:
    """Somebody who holds the right nowhere has no business on the page."""
    if right not in request.scope.rights:
        raise PermissionDenied


def places_for(request: HttpRequest, right: str, lowest: Level = Level.BUILDING) -> list[tuple[str, str]]:
    """Every place over which she holds a right, in the order of the tree."""
    reached = Q(pk__in=[])
    for span in request.scope.spans(right):
        reached |= Q(code__startswith=span.code)
    found = Grid.objects.active().filter(reached, level__lte=lowest).order_by("code")
    return [(grid.code, "　" * grid.level + grid.name) for grid in found]


def post_over(request: HttpRequest, grid: Grid, right: str) -> Post:
    """The post from which she uses a right over a grid; without one it is a refusal."""
    post = request.scope.post_over(grid.code, right)
    if post is None:
        raise PermissionDenied
    return post


Page = Callable[[int], HttpResponse]


def take(form: forms.Form, do: Callable[[], Any], page: Page) -> HttpResponse:
    """Do what a form says and go on to what comes of it; or show the page again with the reason.

    302 done · 403 she must leave it to somebody else · 409 somebody was faster · 422 it cannot be accepted.
    """
    if not form.is_valid():
        return page(422)
    try:
        return redirect(do())
    except actions.Barred as no:
        raise Forbidden(str(no)) from no
    except actions.CheckRefused as no:
        form.add_error(None, str(no))
        return page(409 if isinstance(no, actions.Overtaken) else 422)
