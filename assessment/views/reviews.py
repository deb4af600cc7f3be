"""Accountability (责任倒追): a case traced back, the reviews of a scope, the page of one, and what concerns oneself."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.models import Case
from gridgov.kit import listing
from gridgov.kit.listing import around, query_string
from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Post

from ..actions import reviews as verbs
from ..enums import UNDER_WAY, Finding, Ground, Measure, ReviewState
from ..forms.reviews import (
    AppealForm,
    MeasureForm,
    OpenReviewForm,
    ReviewFilterForm,
    RulingForm,
    StatementForm,
)
from ..models import Charge, Review, ReviewEvent
from ..queries import reviews as questions
from ..queries.tracing import trace_of
from ..rules.tracing import APPEAL_DAYS, HEARING_DAYS

PRINTED = 500

# --- a case traced back -------------------------------------------------------------------------------


@require_safe
def trace(request: HttpRequest, pk: int) -> HttpResponse:
    return show_trace(request, _case(request, pk))


def _case(request: HttpRequest, pk: int) -> Case:
    """Outside the subtree the case does not exist; inside, only who supervises traces it back."""
    rows = Case.objects.within(request.scope).select_related("category", "grid", "community", "building")
    case = get_object_or_404(rows, pk=pk)
    if not request.scope.covers(case, Right.SUPERVISE):
        raise Forbidden(_("Only those who supervise this place trace a case back."))
    return case


def show_trace(
    request: HttpRequest, case: Case, form: OpenReviewForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a traced case, with the form that was refused as it was sent."""
    traced = trace_of(case, request.at)
    context = {
        "case": case,
        "trace": traced,
        "found": [(one, _opening(form, one.finding)) for one in traced.found],
        "refused": form,
        "hearing_days": HEARING_DAYS,
    }
    return render(request, "assessment/trace.html", context, status=status)


def _opening(form: OpenReviewForm | None, finding: Finding) -> OpenReviewForm:
    if form is not None and form.data.get("finding") == finding:
        return form
    return OpenReviewForm(initial={"finding": finding.value}, auto_id=f"{finding.value}_%s")


@require_POST
def open_review(request: HttpRequest, pk: int) -> HttpResponse:
    case = _case(request, pk)
    by = request.scope.post_for(case, Right.SUPERVISE)
    form = OpenReviewForm(request.POST)
    if not form.is_valid():
        return show_trace(request, case, form, status=422)

    said = {**form.cleaned_data, "finding": Finding(form.cleaned_data["finding"])}
    try:
        review = verbs.open_review(case, by=by, at=request.at, **said)
    except verbs.ReviewRefused as no:
        form.add_error(None, str(no))
        return show_trace(request, case, form, status=422)
    messages.success(
        request, _("Review %(review)s is open; those it concerns have been told.") % {"review": review}
    )
    return redirect(review)


# --- lists --------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The reviews of the places she supervises, by how they stand."""
    state = _wanted(request)
    page = listing.page(questions.found(request.scope, state), cursor=request.GET.get("cursor"))
    context = {
        "rows": page.rows,
        "state": state,
        "tabs": _tabs(request, state),
        "paper_url": reverse("assessment:reviews_paper") + query_string(request.GET),
        **around(request.GET, page),
    }
    return render(request, "assessment/reviews.html", context)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The same rows on paper."""
    state = _wanted(request)
    rows = list(questions.found(request.scope, state).order_by("-pk")[: PRINTED + 1])
    context = {
        "rows": rows[:PRINTED],
        "state": state,
        "is_cut": len(rows) > PRINTED,
        "printed": PRINTED,
        "at": request.at,
        "back_url": reverse("assessment:reviews") + query_string(request.GET),
    }
    return render(request, "assessment/reviews_paper.html", context)


def _wanted(request: HttpRequest) -> ReviewState | None:
    if Right.SUPERVISE not in request.scope.rights:
        raise Forbidden(_("Only those who supervise see this list."))
    return ReviewFilterForm(request.GET).wanted


def _tabs(request: HttpRequest, current: ReviewState | None) -> list[dict[str, Any]]:
    numbers = questions.states(request.scope)
    here = reverse("assessment:reviews")
    every = {"label": _("All"), "url": here, "count": sum(numbers.values()), "current": current is None}
    return [every] + [
        {"label": state.label, "url": f"{here}?state={state.value}", "count": numbers.get(state, 0),
         "current": state == current, "hot": state in UNDER_WAY}
        for state in ReviewState
    ]  # fmt: skip


@require_safe
def charges(request: HttpRequest) -> HttpResponse:
    """What concerns oneself: reviews under way, and what was decided."""
    page = listing.page(questions.charges_of(request.scope), cursor=request.GET.get("cursor"))
    context = {"rows": page.rows, "at": request.at, **around(request.GET, page)}
    return render(request, "assessment/charges.html", context)


# --- one review ---------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, get_object_or_404(questions.visible(request.scope), pk=pk))


def show(
    request: HttpRequest,
    review: Review,
    refused: tuple[str, int, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a review; a person concerned sees her own charge and nobody else's."""
    supervises = request.scope.covers(review, Right.SUPERVISE)
    shown = list(questions.charges_shown(review, request.scope))
    events = review.events.select_related("by__user", "charge__user").order_by("-pk")
    if not supervises:
        events = events.filter(charge__in=shown) | events.filter(charge__isnull=True)
    about = questions.concerned(review)
    context = {
        "review": review,
        "supervises": supervises,
        "lines": [_line(request, charge, about, refused) for charge in shown],
        "events": [_told(event) for event in events],
        "appeal_days": APPEAL_DAYS,
        "sees_case": request.scope.covers(review.case),
    }
    return render(request, "assessment/review.html", context, status=status)


