"""The clock of an assignment as rows that a sweep can find: started, cancelled, run again."""

from grids.rules.workdays import WorkCalendar

from ..enums import DeadlineKind, DeadlineState
from ..models import Assignment, Deadline, Milestone
from ..rules import clock
from ..rules.clock import Limit


def start_clock(assignment: Assignment, limit: Limit, calendar: WorkCalendar) -> None:
    """The moments of a new assignment that must not be missed, and its backward schedule."""
    moments = {DeadlineKind.SIGN: assignment.sign_due_at, DeadlineKind.EXPIRY: assignment.due_at}
    Deadline.objects.bulk_create(
        Deadline(
            case_id=assignment.case_id, assignment=assignment, kind=kind, due_at=due_at,
            is_provisional=assignment.is_provisional and kind == DeadlineKind.EXPIRY,
            calendar_version=assignment.calendar_version,
        )
        for kind, due_at in moments.items()
    )  # fmt: skip
    plan = clock.back_schedule(limit, assignment.due_at, calendar)
    Milestone.objects.bulk_create(
        Milestone(assignment=assignment, seq=seq, task=task, due_date=day)
        for seq, (task, day) in enumerate(plan, start=1)
    )


def cancel(assignment: Assignment, *kinds: str) -> None:
    """What no longer has to happen: all of it, or the kinds named."""
    pending = assignment.deadlines.filter(state=DeadlineState.PENDING)
    if kinds:
        pending = pending.filter(kind__in=kinds)
    pending.update(state=DeadlineState.CANCELLED)


def run_again(assignment: Assignment) -> Deadline | None:
    """After a rework the same limit counts on. One that fired has been recorded once and for all."""
    last = assignment.deadlines.filter(kind=DeadlineKind.EXPIRY).latest("round")
    if last.state == DeadlineState.FIRED:
        return None
    return Deadline.objects.create(
        case_id=assignment.case_id, assignment=assignment, kind=DeadlineKind.EXPIRY, round=last.round + 1,
        due_at=assignment.due_at, is_provisional=assignment.is_provisional,
        calendar_version=assignment.calendar_version,
    )  # fmt: skip
