"""The clock of an assignment as rows that a sweep can find: started, cancelled, run again."""

from grids.rules.workdays import WorkCalendar

from ..enums import DeadlineKind, DeadlineState, Unit
from ..models import Assignment, Deadline, Milestone
from ..rules import clock
from ..rules.clock import Limit
from ..rules.policy import Policy

# What runs while a unit works: a result stops it, a rework lets it run on.
RUNNING = (DeadlineKind.HALF, DeadlineKind.EVE, DeadlineKind.EXPIRY)


def start_clock(assignment: Assignment, calendar: WorkCalendar, policy: Policy) -> None:
    """The moments of a new assignment that must not be missed, and its backward schedule."""
    Deadline.objects.bulk_create(moments_of(assignment, calendar, policy))
    Milestone.objects.bulk_create(schedule_of(assignment, calendar))


def moments_of(assignment: Assignment, calendar: WorkCalendar, policy: Policy) -> list[Deadline]:
    """The deadlines of a new assignment, unsaved.

    What has passed already is no moment to come: where a clock runs on past its end, nothing expires again.
    """
    wanted = {DeadlineKind.HALF: policy.remind_half, DeadlineKind.EVE: policy.remind_eve}
    reminders = clock.reminders(limit_of(assignment), assignment.due_at, calendar)
    moments = {
        DeadlineKind.SIGN: assignment.sign_due_at,
        DeadlineKind.EXPIRY: assignment.due_at,
        **{kind: at for kind, at in reminders.items() if wanted[kind]},
    }
    return [
        Deadline(
            case_id=assignment.case_id, assignment=assignment, kind=kind, due_at=due_at,
            is_provisional=assignment.is_provisional and kind != DeadlineKind.SIGN,
            calendar_version=assignment.calendar_version, policy_version=policy.version,
        )
        for kind, due_at in moments.items()
        if due_at > assignment.assigned_at
    ]  # fmt: skip


def schedule_of(assignment: Assignment, calendar: WorkCalendar) -> list[Milestone]:
    """The lines of the backward schedule of a new assignment, unsaved."""
    plan = clock.back_schedule(limit_of(assignment), assignment.due_at, calendar)
    return [
        Milestone(assignment=assignment, seq=seq, task=task, due_date=day)
        for seq, (task, day) in enumerate(plan, start=1)
    ]


def limit_of(assignment: Assignment) -> Limit:
    return Limit(assignment.limit_amount, Unit(assignment.limit_unit))


def cancel(assignment: Assignment, *kinds: str) -> None:
    """What no longer has to happen: all of it, or the kinds named."""
    pending = assignment.deadlines.filter(state=DeadlineState.PENDING)
    if kinds:
        pending = pending.filter(kind__in=kinds)
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
