"""The dashboard: the grids of a place side by side over the months, and which figures moved and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridgov.kit import svg
from grids.enums import Right
from grids.models import Grid
from grids.views.places import place_asked, places_around

from ..enums import Headline
from ..forms import as_sent
from ..forms.dashboard import DashboardForm
from ..queries import dashboard as questions
from ..queries.dashboard import Dashboard, Line
from ..rules import rates
from ..rules.moves import SILENT_BELOW
from .moves import moves, rows_of
from .reporting import rate_text


@dataclass(frozen=True)
class Cell:
    """A month of a line: its number, what it is made of, and where it leads."""

    label: str
    text: str
    parts: str
    url: str


@dataclass(frozen=True)
class Shown:
    """A line as it is printed."""

    label: str
    url: str  # the same page one level down
    cells: list[Cell]
    chart: SafeString | str = ""

    @property
    def newest(self) -> str:
        return self.cells[-1].text


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Some months of a grid, each grid below in a line of its own."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = DashboardForm(request.GET, at=request.at, places=places_around(request, grid, Right.FIGURES))
    context = {"title": _("Dashboard"), "grid": grid, "form": form}
    if not form.is_valid():
        return render(request, "assessment/dashboard.html", context, status=422)
    board = questions.dashboard(grid, form.periods)
    asked = form.asked(grid)
    context |= {
        "form": form.filled(grid), "headline": form.headline, "up": _up(request, grid, asked),
        "heads": [(f"{period.month:%Y-%m}", not period.is_whole) for period in board.periods],
        "own": _shown(board, board.own, form.headline, asked), "silent_below": SILENT_BELOW,
        "lines": _lines(board, form.headline, asked), "moves": moves(board),
        "quiet": [(line.label, _address(asked, grid=line.code)) for line in board.quiet(form.headline)],
        "against_whole": form.headline.rate is not None,
    }  # fmt: skip
    return render(request, "assessment/dashboard.html", context)


def _address(asked: dict[str, str], **changes: str) -> str:
    return f"{reverse('assessment:dashboard')}?{urlencode({**asked, **changes})}"


def _up(request: HttpRequest, grid: Grid, asked: dict[str, str]) -> list[tuple[str, str]]:
    """The way up, as far as the person reads figures."""
    above = [each for each in grid.get_ancestors() if request.scope.covers_grid(each.code, Right.FIGURES)]
    return [(each.name, _address(asked, grid=each.code)) for each in above]


# --- lines ------------------------------------------------------------------------------------------------------


def _lines(board: Dashboard, headline: Headline, asked: dict[str, str]) -> list[Shown]:
    """The grids below that have something to show; a building grid has none below and shows itself."""
    lines = board.told(headline)
    values = [_values(board, line, headline) for line in lines]
    against = [] if lines == (board.own,) else _against(board, headline, values)
    top = max((value for line in [*values, against] for value in line if value is not None), default=0)
    return [
        replace(_shown(board, line, headline, asked), chart=_chart(board, line, headline, against, top))
        for line in lines
    ]


def _chart(
    board: Dashboard, line: Line, headline: Headline, against: Sequence[float | None], top: float
) -> SafeString:
    texts = [_cell(board, line, headline, month) for month in range(len(board.periods))]
    values = _values(board, line, headline)
    points = [svg.Point(cell.label, value, cell.text) for cell, value in zip(texts, values, strict=True)]
    return svg.small(points, against, top=top, title=f"{line.label} · {headline.label}")


def _values(board: Dashboard, line: Line, headline: Headline) -> list[float | None]:
    found = [line.value(headline, month) for month in range(len(board.periods))]
    return [None if value is None else float(value) for value in found]


def _against(
    board: Dashboard, headline: Headline, values: Sequence[Sequence[float | None]]
) -> list[float | None]:
    """What each line is compared with: a rate with that of the whole, a number with the mean of the lines."""
    if headline.rate:
        return _values(board, board.own, headline)
    months = [[value for value in month if value is not None] for month in zip(*values, strict=True)]
    return [sum(month) / len(month) if month else None for month in months]


def _shown(board: Dashboard, line: Line, headline: Headline, asked: dict[str, str]) -> Shown:
    cells = [_cell(board, line, headline, month) for month in range(len(board.periods))]
    is_below = line.code and line.code != board.grid.code
    return Shown(line.label, _address(asked, grid=line.code) if is_below else "", cells)


def _cell(board: Dashboard, line: Line, headline: Headline, month: int) -> Cell:
    period, value = board.periods[month], line.value(headline, month)
    label, url = f"{period.month:%Y-%m}", _url(board, line, headline, month)
    if headline.rate:
        above, below = rates.parts(headline.rate, line.counts[month])
        return Cell(label, rate_text(headline.rate, value), f"{above:,} / {below:,}" if below else "", url)
    return Cell(label, _number(headline, value), "", url)


def _number(headline: Headline, value: Decimal | None) -> str:
    if value is None:
        return "—"
    return str(value) if headline == Headline.SCORE else f"{value:,}"


def _url(board: Dashboard, line: Line, headline: Headline, month: int) -> str:
    """Where a number is explained: the score, the report of the month, or the very rows."""
    if headline == Headline.SCORE:
        score = line.scores[month]
        return score.get_absolute_url() if score else ""
    period = board.periods[month]
    if not line.counts[month][headline.figure]:
        return ""
    if headline.rate and line.code:
        return f"{reverse('assessment:monthly')}?{urlencode({'grid': line.code, **as_sent(period)})}"
    key = {"grid": line.code} if line.code else {"direct": "1"}
    return rows_of(board.grid, period, headline, key)
