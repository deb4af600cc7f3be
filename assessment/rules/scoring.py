"""How counts become a hundred points, places and warnings (docs/rules/scoring.md).

Whole numbers and fractions all the way: points are rounded once, half up to two decimals, for each indicator, and
the sum of what is printed is the total that is printed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from grids.enums import Level
from grids.rules.workdays import end_of

from ..enums import WEIGHTS, Basis, Deduction, Formula, Input, Section, Standing
from . import rates
from .formulas import RECIPES, TAKEN
from .rates import TWO_PLACES

NOTHING, EVERYTHING = Decimal(0), Decimal(100)

QUARTER = "quarter"  # what is judged of a quarter beside its months, as an inspection is entered: 0 to 100

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Indicator:
    """One line of a scheme: computed by a formula, or inspected where there is none."""

    code: str
    section: Section
    weight: Decimal
    formula: Formula | None = None
    minimum: int = 1  # of the whole; with less the grid's own figure alone says too little


@dataclass(frozen=True)
class Terms:
    """The numbers of a scheme beside its indicators. Those that no text names are ours and say so."""

    yellow: Decimal = Decimal(5)
    red: Decimal = Decimal(10)
    upheld: Decimal = Decimal(2)
    reply_late: Decimal = Decimal(2)
    ranked_from: int = 5  # cases to be closed
    warn_below: Decimal = Decimal(70)
    warn_percent: int = 5  # the lowest share of a level, two months running
    group_from: int = 10  # ranked grids, for anything that singles out the first or the last
    best_places: int = 3
    months_share: int = 70  # per cent of a quarter's score that its months make; the rest is judged

    def each(self, deduction: Deduction) -> Decimal:
        """What one occurrence takes off."""
        taken: Decimal = getattr(self, deduction.value)
        return taken


@dataclass(frozen=True)
class Line:
    """The points of one indicator and everything they were made of."""

    code: str
    points: Decimal
    basis: Basis
    part: int = 0
    whole: int = 0
    need: int = 1
    peers: tuple[int, int] = (0, 0)
    mark: int | None = None


@dataclass(frozen=True)
class Score:
    """A hundred points and where they went."""

    lines: tuple[Line, ...]
    sections: Mapping[Section, Decimal]
    deducted: Mapping[Deduction, Decimal] = field(default_factory=dict)

    @property
    def taken(self) -> Decimal:
        return sum(self.deducted.values(), NOTHING)

    @property
    def total(self) -> Decimal:
        """Never below nothing, never above everything."""
        return bounded(sum(self.sections.values(), NOTHING) - self.taken)


NAMES: tuple[str, ...] = tuple(Input.values)  # worked out once: twenty thousand grids ask for them


def bounded(points: Decimal) -> Decimal:
    """0 to 100."""
    return min(max(points, NOTHING), EVERYTHING).quantize(TWO_PLACES)


def rounded(value: Fraction) -> Decimal:
    """Two decimals, half up."""
    return rates.half_up(value.numerator, value.denominator)


def plain(points: Decimal) -> str:
    """Points as they are said: 10, 2.5, 0.75."""
    return f"{points.normalize():f}"


def measured(indicator: Indicator, counts: Counts, peers: Counts) -> Line:
    """The points of a computed indicator (§4).

    A grid with fewer than `minimum` to count is filled up to it with the average of its peers: one late case of
    two is no rate of 50 %, and a grid without any is neither praised nor blamed. `peers` are the sums of the grids
    of its level.
    """
    assert indicator.formula is not None
    recipe = RECIPES[indicator.formula]
    part, whole, need = counts[recipe.part], counts[recipe.whole], max(indicator.minimum, 1)
    average = (peers[recipe.part], peers[recipe.whole])
    value, basis = _value(part, whole, need, *average)
    return Line(indicator.code, _points(indicator.weight, *value), basis, part, whole, need, average)


def _value(part: int, whole: int, need: int, theirs: int, of: int) -> tuple[tuple[int, int], Basis]:
    """The share as a fraction; `theirs` of `of` is the average it is filled up with."""
    if whole >= need:
        return (part, whole), Basis.MEASURED
    if of:
        return (part * of + (need - whole) * theirs, need * of), Basis.FILLED
    return (1, 1), Basis.NOTHING


def _points(weight: Decimal, above: int, below: int) -> Decimal:
    """That share of a weight."""
    return rates.half_up(int(weight.scaleb(2)) * above, 100 * below)


def inspected(indicator: Indicator, mark: tuple[int, Decimal] | None) -> Line:
    """The points an inspector gave and a second person approved; without an inspection all of them (§5)."""
    if mark is None:
        return Line(indicator.code, indicator.weight.quantize(TWO_PLACES), Basis.UNMARKED)
    return Line(indicator.code, mark[1].quantize(TWO_PLACES), Basis.MARKED, mark=mark[0])


def score(
    indicators: Sequence[Indicator], terms: Terms, counts: Counts, peers: Counts,
    marks: Mapping[str, tuple[int, Decimal]],
) -> Score:  # fmt: skip
    """The score of one grid and month. `marks` are the approved entries of inspectors, by indicator."""
    lines = tuple(
        measured(each, counts, peers) if each.formula else inspected(each, marks.get(each.code))
        for each in indicators
    )
    sections = dict.fromkeys(Section, NOTHING.quantize(TWO_PLACES))
    for indicator, line in zip(indicators, lines, strict=True):
        sections[indicator.section] += line.points
    taken = {each: terms.each(each) * counts[TAKEN[each]] for each in Deduction if counts[TAKEN[each]]}
    return Score(lines, sections, taken)


def sums(rows: Iterable[Counts]) -> dict[str, int]:
    """The counts of several grids together: what a rate of all of them is made of."""
    total = dict.fromkeys(NAMES, 0)
    for row in rows:
        for name in NAMES:
            total[name] += row[name]
    return total


def imbalance(indicators: Iterable[Indicator]) -> dict[Section, Decimal]:
    """The sections whose weights do not sum to what they must, with what they sum to."""
    found = dict.fromkeys(Section, NOTHING)
    for each in indicators:
        found[each.section] += each.weight
    return {section: weight for section, weight in found.items() if weight != WEIGHTS[section]}


# --- places and warnings (§6, §8) -----------------------------------------------------------------------


def peer_group(level: int, kind: str) -> tuple[int, str]:
    """Whom a grid is compared with: those of its level, and a building grid with those of its kind."""
    return level, kind if level == Level.BUILDING else ""


def is_at_the_bottom(place: int | None, ranked: int, terms: Terms) -> bool:
    """Whether it is among the lowest `warn_percent` of a group large enough to say so."""
    if place is None or ranked < terms.group_from:
        return False
    return 100 * place > (100 - terms.warn_percent) * ranked


@dataclass(frozen=True)
class Record:
    """What the warnings of a month look at: this month, the one before, the quarter so far."""

    points: Decimal
    place: int | None
    ranked: int  # grids of its level that have a place
    lowest: int = 0  # the last of their places
    was_at_the_bottom: bool = False  # last month
    yellows: int = 0  # warnings of earlier months of the same quarter that were not dropped


def standings(record: Record, terms: Terms) -> list[Standing]:
    """What a month proposes for a grid; a person decides."""
    found = []
    is_bottom = is_at_the_bottom(record.place, record.ranked, terms)
    singles_out = record.place is not None and record.ranked >= terms.group_from
    if singles_out and record.place is not None and record.place <= terms.best_places:
        found.append(Standing.BEST)
    if singles_out and record.place == record.lowest:
        found.append(Standing.LAST)
    if record.points < terms.warn_below or (is_bottom and record.was_at_the_bottom):
        found.append(Standing.YELLOW)
        if record.yellows:
            found.append(Standing.RED)
    return found


# --- people (§7) --------------------------------------------------------------------------------------------


def is_hers(day: date, since: datetime, until: datetime | None) -> bool:
    """Whether somebody held a post at the end of a day: of two who follow each other each day belongs to one, and a
    day without anybody to nobody."""
    return since < end_of(day) and (until is None or until >= end_of(day))


def days_held(since: datetime, until: datetime | None, first: date, last: date) -> int:
    """The days from `first` to `last` that belong to who held a post."""
    return sum(is_hers(first + timedelta(days=n), since, until) for n in range((last - first).days + 1))


def in_proportion(held: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """A person's month: the scores of her grids in proportion to the days she held a post there."""
    held = [(points, days) for points, days in held if days]
    days = sum(days for _points, days in held)
    return rounded(sum((Fraction(p) * d for p, d in held), Fraction(0)) / days) if days else None


# --- quarter and year (§9) --------------------------------------------------------------------------------


def quarter(months: Sequence[Decimal], judged: Decimal | None, terms: Terms) -> Decimal | None:
    """The mean of its months, and what was judged beside them; without a judgement the mean alone."""
    if not months:
        return None
    if judged is None:
        return mean(months)
    average = sum(map(Fraction, months), Fraction(0)) / len(months)
    return rounded((average * terms.months_share + Fraction(judged) * (100 - terms.months_share)) / 100)


def year(quarters: Sequence[Decimal]) -> Decimal | None:
    """The mean of its quarters."""
    return mean(quarters)


def mean(scores: Sequence[Decimal]) -> Decimal | None:
    """A mean of scores, half up to two decimals; None of nothing."""
    return rounded(sum(map(Fraction, scores), Fraction(0)) / len(scores)) if scores else None
