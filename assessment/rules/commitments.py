"""Whether a promise was kept (docs/rules/commitments.md): it starts no clock, it is measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from .rates import average, half_up


@dataclass(frozen=True)
class Course:
    """What a department was given under a promise: until when, when it did it, when the work left it otherwise."""

    due_at: datetime
    done_at: datetime | None
    ended_at: datetime | None


def verdict(course: Course) -> tuple[bool, datetime] | None:
    """Whether the promise was kept, and the moment that decided it; None where nothing has (§2).

    What left the department before its promise ran out, undone, tells nothing about the promise.
    """
    if course.done_at is not None and course.done_at < course.due_at:
        return True, course.done_at
    if course.ended_at is not None and course.ended_at < course.due_at:
        return None
    return False, course.due_at


def counts_in(decided: tuple[bool, datetime] | None, start: datetime, moment: datetime) -> bool:
    """Whether a verdict falls into a period: what ran out at 24:00 belongs to the day that ended then."""
    if decided is None:
        return False
    kept, at = decided
    return start <= at < moment if kept else start < at <= moment


def result_stands(moves: Iterable[tuple[str, datetime]]) -> datetime | None:
    """When the result came in that stands: one that was sent back for rework does not."""
    stands: datetime | None = None
    for action, at in moves:
        stands = at if action == "feed_back" else None
    return stands


def mean(days: Sequence[int]) -> Decimal | None:
    """Working days on average, half up to two decimals; None of nothing."""
    return average(sum(days), len(days))


def median(days: Sequence[int]) -> Decimal | None:
    """The middle one, or the mean of the two in the middle."""
    if not days:
        return None
    ordered, middle = sorted(days), len(days) // 2
    pair = ordered[middle : middle + 1] if len(days) % 2 else ordered[middle - 1 : middle + 1]
    return half_up(sum(pair), len(pair))
