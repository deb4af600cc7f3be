"""From a POST to one domain call to an answer: the same for every move on a case.

302 done · 403 inside the subtree without the right · 404 outside it · 409 somebody was faster, or too late ·
422 what was typed cannot be accepted. Nothing is half written in any of them.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from gridgov.kit.refusals import Forbidden
from grids.models import Post

from .. import actions
from ..enums import Action, Refusal
from ..forms.base import StepForm
from ..models import Case, CaseEvent, Inquiry
from ..queries import facts_of, open_lead, post_for
from ..rules import lifecycle
from ..rules.lifecycle import NotAllowed

DISPATCH = "dispatch"  # what a form of the dispatch desk sends as `next`
REFUSED = (actions.AssignmentRefused, actions.MoveRefused, actions.PatrolRefused, actions.ReportRefused)

# What is wrong with the person is a 403, what is wrong with the moment a 409, the rest is a 422.
FORBIDDEN = {
    Refusal.NO_RIGHT, Refusal.POST_ENDED, Refusal.NOT_THE_REPORTER, Refusal.NOT_THE_HOLDER,
    Refusal.NOT_A_SETTLER, Refusal.HANDLED_IT, Refusal.NOT_THE_ASKER, Refusal.NOT_THE_ANSWERER,
    Refusal.NOT_THE_DECIDER, Refusal.NOT_A_HELPER, Refusal.NOT_ABOVE, Refusal.APPLIED,
}  # fmt: skip
PAST = {
    Refusal.ALREADY_ASSIGNED, Refusal.RETURNED_TWICE, Refusal.TOO_OLD_TO_REOPEN,
    Refusal.NO_LEVEL_ABOVE, Refusal.NO_INQUIRY, Refusal.SUPERVISED, Refusal.NOT_SUPERVISED,
    Refusal.ALREADY_FLAGGED, Refusal.INQUIRY_OPEN, Refusal.SUSPENDED, Refusal.NOT_SUSPENDED,
    Refusal.APPLICATION_OPEN, Refusal.NO_APPLICATION, Refusal.EXTENDED_TWICE, Refusal.LIMIT_PASSED,
    Refusal.HELPERS_OPEN, Refusal.NO_HELPERS,
}  # fmt: skip

Row = Case | Inquiry  # what a move is about: a case, or the inquiry that goes with one
Page = Callable[[HttpRequest, Any, StepForm | None, int], HttpResponse]


def case_in_scope(request: HttpRequest, pk: int) -> Case:
    """The case, if it lies in the person's subtree; otherwise it does not exist."""
    cases = Case.objects.within(request.scope).select_related(
        "category__parent", "grid", "building", "community", "street", "district",
        "holder_grid", "holder_department", "holder_post__user", "reporter", "reporter_post__grid",
        "merged_into",
    )  # fmt: skip
    return get_object_or_404(cases, pk=pk)


def case_of(row: Row) -> Case:
    return row.case if isinstance(row, Inquiry) else row


def paper_of(row: Row) -> Inquiry | None:
    return row if isinstance(row, Inquiry) else None


def acting(request: HttpRequest, row: Row, action: Action) -> Post | None:
    """The post from which the person would take this action now; None when the table lets none of hers."""
    case = case_of(row)
    edge = lifecycle.BY_STEP_AND_ACTION.get((case.step, action))
    if edge is None:
        return None
    return post_for(case, open_lead(case), edge, request.scope, request.at, paper_of(row))


def take(
    request: HttpRequest, row: Row, action: Action, form: StepForm, do: Callable[[Post], Row], page: Page
) -> HttpResponse:
    """Carry out one move and say how it went."""
    by = (
        acting(request, row, action)
        or _post_of_replay(request, case_of(row), form)
        or _why_not(request, row, action)
    )
    if isinstance(by, Refusal):
        return refused(request, row, by, form, page)
    try:
        moved = do(by)
    except actions.Clash as clash:
        return clashed(request, row, clash.last, form)
    except NotAllowed as no:
        return refused(request, row, no.refusal, form, page)
    except REFUSED as no:
        form.add_error(None, str(no))
        return page(request, row, form, 422)
    return redirect(_onward(request, moved))


def _onward(request: HttpRequest, moved: Row) -> str:
    """Back to the desk the move was made from; a word, not an address, so it leads nowhere else."""
    if request.POST.get("next") == DISPATCH:
        return f"{reverse('cases:dispatch')}?after={moved.pk}"
    return moved.get_absolute_url()


def refused(request: HttpRequest, row: Row, refusal: Refusal, form: StepForm, page: Page) -> HttpResponse:
    if refusal in FORBIDDEN:
        raise forbidden(refusal)
    if refusal == Refusal.WRONG_STEP:
        return clashed(request, row, case_of(row).events.order_by("-seq").first(), form, refusal.label)
    if refusal in PAST:
        context = {"url": row.get_absolute_url(), "reason": refusal.label, "typed": form.as_seen}
        return render(request, "cases/too_late.html", context, status=409)
    form.add_error(None, refusal.label)
    return page(request, row, form, 422)


def forbidden(refusal: Refusal) -> PermissionDenied:
    """The 403 with its reason. Of a right that is missing the general page says more: whom to ask."""
    return PermissionDenied() if refusal == Refusal.NO_RIGHT else Forbidden(refusal.label)


def clashed(
    request: HttpRequest, row: Row, last: CaseEvent, form: StepForm, reason: str = ""
) -> HttpResponse:
    """The case has moved on: who did what when, and what the person had typed, to copy."""
    context = {"url": row.get_absolute_url(), "last": last, "typed": form.as_seen, "reason": reason}
    return render(request, "cases/clash.html", context, status=409)


def may_ever(request: HttpRequest, case: Case, action: Action) -> bool:
    """Whether the person has the right to this move on the case, at whatever step it stands."""
    rights = {edge.right for edge in lifecycle.EDGES if edge.action == action}
    return any(request.scope.covers(case, right) for right in rights)


def _post_of_replay(request: HttpRequest, case: Case, form: StepForm) -> Post | None:
    """The same form again: its event exists, so the action will recognise it and change nothing."""
    event = CaseEvent.objects.filter(key=form.cleaned_data["key"], case=case, actor=request.user).first()
    return event.post if event else None


def _why_not(request: HttpRequest, row: Row, action: Action) -> Refusal:
    """The refusal to show when none of the person's posts may act."""
    case = case_of(row)
    edge = lifecycle.BY_STEP_AND_ACTION.get((case.step, action))
    if edge is None:
        return Refusal.WRONG_STEP if may_ever(request, case, action) else Refusal.NO_RIGHT
    if not request.scope.covers(case, edge.right):
        return Refusal.NO_RIGHT
    return _most_telling(request, row, edge)


def _most_telling(request: HttpRequest, row: Row, edge: lifecycle.Edge) -> Refusal:
    """Of the reasons why each of her posts may not, the one that says more than «no right»."""
    case, paper = case_of(row), paper_of(row)
    lead = open_lead(case)
    facts = (facts_of(case, lead, post, edge, request.at, paper) for post in request.scope.posts)
    reasons = [lifecycle.refusal(edge, fact) for fact in facts]
    return next((reason for reason in reasons if reason not in (None, Refusal.NO_RIGHT)), Refusal.NO_RIGHT)
