"""What the sheets of a report share: the filter above them, the tabs between them, the way from a number to its rows."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.enums import Right
from grids.models import Grid
from grids.views.places import place_asked, places_around

from ..enums import Figure, Rate
from ..exports import workbook
from ..forms import PlacePeriodForm, as_sent
from ..forms.periods import ASKED, quick
from ..queries import Row, Tally
from ..rules.rates import Period

# sheet        label
SHEETS = (
    ("monthly",  _("Handling of problems")),
    ("dispatch", _("Dispatch and escalation")),
    ("daily",    _("Daily work")),
    ("groups",   _("Special groups")),
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A number as it is shown: with its parts if it is a rate, with its rows if it has any."""

    label: str
    text: str
    url: str = ""
    parts: str = ""
    bad: bool = False


@dataclass(frozen=True)
class Asked:
    """Which place and days a sheet is asked for; no period where the address makes no sense."""

    grid: Grid
    period: Period | None
    context: dict[str, Any] = field(default_factory=dict)


def asked(request: HttpRequest, sheet: str) -> Asked:
    """The filter, the tabs and the heading of a sheet."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    form = PlacePeriodForm(request.GET, at=request.at, places=places_around(request, grid, Right.FIGURES))
    context = {
        "title": dict(SHEETS)[sheet], "tabs": _tabs(request, sheet), "grid": grid, "form": form, "at": request.at,
        "reset_url": reverse(f"assessment:{sheet}"), "quick": quick_links(request, sheet, grid),
    }  # fmt: skip
    if not form.is_valid():
        return Asked(grid, None, context)
    period = form.period
    context |= {"form": form.filled(grid, period), "period": period, "moment": workbook.cut_off_text(period)}
    return Asked(grid, period, context)


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The other sheets of the same place and days."""
    kept = urlencode({name: request.GET[name] for name in ASKED if request.GET.get(name)})
    return [
        {"label": label, "url": f"{reverse(f'assessment:{sheet}')}?{kept}", "current": sheet == current}
        for sheet, label in SHEETS
    ]


def quick_links(request: HttpRequest, sheet: str, grid: Grid) -> list[tuple[str, str]]:
    """The periods people ask for most, of the same place."""
    return [(label, sheet_url(sheet, grid.code, days)) for label, days in quick(request.at)]


def refused(request: HttpRequest, template: str, found: Asked) -> HttpResponse:
    """The sheet with its filter and what is wrong with it."""
    return render(request, template, found.context, status=422)


def sheet_url(sheet: str, grid: str, days: dict[str, str]) -> str:
    return f"{reverse(f'assessment:{sheet}')}?{urlencode({'grid': grid, **days})}"


# --- cells of figures ---------------------------------------------------------------------------------


def query(report: Tally, row: Row) -> dict[str, str]:
    return {"grid": report.grid.code, **as_sent(report.period), **row.key}


def lines(
    report: Tally, rows: tuple[Row, ...], columns: tuple[Figure | Rate, ...], sheet: str = "monthly"
) -> list[tuple[Row, str, list[Cell]]]:
    return [(row, _row_url(report, row, sheet), cells(report, row, columns)) for row in rows]


def cells(report: Tally, row: Row, columns: tuple[Figure | Rate, ...]) -> list[Cell]:
    return [cell(report, row, what) for what in columns]


def _row_url(report: Tally, row: Row, sheet: str) -> str:
    """A grid below has a sheet of its own, as of the same moment."""
    return f"{reverse(f'assessment:{sheet}')}?{urlencode(query(report, row))}" if "grid" in row.key else ""


def cell(report: Tally, row: Row, what: Figure | Rate) -> Cell:
    if isinstance(what, Rate):
        above, below = row.parts(what)
        parts = f"{above:,} / {below:,}" if below else ""
        return Cell(str(what.label), rate_text(what, row.rate(what)), parts=parts)
    number = row[what]
    bad = what == Figure.OVERDUE and number > 0
    return Cell(str(what.label), f"{number:,}", rows_url(report, row, what) if number else "", bad=bad)


def rows_url(report: Tally, row: Row, figure: Figure) -> str:
    """Where exactly the rows are that a number counts."""
    return f"{reverse('assessment:cases')}?{urlencode({**query(report, row), 'figure': figure.value})}"


def rate_text(rate: Rate, value: Any) -> str:
    """99.87%, an average without the sign, and a dash where there was nothing to divide by."""
    if value is None:
        return "—"
    return f"{value}%" if rate.is_share else str(value)
