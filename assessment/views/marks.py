"""What people say about scores: inspections, appeals, amendments, and what a month proposes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.kit import listing
from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Grid, Post

from .. import actions
from ..forms.scores import AmendForm, AppealDecisionForm, AppealForm, DecisionForm, MarkForm
from ..models import Indicator, Run
from ..queries import scores as questions
from ..queries.runs import previous
from ..queries.schemes import holding
from ..rules.scoring import QUARTER
from .scores import score_asked, show
from .tabs import tabs


def _needs(post: Post | None) -> Post:
    if post is None:
        raise Forbidden(_("Your post does not allow this here."))
    return post


# --- inspections --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def marks(request: HttpRequest) -> HttpResponse:
    """The entries of inspectors in her places, and the form for one more."""
    spans = request.scope.spans(Right.SUPERVISE)
    if not spans:
        raise Forbidden(_("Your post does not allow this here."))
    top = Grid.objects.get(pk=spans[0].grid_id)
    form = _mark_form(request, top)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _inspect(request, form):
            messages.success(request, _("Entered. It counts when a second person has approved it."))
            return redirect("assessment:marks")
    page = listing.page(questions.marks_seen(request.scope), cursor=request.GET.get("cursor"), order=("-pk",))
    names = {line.code: line.label for line in _lines(request, top)} | {
        QUARTER: _("Judgement of the quarter")
    }
    rows = [(mark, names.get(mark.indicator, mark.indicator)) for mark in page.rows]
    context = {
        "title": _("Inspections for the scores"), "tabs": tabs(request, "marks"), "form": form, "rows": rows,
        **listing.around(request.GET, page),
    }  # fmt: skip
    return render(request, "assessment/marks.html", context, status=status)


def _lines(request: HttpRequest, top: Grid) -> list[Indicator]:
    _scheme, lines = holding(questions.district_of(top), previous(request.at))
    return [line for line in lines if not line.formula]


def _mark_form(request: HttpRequest, top: Grid) -> MarkForm:
    first = {"month": f"{previous(request.at):%Y-%m}", "grid": request.GET.get("grid", "")}
    sent = request.POST if request.method == "POST" else None
    return MarkForm(sent, initial=first, indicators=_lines(request, top))


def _inspect(request: HttpRequest, form: MarkForm) -> Any:
    sent = form.cleaned_data
    grid = Grid.objects.within(request.scope, Right.SUPERVISE).filter(code=sent["grid"].strip()).first()
    if grid is None:
        form.add_error("grid", _("There is no grid of this code in your place."))
        return None
    by = _needs(request.scope.post_over(grid.code, Right.SUPERVISE))
    names = ("indicator", "month", "points", "reason", "evidence", "key")
    try:
        return actions.inspect(grid, by=by, at=request.at, **{name: sent[name] for name in names})
    except actions.ScoringRefused as no:
        form.add_error(None, str(no))
        return None


@require_POST
def decide_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person approves an entry, or refuses it."""
    mark = get_object_or_404(questions.marks_seen(request.scope), pk=pk)
    by = _needs(request.scope.post_over(mark.grid.code, Right.SUPERVISE))
    form = DecisionForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        _try(
            request,
            lambda: actions.decide_mark(
                mark, approve=sent["is_granted"], note=sent["reason"], by=by, at=request.at
            ),
        )
    return redirect("assessment:marks")


def _try(request: HttpRequest, act: Any) -> None:
    try:
        act()
    except actions.ScoringRefused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, _("Decided."))


