"""Spot checks: the list, drawing one, its page and paper, the work list of a checker, one case looked at again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.enums import Action
from gridgov.kit import listing
from gridgov.kit.listing import around
from grids.enums import Level, Right
from grids.models import Grid, Post
from grids.rules.workdays import local_date
from grids.views.places import place_asked, places_around

from .. import actions
from ..forms import PlaceMonthForm
from ..forms.checks import GiveForm, ItemForm, SpotCheckForm
from ..models import SpotCheck, SpotItem
from ..queries import mutual_checks as rounds
from ..queries import spot_checks as questions
from ..queries.satisfaction import rating_of
from ..queries.verifiers import error_rates, error_rates_of, together
from ..rules.rates import RANKED_FROM
from .checking import must_hold, places_for, post_over, tabs, take

MOST_LISTED = 200  # open items of a work list


# --- drawings ---------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What was drawn, the latest first."""
    must_hold(request, Right.FIGURES)
    page = listing.page(questions.spot_checks(request.scope), cursor=request.GET.get("cursor"))
    context = {
        "rows": page.rows,
        "tabs": tabs("spot_checks"),
        "can_draw": Right.SUPERVISE in request.scope.rights,
        **around(request.GET, page),
    }
    return render(request, "assessment/spot_checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample; asked for a preview, say how many closed cases there are and write nothing."""
    must_hold(request, Right.SUPERVISE)
    places = places_for(request, Right.SUPERVISE, Level.COMMUNITY)
    month = {"month": local_date(request.at).strftime("%Y-%m")}
    form = SpotCheckForm(request.POST or None, at=request.at, places=places, initial=month)

    def page(status: int = 200, **more: Any) -> HttpResponse:
        context = {"form": form, "back": reverse("assessment:spot_checks"), **more}
        return render(request, "assessment/spot_draw.html", context, status=status)

    if request.method != "POST":
        return page()
    if "preview" in request.POST:
        return page(200, population=_population(request, form)) if form.is_valid() else page(422)
    return take(form, lambda: _draw(request, form), page)


def _population(request: HttpRequest, form: SpotCheckForm) -> int:
    grid = Grid.objects.get(code=form.cleaned_data["grid"])
    return questions.closings(grid, form.cleaned_data["month"], request.at).count()


def _draw(request: HttpRequest, form: SpotCheckForm) -> SpotCheck:
    grid = Grid.objects.get(code=form.cleaned_data["grid"])
    said = {name: form.cleaned_data[name] for name in ("month", "wanted", "seed", "note", "key")}
    by = post_over(request, grid, Right.SUPERVISE)
    return actions.draw_spot_check(grid, by=by, at=request.at, **said)


@require_safe
def spot_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What was drawn and how far it has come."""
    return render(request, "assessment/spot_check.html", _told(request, pk))


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The same on paper, to be signed."""
    told = _told(request, pk)
    return render(
        request, "assessment/spot_paper.html", {**told, "back_url": told["spot"].get_absolute_url()}
    )


def _told(request: HttpRequest, pk: int) -> dict[str, Any]:
    spot = get_object_or_404(
        SpotCheck.objects.within(request.scope).select_related("grid", "drawn_by__user"), pk=pk
    )
    if not request.scope.covers(spot, Right.FIGURES):
        raise PermissionDenied
    items = list(questions.items_of(spot))
    verifiers = error_rates_of(spot)
    return {
        "spot": spot,
        "items": items,
        "progress": questions.progress(items),
        "verifiers": verifiers,
        "total": together(verifiers),
        "ranked_from": RANKED_FROM,
        "is_drawn_again": questions.is_drawn_again(spot),
        "at": request.at,
    }


@require_safe
def verifiers(request: HttpRequest) -> HttpResponse:
    """How often what each verifier of a place passed was not so, by what was found in a month."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = PlaceMonthForm(request.GET, at=request.at, places=places_around(request, grid, Right.FIGURES))
    context = {"grid": grid, "form": form, "ranked_from": RANKED_FROM}
    if not form.is_valid():
        return render(request, "assessment/verifiers.html", context, status=422)
    period = form.period
    lines = error_rates(grid, period.start, period.moment)
    context |= {
        "form": form.filled(grid, period),
        "period": period,
        "verifiers": lines,
        "total": together(lines),
    }
    return render(request, "assessment/verifiers.html", context)


# --- one case looked at again -----------------------------------------------------------------------------


@require_safe
def to_check(request: HttpRequest) -> HttpResponse:
    """What waits for this person: cases to look at again, grids to check."""
    must_hold(request, Right.FIGURES)
    rows = questions.to_check(request.scope, request.at).select_related(
        "case__category", "case__community", "grid"
    )
    items = list(rows.order_by("spot_check", "place")[: MOST_LISTED + 1])
    context = {
        "items": items[:MOST_LISTED],
        "is_cut": len(items) > MOST_LISTED,
        "most": MOST_LISTED,
        "pairs": list(rounds.to_check(request.scope)),
        "tabs": tabs("to_check"),
    }
    return render(request, "assessment/to_check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One case of a sample: what there is to know, and the form for what was found."""
    found = _item(request, pk)
    is_rated = rating_of(found.event) is not None
    by = request.scope.post_for(found, Right.VERIFY)
    if request.method != "POST":
        offered = _may_check(request, found, by)
        return _item_page(request, found, form=ItemForm(is_rated=is_rated) if offered else None)

    if by is None:
        raise PermissionDenied
    form = ItemForm(request.POST, is_rated=is_rated and not found.is_done)
    return take(
        form,
        lambda: actions.check_item(found, by=by, at=request.at, **form.told),
        lambda status: _item_page(request, _item(request, pk), form=form, status=status),
    )


@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Who drew the sample says who looks at this case."""
    found = _item(request, pk)
    by = request.scope.post_for(found, Right.SUPERVISE)
    if by is None:
        raise PermissionDenied
    form = GiveForm(request.POST, posts=questions.could_check(found, request.at))
    return take(
        form,
        lambda: actions.give_item(found, form.cleaned_data["checker"], by=by, at=request.at),
        lambda status: _item_page(request, found, give=form, status=status),
    )


def _item(request: HttpRequest, pk: int) -> SpotItem:
    """The item, if its case lies in the person's subtree; who neither verifies nor supervises there is refused."""
    people = ("verifier__user", "handler__user", "done_by__user", "checker__user", "rating__by__user")
    rows = SpotItem.objects.within(request.scope).select_related(
        "spot_check__grid", "case__category", "case__community", "grid", "event", *people
    )
    found = get_object_or_404(rows, pk=pk)
    if not any(request.scope.covers(found, right) for right in (Right.VERIFY, Right.SUPERVISE)):
        raise PermissionDenied
    return found


def _may_check(request: HttpRequest, found: SpotItem, by: Post | None) -> bool:
    if by is None or found.is_done:
        return False
    return questions.to_check(request.scope, request.at).filter(pk=found.pk).exists()


def _item_page(
    request: HttpRequest, found: SpotItem, *, form: ItemForm | None = None, give: GiveForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    supervises = request.scope.covers(found, Right.SUPERVISE)
    if give is None and supervises and not found.is_done:
        posts = questions.could_check(found, request.at)
        give = GiveForm(posts=posts, initial={"checker": found.checker_id})
    context = {
        "item": found,
        "case": found.case,
        "result": found.case.events.filter(
            action__in=(Action.FEED_BACK, Action.SETTLE), seq__lt=found.event.seq
        ).last(),
        "rating": rating_of(found.event),
        "bar": questions.bar_of(found.case, request.user),
        "form": form,
        "give": give,
        "may_reopen": request.scope.covers(found.case, Right.REOPEN),
        "sees_spot": request.scope.covers(found.spot_check, Right.FIGURES),
    }
    return render(request, "assessment/spot_item.html", context, status=status)
