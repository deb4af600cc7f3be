"""When two entries may be one person, how their stays become one story, how long that can be undone.

docs/rules/registers.md §2.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

UNDO_DAYS = 30
MISTYPED = 2  # characters of an ID number that one slip of the fingers changes, its check besides
FOREVER = date.max


@dataclass(frozen=True)
class Spell:
    """A time in one household, [since, until); without an end it lasts."""

    household: int
    relation: str
    since: date
    until: date | None = None

    @property
    def end(self) -> date:
        return self.until or FOREVER


def may_be_mistyped(first: str | None, second: str | None) -> bool:
    """Whether one ID number may be the other with a slip in it, or one of them is missing."""
    if not first or not second:
        return True
    pairs = zip(first[:17], second[:17], strict=True)
    return sum(one != other for one, other in pairs) <= MISTYPED


def woven(leading: Sequence[Spell], others: Iterable[Spell], gone: date | None = None) -> list[Spell]:
    """One person lived in one place at a time: where two entries tell of one day, the leading one is believed.

    Of the others the parts remain for which the leading one says nothing. `gone`: since when, according to the
    leading one, she lives in the district no more.
    """
    taken = [(spell.since, spell.end) for spell in leading]
    if gone:
        taken.append((gone, FOREVER))
    parts = [part for spell in others for part in _outside(spell, sorted(taken))]
    return sorted([*leading, *parts], key=lambda spell: (spell.since, spell.end))


def _outside(spell: Spell, taken: list[tuple[date, date]]) -> Iterable[Spell]:
    """What of a spell lies in none of the times taken."""
    since = spell.since
    for start, end in taken:
        if end <= since:
            continue
        if start >= spell.end:
            break
        if start > since:
            yield replace(spell, since=since, until=start)
        since = end
    if since < spell.end:
        yield replace(spell, since=since)


def undone_until(merged_on: date) -> date:
    """The last day on which a merge can be undone."""
    return merged_on + timedelta(days=UNDO_DAYS)
