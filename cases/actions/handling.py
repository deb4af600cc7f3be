"""From the command centre to the unit that handles it, and back with a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.kit.images import CleanImage
from grids.enums import Role
from grids.models import Department, Grid, Post
from grids.queries import answering_roles, holder_of, holders_of, work_calendar
from grids.rules.workdays import WorkCalendar, local_date

from ..enums import Action, CheckMethod, EvidenceStage, Outcome, Unit
from ..models import Assignment, Case
from ..queries.affairs import is_admitted, why_not
from ..queries.duty import post_on_duty
from ..queries.pauses import pauses_of
from ..queries.policies import hours_of, policy_at
from ..rules import admission, clock
from ..rules.clock import Due, Limit
from ..rules.duty import answers_on_duty
from .deadlines import RUNNING, cancel, counted, run_again, sign_due, start_clock
from .evidence import attach
from .inquiries import lapse
from .ledger import Turn
from .reporting import ReportRefused, report


class AssignmentRefused(ValueError):
    """Why work cannot be given like this, in words for the dispatcher."""


@dataclass(frozen=True)
class SixOnes:
    """Who stands for a case (六个一): the lead leader, the direct responsible person, the grid leader."""

    leader: Post | None = None
    direct: Post | None = None
    grid_leader: Post | None = None


@transaction.atomic
def claim(case: Case, *, by: Post, at: datetime, version: int | None = None, key: UUID | None = None) -> Case:
    """A dispatcher takes a waiting case in hand, so that two do not work on the same one."""
    turn = Turn.begin(case, Action.CLAIM, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    turn.case.holder_post = by
    return turn.finish()


@transaction.atomic
def assign(
    case: Case, *, unit: Grid | Department, limit: Limit, by: Post, at: datetime, six_ones: SixOnes | None = None,
    instruction: str = "", fresh_clock_because: str = "", note: str = "", version: int | None = None,
    key: UUID | None = None,
) -> Case:  # fmt: skip
    """The dispatcher gives the case to one unit with one limit.

    After a return or recall the clock of the first assignment runs on; only a stated reason starts a
    fresh one, and the event says so.
    """
    turn = Turn.begin(case, Action.ASSIGN, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case = turn.case
    may_be_given(case, unit, by=by, at=turn.at)
    previous = case.assignments.filter(part="lead").order_by("-pk").first()
    runs_on = previous is not None and not fresh_clock_because
    assignment = open_assignment(
        turn, unit, limit, six_ones=six_ones, instruction=instruction, continues=previous if runs_on else None,
        **came_up(previous),
    )  # fmt: skip
    case.accepted_at = case.accepted_at or turn.at
    return turn.finish(
        note=note, unit=str(unit), instruction=instruction, limit=limit.amount, limit_unit=limit.unit,
        clock="runs on" if runs_on else "starts", because=fresh_clock_because, assignment=assignment.pk,
    )  # fmt: skip


def open_assignment(
    turn: Turn, unit: Grid | Department, limit: Limit, *, six_ones: SixOnes | None = None,
    continues: Assignment | None = None, **facts: Any,
) -> Assignment:  # fmt: skip
    """Give the case to `unit`: the assignment, its clock, its backward schedule, its holder."""
    case = turn.case
    policy = policy_at(case.district_id, case.street_id, turn.at)
    calendar = hours_of(policy, work_calendar())
    assignment = draft(
        case, unit, answering_post_for(case, unit, continues.limit if continues else limit, calendar, turn.at),
        limit, calendar,
        six_ones or default_six_ones(case, turn.at), at=turn.at, by=turn.by, continues=continues,
        round=case.assignments.count() + 1, **facts,
    )  # fmt: skip
    assignment.save()
    start_clock(assignment, calendar, policy)
    give(case, assignment)
    return assignment


def came_up(previous: Assignment | None) -> dict[str, Any]:
    """Where the work came up from, which whoever has it next must still answer for."""
    if previous is None:
        return {}
    return {"raised_from": previous.raised_from, "raised_to": previous.raised_to}


def draft(
    case: Case, unit: Grid | Department, post: Post, limit: Limit, calendar: WorkCalendar, ones: SixOnes, *,
    at: datetime, by: Post | None = None, continues: Assignment | None = None, **facts: Any,
) -> Assignment:  # fmt: skip
    """An assignment of the case to a unit, unsaved. One that continues another keeps its clock.

    A clock that still ran by an older calendar while nobody had the case is counted again.
    """
    begins = continues.clock_from if continues else at
    if continues:
        limit = Limit(continues.limit_amount, Unit(continues.limit_unit))
    due = _runs_on(continues, calendar) if continues else clock.due(limit, begins, calendar)
    grid, department = (unit, None) if isinstance(unit, Grid) else (None, unit)
    return Assignment(
        case=case, grid=grid, department=department, post=post, leader=ones.leader, direct=ones.direct or post,
        grid_leader=ones.grid_leader, limit_amount=limit.amount, limit_unit=limit.unit, clock_from=begins,
        extended=continues.extended if continues else 0, due_at=due.due_at, is_provisional=due.is_provisional,
        calendar_version=calendar.version, assigned_at=at, assigned_by=by,
        sign_due_at=sign_due(case.category, at, calendar).due_at, **facts,
    )  # fmt: skip


def _runs_on(before: Assignment, calendar: WorkCalendar) -> Due:
    """The end of the clock that an assignment takes over."""
    if before.expired_at or before.calendar_version >= calendar.version:
        return Due(before.due_at, before.is_provisional)
    return counted(before, calendar, pauses_of([before])[before.pk])


def answering_post(unit: Grid | Department, at: datetime) -> Post:
    """Nothing is ever assigned to a bare name: somebody must hold the post that answers for it."""
    post = holder_of(unit, answering_roles(unit), at)
    if post is None:
        raise AssignmentRefused(
            _("Nobody holds a post at %(unit)s that could answer for it.") % {"unit": unit}
        )
    return post


def answering_post_for(
    case: Case, unit: Grid | Department, limit: Limit, calendar: WorkCalendar, at: datetime
) -> Post:
    """Who answers for this work: at night and on days off whoever is on duty, where it counts natural hours.

    The unit stays the unit: the person on duty answers only for one in which she holds a post.
    """
    duty = None
    if answers_on_duty(limit.unit, calendar, at):
        duty = post_on_duty(unit, (case.street_id, case.district_id), at)
    return duty or answering_post(unit, at)


def may_be_given(case: Case, unit: Grid | Department, *, by: Post, at: datetime) -> None:
    """The dispatcher gives a case to a department of its street or district, its community or its grid.

    To a grid below her only what is admitted to the grids (docs/rules/admission.md §2).
    """
    if isinstance(unit, Department):
        fits = unit.is_active and unit.grid_id in (case.street_id, case.district_id)
    else:
        fits = unit.is_active and unit.pk in (case.community_id, case.building_id)
    if not fits:
        raise AssignmentRefused(_("%(unit)s is not responsible for the place of this case.") % {"unit": unit})
    goes_down = admission.pushes_down(by.level, unit.level if isinstance(unit, Grid) else None)
    if goes_down and not is_admitted(case.category, case.district_id, local_date(at)):
        raise AssignmentRefused(why_not(case.category))


def default_six_ones(case: Case, at: datetime) -> SixOnes:
    """The people the case's place gives: street first, community direct, grid leader. One query."""
    wanted = {
        "leader": (case.street, (Role.STREET_FIRST,)),
        "direct": (case.community, (Role.COMMUNITY_DIRECT, Role.COMMUNITY_FIRST)),
        "grid_leader": (case.building, (Role.GRID_LEADER,)),
    }
    held = holders_of({name: place for name, place in wanted.items() if place[0]}, at)
    return SixOnes(**held)


