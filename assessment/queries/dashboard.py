"""A grid and the grids below it over the months: the figures, the published scores, and what moved the figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import dropwhile
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Category
from grids.enums import Level
from grids.models import Grid

from ..enums import Headline
from ..models import MonthlyScore
from ..rules import moves, rates
from ..rules.moves import SILENT_BELOW, Amount, Move, Push
from ..rules.rates import Period
from .tally import BY_CATEGORY, BY_PART, NOTHING, TOTAL, Found, sums

Counts = Mapping[str, int]
Scores = dict[tuple[int, date], MonthlyScore]


@dataclass(frozen=True)
class Line:
    """One grid over the months, the oldest first."""

    label: str
    code: str  # empty for what lies in no grid below
    counts: tuple[Counts, ...]
    scores: tuple[MonthlyScore | None, ...]

    def is_quiet(self, headline: Headline) -> bool:
        """Whether nothing at all is told of it in any of the months: no round of a case, or no published score."""
        if headline == Headline.SCORE:
            return not any(self.scores)
        return not any(any(month.values()) for month in self.counts)

    def value(self, headline: Headline, month: int) -> Decimal | None:
        """A figure of one of its months; None where there is nothing to divide by, or no published score."""
        if headline == Headline.SCORE:
            score = self.scores[month]
            return score.final if score else None
        counts = self.counts[month]
        return rates.value(headline.rate, counts) if headline.rate else Decimal(counts[headline.figure])


@dataclass(frozen=True)
class Dashboard:
    """Some months of a grid and of every grid below it."""

    grid: Grid
    periods: tuple[Period, ...]
    found: tuple[dict[int, Found], ...]
    own: Line
    lines: tuple[Line, ...]  # the grids below, and last what lies in none of them

    def told(self, headline: Headline) -> tuple[Line, ...]:
        """The lines to show: the grids below that have something to say, or all; a building grid shows itself."""
        return tuple(line for line in self.lines if not line.is_quiet(headline)) or self.lines or (self.own,)

    def quiet(self, headline: Headline) -> list[Line]:
        """The grids below that are only named."""
        told = self.told(headline)
        return [line for line in self.lines if line not in told]

    @property
    def closed(self) -> list[int]:
        """Which of the months are over, from the first in which anything happened: before it there is no mean."""
        over = [n for n, period in enumerate(self.periods) if period.is_whole]
        return list(dropwhile(lambda n: not any(self.own.counts[n].values()), over))


def dashboard(grid: Grid, periods: Sequence[Period]) -> Dashboard:
    """The months of a grid; a few questions where those that are over are kept, and one more for each that is not."""
    found = tuple(sums(grid, periods))
    below = _below(grid, found)
    scores = _scores([grid, *below], [period.month for period in periods])

    def line(label: str, place: Grid | None, side: int, part: int | None) -> Line:
        counts = tuple(month.get(side, {}).get((part, None, None, None), NOTHING) for month in found)
        of = tuple(scores.get((place.pk, period.month)) if place else None for period in periods)
        return Line(label, place.code if place else "", counts, of)

    lines = [line(each.name, each, BY_PART, each.pk) for each in below]
    if grid.level < Level.BUILDING and any((None,) * 4 in month.get(BY_PART, {}) for month in found):
        lines.append(line(_("%(grid)s itself") % {"grid": grid}, None, BY_PART, None))
    return Dashboard(grid, tuple(periods), found, line(grid.name, grid, TOTAL, None), tuple(lines))


def _below(grid: Grid, found: Iterable[dict[int, Found]]) -> list[Grid]:
    """The grids in use right below, and those no longer in use that something happened in."""
    if grid.level == Level.BUILDING:
        return []
    counted = {part for month in found for part, *_rest in month.get(BY_PART, {}) if part}
    return list(
        Grid.objects.filter(Q(parent_id=grid.pk, is_active=True) | Q(pk__in=counted)).order_by("code")
    )


def _scores(grids: Iterable[Grid], months: Iterable[date]) -> Scores:
    rows = MonthlyScore.objects.published().filter(grid__in=list(grids), run__month__in=list(months))
    return {
        (score.grid_id, score.run.month): score
        for score in rows.select_related("run").defer("counts", "lines")
    }


# --- which figures moved, and why ------------------------------------------------------------------------------

# The part of a place that a reason names: the filter that leads to its cases from the grid it is asked of.
Part = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reason:
    """A grid below or a category, and what it did to the figure of the whole."""

    label: str
    part: Part
    now: Amount
    before: Amount
    by: Fraction


@dataclass(frozen=True)
class Explained:
    """One figure of the last month that is over against an earlier one, or against the mean of several."""

    headline: Headline
    now: Amount
    before: Amount
    change: Fraction
    grids: tuple[Reason, ...]
    categories: tuple[Reason, ...]


def explained(board: Dashboard, against: Sequence[int]) -> list[Explained]:
    """What moved between some earlier months, taken together, and the last that is over; of few cases nothing."""
    last = board.closed[-1]
    filed = _filed(board, [last, *against])
    found = []
    for headline in Headline:
        if headline == Headline.SCORE:
            continue
        by_grid = _move(
            headline, _by_line(board, headline, [last]), _by_line(board, headline, against), len(against)
        )
        if by_grid is None or _is_small(headline, by_grid.now, by_grid.before):
            continue
        by_category = _move(
            headline,
            _by_category(board, headline, [last]),
            _by_category(board, headline, against),
            len(against),
        )
        found.append(
            Explained(
                headline, by_grid.now, by_grid.before, by_grid.change,
                _reasons(headline, by_grid, _named_lines(board)), _reasons(headline, by_category, filed),
            )
        )  # fmt: skip
    return found


def _move(
    headline: Headline, now: dict[Any, Amount], before: dict[Any, Amount], months: int
) -> Move[Any] | None:
    return moves.of_rate(now, before) if headline.rate else moves.of_number(now, before, months)


def _is_small(headline: Headline, now: Amount, before: Amount) -> bool:
    """Whether a figure rests on too few cases to say anything of its change."""
    return (
        min(now.d, before.d) < SILENT_BELOW if headline.rate else max(now.value, before.value) < SILENT_BELOW
    )


def _amount(headline: Headline, rows: Iterable[Counts]) -> Amount:
    kept = [rates.parts(headline.rate, row) if headline.rate else (row[headline.figure], 1) for row in rows]
    return Amount(sum(n for n, _d in kept), sum(d for _n, d in kept))


def _by_line(board: Dashboard, headline: Headline, months: Sequence[int]) -> dict[Any, Amount]:
    """By grid below; a building grid has none and is its own only part."""
    lines = board.lines or (board.own,)
    return {line.code: _amount(headline, [line.counts[month] for month in months]) for line in lines}


def _by_category(board: Dashboard, headline: Headline, months: Sequence[int]) -> dict[Any, Amount]:
    rows: dict[Any, list[Counts]] = {}
    for month in months:
        for (_part, ledger, category, _channel), counts in board.found[month].get(BY_CATEGORY, {}).items():
            rows.setdefault((ledger, category), []).append(counts)
    return {filed: _amount(headline, kept) for filed, kept in rows.items()}


Names = Mapping[Any, tuple[str, Part]]


def _named_lines(board: Dashboard) -> Names:
    """Every line below by its code; nothing is explained by the whole itself."""
    return {
        line.code: (line.label, (("grid", line.code),) if line.code else (("direct", "1"),))
        for line in board.lines
    }


def _filed(board: Dashboard, months: Iterable[int]) -> Names:
    keys = {(key[1], key[2]) for month in months for key in board.found[month].get(BY_CATEGORY, {})}
    tree = Category.objects.in_bulk([category for _ledger, category in keys])
    return {
        (ledger, pk): (tree[pk].name, (("ledger", ledger), ("category", tree[pk].code)))
        for ledger, pk in keys
    }


def _reasons(headline: Headline, move: Move[Any] | None, names: Names) -> tuple[Reason, ...]:
    if move is None:
        return ()
    cases = {push.part: _cases(headline, push) for push in move.pushes}
    named = [(push, names[push.part]) for push in move.named(cases) if push.part in names]
    return tuple(Reason(label, part, push.now, push.before, push.by) for push, (label, part) in named)


def _cases(headline: Headline, push: Push[Any]) -> int:
    sides = (push.now, push.before)
    return max(side.d if headline.rate else side.n // max(side.d, 1) for side in sides)
