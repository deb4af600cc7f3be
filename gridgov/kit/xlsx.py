"""Workbooks that open in Excel and WPS ready to be signed, and raw exports of any length.

A report is declared (`Sheet`, `Column`, `Chart`) and built in one call. Totals, rates and ranks are
live formulas, so the reader can check them cell by cell. A rate is always the quotient of two
counts on the sheet, in the total row too: never a mean of rates. Beside every formula stands what it
comes to: previews on phones, protected views and programs that read the file do not compute. Excel
and WPS compute anew on opening (the workbook asks for it).
"""

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any, BinaryIO, Literal
from xml.sax import make_parser
from xml.sax.saxutils import XMLFilterBase, XMLGenerator
from xml.sax.xmlreader import AttributesImpl
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Kind = Literal["count", "rate", "rank", "number", "balance", "text", "date"]
COMPUTED: tuple[Kind, ...] = ("rate", "rank", "balance")

NOTHING = "—"
"""What stands where a rate has no denominator and a unit no rank."""

FORMATS: dict[Kind, str] = {
    "count": "#,##0",
    "rate": "0.0%",
    "rank": "0",
    "number": "0",
    "balance": "0",
    "text": "@",
    "date": "yyyy-mm-dd",
}
MOMENT_FORMAT = "yyyy-mm-dd hh:mm"

A3, A4 = 8, 9
FITS_A4 = 160.0  # half-width characters across A4 that can still be read; what is wider gets A3
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
MIN_WIDTH, MAX_WIDTH = 8.0, 40.0
ROWS_LOOKED_AT = 200  # to find the width of a column
ROW_CM = 0.53
LINE_POINTS = 14

THIN = Side(style="thin", color="999999")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEADER_FILL = PatternFill("solid", fgColor="E8EEF7")
TOTAL_FILL = PatternFill("solid", fgColor="F3F3F3")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
PLACES: dict[Kind, Alignment] = {
    "count": RIGHT, "rate": RIGHT, "rank": CENTRE, "number": CENTRE, "balance": CENTRE, "text": LEFT, "date": CENTRE,
}  # fmt: skip

# What XML cannot carry; text from our own forms holds none of it, imported text may.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
WORD = re.compile(r"[A-Za-z]+")
LOOKS_LIKE_FORMULA = ("=", "+", "-", "@")

Result = int | float | str
Results = dict[str, Result]
"""What formulas come to, by their cell."""


@dataclass(frozen=True)
class Column:
    """One column: where its values come from and how they are shown.

    A `rate` is `numerator` / `denominator`, keys of other columns of the sheet. A `rank` orders the
    rows by such a quotient, best first (equal quotients share a rank); rows whose denominator is
    below `minimum` are listed but not ranked. A `balance` is the sum of the columns `plus` less that of
    `minus`, which is zero where a row adds up. None of these reads a value of the row. A `number` is a
    value without a total. `note` is a comment on the title.
    """

    key: str
    title: str
    kind: Kind = "count"
    width: float | None = None
    format: str = ""
    group: str = ""
    numerator: str = ""
    denominator: str = ""
    minimum: int = 1
    is_low_best: bool = False
    plus: Sequence[str] = ()
    minus: Sequence[str] = ()
    note: str = ""

    @property
    def number_format(self) -> str:
        return self.format or FORMATS[self.kind]

    @property
    def reads(self) -> set[str]:
        """The keys of the columns a computed one is computed from."""
        return {*self.plus, *self.minus} if self.kind == "balance" else {self.numerator, self.denominator}


@dataclass(frozen=True)
class Chart:
    """A chart below the table: one bar or line per row, one series per column named in `series`."""

    title: str
    labels: str
    series: Sequence[str]
    kind: Literal["bar", "line"] = "bar"
    width_cm: float = 24.0
    height_cm: float = 8.0


