"""The days of a duty roster, and when the person on duty answers (docs/rules/policies.md §4)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from grids.rules.workdays import SHANGHAI, WorkCalendar, working_minutes

from ..enums import Unit

HANDOVER = time(8, 30)  # our own default: a duty lasts from then to the same hour of the next day
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DutyDay:
    """One line of the roster: from the handover of a day to that of the next."""

    date: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.date, HANDOVER, tzinfo=SHANGHAI)

    @property
    def until(self) -> datetime:
        return self.since + ONE_DAY

    def is_over(self, at: datetime) -> bool:
        return self.until <= at

    def is_running(self, at: datetime) -> bool:
        return self.since <= at < self.until


def days_of(month: date) -> list[DutyDay]:
    """Every day of the month of a date."""
    _first, last = monthrange(month.year, month.month)
    return [DutyDay(month.replace(day=n)) for n in range(1, last + 1)]


def is_at_work(calendar: WorkCalendar, at: datetime) -> bool:
    """Whether a moment lies in working hours: its minute is one that a limit in working hours would count."""
    minute = at.replace(second=0, microsecond=0)
    return working_minutes(calendar, minute, minute + timedelta(minutes=1)) > 0


def answers_on_duty(unit: Unit, calendar: WorkCalendar, at: datetime) -> bool:
    """What counts hours round the clock cannot wait for the morning: outside working hours the duty answers."""
    return unit == Unit.HOURS and not is_at_work(calendar, at)
