"""What a dossier speaks of, and which traces count as whose (docs/rules/dossier.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from cases.enums import Action
from grids.enums import DEPARTMENT, Level, Right, Role
from grids.rules.workdays import ONE_DAY, SHANGHAI, end_of, first_of_month, first_of_quarter, last_day_of

from ..enums import Chapter, Trace
from .scoring import is_hers

MOST_YEARS = 5  # of one dossier; a longer life is read in parts

A, T = Action, Trace

# A trace of her own hand is a move made from her post.
BY_HAND: dict[Trace, tuple[Action, ...]] = {
    T.REPORTED:        (A.REPORT,),
    T.DISPATCHED:      (A.ASSIGN, A.TRANSFER),
    T.SIGNED:          (A.SIGN,),
    T.SIGNED_IN_TIME:  (A.SIGN,),
    T.RETURNED:        (A.RETURN,),
    T.RESULTS:         (A.FEED_BACK, A.SETTLE),
    T.RESULTS_IN_TIME: (A.FEED_BACK, A.SETTLE),
    T.ASSISTED:        (A.ASSIST,),
    T.VERIFIED:        (A.PASS, A.FAIL),
    T.CLOSED:          (A.CLOSE,),
    T.SUPERVISED:      (A.SUPERVISE,),
}  # fmt: skip
# What she answered for is what happened while her post had the case, whoever made the move.
ANSWERED_FOR: dict[Trace, tuple[Action, ...]] = {
    T.GIVEN:     (A.ASSIGN, A.REOPEN, A.ESCALATE, A.TRANSFER, A.HAND_OVER),
    T.SIGN_LATE: (A.SIGN_LATE,),
    T.EXPIRED:   (A.EXPIRE,),
}  # fmt: skip
RESULTS = BY_HAND[T.RESULTS]

# chapter           its numbers, in their order
CHAPTERS: dict[Chapter, tuple[Trace, ...]] = {
    Chapter.PATROLS:   (T.PATROLS, T.PATROL_DAYS, T.DUTY_WALKED, T.DIARY, T.DIARY_CASES),
    Chapter.CASES:     (T.CASES, T.REPORTED, T.DISPATCHED, T.GIVEN, T.SIGNED, T.SIGNED_IN_TIME, T.SIGN_LATE,
                        T.RETURNED, T.RESULTS, T.RESULTS_IN_TIME, T.EXPIRED, T.REWORKED, T.ASSISTED, T.VERIFIED, T.CLOSED,
                        T.SUPERVISED),
    Chapter.INQUIRIES: (T.ASKED, T.ANSWERED, T.ANSWERED_IN_TIME, T.DECIDED, T.UPHELD),
    Chapter.VISITS:    (T.HOME_VISITS, T.GROUP_VISITS, T.VISITS_DUE, T.VISITS_IN_TIME, T.VERIFICATIONS,
                        T.INSPECTIONS),
    Chapter.CHECKS:    (T.RESULTS_CHECKED, T.RESULTS_WRONG, T.VERDICTS_CHECKED, T.VERDICTS_WRONG, T.SPOT_CHECKS,
                        T.MUTUAL_CHECKS),
}  # fmt: skip

# The days of duty are those of who walks a building grid.
WALKING = [role for role in Role if role.place == Level.BUILDING and Right.PATROL in role.rights]
# An inquiry that is upheld lies on everybody who works for the unit, as its score does (scoring.md §7).
STAFF = [role for role in Role if role.place != DEPARTMENT and role.rights != {Right.REPORT}]


@dataclass(frozen=True)
class Stretch:
    """Some days, both included, in Asia/Shanghai, as they were known at a cut-off.

    A trace counts from `start` on, before `moment`. What others make of those days later, a score or an honour,
    counts up to the cut-off.
    """

    first: date
    last: date
    cut_off: datetime

    @classmethod
    def of(cls, first: date, last: date, cut_off: datetime) -> "Stretch":
        """A cut-off at or before the first day leaves nothing to tell: ValueError."""
        stretch = cls(first, last, cut_off.astimezone(SHANGHAI))
        if stretch.cut_off <= stretch.start:
            raise ValueError("the cut-off lies before the first day")
        return stretch

    @property
    def moment(self) -> datetime:
        """The end of its days or the cut-off, whichever is earlier."""
        return min(self.cut_off, end_of(self.last))

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, tzinfo=SHANGHAI)

    @property
    def is_whole(self) -> bool:
        """Whether the moment lies at the end of the days."""
        return self.moment == end_of(self.last)

    @property
    def last_begun(self) -> date:
        """The last of its days that has begun by the moment."""
        return last_day_of(self.moment)

    @property
    def days(self) -> list[date]:
        """Its days that have begun by the moment."""
        return [self.first + n * ONE_DAY for n in range((self.last_begun - self.first).days + 1)]

    @property
    def months(self) -> tuple[date, date]:
        """The first and the last month that lie in it whole; the first after the last where none does."""
        first = self.first if self.first.day == 1 else first_of_month(self.first, 1)
        return first, first_of_month(self.last + ONE_DAY, -1)


def quick(today: date) -> dict[str, tuple[date, date]]:
    """The periods that are asked for most, up to today where they are not over."""
    return {
        "month": (first_of_month(today), today),
        "quarter": (first_of_quarter(today), today),
        "year": (date(today.year, 1, 1), today),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }


def is_too_long(first: date, last: date) -> bool:
    """Whether it is more than a dossier tells at once: from a day to the day before it so many years later at most."""
    return (last.year, last.month, last.day) >= (first.year + MOST_YEARS, first.month, first.day)


def duty_days(held: Iterable[tuple[datetime, datetime | None]], days: Iterable[date]) -> list[date]:
    """Those of some days at whose end she held one of her posts; two posts make no day count twice."""
    posts = list(held)
    return [day for day in days if any(is_hers(day, since, until) for since, until in posts)]
