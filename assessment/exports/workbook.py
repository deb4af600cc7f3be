"""The monthly completion-rate workbook, ready to be signed (docs/rules/figures.md §6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gridgov.kit import xlsx
from gridgov.kit.xlsx import Chart, Column, Sheet
from grids.models import Grid

from ..enums import DAYS, RATE_NOTES, RATES, Figure, Rate
from ..queries import Activity, Row, Tally
from ..rules import rates
from ..rules.rates import Period

KIND = "monthly_workbook"

NARROW, WIDE, WIDER = 6.4, 8.4, 10.4  # so that a line of the report fits the width of a page and can be read
CHART_CM = 34.0  # most of what A3 has between its margins

# What a line of the monthly report has, in the order of the usual form (reference: monthly report columns).
COLUMNS: tuple[Figure | Rate | str, ...] = (
    Figure.OPENING, Figure.NEW, Figure.NEW_KEY, Figure.NEW_CIVIC, Figure.REOPENED, Figure.ASSIGNED, Figure.GIVEN_DOWN,
    Figure.CAME_UP, Figure.RETURNED, Figure.EXTENDED, Figure.SUSPENDED, Figure.RECEIVED, Figure.ESCALATED,
    Figure.SOLVED, Rate.SOLVING,
    Figure.TO_CLOSE, Figure.CLOSED, Figure.ON_TIME, Figure.OVERDUE, Rate.CLOSING, Rate.ON_TIME,
    Figure.TO_DISPOSE, Figure.DISPOSED, Rate.DISPOSAL, Figure.REWORKS, Figure.REWORKED, Rate.REWORK,
    Figure.EXPIRED, Figure.SUPERVISED, Figure.ORDINARY, Figure.YELLOW, Figure.RED, Figure.ASKED, Figure.ANSWERED,
    Figure.UNANSWERED, Figure.RATED, Figure.SATISFIED, Rate.SATISFACTION,
    DAYS, Rate.HANDLING_DAYS, Figure.WITHDRAWN, Figure.DECLINED, Figure.MERGED, Figure.CLOSING, "balance",
)  # fmt: skip


# --- names ----------------------------------------------------------------------------------------


def title_of(grid: Grid, period: Period) -> str:
    """What the workbook is called on its sheets, in the list of jobs and on the disk."""
    words = {"grid": grid.name, "month": month_text(period)}
    return _("%(grid)s: closing rates of cases, %(month)s") % words


def filename_of(grid: Grid, period: Period) -> str:
    """The name of the file; an earlier cut-off is part of it."""
    part = "" if period.is_whole else localtime(period.moment).strftime(" (%m-%d %H%M)")
    return f"{title_of(grid, period)}{part}.xlsx".replace("/", "-").replace(":", "")


def month_text(period: Period) -> str:
    return date_format(period.month, "YEAR_MONTH_FORMAT") if period.is_month else str(period)


def cut_off_text(period: Period) -> str:
    """2026-09-30 24:00 for a whole month, the minute otherwise."""
    if period.is_whole:
        return f"{period.last} 24:00"
    return localtime(period.moment).strftime("%Y-%m-%d %H:%M")


# --- sheets ---------------------------------------------------------------------------------------


def build(
    report: Tally, walks: Sequence[Activity], *, maker: str, at: datetime, beside: Sequence[Sheet] = ()
) -> bytes:
    """The workbook of one report: by grid, ledger, category, channel, the daily work, what goes beside it, the caliber."""
    lines = lines_of(report, maker, at)
    return xlsx.build(
        [
            _by_grid(report, lines),
            _by_ledger(report, lines),
            _by_category(report, lines),
            _by_channel(report, lines),
            _walks(report, walks, lines),
            *beside,
            _caliber(report),
        ]
    )


def lines_of(report: Tally, maker: str, at: datetime) -> list[str]:
    """Unit, period, cut-off, when and by whom: what every sheet says below its title."""
    unit = _("Unit: %(grid)s (%(code)s)") % {"grid": report.grid.name, "code": report.grid.code}
    period = _("Period: %(month)s") % {"month": month_text(report.period)}
    moment = _("Counted up to: %(moment)s") % {"moment": cut_off_text(report.period)}
    made = _("Made: %(at)s by %(maker)s") % {"at": localtime(at).strftime("%Y-%m-%d %H:%M"), "maker": maker}
    return ["　　".join((unit, period, moment, made))]


def _sheet(
    report: Tally, lines: list[str], name: str, columns: list[Column], rows: list[Any], **more: Any
) -> Sheet:
    title = title_of(report.grid, report.period)
    return Sheet(
        title=f"{title} · {name}", name=name, lines=lines, columns=columns, rows=rows,
        caliber=_("Counted in rounds of cases. On time and overdue as of the cut-off; “—” where nothing is to be "
                  "divided. How each column is counted: last sheet, and the comments on the titles."),
        signatures=(_("Made by"), _("Checked by"), _("Issued by")),
        **more,
    )  # fmt: skip


def _by_grid(report: Tally, lines: list[str]) -> Sheet:
    lowest = Row(report.grid.name, report.total.counts)  # a building grid has nothing below it
    rows = [{**_values(row), "rank": row.rank or "—"} for row in report.by_grid or (lowest,)]
    rank = Column("rank", _("Place in the ranking"), kind="number", width=NARROW, note=_ranking())
    chart = Chart(
        title=_("Closing rate and on-time closing rate by grid"), labels="label",
        series=(Rate.CLOSING.value, Rate.ON_TIME.value), width_cm=CHART_CM,
    )  # fmt: skip
    columns = [Column("label", _("Grid"), kind="text", width=14), *_figure_columns(), rank]
    return _sheet(report, lines, _("By grid"), columns, rows, charts=[chart], notes=[_ranking()])


def _by_ledger(report: Tally, lines: list[str]) -> Sheet:
    columns = [Column("label", _("Ledger"), kind="text", width=18), *_figure_columns()]
    return _sheet(report, lines, _("By ledger"), columns, [_values(row) for row in report.by_ledger])


def _by_category(report: Tally, lines: list[str]) -> Sheet:
    ledgers = {row.key["ledger"]: row.label for row in report.by_ledger}
    rows = [
        {**_values(row), "ledger": ledgers[row.key["ledger"]], "heading": row.heading}
        for row in report.by_category
    ]
    columns = [
        Column("ledger", _("Ledger"), kind="text", width=12),
        Column("heading", _("Class"), kind="text"),
        Column("label", _("Category"), kind="text", width=18),
        *_figure_columns(),
    ]
    return _sheet(report, lines, _("By category"), columns, rows, frozen_columns=3)


def _by_channel(report: Tally, lines: list[str]) -> Sheet:
    columns = [Column("label", _("Channel"), kind="text", width=18), *_figure_columns()]
    return _sheet(report, lines, _("By channel"), columns, [_values(row) for row in report.by_channel])


def _walks(report: Tally, walks: Sequence[Activity], lines: list[str]) -> Sheet:
    columns = [
        Column("label", _("Grid"), kind="text", width=18),
        Column("patrol_days", _("Days patrolled"), note=_("A grid on a day, however many walked it.")),
        Column("patrols", _("Patrols")),
        Column("diary_lines", _("Diary lines")),
        Column("diary_cases", _("Cases from the diary"), width=14),
    ]
    rows = [{column.key: getattr(line, column.key) for column in columns} for line in walks]
    title = title_of(report.grid, report.period)
    return Sheet(
        title=f"{title} · {_('Daily work')}", name=_("Daily work"), lines=lines, columns=columns, rows=rows
    )


def _caliber(report: Tally) -> Sheet:
    """Every column in words, from the same tables as the figures themselves."""
    words = [(str(figure.label), str(figure.population)) for figure in Figure]
    words += [(str(rate.label), rate_text(rate)) for rate in Rate]
    return Sheet(
        title=_("How figures are counted"), name=_("Caliber"), totals=False,
        lines=[_("Everything before the cut-off counts, nothing after it: the same report gives the same figures later. "
                 "A round runs from a report or a reopening to its end. Rounded half up to two decimals.")],
        columns=[Column("term", _("Term"), kind="text", width=24), Column("words", _("Meaning"), kind="text", width=100)],
        rows=[{"term": term, "words": meaning} for term, meaning in words],
    )  # fmt: skip


# --- columns and cells ------------------------------------------------------------------------------


def _figure_columns() -> list[Column]:
    return [column_of(what) for what in COLUMNS]


def column_of(what: Figure | Rate | str) -> Column:
    if isinstance(what, Rate):
        above, below = RATES[what]
        return Column(
            what.value, str(what.label), kind="rate", width=WIDE if what.is_share else WIDER,
            format="0.00%" if what.is_share else "0.00",
            numerator=str(above), denominator=below.value, note=rate_text(what),
        )  # fmt: skip
    if isinstance(what, Figure):
        return Column(what.value, str(what.label), width=NARROW, note=str(what.population))
    if what == DAYS:
        return Column(DAYS, _("Working days of all closed rounds"), width=WIDER)
    balance = rates.STOCK
    return Column(
        "balance", _("Balance (must be 0)"), kind="balance", width=NARROW, note=_stock_text(),
        plus=[f.value for f in balance.left], minus=[f.value for f in balance.right],
    )  # fmt: skip


def rate_text(rate: Rate) -> str:
    """办结 ÷ 应办结, as the definitions page has it, and what it says."""
    above, below = RATES[rate]
    numerator = _("Working days of all closed rounds") if above == DAYS else Figure(above).label
    words = {"numerator": numerator, "denominator": below.label, "note": RATE_NOTES[rate]}
    return _("%(numerator)s ÷ %(denominator)s. %(note)s") % words


def _stock_text() -> str:
    left, right = ([str(f.label) for f in side] for side in (rates.STOCK.left, rates.STOCK.right))
    return f"{' + '.join(left)} = {' + '.join(right)}"


def _ranking() -> str:
    return _(
        "Places go by on-time closing rate, then by closing rate. Fewer than %(n)d to be closed: listed, not ranked."
    ) % {"n": rates.RANKED_FROM}


def _values(row: Row) -> dict[str, Any]:
    return {"label": row.label, **row.counts}
