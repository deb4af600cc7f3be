"""The month bulletin (月通报): results and consequences of a published month, in the layout of the public ones.

Everything comes from frozen rows: the bulletin of a month is the same whenever it is opened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from grids.enums import Level
from grids.models import Grid

from ..enums import Figure, Rate, Standing
from ..models import MonthlyScore, Proposal, Run
from ..rules import scoring
from .tally import Row, Tally, tally

SHOWN = 100  # grids of a level on the page; the workbook has all of them
REWARDED = (Standing.BEST,)
WARNED = (Standing.YELLOW, Standing.RED, Standing.LAST)


@dataclass(frozen=True)
class Results:
    """One level in the bulletin: its grids, the best first."""

    level: Level
    scores: list[MonthlyScore]  # that are ranked
    ranked: int
    number: int
    average: Decimal | None  # of all of them

    @property
    def is_cut(self) -> bool:
        return self.ranked > len(self.scores)

    @property
    def unranked(self) -> int:
        return self.number - self.ranked


@dataclass(frozen=True)
class Bulletin:
    """One month of a district, as it is read out."""

    run: Run
    figures: Tally
    results: list[Results]
    rewarded: list[tuple[Level, list[Proposal]]]
    warned: list[tuple[Level, list[Proposal]]]

    @property
    def facts(self) -> list[tuple[str, str, str]]:
        """The month in a few numbers: name, value, numerator and denominator."""
        total: Row = self.figures.total
        counted = [(str(figure.label), f"{total[figure]:,}", "") for figure in (Figure.NEW, Figure.CLOSED)]
        divided = [
            (str(rate.label), _percent(total, rate), "{:,} / {:,}".format(*total.parts(rate)))
            for rate in (Rate.CLOSING, Rate.ON_TIME, Rate.REWORK)
        ]
        return counted + divided


def _percent(row: Row, rate: Rate) -> str:
    value = row.rate(rate)
    return "—" if value is None else f"{value}%"


def bulletin(run: Run) -> Bulletin:
    """The bulletin of a published month; a number of queries that does not depend on how many grids there are."""
    decided = list(
        Proposal.objects.filter(score__run=run, is_confirmed=True)
        .select_related("score__grid")
        .order_by("score__level", "score__place", "score__grid__code")
    )
    return Bulletin(
        run=run,
        figures=tally(run.grid, run.month, cut_off=run.cut_off),
        results=[results(run, level) for level in Level if level != Level.DISTRICT],
        rewarded=_by_level(decided, REWARDED),
        warned=_by_level(decided, WARNED),
    )


def results(run: Run, level: Level) -> Results:
    rows = of_level(run, level)
    finals = list(rows.order_by().values_list("final", "is_ranked"))
    ranked = sum(is_ranked for _final, is_ranked in finals)
    average = scoring.mean([final for final, _is_ranked in finals])
    return Results(level, list(rows.filter(is_ranked=True)[:SHOWN]), ranked, len(finals), average)


def of_level(run: Run, level: Level) -> QuerySet[MonthlyScore]:
    """Every grid of a level, the best first, with the community and street it lies in."""
    rows = MonthlyScore.objects.filter(run=run, level=level).select_related("grid", "street", "community")
    return rows.defer("counts", "lines").order_by("-is_ranked", "-final", "grid__code")


def _by_level(decided: list[Proposal], standings: tuple[Standing, ...]) -> list[tuple[Level, list[Proposal]]]:
    return [(level, found) for level in Level if (found := list(_of(decided, level, standings)))]


def _of(decided: list[Proposal], level: Level, standings: tuple[Standing, ...]) -> Iterator[Proposal]:
    return (each for each in decided if each.score.level == level and each.standing in standings)


def published_runs(district: Grid) -> QuerySet[Run]:
    """The months with a bulletin, the newest first."""
    return (
        Run.objects.filter(grid=district, published_at__isnull=False)
        .select_related("grid", "scheme")
        .order_by("-month")
    )
