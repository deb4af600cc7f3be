"""How long a case has stood where it stands, in working days (docs/rules/policies.md §5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from grids.rules.workdays import WorkCalendar, end_of, nth_working_day_before

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bucket:
    """From so many working days to so many; without a last one, any number more."""

    first: int
    last: int | None

    @property
    def key(self) -> str:
        """As addresses write it: 2-3, 16-."""
        return f"{self.first}-{'' if self.last is None else self.last}"


BUCKETS = (Bucket(0, 1), Bucket(2, 3), Bucket(4, 7), Bucket(8, 15), Bucket(16, None))
BY_KEY = {bucket.key: bucket for bucket in BUCKETS}


@dataclass(frozen=True)
class Span:
    """From a moment on and up to another, which belongs to it no more; None: without that end."""

    after: datetime | None
    before: datetime | None


def span_of(bucket: Bucket, calendar: WorkCalendar, today: date) -> Span:
    """When a case must have come to where it stands, to be in the bucket today.

    The day on which it came is not counted, today is, as for every limit.
    """
    after = None if bucket.last is None else _morning(calendar, today, bucket.last + 1)
    before = _morning(calendar, today, bucket.first) if bucket.first else None
    return Span(after, before)


def _morning(calendar: WorkCalendar, today: date, n: int) -> datetime:
    """The beginning of the n-th working day back, today being the first if it is one.

    What came before that moment has stood for n working days or more.
    """
    return end_of(nth_working_day_before(calendar, today + ONE_DAY, n) - ONE_DAY)
