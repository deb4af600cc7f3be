"""The demo district as all rooms know it: where it is, by what it is known again, which day it has lived last."""

from datetime import date, datetime, time, timedelta

from ..rules.workdays import SHANGHAI, local_date

MARK = "演示区"  # the home unit of the demo's own accounts: by it the demo is known again

STREET = "410102006"
COMMUNITY = "410102006002"
GRID = "410102006002001"

LAGGARD = "410102006010"  # 中原中路二社区: late, and seldom on patrol
STAR = "410102006011"  # 电业新村社区: always in time

WEEKS = 10  # that the demo lives when nothing else is said


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Zhengzhou."""
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def lived_day(at: datetime) -> date:
    """The last full day before a moment."""
    return local_date(at) - timedelta(days=1)


def weekdays(first: date) -> list[date]:
    """The days of a week, beginning on any of them, on which offices are open as a rule."""
    week = [first + timedelta(days=n) for n in range(7)]
    return [day for day in week if day.weekday() < 5]


def first_day(until: date, weeks: int = WEEKS) -> date:
    """The day on which a life of so many weeks begins that ends with the day `until`."""
    return until - timedelta(days=7 * weeks - 1)
