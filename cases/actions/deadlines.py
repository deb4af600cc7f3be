"""The clock of an assignment as rows that a sweep can find: started, cancelled, timed anew, run again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import OperationalError, connection

from grids.rules.workdays import WorkCalendar, last_day_of

from ..enums import UNDECIDED, ApplicationState, DeadlineKind, DeadlineState, Unit
from ..models import Assignment, Category, Deadline, Milestone
from ..rules import clock
from ..rules.clock import Due, Limit, Pause
from ..rules.policy import Policy

# What runs while a unit works: a result stops it, a rework lets it run on.
RUNNING = (DeadlineKind.HALF, DeadlineKind.EVE, DeadlineKind.EXPIRY)

TRIES = 3  # then a row that cannot be worked off is parked, and somebody is told


def start_clock(assignment: Assignment, calendar: WorkCalendar, policy: Policy) -> None:
    """The moments of a new assignment that must not be missed, and its backward schedule."""
    Deadline.objects.bulk_create(moments_of(assignment, calendar, policy))
    Milestone.objects.bulk_create(schedule_of(assignment, calendar))


def moments_of(assignment: Assignment, calendar: WorkCalendar, policy: Policy) -> list[Deadline]:
    """The deadlines of a new assignment, unsaved.

    What has passed already is no moment to come: where a clock runs on past its end, nothing expires again.
    """
    wanted = {DeadlineKind.HALF: policy.remind_half, DeadlineKind.EVE: policy.remind_eve}
    running = clock.moments(assignment.limit, assignment.due_at, calendar)
    moments = {
        DeadlineKind.SIGN: assignment.sign_due_at,
        **{kind: at for kind, at in running.items() if wanted.get(kind, True)},
    }
    return [
        Deadline(
            case_id=assignment.case_id, assignment=assignment, kind=kind, due_at=due_at,
            is_provisional=calendar.is_provisional(last_day_of(due_at)) if kind == DeadlineKind.SIGN
            else assignment.is_provisional,
            calendar_version=assignment.calendar_version, policy_version=policy.version, set_at=assignment.assigned_at,
        )
        for kind, due_at in moments.items()
        if due_at > assignment.assigned_at
    ]  # fmt: skip


def schedule_of(assignment: Assignment, calendar: WorkCalendar) -> list[Milestone]:
    """The lines of the backward schedule of a new assignment, unsaved."""
    plan = clock.back_schedule(assignment.limit, assignment.due_at, calendar)
    return [
        Milestone(assignment=assignment, seq=seq, task=task, due_date=day)
        for seq, (task, day) in enumerate(plan, start=1)
    ]


def retime(assignment: Assignment, calendar: WorkCalendar, at: datetime) -> None:
    """The moments of an assignment follow its new due time. What has happened has happened.

    A reminder that was given before is given again, where a day of its own is left for it.
    """
    moments = clock.moments(assignment.limit, assignment.due_at, calendar)
    for kind, row in _latest(assignment).items():
        _move(row, moments.get(kind), assignment, at)
    _plan_again(assignment, calendar)


def _latest(assignment: Assignment) -> dict[DeadlineKind, Deadline]:
    """Of each kind that runs while a unit works, its last row."""
    rows = assignment.deadlines.filter(kind__in=RUNNING).order_by("round")
    return {DeadlineKind(row.kind): row for row in rows}


def _move(row: Deadline, to: datetime | None, assignment: Assignment, at: datetime) -> None:
    waits = row.state in (DeadlineState.PENDING, DeadlineState.PAUSED)
    if to is None or to <= at:
        if waits:
            row.state = DeadlineState.CANCELLED
            row.save(update_fields=["state"])
        return
    if not waits:
        if row.kind != DeadlineKind.EVE:
            return
        row = Deadline(case_id=row.case_id, assignment=assignment, kind=row.kind, round=row.round + 1)
    row.state, row.due_at, row.is_provisional = DeadlineState.PENDING, to, assignment.is_provisional
    row.calendar_version, row.set_at = assignment.calendar_version, at
    row.save()


def _plan_again(assignment: Assignment, calendar: WorkCalendar) -> None:
    """What of the backward schedule is not done yet is counted back from the new due time."""
    fresh = {line.seq: line.due_date for line in schedule_of(assignment, calendar)}
    for line in assignment.milestones.filter(done_at__isnull=True, seq__in=fresh):
        line.due_date = fresh[line.seq]
        line.save(update_fields=["due_date"])


def counted(assignment: Assignment, calendar: WorkCalendar, pauses: Iterable[Pause]) -> Due:
    """When the limit of an assignment runs out by this calendar, with what was granted and suspended."""
    return clock.due(assignment.limit, assignment.clock_from, calendar, pauses)


def sign_due(category: Category, at: datetime, calendar: WorkCalendar) -> Due:
    """By when a unit must sign for what it is given at a moment."""
    due = clock.due(Limit(category.sign_hours, Unit.WORKING_HOURS), at, calendar)
    return Due(due.due_at, calendar.is_provisional(last_day_of(due.due_at)))


def cancel(assignment: Assignment, *kinds: str) -> None:
    """What no longer has to happen: all of it, or the kinds named. An undecided request is void then.

    Whatever becomes of the work, an inquiry about it has to be answered in time: its limit is not the unit's.
    """
    assignment.applications.filter(state__in=UNDECIDED).update(state=ApplicationState.LAPSED)
    pending = assignment.deadlines.filter(state=DeadlineState.PENDING)
    pending = pending.filter(kind__in=kinds) if kinds else pending.exclude(kind=DeadlineKind.REPLY)
    pending.update(state=DeadlineState.CANCELLED)


def run_again(assignment: Assignment) -> Deadline | None:
    """After a rework the same limit counts on. One that fired has been recorded once and for all."""
    last = assignment.deadlines.filter(kind=DeadlineKind.EXPIRY).order_by("round").last()
    if last is None or last.state == DeadlineState.FIRED:
        return None
    return Deadline.objects.create(
        case_id=assignment.case_id, assignment=assignment, kind=DeadlineKind.EXPIRY, round=last.round + 1,
        due_at=assignment.due_at, is_provisional=assignment.is_provisional,
        calendar_version=assignment.calendar_version,
    )  # fmt: skip


def note_failure(pk: int, error: Exception) -> int:
    """A deadline could not be worked off: count the try; 1 when it was the last one.

    A row that somebody else held too long is not to blame.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_deadline SET attempts = attempts + %(tries)s, last_error = %(error)s,"
            " state = CASE WHEN attempts + %(tries)s >= %(limit)s THEN 'parked' ELSE state END"
            " WHERE id = %(pk)s AND state = 'pending' RETURNING state",
            {
                "tries": 0 if isinstance(error, OperationalError) else 1, "limit": TRIES, "pk": pk,
                "error": f"{type(error).__name__}: {error}"[:200],
            },
        )  # fmt: skip
        row = cursor.fetchone()
    return int(row is not None and row[0] == DeadlineState.PARKED)
