"""The sheets of the workbook beside the handling of problems: dispatch, daily work, special groups (figures.md §7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gridgov.kit.xlsx import Column, Sheet

from ..enums import Figure, Formula, GroupFigure, Input, Rate
from ..queries import Row, Tally
from ..queries.daily import COLUMNS as DAILY
from ..queries.daily import DIARY_LINES, Daily
from ..queries.special import Line
from ..rules.formulas import RECIPES
from ..rules.rates import INTAKE
from . import workbook

DISPATCH = (Figure.RECEIVED, Figure.DISPATCHED, Figure.ESCALATED, Figure.WAITING, Figure.SOLVED, Rate.SOLVING)


def beside(report: Tally, daily: Daily, groups: Sequence[Line], *, maker: str, at: datetime) -> list[Sheet]:
    """Every sheet of the same place, days and moment."""
    title, lines = workbook.title_of(report.grid, report.period), workbook.lines_of(report, maker, at)
    made = (_dispatch(report), _daily(daily), _groups(groups))
    return [Sheet(title=f"{title} · {parts['name']}", lines=lines, **parts) for parts in made]


def _dispatch(report: Tally) -> dict[str, Any]:
    balance = Column(
        "balance", _("Balance (must be 0)"), kind="balance", width=workbook.WIDE,
        plus=[f.value for f in INTAKE.left], minus=[f.value for f in INTAKE.right],
        note=_("Taken on = dispatched + escalated + waiting"),
    )  # fmt: skip
    lowest = Row(report.grid.name, report.total.counts)
    return {
        "name": _("Dispatch and escalation"),
        "columns": [_grid_column(), *map(workbook.column_of, DISPATCH), balance],
        "rows": [{"label": row.label, **row.counts} for row in report.by_grid or (lowest,)],
    }


def _grid_column() -> Column:
    return Column("label", _("Grid"), kind="text", width=18)


def _daily(daily: Daily) -> dict[str, Any]:
    return {
        "name": _("Patrols, visits, signing"),
        "columns": [_grid_column(), *map(_daily_column, DAILY)],
        "rows": [{"label": line.label, **line.counts} for line in daily.lines],
    }


def _daily_column(what: Input | Formula | str) -> Column:
    if isinstance(what, Formula):
        part, whole = RECIPES[what].part, RECIPES[what].whole
        return Column(
            what.value,
            str(what.label),
            kind="rate",
            format="0.00%",
            numerator=part.value,
            denominator=whole.value,
        )
    return Column(str(what), _("Lines of the diary") if what == DIARY_LINES else str(Input(what).label))


def _groups(lines: Sequence[Line]) -> dict[str, Any]:
    """Texts, as whoever asked for the workbook may know them; types are not summed up."""
    figures = [Column(figure.value, str(figure.label), kind="text", width=12) for figure in GroupFigure]
    columns = [
        Column("label", _("Type"), kind="text", width=18), *figures,
        Column("rate", _("Rate of visits in time"), kind="text", width=12),
        Column("check", _("Beginning + new − gone = end"), kind="text", width=24),
    ]  # fmt: skip
    rows = [{"label": str(line.type), **line.texts, "rate": line.rate, "check": line.check} for line in lines]
    return {"name": _("Special groups"), "columns": columns, "rows": rows, "totals": False}
