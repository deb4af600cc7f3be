"""How counts become rates, and which counts must add up (docs/rules/figures.md §3-§5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from grids.rules.workdays import ONE_DAY, SHANGHAI, first_of_month, last_day_of

from ..enums import DAYS, RATES, Figure, Rate

TWO_PLACES = Decimal("0.01")
# Fewer rounds to be closed than this say nothing about a unit: listed, not ranked. Our own default.
RANKED_FROM = 5

Counts = Mapping[str, int]


def share(numerator: int, denominator: int) -> Decimal | None:
    """A part of a whole in per cent, half up to two decimals; None where there is no whole: "—"."""
    return _ratio(100 * numerator, denominator)


def average(total: int, number: int) -> Decimal | None:
    """A mean, half up to two decimals; None of nothing."""
    return _ratio(total, number)


def _ratio(numerator: int, denominator: int) -> Decimal | None:
    return half_up(numerator, denominator) if denominator else None


def half_up(numerator: int, denominator: int) -> Decimal:
    """A quotient to two decimals. Decided on whole numbers: no quotient is rounded before it is rounded."""
    return Decimal((200 * numerator + denominator) // (2 * denominator)).scaleb(-2)


def parts(rate: Rate, counts: Counts) -> tuple[int, int]:
    """Numerator and denominator of a rate, as they are printed beside it."""
    numerator, denominator = RATES[rate]
    return counts[numerator], counts[denominator]


def value(rate: Rate, counts: Counts) -> Decimal | None:
    """A rate of a row: always from its sums, never a mean of rates."""
    return (share if rate.is_share else average)(*parts(rate, counts))


F = Figure


@dataclass(frozen=True)
class Balance:
    """Two sums of figures that are equal in every row of every report."""

    left: tuple[str, ...]
    right: tuple[str, ...]

    def difference(self, counts: Counts) -> int:
        """Zero; anything else is a fault of ours and is shown."""
        return sum(counts[f] for f in self.left) - sum(counts[f] for f in self.right)


# What comes in, stays or goes out: nothing appears, nothing disappears.
STOCK = Balance((F.OPENING, F.NEW, F.REOPENED), (F.CLOSED, F.MERGED, F.WITHDRAWN, F.DECLINED, F.CLOSING))
# Nothing is dispatched twice, nothing is missed.
INTAKE = Balance((F.RECEIVED,), (F.DISPATCHED, F.ESCALATED, F.WAITING))
LEDGERS = Balance((F.NEW,), (F.NEW_KEY, F.NEW_CIVIC))
BALANCES = (STOCK, INTAKE, LEDGERS)


# The example of the definitions page: the street of the articles, whose report misprinted the first rate.
SAMPLE: dict[str, int] = {
    F.OPENING: 41, F.NEW: 3118, F.NEW_KEY: 2071, F.NEW_CIVIC: 1047, F.REOPENED: 6,
    F.RECEIVED: 3110, F.DISPATCHED: 3090, F.ESCALATED: 12, F.WAITING: 8, F.SOLVED: 3048, F.EXPIRED: 31, F.SUPERVISED: 6,
    F.ORDINARY: 3, F.YELLOW: 2, F.RED: 1, F.GIVEN_DOWN: 2988, F.CAME_UP: 19, F.EXTENDED: 14, F.SUSPENDED: 5,
    F.RATED: 812, F.SATISFIED: 797,
    F.ASKED: 3, F.ANSWERED: 3, F.UNANSWERED: 0,
    F.ASSIGNED: 3175, F.RETURNED: 67, F.REWORKS: 53, F.REWORKED: 49,
    F.TO_CLOSE: 3134, F.CLOSED: 3130, F.ON_TIME: 3057, F.OVERDUE: 4, F.TO_DISPOSE: 3141, F.DISPOSED: 3139,
    F.WITHDRAWN: 3, F.DECLINED: 5, F.MERGED: 0, F.CLOSING: 27, DAYS: 9860,
}  # fmt: skip


def ranks(rows: Iterable[Counts]) -> list[int | None]:
    """Places by on-time rate, then closing rate, as printed; equal rates share a place.

    Rows with fewer than RANKED_FROM rounds to be closed are not ranked.
    """
    return places([_score(row) for row in rows])


def places(values: Sequence[Any]) -> list[int | None]:
    """The place of each, the highest first, equal ones sharing theirs; None where there is nothing to rank by."""
    ranked = sorted((each for each in values if each is not None), reverse=True)
    place: dict[Any, int] = {}
    for number, each in enumerate(ranked, start=1):
        place.setdefault(each, number)
    return [None if each is None else place[each] for each in values]


def _score(row: Counts) -> tuple[Decimal, Decimal] | None:
    if row[F.TO_CLOSE] < RANKED_FROM:
        return None
    return value(Rate.ON_TIME, row) or Decimal(), value(Rate.CLOSING, row) or Decimal()


@dataclass(frozen=True)
class Period:
    """Whole days in Asia/Shanghai up to a cut-off: `start` ≤ moment of an event < `moment`. Mostly a calendar month."""

    first: date
    start: datetime
    end: datetime
    moment: datetime

    def __str__(self) -> str:
        """2026-09 for a month, one day or two otherwise: the same in every language."""
        if self.is_month:
            return f"{self.first:%Y-%m}"
        return f"{self.first}" if self.first == self.last else f"{self.first} – {self.last}"

    @property
    def last(self) -> date:
        """Its last day, whether it has come by the moment or not."""
        return last_day_of(self.end)

    @property
    def month(self) -> date:
        """The first of the month it begins in: of a month, its name."""
        return self.first.replace(day=1)

    @property
    def is_month(self) -> bool:
        """Whether it is exactly a calendar month."""
        return (self.first, self.last + ONE_DAY) == (self.month, first_of_month(self.month, 1))

    @property
    def is_whole(self) -> bool:
        """Whether the cut-off lies behind its last day."""
        return self.moment == self.end

    @property
    def is_whole_month(self) -> bool:
        """Whether it is a calendar month that is over."""
        return self.is_month and self.is_whole

    @classmethod
    def of(cls, month: date, cut_off: datetime) -> "Period":
        """The month of a day, up to `cut_off` or its own end, whichever is earlier.

        A cut-off at or before the first of the month leaves nothing to report: ValueError.
        """
        first = month.replace(day=1)
        return cls.days(first, first_of_month(first, 1) - ONE_DAY, cut_off)

    @classmethod
    def days(cls, first: date, last: date, cut_off: datetime) -> "Period":
        """From one day to another, both of them included; cut off as a month is."""
        start, end = (datetime.combine(d, time.min, tzinfo=SHANGHAI) for d in (first, last + ONE_DAY))
        if cut_off <= start:
            raise ValueError("the cut-off lies before the period")
        return cls(first, start, end, min(cut_off, end).astimezone(SHANGHAI))