@dataclass(frozen=True)
class Sheet:
    """One sheet: title, lines below it (unit, period), caliber, table, notes, charts, signatures."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    name: str = ""
    lines: Sequence[str] = ()
    caliber: str = ""
    totals: bool = True
    total_title: str = ""
    frozen_columns: int = 1
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    signatures: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Frame:
    """Where the parts of a sheet stand; rows count from 1."""

    letters: Mapping[str, str]
    header: int
    first: int
    last: int

    def cell(self, key: str, row: int) -> str:
        return f"{self.letters[key]}{row}"

    def span(self, key: str) -> str:
        return f"{self.letters[key]}{self.first}:{self.letters[key]}{self.last}"

    def fixed(self, key: str) -> str:
        letter = self.letters[key]
        return f"${letter}${self.first}:${letter}${self.last}"


def build(sheets: Sequence[Sheet]) -> bytes:
    """The workbook of these sheets, as the bytes of an .xlsx file."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    results: list[Results] = []
    for sheet, name in zip(sheets, sheet_names([s.name or s.title for s in sheets]), strict=True):
        _check(sheet)
        results.append(_fill(workbook.create_sheet(name), sheet))
    workbook.calculation.fullCalcOnLoad = True
    buffer = BytesIO()
    workbook.save(buffer)
    paths = (page.path.lstrip("/") for page in workbook.worksheets)
    return _with_results(buffer, dict(zip(paths, results, strict=True)))


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names as Excel takes them: no []:*?/\\, at most 31 characters, no two alike."""
    names: list[str] = []
    for number, name in enumerate(wanted, start=1):
        plain = re.sub(r"[\[\]:*?/\\]", " ", UNWRITABLE.sub("", name))[:31].strip("' ") or str(number)
        while plain.casefold() in {other.casefold() for other in names}:
            plain = (
                f"{plain[:26]} ({number})"
                if f"({number})" not in plain
                else f"{plain[:20]} {len(names)}-{number}"
            )
        names.append(plain)
    return names


def _check(sheet: Sheet) -> None:
    keys = {column.key for column in sheet.columns}
    if len(keys) != len(sheet.columns) or not keys:
        raise ValueError(f"{sheet.title}: the keys of the columns are not different from each other")
    given = {column.key for column in sheet.columns if column.kind not in COMPUTED}
    for column in sheet.columns:
        if column.kind in COMPUTED and not column.reads <= given:
            raise ValueError(f"{sheet.title}: {column.key} reads columns that are not given on the sheet")


# --- filling a sheet -------------------------------------------------------------------------


def _fill(page: Worksheet, sheet: Sheet) -> Results:
    """Write the sheet; returns what its formulas come to."""
    top = _head(page, sheet)
    depth = 2 if any(column.group for column in sheet.columns) else 1
    letters = {column.key: get_column_letter(n) for n, column in enumerate(sheet.columns, start=1)}
    first = top + depth
    frame = Frame(letters, first - 1, first, first + len(sheet.rows) - 1)
    _header(page, sheet, top, depth)
    for number, row in enumerate(sheet.rows, start=first):
        _row(page, sheet, frame, number, row)
    end = frame.last
    if sheet.totals:
        end += 1
        _total(page, sheet, frame, end)
    end = _lines(page, sheet, sheet.notes, end + 1) if sheet.notes else end
    results = results_of(sheet, frame)
    end = _charts(page, sheet, frame, results, end)
    if sheet.signatures:
        _lines(
            page, sheet, ["\u3000\u3000".join(f"{who}：____________" for who in sheet.signatures)], end + 2
        )
    _set_up(page, sheet, frame, top)
    return results


def _head(page: Worksheet, sheet: Sheet) -> int:
    """Title, lines and caliber; returns the row in which the header begins."""
    title = _merged(page, sheet, 1, sheet.title)
    title.font, title.alignment = Font(bold=True, size=16), CENTRE
    page.row_dimensions[1].height = 28
    lines = [*sheet.lines, *([sheet.caliber] if sheet.caliber else [])]
    return _lines(page, sheet, lines, 2) + 1 if lines else 2


def _lines(page: Worksheet, sheet: Sheet, lines: Sequence[str], row: int) -> int:
    """Lines across the whole table from a row on; returns the last row used."""
    width = sum(_width(sheet, column) for column in sheet.columns)
    for number, line in enumerate(lines, start=row):
        cell = _merged(page, sheet, number, line)
        cell.alignment = LEFT
        page.row_dimensions[number].height = 16 * max(1, math.ceil(text_width(line) / width))
    return row + len(lines) - 1


def _merged(page: Worksheet, sheet: Sheet, row: int, text: str) -> Cell:
    if len(sheet.columns) > 1:
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(sheet.columns))
    cell: Cell = page.cell(row, 1)
    put(cell, text)
    return cell


def _header(page: Worksheet, sheet: Sheet, top: int, depth: int) -> None:
    for number, column in enumerate(sheet.columns, start=1):
        for row in range(top, top + depth):
            cell = page.cell(row, number)
            cell.font, cell.fill, cell.border, cell.alignment = Font(bold=True), HEADER_FILL, BOX, CENTRE
        # In a header of two rows, a column without a group stands in both.
        title = page.cell(top if not column.group else top + depth - 1, number)
        put(title, column.title)
        if column.note:
            title.comment = Comment(column.note, "", width=320, height=90)
        if depth == 2 and not column.group:
            page.merge_cells(start_row=top, end_row=top + 1, start_column=number, end_column=number)
    lines = max(_title_lines(column.title, _width(sheet, column) - 1) for column in sheet.columns)
    page.row_dimensions[top + depth - 1].height = 6 + LINE_POINTS * lines
    for group, start, end in _groups(sheet.columns):
        put(page.cell(top, start), group)
        if end > start:
            page.merge_cells(start_row=top, end_row=top, start_column=start, end_column=end)


def _title_lines(title: str, width: float) -> int:
    """How many lines a title takes: Han break anywhere, words where they end."""
    return max(math.ceil(text_width(title) / width), len(textwrap.wrap(title, int(width))))


def _groups(columns: Sequence[Column]) -> Iterator[tuple[str, int, int]]:
    """Runs of neighbouring columns of one group, with first and last column number."""
    start = 1
    for number, column in enumerate(columns, start=1):
        following = columns[number].group if number < len(columns) else ""
        if column.group != following:
            if column.group:
                yield column.group, start, number
            start = number + 1
        elif not column.group:
            start = number + 1


def _row(page: Worksheet, sheet: Sheet, frame: Frame, number: int, row: Mapping[str, Any]) -> None:
    for place, column in enumerate(sheet.columns, start=1):
        cell = page.cell(number, place)
        _style(cell, column)
        if column.kind == "rate":
            cell.value = rate_formula(frame, column, number)
        elif column.kind == "rank":
            cell.value = rank_formula(frame, column, number)
        elif column.kind == "balance":
            cell.value = balance_formula(frame, column, number)
        else:
            value = row.get(column.key)
            put(cell, str(value) if column.kind == "text" and value is not None else value)
            if isinstance(value, datetime) and not column.format:
                cell.number_format = MOMENT_FORMAT


def _total(page: Worksheet, sheet: Sheet, frame: Frame, number: int) -> None:
    for place, column in enumerate(sheet.columns, start=1):
        cell = page.cell(number, place)
        _style(cell, column)
        cell.font, cell.fill = Font(bold=True), TOTAL_FILL
        if column.kind == "rate":
            cell.value = rate_formula(frame, column, number)
        elif column.kind == "balance":
            cell.value = balance_formula(frame, column, number)
        elif column.kind == "count":
            cell.value = f"=SUM({frame.span(column.key)})" if sheet.rows else 0
        elif place == 1:
            put(cell, sheet.total_title or _("Total"))


def _style(cell: Cell, column: Column) -> None:
    cell.border, cell.alignment, cell.number_format = BOX, PLACES[column.kind], column.number_format


def rate_formula(frame: Frame, column: Column, row: int) -> str:
    """Numerator by denominator of the same row, NOTHING where there is nothing to divide by."""
    top, bottom = frame.cell(column.numerator, row), frame.cell(column.denominator, row)
    return f'=IF({bottom}=0,"{NOTHING}",{top}/{bottom})'


def rank_formula(frame: Frame, column: Column, row: int) -> str:
    """One more than the number of ranked rows with a better quotient.

    Quotients are compared crosswise, a·d > c·b, in whole numbers: compared as decimals, a third
    can be more than itself.
    """
    top, bottom = frame.cell(column.numerator, row), frame.cell(column.denominator, row)
    tops, bottoms = frame.fixed(column.numerator), frame.fixed(column.denominator)
    sign, minimum = "<" if column.is_low_best else ">", max(column.minimum, 1)
    better = f"({bottoms}>={minimum})*({tops}*{bottom}{sign}{top}*{bottoms})"
    return f'=IF({bottom}<{minimum},"{NOTHING}",1+SUMPRODUCT({better}))'


def balance_formula(frame: Frame, column: Column, row: int) -> str:
    """What came in less what stayed or went out, in the same row."""
    plus, minus = ("+".join(frame.cell(key, row) for key in keys) for keys in (column.plus, column.minus))
    return f"={plus}-({minus})"


def put(cell: Cell, value: Any) -> None:
    """Write a value as what it is: text stays text, whatever it begins with; moments become local."""
    if isinstance(value, str):
        cell.value = UNWRITABLE.sub("", value)[:MAX_TEXT]
        cell.data_type = "s"
        # Without it Excel would make a formula of the text once somebody edits the cell.
        cell.quotePrefix = cell.value.startswith(LOOKS_LIKE_FORMULA)
    else:
        cell.value = _excel_value(value)


def _excel_value(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value).replace(tzinfo=None)
    return value


# --- what the formulas come to -----------------------------------------------------------------


def results_of(sheet: Sheet, frame: Frame) -> Results:
    """What every formula of the sheet comes to, by its cell."""
    given = [column.key for column in sheet.columns if column.kind not in COMPUTED]
    rows = [{key: row.get(key) or 0 for key in given} for row in sheet.rows]
    summed = [column.key for column in sheet.columns if column.kind == "count"]
    total = dict.fromkeys(given, 0) | {key: sum(row[key] for row in rows) for key in summed}
    results: Results = {}
    for column in (column for column in sheet.columns if column.kind in COMPUTED):
        for number, row in enumerate(rows, start=frame.first):
            results[frame.cell(column.key, number)] = _result(column, row, rows)
        if sheet.totals and column.kind != "rank":
            results[frame.cell(column.key, frame.last + 1)] = _result(column, total, rows)
    if sheet.totals and rows:
        results |= {frame.cell(key, frame.last + 1): total[key] for key in summed}
    return results


def _result(column: Column, row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Result:
    if column.kind == "balance":
        return sum(row[key] for key in column.plus) - sum(row[key] for key in column.minus)
    top, bottom = row[column.numerator], row[column.denominator]
    if column.kind == "rate":
        return top / bottom if bottom else NOTHING
    minimum, sign = max(column.minimum, 1), -1 if column.is_low_best else 1
    if bottom < minimum:
        return NOTHING
    others = ((other[column.numerator], other[column.denominator]) for other in rows)
    return 1 + sum(below >= minimum and sign * (above * bottom - top * below) > 0 for above, below in others)


def _with_results(workbook: BinaryIO, results: Mapping[str, Results]) -> bytes:
    """The same workbook with the results of its formulas written beside them, by path of the sheet.

    openpyxl writes a formula or a value, never both.
    """
    buffer = BytesIO()
    with ZipFile(workbook) as before, ZipFile(buffer, "w", ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            after.writestr(
                part, _told(content, results[part.filename]) if part.filename in results else content
            )
    return buffer.getvalue()


def _told(sheet: bytes, results: Results) -> bytes:
    buffer = BytesIO()
    teller = _Teller(results)
    teller.setContentHandler(XMLGenerator(buffer, "utf-8", short_empty_elements=True))
    teller.parse(BytesIO(sheet))
    return buffer.getvalue()


class _Teller(XMLFilterBase):
    """Passes a sheet on as it comes, and fills the empty value that openpyxl leaves beside a formula."""

    def __init__(self, results: Results) -> None:
        super().__init__(make_parser())
        self.results = results
        self.result: Result | None = None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if name == "c":
            self.result = self.results.get(attrs["r"])
            if isinstance(self.result, str):
                attrs = AttributesImpl({**attrs, "t": "str"})
        super().startElement(name, attrs)
        if name == "v" and self.result is not None:
            self.characters(str(self.result))


# --- widths and printing ----------------------------------------------------------------------


def text_width(text: str) -> int:
    """The width of a text in half-width characters; Han take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _width(sheet: Sheet, column: Column) -> float:
    if column.width is not None:
        # A title may break between words and between Han, not within a word.
        return max(column.width, max(map(len, WORD.findall(column.title)), default=0) + 1.5)
    shown = (
        []
        if column.kind in {"rate", "rank", "balance"}
        else [row.get(column.key) for row in sheet.rows[:ROWS_LOOKED_AT]]
    )
    widths = [text_width(_shown(value)) for value in shown]
    # A title may stand in two lines.
    widths.append(math.ceil(text_width(column.title) / 2))
    return min(MAX_WIDTH, max(MIN_WIDTH, max(widths) + 2.0))


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return "2026-01-01 00:00"
    if isinstance(value, date):
        return "2026-01-01"
    return f"{value:,}" if isinstance(value, int) else str(value or "")