# --- appeals ------------------------------------------------------------------------------------------------


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid does not accept a line of its score."""
    score = score_asked(request, pk)
    by = _needs(request.scope.post_at(score.grid_id, Right.INQUIRE))
    form = AppealForm(request.POST, lines=questions.lines_of(score))
    if not form.is_valid():
        return show(request, score, form, status=422)
    try:
        actions.appeal(score, by=by, at=request.at, **form.cleaned_data)
    except actions.ScoringRefused as no:
        form.add_error(None, str(no))
        return show(request, score, form, status=422)
    messages.success(
        request, _("Your appeal has been filed. The district decides before the month is published.")
    )
    return redirect(score)


@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """The appeals of a place; the district decides on them here."""
    if Right.FIGURES not in request.scope.rights:
        raise Forbidden(_("Your post does not allow this here."))
    return appeals_page(request)


def appeals_page(
    request: HttpRequest, wrong: dict[int, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The list, with a decision that was not acceptable."""
    page = listing.page(
        questions.appeals_seen(request.scope), cursor=request.GET.get("cursor"), order=("-pk",)
    )
    wrong = wrong or {}
    rows = [
        (
            each,
            questions.labels_of(each.score.run.scheme).get(each.indicator, each.indicator),
            wrong.get(each.pk) or AppealDecisionForm(auto_id=f"id_{each.pk}_%s"),
            request.scope.post_at(each.score.run.grid_id, Right.SUPERVISE) is not None,
        )
        for each in page.rows
    ]
    context = {
        "title": _("Appeals against scores"),
        "tabs": tabs(request, "appeals"),
        "rows": rows,
        **listing.around(request.GET, page),
    }
    return render(request, "assessment/appeals.html", context, status=status)


@require_POST
def decide_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The district gives points back, or refuses."""
    found = get_object_or_404(questions.appeals_seen(request.scope), pk=pk)
    by = _needs(request.scope.post_at(found.score.run.grid_id, Right.SUPERVISE))
    form = AppealDecisionForm(request.POST, auto_id=f"id_{found.pk}_%s")
    if not form.is_valid():
        return appeals_page(request, {found.pk: form}, status=422)
    try:
        actions.decide_appeal(
            found, points=form.granted, decision=form.cleaned_data["reason"], by=by, at=request.at
        )
    except actions.ScoringRefused as no:
        form.add_error(None, str(no))
        return appeals_page(request, {found.pk: form}, status=422)
    messages.success(request, _("Decided."))
    return redirect("assessment:appeals")


@require_POST
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """A published score is found wrong: the amendment stands beside it."""
    score = score_asked(request, pk)
    by = _needs(request.scope.post_at(score.run.grid_id, Right.POLICY))
    form = AmendForm(request.POST, lines=questions.lines_of(score))
    if not form.is_valid():
        return show(request, score, form, status=422)
    try:
        actions.amend(score, by=by, at=request.at, **form.cleaned_data)
    except actions.ScoringRefused as no:
        form.add_error(None, str(no))
        return show(request, score, form, status=422)
    messages.success(request, _("Amended. The published figure stays beside it."))
    return redirect(score)


# --- what a month proposes ------------------------------------------------------------------------------------


@require_safe
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    """Best, last and warned grids of a month, for the district to decide on."""
    run = _run(request, pk)
    context = {
        "title": _("Honours and warnings of %(month)s") % {"month": f"{run.month:%Y-%m}"}, "run": run,
        "rows": questions.proposals_of(run),
    }  # fmt: skip
    return render(request, "assessment/proposals.html", context)


def _run(request: HttpRequest, pk: int) -> Run:
    """A month of her own district."""
    run = get_object_or_404(Run.objects.select_related("grid"), pk=pk)
    post = request.scope.post_at(run.grid_id, Right.POLICY)
    if post is None:
        district = Grid.objects.within(request.scope).filter(pk=run.grid_id)
        get_object_or_404(district)
    _needs(post)
    return run


@require_POST
def decide_proposal(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """A person confirms what was proposed, or drops it."""
    run = _run(request, pk)
    found = get_object_or_404(questions.proposals_of(run), pk=proposal)
    by = _needs(request.scope.post_at(run.grid_id, Right.POLICY))
    form = DecisionForm(request.POST)
    if form.is_valid():
        sent = form.cleaned_data
        _try(
            request,
            lambda: actions.decide_proposal(
                found, confirm=sent["is_granted"], reason=sent["reason"], by=by, at=request.at
            ),
        )
    return redirect("assessment:proposals", run.pk)
