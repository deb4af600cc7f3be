"""Mutual checks: the rounds, drawing one, its pairs, and the form of the one whose turn it is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gridgov.kit import listing
from gridgov.kit.listing import around
from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date

from .. import actions
from ..forms.checks import MutualCheckForm, PairForm
from ..models import MutualCheck, Pair
from ..queries import mutual_checks as questions
from .checking import must_hold, places_for, post_over, tabs, take


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rounds in which her grids take part, the latest first."""
    must_hold(request, Right.FIGURES)
    page = listing.page(questions.mutual_checks(request.scope), cursor=request.GET.get("cursor"))
    context = {
        "rows": page.rows,
        "tabs": tabs("mutual_checks"),
        "can_draw": Right.SUPERVISE in request.scope.rights,
        **around(request.GET, page),
    }
    return render(request, "assessment/mutual_checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest) -> HttpResponse:
    """Pair the grids below a place for a month."""
    must_hold(request, Right.SUPERVISE)
    places = places_for(request, Right.SUPERVISE, Level.COMMUNITY)
    month = {"month": local_date(request.at).strftime("%Y-%m")}
    form = MutualCheckForm(request.POST or None, at=request.at, places=places, initial=month)

    def page(status: int = 200) -> HttpResponse:
        context = {"form": form, "back": reverse("assessment:mutual_checks")}
        return render(request, "assessment/mutual_draw.html", context, status=status)

    return take(form, lambda: _draw(request, form), page) if request.method == "POST" else page()


def _draw(request: HttpRequest, form: MutualCheckForm) -> MutualCheck:
    place = Grid.objects.get(code=form.cleaned_data["grid"])
    said = {name: form.cleaned_data[name] for name in ("month", "seed", "note", "key")}
    by = post_over(request, place, Right.SUPERVISE)
    level = Level(form.cleaned_data["level"])
    return actions.draw_mutual_check(place, level=level, by=by, at=request.at, **said)


@require_safe
def mutual_check(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: who checks whom, and what was found, as far as she may read it."""
    found = get_object_or_404(questions.mutual_checks(request.scope, Right.VIEW), pk=pk)
    if not _reads(request, found):
        raise PermissionDenied
    page = listing.page(
        questions.pairs_of(found, request.scope), cursor=request.GET.get("cursor"), order=("id",)
    )
    pairs = [(pair, _is_mine(request, pair)) for pair in page.rows]
    context = {"round": found, "pairs": pairs, **around(request.GET, page)}
    return render(request, "assessment/mutual_check.html", context)


def _reads(request: HttpRequest, found: MutualCheck) -> bool:
    return questions.mutual_checks(request.scope).filter(pk=found.pk).exists()


def _is_mine(request: HttpRequest, pair: Pair) -> bool:
    return not pair.is_done and questions.post_that_checks(pair, request.scope) is not None


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """One grid checks another: the form for whoever goes there, the result for both sides and those above."""
    rows = Pair.objects.select_related("grid", "checker", "mutual_check__grid", "done_by__user")
    found = get_object_or_404(rows.seen_by(request.scope, Right.VIEW), pk=pk)
    if not rows.seen_by(request.scope).filter(pk=pk).exists():
        raise PermissionDenied
    by = questions.post_that_checks(found, request.scope)
    if request.method != "POST":
        return _page(request, found, PairForm() if by and not found.is_done else None)

    if by is None:
        raise PermissionDenied
    form = PairForm(request.POST)

    def check() -> Any:
        said = {name: form.cleaned_data[name] for name in ("score", "findings", "key")}
        return actions.check_grid(found, by=by, at=request.at, **said)

    return take(form, check, lambda status: _page(request, get_object_or_404(rows, pk=pk), form, status))


def _page(request: HttpRequest, found: Pair, form: PairForm | None, status: int = 200) -> HttpResponse:
    context = {"pair": found, "form": form}
    return render(request, "assessment/pair.html", context, status=status)