def give(case: Case, assignment: Assignment) -> None:
    """The unit of an assignment holds the case from now on, under the limit of the assignment."""
    case.due_at, case.is_provisional = assignment.due_at, assignment.is_provisional
    _give(case, assignment.grid, assignment.department, assignment.post)


def _give(case: Case, grid: Grid | None, department: Department | None, post: Post | None) -> None:
    case.holder_grid, case.holder_department, case.holder_post = grid, department, post
    if department is not None:
        case.department = department


def _give_to_centre(case: Case) -> None:
    """The command centre of the street holds whatever no unit is working on."""
    _give(case, case.street or case.district, None, None)


@transaction.atomic
def sign(
    case: Case, *, by: Post, at: datetime, note: str = "", version: int | None = None, key: UUID | None = None
) -> Case:
    """The responsible unit acknowledges the assignment; handling begins."""
    turn = Turn.begin(case, Action.SIGN, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    lead = turn.given
    lead.signed_at, lead.signed_by = turn.at, by.user
    lead.save(update_fields=["signed_at", "signed_by"])
    cancel(lead, "sign")
    turn.case.holder_post = by
    return turn.finish(note=note, on_time=clock.is_on_time(lead.sign_due_at, turn.at))


@transaction.atomic
def return_(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The wrong addressee gives it back (退回), with a reason. Twice at most in the life of a case."""
    turn = Turn.begin(case, Action.RETURN, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    turn.case.returns += 1
    return _take_back(turn, Outcome.RETURNED, note)


@transaction.atomic
def recall(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """The dispatcher takes an assignment back before anybody has signed for it."""
    turn = Turn.begin(case, Action.RECALL, by=by, at=at, version=version, key=key)
    return turn.case if turn.is_replay else _take_back(turn, Outcome.RECALLED, note)


def _take_back(turn: Turn, outcome: Outcome, note: str) -> Case:
    """The assignment ends; the due time stays on the case, since its clock runs on."""
    unit = str(turn.given.unit)
    end_assignment(turn.given, outcome, turn.at)
    _give_to_centre(turn.case)
    return turn.finish(note=note, unit=unit)


def end_with(lead: Assignment, outcome: Outcome, at: datetime) -> None:
    """The assignment is over; not saved."""
    lead.outcome, lead.ended_at = outcome, at


def end_assignment(lead: Assignment, outcome: Outcome, at: datetime) -> None:
    """The assignment is over, and nothing of it has to happen any more."""
    end_with(lead, outcome, at)
    lead.save(update_fields=["outcome", "ended_at"])
    cancel(lead)


@transaction.atomic
def feed_back(
    case: Case, *, result: str, by: Post, at: datetime, photos: Sequence[CleanImage] = (),
    keep_position: bool = False, version: int | None = None, key: UUID | None = None,
) -> Case:  # fmt: skip
    """The unit says what it has done and shows it. Whether it was in time is decided now, for good."""
    turn = Turn.begin(case, Action.FEED_BACK, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    lead = turn.given
    cancel(lead, *RUNNING)
    return _result(turn, lead, result, photos, keep_position)


def _result(
    turn: Turn, lead: Assignment, result: str, photos: Sequence[CleanImage], keep_position: bool
) -> Case:
    case = turn.case
    if case.category.needs_photo and not photos:  # after a rework, a new one
        raise ReportRefused(_("This category needs a photo of the result."))
    turn.say(result)
    hashes = attach(
        case, photos, EvidenceStage.AFTER, by=turn.by.user, at=turn.at, keep_position=keep_position
    )
    lead.fed_back_at, lead.fed_back_by, lead.result = turn.at, turn.by.user, result
    lead.on_time = clock.is_on_time(lead.due_at, turn.at)
    lead.save(update_fields=["fed_back_at", "fed_back_by", "result", "on_time"])
    lead.milestones.filter(done_at__isnull=True).update(done_at=turn.at)
    _give_to_centre(case)
    return turn.finish(note=result, on_time=lead.on_time, photos=hashes)


@transaction.atomic
def settle(
    case: Case, *, result: str, by: Post, at: datetime, photos: Sequence[CleanImage],
    keep_position: bool = False, version: int | None = None, key: UUID | None = None,
) -> Case:  # fmt: skip
    """A grid leader settles a minor problem of her own grid on the spot (即办); another post verifies."""
    turn = Turn.begin(case, Action.SETTLE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    if not photos:
        raise ReportRefused(_("A problem settled at once needs a photo of the result."))
    category = turn.case.category
    may_be_given(turn.case, turn.case.grid, by=by, at=turn.at)
    lead = open_assignment(turn, turn.case.grid, category.limit)
    lead.signed_at, lead.signed_by = turn.at, by.user
    lead.save(update_fields=["signed_at", "signed_by"])
    cancel(lead)
    turn.case.accepted_at = turn.at
    return _result(turn, lead, result, photos, keep_position)


@transaction.atomic
def report_settled(
    *, result: str, result_photos: Sequence[CleanImage], keep_position: bool = False, by: Post, at: datetime,
    key: UUID, **problem: Any,
) -> Case:  # fmt: skip
    """A minor problem is reported and settled in one go (即办件): both, or neither.

    `problem` is what `report` takes.
    """
    case = report(keep_position=keep_position, by=by, at=at, key=key, **problem)
    return settle(
        case, result=result, photos=result_photos, keep_position=keep_position, by=by, at=at,
        key=uuid5(key, Action.SETTLE),
    )  # fmt: skip


@transaction.atomic
def verify(
    case: Case, *, passed: bool, by: Post, at: datetime, note: str = "", method: CheckMethod = CheckMethod.ON_SITE,
    version: int | None = None, key: UUID | None = None,
) -> Case:  # fmt: skip
    """Somebody who did not handle it looks at the result: it stands (认定), or goes back for rework (返工)."""
    action = Action.PASS if passed else Action.FAIL
    turn = Turn.begin(case, action, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    return _pass(turn, note, method) if passed else _fail(turn, note, method)


def _pass(turn: Turn, note: str, method: CheckMethod) -> Case:
    case, lead = turn.case, turn.given
    end_assignment(lead, Outcome.DONE, turn.at)
    case.on_time = lead.on_time and not case.expiries
    lapsed = lapse(case, at=turn.at)
    return turn.finish(
        note=note, on_time=case.on_time, method=method, **({"lapsed": lapsed} if lapsed else {})
    )


def _fail(turn: Turn, note: str, method: CheckMethod) -> Case:
    """Back to the unit that handled it. The clock runs on: the limit does not move."""
    case, lead = turn.case, turn.given
    case.reworks += 1
    _give(case, lead.grid, lead.department, lead.post)
    run_again(lead)
    return turn.finish(note=note, method=method)
