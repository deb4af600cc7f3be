"""Joint handling: one lead (主办), any number of units that assist it (协办)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Department, Grid, Post
from grids.queries import work_calendar

from ..enums import Action, Outcome, Part
from ..models import Assignment, Case, Milestone
from ..queries.policies import hours_of, policy_at
from ..rules import clock
from .deadlines import schedule_of
from .handling import AssignmentRefused, SixOnes, answering_post, draft, may_be_given
from .ledger import Turn


@transaction.atomic
def invite(
    case: Case, *, unit: Grid | Department, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The dispatcher asks another unit to assist; the limit is the lead's, and so is the answer for it."""
    turn = Turn.begin(case, Action.INVITE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    lead = turn.given
    may_be_given(turn.case, unit, by=by, at=turn.at)
    if unit == lead.unit or any(unit == helper.unit for helper in turn.case.helpers):
        raise AssignmentRefused(_("%(unit)s has the case already.") % {"unit": unit})
    calendar = hours_of(policy_at(turn.case.district_id, turn.case.street_id, turn.at), work_calendar())
    ones = SixOnes(lead.leader, None, lead.grid_leader)
    helper = draft(
        turn.case, unit, answering_post(unit, turn.at), lead.limit, calendar, ones, at=turn.at, by=by, continues=lead,
        part=Part.ASSIST, round=lead.round, instruction=note,
    )  # fmt: skip
    helper.save()
    Milestone.objects.bulk_create(schedule_of(helper, calendar))
    return turn.finish(note=note, unit=str(unit))


@transaction.atomic
def assist(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """An assisting unit says what it has done; the lead can feed back once all have."""
    turn = Turn.begin(case, Action.ASSIST, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    mine = next(helper for helper in turn.case.helpers if helper.is_answered_for_by(by))
    mine.fed_back_at, mine.fed_back_by, mine.result = turn.at, by.user, note
    if turn.lead:  # the limit is the lead's, as it stands now
        mine.due_at, mine.is_provisional = turn.lead.due_at, turn.lead.is_provisional
    mine.on_time = clock.is_on_time(mine.due_at, turn.at)
    mine.milestones.filter(done_at__isnull=True).update(done_at=turn.at)
    _end(mine, Outcome.DONE, turn.at)
    return turn.finish(note=note, unit=str(mine.unit))


@transaction.atomic
def release(
    case: Case, *, unit: Grid | Department, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The dispatcher no longer needs a unit's assistance."""
    turn = Turn.begin(case, Action.RELEASE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    released = next((helper for helper in turn.case.helpers if helper.unit == unit), None)
    if released is None:
        raise AssignmentRefused(_("%(unit)s does not assist in this case.") % {"unit": unit})
    _end(released, Outcome.RECALLED, turn.at)
    return turn.finish(note=note, unit=str(unit))


def _end(helper: Assignment, outcome: Outcome, at: datetime) -> None:
    helper.outcome, helper.ended_at = outcome, at
    helper.save()
