"""Which parts moved a figure, and by how much (docs/rules/figures.md §8).

A figure of a whole is n / d: a part of a whole, a sum over a number, or plainly a number (d is 1). What a part did to
it is what the part adds beyond the figure there was, now less then; over all parts that is exactly the change.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from .rates import half_up

NAMED = 3  # parts that are named, the strongest first
SILENT_BELOW = 5  # cases; of fewer nothing is said. Our own default, as in the ranking

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Amount:
    """A numerator and its denominator: cases and those of them, or days and closings, or cases and months."""

    n: int
    d: int

    @property
    def value(self) -> Fraction:
        return Fraction(self.n, self.d)


NONE = Amount(0, 0)


@dataclass(frozen=True)
class Push(Generic[Key]):
    """What one part did to the figure of the whole."""

    part: Key
    now: Amount
    before: Amount
    by: Fraction


@dataclass(frozen=True)
class Move(Generic[Key]):
    """A figure now and before, and what each part had to do with the change."""

    now: Amount
    before: Amount
    pushes: tuple[Push[Key], ...]

    @property
    def change(self) -> Fraction:
        return self.now.value - self.before.value

    def named(self, cases: Mapping[Key, int]) -> list[Push[Key]]:
        """The parts to be named: of enough cases, the strongest first, those that did nothing left out."""
        told = [push for push in self.pushes if push.by and cases.get(push.part, 0) >= SILENT_BELOW]
        return sorted(told, key=lambda push: -abs(push.by))[:NAMED]


def of_rate(now: Mapping[Key, Amount], before: Mapping[Key, Amount]) -> Move[Key] | None:
    """What moved a quotient whose parts are given; nothing where there is or was nothing to divide by.

    (n_i − r0·d_i) / d − (n0_i − r0·d0_i) / d0: the second term sums up to nothing, the first to r − r0. A part that
    stands as it stood, in a whole as large as it was, has done nothing.
    """
    whole, past = _sum(now.values()), _sum(before.values())
    if not whole.d or not past.d:
        return None
    r0 = past.value

    def by(part: Key) -> Fraction:
        here, there = now.get(part, NONE), before.get(part, NONE)
        return (here.n - r0 * here.d) / whole.d - (there.n - r0 * there.d) / past.d

    return Move(whole, past, _pushes(now, before, by))


def of_number(now: Mapping[Key, Amount], before: Mapping[Key, Amount], months: int = 1) -> Move[Key]:
    """What moved a number of cases; before it may be the mean of several months."""

    past = {part: Amount(amount.n, months) for part, amount in before.items()}

    def by(part: Key) -> Fraction:
        return now.get(part, NONE).n - Fraction(before.get(part, NONE).n, months)

    whole = Amount(_sum(now.values()).n, 1)
    return Move(whole, Amount(_sum(before.values()).n, months), _pushes(now, past, by))


def _sum(parts: Iterable[Amount]) -> Amount:
    kept = list(parts)
    return Amount(sum(part.n for part in kept), sum(part.d for part in kept))


def _pushes(
    now: Mapping[Key, Amount], before: Mapping[Key, Amount], by: Callable[[Key], Fraction]
) -> tuple[Push[Key], ...]:
    keys = dict.fromkeys([*now, *before])
    return tuple(Push(key, now.get(key, NONE), before.get(key, NONE), by(key)) for key in keys)


def printed(value: Fraction) -> Decimal:
    """Half up to two decimals, away from nothing: what falls is rounded as what rises."""
    size = half_up(abs(value.numerator), value.denominator)
    return -size if value < 0 else size