def _set_up(page: Worksheet, sheet: Sheet, frame: Frame, top: int) -> None:
    for column in sheet.columns:
        page.column_dimensions[frame.letters[column.key]].width = _width(sheet, column)
    page.freeze_panes = page.cell(frame.first, min(sheet.frozen_columns, len(sheet.columns)) + 1)
    last = get_column_letter(len(sheet.columns))
    page.auto_filter.ref = f"A{frame.header}:{last}{max(frame.last, frame.header)}"
    page.print_title_rows = f"{top}:{frame.header}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _paper(sheet)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    page.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.oddFooter.center.text = _("Page &P of &N")


def _paper(sheet: Sheet) -> int:
    """A4, or A3 for a table that would shrink below 9 points.

    Two pages of A4 side by side would part a row from its sums and from the line to be signed. A3 folds
    into a file of A4, and a printer without it shrinks the page as before.
    """
    return A4 if sum(_width(sheet, column) for column in sheet.columns) <= FITS_A4 else A3


# --- charts -----------------------------------------------------------------------------------


def _charts(page: Worksheet, sheet: Sheet, frame: Frame, results: Results, end: int) -> int:
    """Charts one below the other after a row; returns the last row they cover."""
    for chart in sheet.charts:
        rows = _drawn(sheet, frame, results, chart)
        if rows:
            page.add_chart(_chart(page, sheet, frame, rows, chart), f"A{end + 2}")
            end += 2 + math.ceil(chart.height_cm / ROW_CM)
    return end


