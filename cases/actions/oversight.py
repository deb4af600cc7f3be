"""What those above do to a case without handling it: supervise, flag, file anew, merge."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Post

from ..enums import Action, Concern, Grade, Refusal
from ..models import Case, Category
from ..rules import lifecycle
from ..rules.lifecycle import NotAllowed
from .ledger import Turn


class MoveRefused(ValueError):
    """Why this cannot be done like this, in words for the person who tried."""


@transaction.atomic
def supervise(
    case: Case, *, grade: Grade, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """A supervision order (督办) of one of three grades. It only becomes stricter until it is lifted."""
    turn = Turn.begin(case, Action.SUPERVISE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case = turn.case
    if not lifecycle.may_become(Grade(case.grade) if case.grade else None, grade):
        raise NotAllowed(Refusal.SUPERVISED)
    case.grade = grade
    return turn.finish(note=note, grade=grade)


@transaction.atomic
def lift(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The supervision ends; a later one begins with any grade again."""
    turn = Turn.begin(case, Action.LIFT, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    lifted, turn.case.grade = turn.case.grade, ""
    return turn.finish(note=note, grade=lifted)


@transaction.atomic
def flag(
    case: Case, *, concern: Concern, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """A common or major problem (共性/重大问题) goes to the leader in charge and under supervision."""
    turn = Turn.begin(case, Action.FLAG, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case = turn.case
    case.concern, case.grade = concern, case.grade or Grade.ORDINARY
    return turn.finish(note=note, concern=concern, grade=case.grade)


@transaction.atomic
def recategorise(
    case: Case, *, category: Category, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The dispatcher files the case under another category. No limit that runs is touched."""
    turn = Turn.begin(case, Action.RECATEGORISE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case, before = turn.case, turn.case.category
    if category == before:
        raise MoveRefused(_("The case is filed there already."))
    if not Category.objects.leaves().filter(pk=category.pk).exists():
        raise MoveRefused(_("Please choose what exactly the problem is."))
    case.category, case.ledger = category, category.ledger
    return turn.finish(note=note, category=category.code, before=before.code)


@transaction.atomic
def merge(
    case: Case, *, into: Case, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The same problem was reported before (并案): this report ends, that case goes on for both reporters."""
    kept = Case.objects.select_for_update().get(pk=into.pk) if into.pk < case.pk else None
    turn = Turn.begin(case, Action.MERGE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    kept = kept or Case.objects.select_for_update().get(pk=into.pk)
    if kept.pk == turn.case.pk or kept.street_id != turn.case.street_id:
        raise MoveRefused(_("A case is merged into another one of the same street."))
    if not kept.is_open:
        raise MoveRefused(_("%(number)s has ended; a case is merged into an open one.") % {"number": kept})
    return _merged(turn, kept, note)


def _merged(turn: Turn, kept: Case, note: str) -> Case:
    case = turn.case
    case.merged_into, case.ended_at, case.holder_post = kept, turn.at, None
    case.due_at, case.is_provisional = None, False
    return turn.finish(note=note, into=kept.number)
