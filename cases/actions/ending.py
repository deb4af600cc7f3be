"""How a case ends: closed, declined, withdrawn; and how a closed one is opened again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from grids.models import Post

from ..enums import Action, Evaluation
from ..models import Case
from .handling import open_assignment
from .ledger import Turn


@transaction.atomic
def close(
    case: Case, *, evaluation: Evaluation, by: Post, at: datetime, note: str = "", version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The verified result is filed with its overall evaluation (综合评价)."""
    turn = Turn.begin(case, Action.CLOSE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    turn.case.evaluation = evaluation
    return _end(turn, note, on_time=turn.case.on_time, evaluation=evaluation)


@transaction.atomic
def decline(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The dispatcher does not take it on (不予受理) and says why."""
    turn = Turn.begin(case, Action.DECLINE, by=by, at=at, version=version, key=key)
    return turn.case if turn.is_replay else _end(turn, note)


@transaction.atomic
def withdraw(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The reporter takes it back before anybody was given it."""
    turn = Turn.begin(case, Action.WITHDRAW, by=by, at=at, version=version, key=key)
    return turn.case if turn.is_replay else _end(turn, note)


def _end(turn: Turn, note: str, on_time: bool | None = None, **data: str) -> Case:
    turn.case.ended_at = turn.at
    turn.case.due_at, turn.case.is_provisional = None, False
    turn.case.holder_post = None
    return turn.finish(note=note, on_time=on_time, **data)


@transaction.atomic
def reopen(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """A closed case turns out not to be solved: a new assignment to the unit that had it, a new clock.

    The old verdict stays on the old assignment and in the events.
    """
    turn = Turn.begin(case, Action.REOPEN, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case = turn.case
    last = case.assignments.filter(part="lead").latest("pk")
    case.reopenings += 1
    case.ended_at, case.on_time, case.evaluation = None, None, ""
    case.expiries = 0
    assignment = open_assignment(turn, last.unit, case.category.limit, instruction=last.instruction)
    return turn.finish(note=note, unit=str(last.unit), assignment=assignment.pk)
