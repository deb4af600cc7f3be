"""The working-day calendar: which days count, and when a limit runs out (docs/rules/clock.md §1-§6).

Nothing here knows a database, a clock or a setting. The official years come in as two mappings
(days off, make-up days); everything else is arithmetic on them.
"""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
SATURDAY = 5
NOTICES_FROM = 11  # the month in which the next year's notice is published

Hours = tuple[tuple[time, time], ...]
Piece = tuple[datetime, datetime]

WINTER_HOURS: Hours = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))


class DayKind(enum.Enum):
    """Why a day counts or does not."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"

    @property
    def works(self) -> bool:
        """Whether a day of this kind is counted."""
        return self in (DayKind.WORKDAY, DayKind.MAKE_UP)


@dataclass(frozen=True)
class Day:
    """One day with its reason. `provisional`: the official notice for its year is not out yet."""

    date: date
    kind: DayKind
    name: str = ""
    provisional: bool = False

    @property
    def works(self) -> bool:
        """Whether the day is counted."""
        return self.kind.works


@dataclass(frozen=True)
class WorkCalendar:
    """What the State Council has published, and what the statute says of the years after that (§1, §4).

    `off` and `made_up` map the days an official notice names to the holiday they belong to, `years` are the
    years with a notice, `statutory` the holidays that are certain before the notice comes.
    """

    off: Mapping[date, str]
    made_up: Mapping[date, str]
    years: frozenset[int]
    statutory: Mapping[date, str]
    version: int
    hours: Hours = WINTER_HOURS
    # Working days of a year as ordinals, made when first asked for: lists ask for hundreds of rows at a time.
    _worked: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def horizon(self) -> int | None:
        """The last year up to which every year since the first has its official notice."""
        if not self.years:
            return None
        last = min(self.years)
        while last + 1 in self.years:
            last += 1
        return last

    def awaited_year(self, today: date) -> int | None:
        """The year whose notice should be here by now: this one, and from November on the next (§4)."""
        wanted = (today.year, today.year + 1) if today.month >= NOTICES_FROM else (today.year,)
        return next((year for year in wanted if year not in self.years), None)

    @property
    def minutes_a_day(self) -> int:
        """The length of a full working day in minutes."""
        return sum(_minutes(begin, end) for begin, end in self.hours)

    def is_provisional(self, d: date) -> bool:
        """Whether the day lies in a year whose official notice is not loaded."""
        return d.year not in self.years

    def is_working(self, d: date) -> bool:
        """Whether the day counts."""
        if d in self.made_up:
            return True
        if d in self.off or d.weekday() >= SATURDAY:
            return False
        return d.year in self.years or d not in self.statutory

    def day(self, d: date) -> Day:
        """The day with the reason why it counts or not."""
        provisional = self.is_provisional(d)
        if d in self.made_up:
            return Day(d, DayKind.MAKE_UP, self.made_up[d], provisional)
        name = self.off.get(d, "") or (self.statutory.get(d, "") if provisional else "")
        if name or d in self.off:
            return Day(d, DayKind.HOLIDAY, name, provisional)
        kind = DayKind.WEEKEND if d.weekday() >= SATURDAY else DayKind.WORKDAY
        return Day(d, kind, "", provisional)

    def worked(self, year: int) -> list[int]:
        """The working days of a year, in order, as ordinals."""
        if year not in self._worked:
            days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
            self._worked[year] = [n for n in days if self.is_working(date.fromordinal(n))]
        return self._worked[year]


@dataclass(frozen=True)
class Count:
    """A limit in working days, counted out: every day up to the due date is either counted or skipped."""

    due_date: date
    counted: tuple[Day, ...]
    skipped: tuple[Day, ...]
    provisional: bool

    @property
    def due_at(self) -> datetime:
        """The moment the limit has run out: 24:00 of the due date."""
        return end_of(self.due_date)


@dataclass(frozen=True)
class HoursCount:
    """A limit in working hours, counted out in the pieces of working time that were used."""

    due_at: datetime
    pieces: tuple[Piece, ...]
    provisional: bool


def count(calendar: WorkCalendar, start: date, days: int) -> Count:
    """Count a limit of `days` working days from an event on `start`, which is not counted itself (§2)."""
    due = due_date(calendar, start, days)
    span = days_between(calendar, start, due)
    return Count(
        due_date=due,
        counted=tuple(day for day in span if day.works),
        skipped=tuple(day for day in span if not day.works),
        provisional=any(day.provisional for day in span),
    )


def days_between(calendar: WorkCalendar, after: date, until: date) -> list[Day]:
    """Every day after `after`, up to and including `until`, with the reason why it counts or not (§2)."""
    return [calendar.day(d) for d in _days(after + ONE_DAY, until)]


def due_date(calendar: WorkCalendar, start: date, days: int) -> date:
    """The last day of a limit, without the days in between: what a list needs (§2)."""
    _refuse_moment(start)
    if days < 1:
        raise ValueError("a limit has at least one working day")
    year, left = start.year, days
    worked = calendar.worked(year)
    first = bisect_right(worked, start.toordinal())
    while left > len(worked) - first:
        left -= len(worked) - first
        year, first = year + 1, 0
        worked = calendar.worked(year)
    return date.fromordinal(worked[first + left - 1])


def working_days_between(calendar: WorkCalendar, after: date, until: date) -> int:
    """How many working days lie after `after`, up to and including `until` (§5)."""
    _refuse_moment(after)
    _refuse_moment(until)
    if until <= after:
        return 0
    upto = sum(len(calendar.worked(year)) for year in range(after.year, until.year))
    upto += bisect_right(calendar.worked(until.year), until.toordinal())
    return upto - bisect_right(calendar.worked(after.year), after.toordinal())


def nth_working_day_before(calendar: WorkCalendar, due: date, n: int) -> date:
    """The `n`-th working day before the due date, for backward schedules (§5); 0 is the due date itself."""
    _refuse_moment(due)
    if n < 0:
        raise ValueError("a schedule is counted back, never forward")
    if n == 0:
        return due
    year, left = due.year, n
    worked = calendar.worked(year)
    before = bisect_left(worked, due.toordinal())
    while left > before:
        left -= before
        year -= 1
        worked = calendar.worked(year)
        before = len(worked)
    return date.fromordinal(worked[before - left])


def hours_after(calendar: WorkCalendar, start: datetime, minutes: int) -> HoursCount:
    """Count a limit in working hours from the moment of the event (§6)."""
    if minutes < 1:
        raise ValueError("a limit has at least one minute")
    left = timedelta(minutes=minutes)
    pieces: list[Piece] = []
    for begin, closing in _working_time(calendar, _local(start)):
        end = min(closing, begin + left)
        pieces.append((begin, end))
        left -= end - begin
        if not left:
            break
    due_at = pieces[-1][1]
    touched = range(local_date(start).year, due_at.year + 1)
    return HoursCount(due_at, tuple(pieces), any(year not in calendar.years for year in touched))


def working_minutes(calendar: WorkCalendar, start: datetime, end: datetime) -> int:
    """The working time between two moments in whole minutes: what a holder has used (§6)."""
    begin, finish = _local(start), _local(end)
    if finish <= begin:
        return 0
    if begin.date() == finish.date():
        return _worked_within(calendar, begin.date(), begin.time(), finish.time())
    full = working_days_between(calendar, begin.date(), finish.date() - ONE_DAY) * calendar.minutes_a_day
    first = _worked_within(calendar, begin.date(), begin.time(), time.max)
    return first + full + _worked_within(calendar, finish.date(), time.min, finish.time())


def parse_hours(text: str) -> Hours:
    """The hours of a working day from "08:30-12:00,14:00-17:30": in order, none overlapping (§6)."""
    pieces = [piece.strip().split("-") for piece in text.split(",")]
    try:
        hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in pieces)
    except ValueError as error:
        raise ValueError(f"{text!r} are no working hours like 08:30-12:00,14:00-17:30") from error
    bounds = [bound for piece in hours for bound in piece]
    if any(later <= earlier for earlier, later in pairwise(bounds)):
        raise ValueError(f"the working hours {text!r} are not in order")
    return hours


def end_of(d: date) -> datetime:
    """24:00 of a day, which is 00:00 of the next, in Asia/Shanghai (§3)."""
    _refuse_moment(d)
    return datetime.combine(d + ONE_DAY, time.min, tzinfo=SHANGHAI)


def opening_of(calendar: WorkCalendar, d: date) -> datetime:
    """The first moment of working time of a day (§6)."""
    _refuse_moment(d)
    return datetime.combine(d, calendar.hours[0][0], tzinfo=SHANGHAI)


def last_day_of(due_at: datetime) -> date:
    """The last day of a limit that runs out at `due_at`: the inverse of `end_of` (§3)."""
    return (_local(due_at) - timedelta(microseconds=1)).date()


def local_date(at: datetime) -> date:
    """The day on which a moment falls in Asia/Shanghai."""
    return _local(at).date()


def first_of_month(day: date, by: int = 0) -> date:
    """The first day of the month a day lies in, or of the one so many months later (earlier, if below zero)."""
    years, month = divmod(day.month - 1 + by, 12)
    return date(day.year + years, month + 1, 1)


def first_of_quarter(day: date) -> date:
    """The first day of the quarter a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(SHANGHAI)


def _refuse_moment(d: date) -> None:
    # A datetime is a date to Python, but equal to none of the calendar's: it would count every holiday.
    if isinstance(d, datetime):
        raise TypeError("count from a day, not from a moment: use local_date(at)")


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))


def _minutes(begin: time, end: time) -> int:
    return (end.hour - begin.hour) * 60 + end.minute - begin.minute


def _working_time(calendar: WorkCalendar, start: datetime) -> Iterator[Piece]:
    """The pieces of working time from a moment on, without end."""
    d = start.date()
    while True:
        if calendar.is_working(d):
            for begin, end in calendar.hours:
                piece_end = datetime.combine(d, end, tzinfo=SHANGHAI)
                if piece_end > start:
                    yield max(start, datetime.combine(d, begin, tzinfo=SHANGHAI)), piece_end
        d += ONE_DAY


def _worked_within(calendar: WorkCalendar, d: date, begin: time, end: time) -> int:
    """Minutes of working time of one day between two times of that day."""
    if not calendar.is_working(d):
        return 0
    pieces = [(max(begin, opens), min(end, closes)) for opens, closes in calendar.hours]
    return sum(_minutes(opens, closes) for opens, closes in pieces if opens < closes)