def _drawn(sheet: Sheet, frame: Frame, results: Results, chart: Chart) -> dict[int, list[Any]]:
    """The rows a chart draws, with their label and values: those that have a number in every series.

    The others are left out. A text would be drawn as 0, which is a statement, and #N/A in its place
    is printed beside the bars by older versions of Excel and by WPS.
    """
    rows = {}
    for number, row in enumerate(sheet.rows, start=frame.first):
        values = [results.get(frame.cell(key, number), row.get(key)) for key in chart.series]
        if all(isinstance(value, int | float) for value in values):
            rows[number] = [row.get(chart.labels), *values]
    return rows


def _chart(
    page: Worksheet, sheet: Sheet, frame: Frame, rows: Mapping[int, Sequence[Any]], declared: Chart
) -> BarChart | LineChart:
    chart = BarChart() if declared.kind == "bar" else LineChart()
    kinds = {column.key: column for column in sheet.columns}
    labels = _texts(page, frame, declared.labels, rows, [row[0] for row in rows.values()])
    for place, key in enumerate(declared.series, start=1):
        title = _texts(page, frame, key, [frame.header], [kinds[key].title])
        values = _numbers(page, frame, kinds[key], rows, [row[place] for row in rows.values()])
        chart.append(Series(tx=SeriesLabel(strRef=title), cat=AxDataSource(strRef=labels), val=values))
    _label(chart, kinds[declared.series[0]].number_format)
    chart.title, chart.width, chart.height = declared.title, declared.width_cm, declared.height_cm
    # openpyxl hides the axes in newer versions of Excel unless told not to.
    chart.x_axis.delete = chart.y_axis.delete = False
    if declared.kind == "bar":
        chart.y_axis.scaling.min = 0  # twice as long must be twice as much
    chart.legend = chart.legend if len(declared.series) > 1 else None
    return chart


