"""The workbook computes for itself what the database has counted, and is ready to be signed."""

import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import BytesIO
from random import Random
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from assessment.enums import DAYS, Figure, Rate
from assessment.exports import workbook
from assessment.queries import Row, activity, tally
from gridgov.kit.xlsx import A3, A4
from tests.assessment.histories import MONTHS, History

SHANGHAI = ZoneInfo("Asia/Shanghai")
MADE = datetime(2026, 9, 1, 8, 15, tzinfo=SHANGHAI)
AUGUST = MONTHS[1]
CELL = re.compile(r"\$?([A-Z]+)\$?(\d+)")


class Calculator:
    """As much of a spreadsheet as our formulas use: + - * / ( ), SUM and IF, in exact fractions."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet

    def value(self, cell: str):
        content = self.sheet[cell].value
        if not isinstance(content, str) or not content.startswith("="):
            return content
        if found := re.fullmatch(r'=IF\((\w+)=0,"—",(\w+)/(\w+)\)', content):
            zero, above, below = found.groups()
            return "—" if self.value(zero) == 0 else Fraction(self.value(above), self.value(below))
        if found := re.fullmatch(r"=SUM\((\w+):(\w+)\)", content):
            return sum(self.value(c.coordinate) for (c,) in self.sheet[f"{found[1]}:{found[2]}"])
        expression = re.fullmatch(r"=[A-Z0-9+\-()]+", content)[0][1:]
        return eval(CELL.sub(lambda m: str(self.value(m[0])), expression))  # digits, + - ( ) only


def rounded(value, places: str):
    if value == "—":
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(places), ROUND_HALF_UP)


@pytest.fixture
def report(town, calendar):
    History(town, Random(3)).live(220)
    return tally(town.grid.street, AUGUST, cut_off=MADE)


@pytest.fixture
def book(report):
    return load_workbook(BytesIO(made(report)))


def made(report) -> bytes:
    walks = activity(report.grid, report.period.month, cut_off=report.period.moment)
    return workbook.build(report, walks, maker="王调度", at=MADE)


def table(sheet: Worksheet) -> tuple[dict[str, str], dict[str, int]]:
    """Titles → column letters, and first words of the rows → row numbers."""
    header = next(row for row in sheet.iter_rows() if sum(cell.value is not None for cell in row) > 4)
    names = {cell.value: cell.column_letter for cell in header}
    return names, {"header": header[0].row}


def assert_row_agrees(sheet: Worksheet, names: dict[str, str], number: int, row: Row) -> None:
    calculator = Calculator(sheet)
    for figure in (what for what in workbook.COLUMNS if isinstance(what, Figure)):
        assert calculator.value(f"{names[str(figure.label)]}{number}") == row[figure], (row.label, figure)
    for rate in Rate:
        found = calculator.value(f"{names[str(rate.label)]}{number}")
        scale = 100 if rate.is_share else 1
        found = rounded(found * scale if found != "—" else found, "0.01")
        assert found == row.rate(rate), (row.label, rate)
    assert calculator.value(f"{names['平衡校验（应为0）']}{number}") == 0


SIDES = (("按网格", "by_grid"), ("按台账", "by_ledger"), ("按类别", "by_category"), ("按渠道", "by_channel"))


@pytest.mark.parametrize(("name", "side"), SIDES)
def test_every_formula_gives_what_the_database_counted(book, report, name, side):
    sheet, rows = book[name], getattr(report, side)
    names, found = table(sheet)

    for number, row in enumerate((*rows, report.total), start=found["header"] + 1):
        assert_row_agrees(sheet, names, number, row)
    assert len(rows) > 1


EARLY = datetime(2026, 8, 10, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("place", "cut_off", "steps"),
    [("district", MADE, 120), ("street", EARLY, 120), ("street", MADE, 0)],
    ids=["district", "cut off early", "empty month"],
)
def test_it_reads_the_same_where_nothing_computes(town, calendar, place, cut_off, steps):
    History(town, Random(3)).live(steps)
    content = made(tally(town.grid[place], AUGUST, cut_off=cut_off))

    book, shown = (load_workbook(BytesIO(content), data_only=plain) for plain in (False, True))

    for sheet in book.worksheets:
        formulas = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        found = {cell: shown[sheet.title][cell].value for cell in formulas}
        calculator = Calculator(sheet)
        expected = {cell: calculator.value(cell) for cell in formulas}
        assert found == {c: e if e == "—" else float(e) for c, e in expected.items()}, sheet.title
        assert formulas or sheet.title == "口径说明"


def test_the_sheets_are_those_of_the_usual_report(book):
    assert book.sheetnames == ["按网格", "按台账", "按类别", "按渠道", "网格日常", "口径说明"]


def test_it_says_of_what_up_to_when_made_when_and_by_whom(book, report):
    sheet = book["按网格"]

    assert sheet["A1"].value == "三官庙街道2026年8月网格事件办结率月报 · 按网格"
    assert sheet["A2"].value == (
        "单位：三官庙街道（410102006）　　统计期：2026年8月　　统计截止：2026-08-31 24:00"
        "　　制表：2026-09-01 08:15　王调度"
    )


def test_an_earlier_cut_off_stands_on_every_sheet_and_in_the_name(town, calendar):
    report = tally(town.grid.street, AUGUST, cut_off=datetime(2026, 8, 10, 12, tzinfo=SHANGHAI))

    book = load_workbook(BytesIO(made(report)))

    assert all("统计截止：2026-08-10 12:00" in sheet["A2"].value for sheet in book.worksheets[:-1])
    assert (
        workbook.filename_of(report.grid, report.period)
        == "三官庙街道2026年8月网格事件办结率月报 (08-10 1200).xlsx"
    )


def test_it_prints_large_enough_to_be_read(book):
    papers = {sheet.title: int(sheet.page_setup.paperSize) for sheet in book.worksheets}

    assert papers == {
        "按网格": A3, "按台账": A3, "按类别": A3, "按渠道": A3, "网格日常": A4, "口径说明": A4,
    }  # fmt: skip


def test_it_prints_across_with_its_header_on_every_page(book):
    for sheet in book.worksheets[:4]:
        header = table(sheet)[1]["header"]
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth) == ("landscape", 1)
        assert sheet.print_title_rows.endswith(f"${header}")
        assert sheet.freeze_panes.endswith(str(header + 1))
        assert sheet.auto_filter.ref.startswith(f"A{header}:")


def test_there_is_a_line_to_sign(book):
    for sheet in book.worksheets[:4]:
        last = [cell.value for cell in sheet["A"] if cell.value][-1]
        assert re.fullmatch(r"制表人：_+\s+审核人：_+\s+签发人：_+", last)


def test_places_are_those_of_the_rule_and_few_cases_have_none(book, report):
    names, found = table(book["按网格"])
    letter, first = names["排名"], found["header"] + 1

    places = [book["按网格"][f"{letter}{first + n}"].value for n in range(len(report.by_grid))]

    assert places == [row.rank or "—" for row in report.by_grid]


def test_the_first_sheet_has_a_chart_of_two_rates(report):
    with ZipFile(BytesIO(made(report))) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        drawn = archive.read(charts[0]).decode()

    assert len(charts) == 1
    assert drawn.count("<ser>") == 2
    assert 'delete val="1"' not in drawn
    closed = [row.label for row in report.by_grid if row.rate(Rate.CLOSING) is not None]
    assert re.findall(r"<cat>.*?</cat>", drawn)[0].count("<pt ") == len(closed) > 1


def test_every_title_says_how_its_column_is_counted(book):
    sheet = book["按网格"]
    names, found = table(sheet)

    for figure in (Figure.TO_CLOSE, Figure.OVERDUE):
        assert sheet[f"{names[str(figure.label)]}{found['header']}"].comment.text == str(figure.population)


def test_the_caliber_sheet_has_every_term(book):
    terms = {row[0] for row in book["口径说明"].iter_rows(values_only=True)}

    assert {*map(str, Figure.labels), *map(str, Rate.labels)} <= terms


def test_the_chinese_caliber_sheet_has_chinese_stops(book):
    words = dict(book["口径说明"].iter_rows(min_row=4, max_col=2, values_only=True))

    assert words["办结率"].startswith("办结 ÷ 应办结。应办结的")
    assert not [text for text in words.values() if re.search(r"[.,;:]( |$)", text or "")]


def test_codes_and_names_are_text_whatever_they_begin_with(town, calendar):
    town.grid.east.name = "=1+1社区"
    town.grid.east.save(update_fields=["name"])

    sheet = load_workbook(BytesIO(made(tally(town.grid.street, AUGUST, cut_off=MADE))))["按网格"]

    cell = next(c for c in sheet["A"] if c.value == "=1+1社区")
    assert cell.data_type == "s"


def test_a_month_without_a_case_still_opens(town, calendar):
    report = tally(town.grid.one, AUGUST, cut_off=MADE)

    book = load_workbook(BytesIO(made(report)))

    names, found = table(book["按网格"])
    assert_row_agrees(book["按网格"], names, found["header"] + 1, report.total)
    assert report.total[DAYS] == 0
