"""When something is due, why, and how it stands (docs/rules/clock.md)."""

from collections.abc import Iterable
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
    """The end of a limit and the reasons for it; the days only for limits in working days."""

    due_at: datetime
    is_provisional: bool
    counted: tuple[Day, ...] = ()
    skipped: tuple[Day, ...] = ()
    paused: tuple[Day, ...] = ()


@dataclass(frozen=True)
class Pause:
    """A suspension (挂账) that has ended: the clock stood still from one moment to the other."""

    begin: datetime
    end: datetime


def due(limit: Limit, start: datetime, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Due:
    """The moment a limit that begins at `start` runs out; `pauses` lie within it, in order.

    24:00 belongs to the day it ends: what begins when another limit ran out has the next working day as its
    first. A pause costs nothing and gives nothing: what counted without it counts with it.
    """
    if limit.unit == Unit.WORKING_DAYS:
        return _due_by_day(limit.amount, workdays.last_day_of(start), calendar, pauses)
    if limit.unit == Unit.WORKING_HOURS:
        return _due_by_hour(60 * limit.amount, start, calendar, pauses)
    stood_still = sum((pause.end - pause.begin for pause in pauses), timedelta())
    return Due(start + timedelta(hours=limit.amount) + stood_still, False)


def _due_by_day(days: int, start: date, calendar: WorkCalendar, pauses: Iterable[Pause]) -> Due:
    """By whole days: the day on which a pause begins is paused, the day on which work goes on counts."""
    before: list[Day] = []
    paused: list[Day] = []
    for pause in pauses:
        eve = max(start, workdays.local_date(pause.begin) - timedelta(days=1))
        resumed = workdays.local_date(pause.end) - timedelta(days=1)
        if resumed <= eve:
            continue  # resumed on the same day: nothing was lost
        before += workdays.days_between(calendar, start, eve)
        paused += workdays.days_between(calendar, eve, resumed)
        start = resumed
    used = sum(day.works for day in before)
    rest = workdays.count(calendar, start, days - used)
    counted = (*(day for day in before if day.works), *rest.counted)
    skipped = (*(day for day in before if not day.works), *rest.skipped)
    provisional = any(day.provisional for day in (*counted, *skipped, *paused))
    return Due(rest.due_at, provisional, counted, skipped, tuple(paused))


def _due_by_hour(minutes: int, start: datetime, calendar: WorkCalendar, pauses: Iterable[Pause]) -> Due:
    for pause in pauses:
        minutes -= workdays.working_minutes(calendar, start, pause.begin)
        start = pause.end
    found = workdays.hours_after(calendar, start, minutes)
    return Due(found.due_at, found.provisional)


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


def moments(limit: Limit, due_at: datetime, calendar: WorkCalendar) -> dict[DeadlineKind, datetime]:
    """What happens while a unit works on something that is due at `due_at`."""
    return {DeadlineKind.EXPIRY: due_at, **reminders(limit, due_at, calendar)}


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
