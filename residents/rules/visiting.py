"""When a household is visited next, and which visits were on time (docs/rules/registers.md §7)."""

from datetime import date, timedelta


def next_due(on: date, days: int, agreed: date | None = None) -> date:
    """The day of the next visit: by the rhythm, or the earlier day that was agreed at the door."""
    by_rhythm = on + timedelta(days=days)
    return min(by_rhythm, agreed) if agreed else by_rhythm


def answers(due: date | None, on: date, last: date | None) -> bool:
    """Whether a visit is the one that was due, or comes so early that it is one more.

    It is the one once half the time since the last visit has passed; otherwise whoever goes to one door every
    day would fill a month's figures with it.
    """
    if due is None:
        return False
    return last is None or on >= due or 2 * (on - last) >= due - last


def is_on_time(due: date, on: date) -> bool:
    """The day itself is still on time."""
    return on <= due


def rate(on_time: int, owed: int) -> float | None:
    """走访率: visits done on time of those owed; nothing where none was owed."""
    return on_time / owed if owed else None
