"""The moves on a case: one POST each, one domain call each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from grids.models import Post

from .. import actions
from ..enums import Action, CheckMethod, Concern, Evaluation, Grade, Refusal
from ..forms.base import StepForm
from ..forms.steps import FORMS, AssignForm, TransferForm
from ..models import Case
from .answers import DISPATCH, case_in_scope, forbidden, may_ever, take
from .detail import show
from .dispatch import panel_page

Call = Callable[[Case, StepForm, Post, datetime], Case]


def _assign(case: Case, form: AssignForm, by: Post, at: datetime) -> Case:
    said = form.cleaned_data
    return actions.assign(
        case, unit=form.addressee, limit=form.limit, instruction=said["instruction"],
        fresh_clock_because=said.get("fresh_clock_because", ""), by=by, at=at, **form.move,
    )  # fmt: skip


def _with_result(action: Callable[..., Case]) -> Call:
    def call(case: Case, form: StepForm, by: Post, at: datetime) -> Case:
        said = {name: form.cleaned_data[name] for name in ("result", "photos", "keep_position")}
        return action(case, by=by, at=at, **said, **form.move)

    return call


def _with_note(action: Callable[..., Case]) -> Call:
    return lambda case, form, by, at: action(case, note=form.cleaned_data["note"], by=by, at=at, **form.move)


def _verify(passed: bool) -> Call:
    def call(case: Case, form: StepForm, by: Post, at: datetime) -> Case:
        method = CheckMethod(form.cleaned_data["method"])
        note = form.cleaned_data["note"]
        return actions.verify(case, passed=passed, note=note, method=method, by=by, at=at, **form.move)

    return call


def _close(case: Case, form: StepForm, by: Post, at: datetime) -> Case:
    evaluation = Evaluation(form.cleaned_data["evaluation"])
    return actions.close(
        case, evaluation=evaluation, note=form.cleaned_data["note"], by=by, at=at, **form.move
    )


def _transfer(case: Case, form: TransferForm, by: Post, at: datetime) -> Case:
    said = form.cleaned_data
    return actions.transfer(
        case, unit=form.addressee, note=said["note"], instruction=said["instruction"], by=by, at=at, **form.move
    )  # fmt: skip


def _with(action: Callable[..., Case], **kinds: Callable[[Any], Any]) -> Call:
    """A reason and what else the form asks for, each in the kind the action takes."""

    def call(case: Case, form: StepForm, by: Post, at: datetime) -> Case:
        said = {name: kind(form.cleaned_data[name]) for name, kind in kinds.items()}
        return action(case, note=form.cleaned_data["note"], by=by, at=at, **said, **form.move)

    return call


def _with_unit(action: Callable[..., Case]) -> Call:
    """A reason, and the unit it is about."""
    return lambda case, form, by, at: action(
        case, unit=form.addressee, note=form.cleaned_data["note"], by=by, at=at, **form.move
    )


def _found(row: Any) -> Any:
    """A row that the form has looked up."""
    return row


CALLS: dict[Action, Call] = {
    Action.CLAIM: lambda case, form, by, at: actions.claim(case, by=by, at=at, **form.move),
    Action.ASSIGN: _assign,
    Action.DECLINE: _with_note(actions.decline),
    Action.WITHDRAW: _with_note(actions.withdraw),
    Action.SETTLE: _with_result(actions.settle),
    Action.SIGN: _with_note(actions.sign),
    Action.RETURN: _with_note(actions.return_),
    Action.RECALL: _with_note(actions.recall),
    Action.FEED_BACK: _with_result(actions.feed_back),
    Action.PASS: _verify(passed=True),
    Action.FAIL: _verify(passed=False),
    Action.CLOSE: _close,
    Action.REOPEN: _with_note(actions.reopen),
    Action.ESCALATE: _with_note(actions.escalate),
    Action.TRANSFER: _transfer,
    Action.MERGE: _with(actions.merge, into=_found),
    Action.RECATEGORISE: _with(actions.recategorise, category=_found),
    Action.FLAG: _with(actions.flag, concern=Concern),
    Action.SUPERVISE: _with(actions.supervise, grade=Grade),
    Action.LIFT: _with_note(actions.lift),
    Action.EXTEND: _with(actions.extend, amount=int),
    Action.SUSPEND: _with(actions.suspend, until=_found),
    Action.ENDORSE: _with_note(actions.endorse),
    Action.TURN_DOWN: _with_note(actions.turn_down),
    Action.GRANT: _with_note(actions.grant),
    Action.REFUSE: _with_note(actions.refuse),
    Action.RESUME: _with_note(actions.resume),
    Action.INVITE: _with_unit(actions.invite),
    Action.ASSIST: _with_note(actions.assist),
    Action.RELEASE: _with_unit(actions.release),
}


@require_POST
def move(request: HttpRequest, pk: int, action: Action) -> HttpResponse:
    """A person takes one edge of the table."""
    case = case_in_scope(request, pk)
    if not may_ever(request, case, action):
        raise forbidden(Refusal.NO_RIGHT)  # before the form, which would tell what exists
    form = FORMS[action](request.POST, request.FILES, case=case, at=request.at)
    page = panel_page if request.POST.get("next") == DISPATCH else show
    if not form.is_valid():
        return page(request, case, form, 422)
    return take(request, case, action, form, lambda by: CALLS[action](case, form, by, request.at), page)
