"""Quarter and year (季考核, 年终考核): roll-ups of published months, as they were published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grids.models import Grid

from ..enums import MarkState
from ..models import Mark, MonthlyScore, Run
from ..rules import rates, scoring
from ..rules.scoring import QUARTER, Terms
from .schemes import holding

QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Line:
    """One grid in a quarter or a year: the scores of its parts, what was judged beside them, the result, its place."""

    grid: Grid
    parts: tuple[Decimal | None, ...]  # months of a quarter, quarters of a year
    scores: tuple[MonthlyScore | None, ...]  # of a quarter: where each month is explained
    judged: Decimal | None
    result: Decimal | None
    place: int | None = None

    @property
    def is_whole(self) -> bool:
        return all(part is not None for part in self.parts)

    @property
    def cells(self) -> list[tuple[Decimal | None, str]]:
        """The parts with the page that explains each."""
        urls = [score.get_absolute_url() if score else "" for score in self.scores] or [""] * len(self.parts)
        return list(zip(self.parts, urls, strict=True))


def months_of(year: int, quarter: int) -> list[date]:
    return [date(year, 3 * (quarter - 1) + n, 1) for n in (1, 2, 3)]


def quarter_of(month: date) -> int:
    return (month.month - 1) // 3 + 1


def quarters_there_are(district: Grid) -> list[tuple[int, int]]:
    """The quarters with a published month, the newest first."""
    months = Run.objects.filter(grid=district, published_at__isnull=False).values_list("month", flat=True)
    return sorted({(month.year, quarter_of(month)) for month in months}, reverse=True)


def quarter(district: Grid, year: int, number: int, place: Grid, level: int) -> list[Line]:
    """The grids of one level in a place over a quarter, the best first; a month that is not published is missing."""
    months = months_of(year, number)
    scores = _published(district, months, place, level)
    judged = _judged(district, months[0], level)
    terms = holding(district, months[0])[0].terms
    lines = [
        _line(grid, [of.get(month) for month in months], judged.get(grid.pk), terms) for grid, of in scores
    ]
    return _placed(lines)


def year(district: Grid, year: int, place: Grid, level: int) -> list[Line]:
    """The same over a year: the mean of its quarters."""
    found: dict[int, dict[int, Line]] = {}
    for number in QUARTERS:
        for line in quarter(district, year, number, place, level):
            found.setdefault(line.grid.pk, {})[number] = line
    return _placed(_year_line(of) for of in found.values())


def _published(
    district: Grid, months: Sequence[date], place: Grid, level: int
) -> list[tuple[Grid, dict[date, MonthlyScore]]]:
    """Two queries, whatever the number of months."""
    rows = (
        MonthlyScore.objects.published()
        .inside(place)
        .filter(run__grid=district, run__month__in=list(months), level=level)
        .select_related("grid", "run")
        .defer("counts", "lines")
        .order_by("grid__code")
    )
    grids: dict[int, Grid] = {}
    found: dict[int, dict[date, MonthlyScore]] = {}
    for score in rows:
        grids[score.grid_id] = score.grid
        found.setdefault(score.grid_id, {})[score.run.month] = score
    return [(grids[pk], found[pk]) for pk in grids]


def _judged(district: Grid, first: date, level: int) -> dict[int, Decimal]:
    """What was judged of each grid beside its months, the last approved entry of the quarter."""
    rows = Mark.objects.filter(
        district=district, indicator=QUARTER, month=first, state=MarkState.APPROVED, grid__level=level
    ).order_by("pk")
    return dict(rows.values_list("grid_id", "points"))


def _line(grid: Grid, scores: list[MonthlyScore | None], judged: Decimal | None, terms: Terms) -> Line:
    parts = tuple(score.final if score else None for score in scores)
    result = scoring.quarter([part for part in parts if part is not None], judged, terms)
    return Line(grid, parts, tuple(scores), judged, result)


def _year_line(quarters: dict[int, Line]) -> Line:
    parts = tuple(quarters[number].result if number in quarters else None for number in QUARTERS)
    grid = next(iter(quarters.values())).grid
    return Line(grid, parts, (), None, scoring.year([part for part in parts if part is not None]))


def _placed(lines: Iterable[Line]) -> list[Line]:
    """In the order of their results; a line with a part missing is listed, not ranked."""
    kept = list(lines)
    places = rates.places([line.result if line.is_whole else None for line in kept])
    ranked = [
        Line(line.grid, line.parts, line.scores, line.judged, line.result, place)
        for line, place in zip(kept, places, strict=True)
    ]
    return sorted(
        ranked, key=lambda line: (line.place is None, line.place or 0, -(line.result or 0), line.grid.code)
    )
