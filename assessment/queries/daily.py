"""The daily work of the grids (网格日常) in some days: patrols, visits, diaries, signing, freshness of the register.

A number is the count of the very rows that `records` lists behind it, so the two cannot disagree. The counts are
those of the scores (docs/rules/scoring.md §2), for any days and any place.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from cases.models import Assignment
from grids.enums import Level
from grids.models import Grid

from ..enums import Formula, Input
from ..rules.formulas import RECIPES
from ..rules.rates import Period, share
from .inputs import working_days
from .records import Source, lines_written, sources_of

DIARY_LINES = "diary_lines"
I = Input  # noqa: E741 - a column of the sheet is read at a glance

# What a line of the sheet has, in the order of the usual form; a formula is the rate of the two counts before it.
COLUMNS: tuple[Input | Formula | str, ...] = (
    I.DUTY_DAYS, I.PATROL_DAYS, Formula.PATROL, I.VISITS_OWED, I.VISITS_IN_TIME, Formula.VISITS, DIARY_LINES,
    I.TO_SIGN, I.SIGNED, Formula.SIGNING, I.HOUSEHOLDS, I.FRESH, Formula.FRESHNESS,
)  # fmt: skip
# Days to be patrolled are days of the calendar: there are no rows behind them.
ALL = tuple(str(what) for what in COLUMNS if not isinstance(what, Formula))
COUNTED = tuple(name for name in ALL if name != I.DUTY_DAYS)

Counts = dict[int | None, dict[str, int]]


@dataclass(frozen=True)
class Line:
    """One grid in the sheet, or all of them together."""

    label: str
    counts: Mapping[str, int]
    key: dict[str, str] = field(default_factory=dict)  # what leads to its rows

    def parts(self, formula: Formula) -> tuple[int, int]:
        recipe = RECIPES[formula]
        return self.counts[recipe.part], self.counts[recipe.whole]

    @property
    def is_balanced(self) -> bool:
        """Whether no part exceeds its whole."""
        shares = (self.parts(what) for what in COLUMNS if isinstance(what, Formula))
        return all(part <= whole for part, whole in shares)

    def percent(self, formula: Formula) -> str:
        """Sum divided by sum; a dash where nothing was owed."""
        found = share(*self.parts(formula))
        return "—" if found is None else f"{found}%"


@dataclass(frozen=True)
class Daily:
    """The daily work of a place: a line for every grid below (a building grid: itself), and all together."""

    lines: tuple[Line, ...]
    total: Line


def daily(grid: Grid, period: Period) -> Daily:
    """Count the daily work; a number of queries that does not depend on how many grids there are."""
    counts: Counts = defaultdict(lambda: dict.fromkeys(ALL, 0))
    children = dict(grid.get_children().values_list("code", "pk")) or {grid.code: grid.pk}
    for name in COUNTED:
        for rows, _told in sources(grid, period, name):
            for part, number in _by_part(rows, grid, children):
                counts[part][name] += number
    _add_duty(counts, grid, children, len(working_days(period)))
    return _by_grid(grid, counts)


def sources(grid: Grid, period: Period, name: str, *, direct: bool = False) -> list[Source]:
    """The rows behind a number; `direct`: only what lies in none of the grids below."""
    found = lines_written(grid, period) if name == DIARY_LINES else sources_of(grid, period, Input(name))
    return [(_directly(rows, grid), told) for rows, told in found] if direct else found


def _directly(rows: QuerySet[Any], grid: Grid) -> QuerySet[Any]:
    if rows.model is Assignment:
        return rows.filter(grid=grid)
    return rows.filter(**{f"{_column(grid)}__isnull": True})


def _by_part(
    rows: QuerySet[Any], grid: Grid, children: Mapping[str, int]
) -> Iterator[tuple[int | None, int]]:
    """How many rows lie in each of the grids below; None: in none of them, but in the grid itself."""
    plain = rows.select_related(None).order_by()
    if rows.model is Assignment:  # it lies where its unit does
        for code, number in plain.values_list("grid__code").annotate(Count("pk")):
            yield _child(code, children), number
    else:
        yield from plain.values_list(_column(grid)).annotate(Count("pk"))


def _child(code: str, children: Mapping[str, int]) -> int | None:
    return next((pk for child, pk in children.items() if code.startswith(child)), None)


def _column(grid: Grid) -> str:
    return f"{Level(min(grid.level + 1, Level.BUILDING)).path_field}_id"


def _add_duty(counts: Counts, grid: Grid, children: Mapping[str, int], days: int) -> None:
    """Every building grid in use is walked on every working day."""
    walked = Grid.objects.active().filter(code__startswith=grid.code, level=Level.BUILDING)
    for code in walked.values_list("code", flat=True):
        counts[_child(code, children)][Input.DUTY_DAYS] += days


def _by_grid(grid: Grid, counts: Counts) -> Daily:
    own = Q(pk=grid.pk) if grid.level == Level.BUILDING else Q(parent_id=grid.pk, is_active=True)
    below = Grid.objects.filter(own | Q(pk__in=[pk for pk in counts if pk])).order_by("code")
    lines = [Line(place.name, counts[place.pk], {"grid": place.code}) for place in below]
    if None in counts:
        lines.append(Line(_("%(grid)s itself") % {"grid": grid}, counts[None], {"direct": "1"}))
    total = {name: sum(line.counts[name] for line in lines) for name in ALL}
    return Daily(tuple(lines), Line(_("Total"), total))