def _texts(page: Worksheet, frame: Frame, key: str, rows: Iterable[int], texts: Sequence[Any]) -> StrRef:
    points = [StrVal(idx=n, v=str(text or "")) for n, text in enumerate(texts)]
    return StrRef(f=_cells(page, frame, key, rows), strCache=StrData(ptCount=len(points), pt=points))


def _numbers(
    page: Worksheet, frame: Frame, column: Column, rows: Iterable[int], numbers: Sequence[Any]
) -> NumDataSource:
    points = [NumVal(idx=n, v=str(number)) for n, number in enumerate(numbers)]
    cache = NumData(formatCode=column.number_format, ptCount=len(points), pt=points)
    return NumDataSource(numRef=NumRef(f=_cells(page, frame, column.key, rows), numCache=cache))


def _cells(page: Worksheet, frame: Frame, key: str, rows: Iterable[int]) -> str:
    """The cells of a column in these rows, as a chart refers to them: runs, in brackets if several."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    sheet, letter = quote_sheetname(page.title), frame.letters[key]
    ends = [":".join(f"${letter}${row}" for row in sorted({run[0], run[-1]})) for run in runs]
    areas = ",".join(f"{sheet}!{end}" for end in ends)
    return areas if len(runs) == 1 else f"({areas})"


def _label(chart: BarChart | LineChart, number_format: str) -> None:
    labels = DataLabelList()
    labels.showVal, labels.numFmt = True, number_format
    labels.showSerName = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    chart.dataLabels = labels
    chart.y_axis.number_format = number_format


# --- raw exports --------------------------------------------------------------------------------


def write_raw(
    file: BinaryIO, titles: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str = "Sheet"
) -> int:
    """Stream rows into a workbook with memory that does not grow; returns how many there were.

    Ids and telephone numbers must come as str to stay whole. Rows beyond the limit of a sheet go on
    in the next one, under the same titles. An exception of the iterator (a cancelled job) passes.
    """
    workbook = Workbook(write_only=True)
    page, number = None, 0
    for number, row in enumerate(rows, start=1):
        if page is None or (number - 1) % (MAX_ROWS - 1) == 0:
            page = _raw_page(workbook, name, titles)
        page.append([_raw(page, value) for value in row])
    if page is None:
        _raw_page(workbook, name, titles)
    workbook.save(file)
    return number


def _raw_page(workbook: Workbook, name: str, titles: Sequence[str]) -> Any:
    number = len(workbook.worksheets) + 1
    page = workbook.create_sheet(sheet_names([name if number == 1 else f"{name[:24]} {number}"])[0])
    page.freeze_panes = "A2"
    for place, title in enumerate(titles, start=1):
        page.column_dimensions[get_column_letter(place)].width = min(MAX_WIDTH, text_width(title) + 4.0)
    page.append([_raw(page, title) for title in titles])
    return page


def _raw(page: Any, value: Any) -> Any:
    """Plain values pass as they are: a cell object for each would cost three times the time."""
    if not isinstance(value, str):
        return _excel_value(value)
    text = UNWRITABLE.sub("", value)[:MAX_TEXT]
    if not text.startswith(LOOKS_LIKE_FORMULA) and text not in ERROR_CODES:
        return text
    cell = WriteOnlyCell(page)
    put(cell, text)
    return cell