def _told(event: ReviewEvent) -> dict[str, Any]:
    """One line of the course of a review, as ui/timeline.html takes it."""
    about = f" · {event.charge.user}" if event.charge else ""
    return {
        "label": f"{event.get_change_display()}{about}",
        "at": event.at,
        "who": f"{event.by.user} {event.by.get_role_display()}",
        "note": event.note,
    }


def _line(
    request: HttpRequest, charge: Charge, about: set[int], refused: tuple[str, int, forms.Form] | None
) -> dict[str, Any]:
    """One charge, and the forms of what this person may do to it now."""
    may = questions.offered(charge, request.scope, about, request.at)
    offered = {
        "speak": StatementForm(auto_id=f"speak{charge.pk}_%s") if may.may_speak else None,
        "decide": MeasureForm(charge=charge, auto_id=f"decide{charge.pk}_%s") if may.deciding else None,
        "appeal": AppealForm(auto_id=f"appeal{charge.pk}_%s") if may.may_appeal else None,
        "rule": RulingForm(charge=charge, auto_id=f"rule{charge.pk}_%s") if may.ruling else None,
    }
    if refused and refused[1] == charge.pk:
        offered[refused[0]] = refused[2]
    return {"charge": charge, "may": may, "forms": offered}


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of a review on paper (责任倒追书), for who supervises."""
    review = get_object_or_404(questions.supervised(request.scope), pk=pk)
    context = {
        "review": review,
        "trace": trace_of(review.case, request.at),
        "charges": questions.charges_shown(review, request.scope),
        "back_url": review.get_absolute_url(),
    }
    return render(request, "assessment/review_paper.html", context)


# --- moves on a charge --------------------------------------------------------------------------------


def _own(request: HttpRequest, pk: int) -> Charge:
    """Her own charge; anybody else's does not exist for her here."""
    return get_object_or_404(questions.charges_of(request.scope), pk=pk)


def _judged(request: HttpRequest, pk: int) -> tuple[Charge, Post]:
    """A charge within her reach, and the post from which she decides; inside without it, a refusal."""
    rows = Charge.objects.filter(review__in=questions.visible(request.scope)).select_related("review")
    charge = get_object_or_404(rows, pk=pk)
    about = questions.concerned(charge.review)
    by = questions.judging_post(charge, request.scope, about)
    if by is None:
        raise Forbidden(_("Somebody else decides: at a level above that post, and not concerned herself."))
    return charge, by


@require_POST
def speak(request: HttpRequest, pk: int) -> HttpResponse:
    """The person concerned makes her statement."""
    charge = _own(request, pk)
    form = StatementForm(request.POST, auto_id=f"speak{pk}_%s")
    return _take(
        request, charge, "speak", form,
        lambda: verbs.speak(charge, by=charge.post, at=request.at, **form.cleaned_data),
        _("Your statement is on record."),
    )  # fmt: skip


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The person concerned does not agree with what was decided."""
    charge = _own(request, pk)
    form = AppealForm(request.POST, auto_id=f"appeal{pk}_%s")
    return _take(
        request, charge, "appeal", form,
        lambda: verbs.appeal(charge, by=charge.post, at=request.at, **form.cleaned_data),
        _("Your appeal is on record; until somebody else has decided, nothing is in force."),
    )  # fmt: skip


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody above decides what follows for one person."""
    charge, by = _judged(request, pk)
    form = MeasureForm(request.POST, charge=charge, auto_id=f"decide{pk}_%s")

    def write() -> None:
        said = form.cleaned_data
        measure, ground = Measure(said["measure"]), Ground(said["ground"])
        verbs.decide(
            charge, measure=measure, ground=ground, reasons=said["reasons"], key=said["key"], by=by, at=request.at
        )  # fmt: skip

    return _take(request, charge, "decide", form, write, _("Decided; she has been told and may appeal."))


@require_POST
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else than the first decider decides on the appeal."""
    charge, by = _judged(request, pk)
    form = RulingForm(request.POST, charge=charge, auto_id=f"rule{pk}_%s")

    def write() -> None:
        said = form.cleaned_data
        verbs.rule(
            charge, measure=Measure(said["measure"]), reasons=said["reasons"], key=said["key"], by=by, at=request.at
        )  # fmt: skip

    return _take(request, charge, "rule", form, write, _("The appeal is decided; she has been told."))


def _take(
    request: HttpRequest, charge: Charge, name: str, form: forms.Form, write: Callable[[], object], done: str
) -> HttpResponse:
    """One form of one charge: refused in its own words, or done."""
    if form.is_valid():
        try:
            write()
            messages.success(request, done)
            return redirect(charge)
        except verbs.ReviewRefused as no:
            form.add_error(None, str(no))
    review = get_object_or_404(questions.visible(request.scope), pk=charge.review_id)
    return show(request, review, (name, charge.pk, form), status=422)
