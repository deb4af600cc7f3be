"""What residents say: of one closed case, and of a grid by sheets."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import Case, CaseEvent
from gridgov.kit import listing
from gridgov.kit.listing import around
from grids.enums import Right
from grids.models import Grid
from grids.rules.workdays import local_date

from .. import actions
from ..enums import Dimension, Satisfaction
from ..forms.checks import CorrectionForm, PeriodRatingForm, RatingForm
from ..models import PeriodRating
from ..queries import satisfaction as questions
from ..queries.spot_checks import bar_of
from ..rules.checks import HANDLING
from .checking import must_hold, places_for, post_over, tabs, take

# --- one case -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """What the resident says of a closed case: to be taken down, or as it was taken down."""
    rows = Case.objects.within(request.scope).select_related("category", "grid", "community", "building")
    case = get_object_or_404(rows, pk=pk)
    closing = questions.standing_closing(case)
    by = request.scope.post_for(case, Right.VERIFY)
    if request.method != "POST":
        return _page(request, case, closing, _offered(request, case, closing))

    if by is None:
        raise PermissionDenied
    form = RatingForm(request.POST)
    return take(
        form,
        lambda: _rated(actions.rate_case(case, by=by, at=request.at, **form.told).case_id),
        lambda status: _page(request, case, closing, form, status),
    )


def _rated(pk: int) -> str:
    return reverse("assessment:rate", args=[pk])


def _offered(request: HttpRequest, case: Case, closing: CaseEvent | None) -> RatingForm | None:
    """The form, for whoever may take it down: once, of a closed case, by nobody who handled it."""
    if closing is None or questions.rating_of(closing) or request.scope.post_for(case, Right.VERIFY) is None:
        return None
    if bar_of(case, request.user, HANDLING):
        return None
    return RatingForm(initial={"closing": closing.seq})


def _page(
    request: HttpRequest, case: Case, closing: CaseEvent | None, form: RatingForm | None, status: int = 200
) -> HttpResponse:
    verifies = request.scope.covers(case, Right.VERIFY)
    context = {
        "case": case,
        "closing": closing,
        "rating": questions.rating_of(closing) if closing else None,
        "bar": bar_of(case, request.user, HANDLING) if verifies else None,
        "form": form,
    }
    return render(request, "assessment/rate.html", context, status=status)


# --- sheets about a grid --------------------------------------------------------------------------------------


@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    """What the sheets say of each grid and period, corrections beside what they correct."""
    must_hold(request, Right.FIGURES)
    page = listing.page(questions.period_ratings(request.scope), cursor=request.GET.get("cursor"))
    can_record = Right.SUPERVISE in request.scope.rights
    context = {
        "rows": [(row, questions.graded([row]), _can_correct(request, row)) for row in page.rows],
        "dimensions": [dimension.label for dimension in Dimension],
        "grades": [grade.label for grade in Satisfaction],
        "can_record": can_record,
        "tabs": tabs("period_ratings"),
        **around(request.GET, page),
    }
    return render(request, "assessment/period_ratings.html", context)


def _can_correct(request: HttpRequest, row: PeriodRating) -> bool:
    return not row.is_counter and not hasattr(row, "counter") and request.scope.covers(row, Right.SUPERVISE)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """The street enters the sheets of a grid and period."""
    must_hold(request, Right.SUPERVISE)
    form = PeriodRatingForm(request.POST or None, places=places_for(request, Right.SUPERVISE))

    def page(status: int = 200) -> HttpResponse:
        return _form_page(
            request, form, status, heads=[form["grid"], form["since"], form["until"]], last=form["note"]
        )

    def enter() -> Any:
        grid = Grid.objects.get(code=form.cleaned_data["grid"])
        said = {name: form.cleaned_data[name] for name in ("key", "since", "until", "note")}
        by = post_over(request, grid, Right.SUPERVISE)
        actions.record_period_rating(grid, by=by, at=request.at, **form.sheets, **said)
        return "assessment:period_ratings"

    return take(form, enter, page) if request.method == "POST" else page()


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A wrong entry gets its counter-entry and is entered anew."""
    wrong = get_object_or_404(PeriodRating.objects.within(request.scope).select_related("grid"), pk=pk)
    by = request.scope.post_for(wrong, Right.SUPERVISE)
    if by is None:
        raise PermissionDenied
    form = CorrectionForm(request.POST or None, initial=wrong.counts)

    def page(status: int = 200) -> HttpResponse:
        return _form_page(request, form, status, wrong=wrong, heads=[], last=form["reason"])

    def enter() -> Any:
        said = {name: form.cleaned_data[name] for name in ("key", "reason")}
        actions.correct_period_rating(wrong, by=by, at=request.at, **form.sheets, **said)
        return "assessment:period_ratings"

    if request.method == "POST":
        return take(form, enter, page)
    if wrong.is_counter or PeriodRating.objects.filter(corrects=wrong).exists():
        return redirect("assessment:period_ratings")
    return page()


def _form_page(request: HttpRequest, form: Any, status: int, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "today": local_date(request.at),
        "back": reverse("assessment:period_ratings"),
        **more,
    }
    return render(request, "assessment/period_rating_form.html", context, status=status)
