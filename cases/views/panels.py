"""The panels of what a person can do now: one per move the table allows her, each with its form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from grids.models import Post

from ..enums import Action
from ..forms.base import StepForm
from .answers import Row, case_of

TURNS_BACK = {
    Action.FAIL, Action.RETURN, Action.RECALL, Action.DECLINE, Action.WITHDRAW, Action.REOPEN, Action.MERGE,
    Action.TRANSFER, Action.RECATEGORISE, Action.FLAG, Action.SUPERVISE, Action.LIFT, Action.OBJECT,
    Action.REFUSE, Action.TURN_DOWN, Action.EXTEND, Action.SUSPEND, Action.INVITE, Action.RELEASE,
}  # fmt: skip


@dataclass(frozen=True)
class Panel:
    """One move: from which post, with which form, and where the form goes."""

    action: Action
    url: str
    post: Post
    form: StepForm
    is_open: bool

    @property
    def turns_back(self) -> bool:
        return self.action in TURNS_BACK


def panels(
    request: HttpRequest, row: Row, forms: Mapping[Action, type[StepForm]], allowed: Mapping[Action, Post],
    order: Iterable[Action], refused: StepForm | None,
) -> list[Panel]:  # fmt: skip
    """The allowed moves in their order; the form that was refused stands open as it was sent."""
    case = case_of(row)
    sent = request.resolver_match.url_name if refused is not None else None
    return [
        Panel(
            action,
            reverse(f"cases:{action.value}", args=[row.pk]),
            allowed[action],
            refused if sent == action.value else forms[action](case=case, at=request.at),
            sent == action.value,
        )
        for action in order
        if action in allowed
    ]
