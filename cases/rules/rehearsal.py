"""What the clocks of a past month would have come to under other numbers (docs/rules/policies.md §3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from grids.rules.workdays import WorkCalendar, due_date, end_of, last_day_of

from ..enums import Unit
from .clock import Limit
from .policy import Policy

SHOWN = 100  # changed clocks that are told one by one; all of them are counted


class Fate(StrEnum):
    """What became of a clock. UNKNOWN: it was ended by its old limit, so nobody knows how it would have gone on."""

    KEPT = "kept"
    EXPIRED = "expired"
    RUNNING = "running"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Run:
    """One clock, as it really ran, through returns and transfers to where it stopped."""

    case: int
    number: str
    unit: str  # that had the work last
    level: int | None  # of that unit; None: a department
    days_of: int | None  # whose limit for what comes up was counted; None: a limit given with the case
    district: int
    street: int | None
    limit: Limit
    began: datetime
    due_at: datetime
    stopped_at: datetime | None = None  # None: it runs on
    expired: bool = False
    went_up: bool = False  # the clock itself took the work to the level above

    @property
    def fate(self) -> Fate:
        """What became of it under the numbers it was started with."""
        if self.expired:
            return Fate.EXPIRED
        return Fate.RUNNING if self.stopped_at is None else Fate.KEPT


@dataclass(frozen=True)
class Otherwise:
    """The same clock under other numbers."""

    fate: Fate
    due_at: datetime
    limit: Limit
    goes_up: bool


def under(run: Run, policy: Policy, calendar: WorkCalendar, at: datetime) -> Otherwise:
    """What would have become of a clock; `at` is now, for those that still run."""
    limit = _limit(run, policy)
    due_at = run.due_at if limit == run.limit else _due(run, limit, calendar)
    fate = run.fate if due_at == run.due_at else _fate(run, due_at, at)
    return Otherwise(fate, due_at, limit, fate == Fate.EXPIRED and policy.escalates_from(run.level))


def _limit(run: Run, policy: Policy) -> Limit:
    if run.days_of is None or run.limit.unit != Unit.WORKING_DAYS:
        return run.limit
    return Limit(policy.days_at(run.days_of))


def _due(run: Run, limit: Limit, calendar: WorkCalendar) -> datetime:
    return end_of(due_date(calendar, last_day_of(run.began), limit.amount))


def _fate(run: Run, due_at: datetime, at: datetime) -> Fate:
    if (run.stopped_at or at) >= due_at:
        return Fate.EXPIRED
    if run.went_up:
        return Fate.UNKNOWN
    return Fate.RUNNING if run.stopped_at is None else Fate.KEPT


@dataclass(frozen=True)
class Line:
    """The clocks of one kind of unit: how many, and what became of them then and otherwise."""

    clocks: int = 0
    expired: int = 0
    would_expire: int = 0
    went_up: int = 0
    would_go_up: int = 0
    unknown: int = 0

    def with_one(self, run: Run, other: Otherwise) -> "Line":
        """One clock more."""
        return Line(
            self.clocks + 1,
            self.expired + run.expired,
            self.would_expire + (other.fate == Fate.EXPIRED),
            self.went_up + run.went_up,
            self.would_go_up + other.goes_up,
            self.unknown + (other.fate == Fate.UNKNOWN),
        )

    def __add__(self, other: "Line") -> "Line":
        return Line(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


@dataclass(frozen=True)
class Change:
    """A clock that would have come to something else."""

    run: Run
    other: Otherwise


@dataclass
class Rehearsal:
    """Everything counted by kind of unit, and the first of the clocks that would have ended otherwise."""

    lines: dict[int | None, Line] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    changed: int = 0

    def add(self, run: Run, other: Otherwise) -> None:
        """Count one clock; kept one by one are only the first that change."""
        self.lines[run.level] = self.lines.get(run.level, Line()).with_one(run, other)
        if (run.fate, run.went_up) != (other.fate, other.goes_up):
            self.changed += 1
            if len(self.changes) < SHOWN:
                self.changes.append(Change(run, other))

    @property
    def total(self) -> Line:
        return sum(self.lines.values(), Line())


def joined(parts: Iterable[Run]) -> Run:
    """One clock out of the assignments through which it ran, the oldest first: a return or transfer stops nothing."""
    parts = list(parts)
    return replace(parts[-1], expired=any(part.expired for part in parts))
