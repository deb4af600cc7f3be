"""When something is due, why, and how it stands (docs/rules/clock.md)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from grids.rules import workdays
from grids.rules.workdays import Day, WorkCalendar

from ..enums import DeadlineKind, DueState, Unit


@dataclass(frozen=True)
class Limit:
    """So many working days, working hours or hours round the clock."""

    amount: int
    unit: Unit = Unit.WORKING_DAYS


@dataclass(frozen=True)
class Due:
    """The end of a limit and the reasons for it; `counted` and `skipped` only for working days."""

    due_at: datetime
    is_provisional: bool
    counted: tuple[Day, ...] = ()
    skipped: tuple[Day, ...] = ()


def due(limit: Limit, start: datetime, calendar: WorkCalendar) -> Due:
    """The moment a limit that begins at `start` runs out.

    24:00 belongs to the day it ends: what begins when another limit ran out has the next working day as its
    first.
    """
    if limit.unit == Unit.WORKING_DAYS:
        found = workdays.count(calendar, workdays.last_day_of(start), limit.amount)
        return Due(found.due_at, found.provisional, found.counted, found.skipped)
    if limit.unit == Unit.WORKING_HOURS:
        hours = workdays.hours_after(calendar, start, 60 * limit.amount)
        return Due(hours.due_at, hours.provisional)
    return Due(start + timedelta(hours=limit.amount), False)


def is_on_time(due_at: datetime, at: datetime) -> bool:
    """Done before the limit ran out; 24:00 is the first moment of being late."""
    return at < due_at


@dataclass(frozen=True)
class Standing:
    """How an open case stands: the state, and the working days left or passed."""

    state: DueState
    days: int = 0


def standing(due_at: datetime | None, at: datetime, calendar: WorkCalendar) -> Standing:
    """On time with n working days left, due today, or overdue by n working days (at least one)."""
    if due_at is None:
        return Standing(DueState.NONE)
    last_day, today = workdays.last_day_of(due_at), workdays.local_date(at)
    if at >= due_at:
        return Standing(DueState.OVERDUE, max(1, workdays.working_days_between(calendar, last_day, today)))
    if last_day == today:
        return Standing(DueState.TODAY)
    return Standing(DueState.ON_TIME, workdays.working_days_between(calendar, today, last_day))


# part of the limit after which it must be done    what
PLAN = ((0.25, "inspect"), (0.75, "handle"), (1.0, "report"))


def back_schedule(limit: Limit, due_at: datetime, calendar: WorkCalendar) -> list[tuple[str, date]]:
    """The backward schedule (倒排工作表): each stage with its last day, counted back from the due date.

    Limits in hours get one line: there is nothing to spread over days.
    """
    last_day = workdays.last_day_of(due_at)
    if limit.unit != Unit.WORKING_DAYS or limit.amount < 3:
        return [(PLAN[-1][1], last_day)]
    return [
        (task, workdays.nth_working_day_before(calendar, last_day, round(limit.amount * (1 - share))))
        for share, task in PLAN
    ]


def reminders(limit: Limit, due_at: datetime, calendar: WorkCalendar) -> dict[DeadlineKind, datetime]:
    """When the unit is reminded: at half time and one working day before, in the morning, never twice at once.

    Limits in hours end too soon for it.
    """
    if limit.unit != Unit.WORKING_DAYS:
        return {}
    last_day = workdays.last_day_of(due_at)
    before = {DeadlineKind.HALF: (limit.amount + 1) // 2, DeadlineKind.EVE: 1}
    days = {kind: n for kind, n in before.items() if n < limit.amount and (kind == DeadlineKind.EVE or n > 1)}
    return {
        kind: workdays.opening_of(calendar, workdays.nth_working_day_before(calendar, last_day, n))
        for kind, n in days.items()
    }
