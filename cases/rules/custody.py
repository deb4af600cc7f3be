"""Who had a case from when to when: its custody, read from its events (docs/rules/lifecycle.md §4)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Holder:
    """One grid or one department, and the post that answers for it; no post: the command centre of the street."""

    grid: int | None
    department: int | None
    post: int | None


@dataclass(frozen=True)
class Hold:
    """From `since` on, up to but not including `until`; without an end the case is there now."""

    holder: Holder
    since: datetime
    until: datetime | None


def custody(stood: Iterable[tuple[datetime, Holder | None]]) -> list[Hold]:
    """One hold after the other, from how each event left the case; None: it had ended, nobody had it.

    While a case is open there is no gap between two holds and no overlap. Who passed it on in the very
    instant in which it came never had it.
    """
    holds: list[Hold] = []
    for at, holder in dict(stood).items():  # of several events at one instant the last one counts
        if holds and holds[-1].until is None:
            if holds[-1].holder == holder:
                continue
            holds[-1] = replace(holds[-1], until=at)
        if holder is not None:
            holds.append(Hold(holder, at, None))
    return holds
