"""A workbook opens ready to be signed, and its formulas say what its values say."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from gridgov.kit import xlsx
from gridgov.kit.xlsx import NOTHING, Chart, Column, Sheet, build, sheet_names, write_raw


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


COLUMNS = (
    Column("unit", "单位", kind="text"),
    Column("due", "应办结", group="办结"),
    Column("closed", "办结", group="办结"),
    Column("rate", "办结率", kind="rate", numerator="closed", denominator="due", group="办结"),
    Column("rank", "名次", kind="rank", numerator="closed", denominator="due", minimum=3),
)  # fmt: skip

ROWS = (
    {"unit": "东街社区", "due": 3,    "closed": 1},
    {"unit": "西街社区", "due": 9,    "closed": 3},
    {"unit": "南街社区", "due": 1200, "closed": 1199},
    {"unit": "北街社区", "due": 2,    "closed": 2},
    {"unit": "新村",     "due": 0,    "closed": 0},
)  # fmt: skip


def sheet(**changes: Any) -> Sheet:
    declared: dict[str, Any] = {
        "title": "三官庙街道办结率月报表",
        "columns": COLUMNS,
        "rows": ROWS,
        "name": "办结率",
        "lines": ["单位：三官庙街道　期间：2026年10月"],
        "caliber": "口径：应办结数为期内到期的案件",
        **changes,
    }
    return Sheet(**declared)


def opened(*sheets: Sheet) -> Worksheet:
    return load_workbook(BytesIO(build(sheets))).worksheets[0]


def column_of(page: Worksheet, letter: str, first: int, last: int) -> list[Any]:
    return [evaluate(page, page[f"{letter}{row}"].value) for row in range(first, last + 1)]


# --- a reader of the few formulas we write -----------------------------------------------


def evaluate(page: Worksheet, value: Any) -> Any:
    """What Excel would show in the cell; the forms are those of xlsx.py and no others."""
    if not (isinstance(value, str) and value.startswith("=")):
        return value
    for form, compute in FORMS.items():
        if hit := re.fullmatch(form, value):
            return compute(page, *hit.groups())
    raise AssertionError(f"no form for {value}")


def number(page: Worksheet, place: str) -> int:
    return int(evaluate(page, page[place].value) or 0)


def span(page: Worksheet, reference: str) -> list[int]:
    return [number(page, cell.coordinate) for (cell,) in page[reference.replace("$", "")]]


def compute_rate(page: Worksheet, bottom: str, nothing: str, top: str, again: str) -> Any:
    assert bottom == again
    return nothing if number(page, bottom) == 0 else Fraction(number(page, top), number(page, bottom))


def compute_rank(page: Worksheet, *found: str) -> Any:
    bottom, least, nothing, bottoms, least2, tops, bottom2, sign, top, bottoms2 = found
    assert (bottom, least, bottoms) == (bottom2, least2, bottoms2)
    if number(page, bottom) < int(least):
        return nothing
    b, a = number(page, bottom), number(page, top)
    pairs = zip(span(page, tops), span(page, bottoms), strict=True)
    return 1 + sum(d >= int(least) and (c * b > a * d if sign == ">" else c * b < a * d) for c, d in pairs)


def compute_balance(page: Worksheet, plus: str, minus: str) -> int:
    return number(page, plus) - number(page, minus)


CELL, SPAN = r"([A-Z]+\d+)", r"(\$[A-Z]+\$\d+:\$[A-Z]+\$\d+)"
FORMS: dict[str, Callable[..., Any]] = {
    r"=SUM\(([A-Z]+\d+:[A-Z]+\d+)\)": lambda page, reference: sum(span(page, reference)),
    rf"={CELL}-\({CELL}\)": compute_balance,
    rf'=IF\({CELL}=0,"(.)",{CELL}/{CELL}\)': compute_rate,
    rf'=IF\({CELL}<(\d+),"(.)",1\+SUMPRODUCT\(\({SPAN}>=(\d+)\)\*\({SPAN}\*{CELL}([<>]){CELL}\*{SPAN}\)\)\)': compute_rank,
}  # fmt: skip


# --- figures -----------------------------------------------------------------------------


def test_rates_are_live_and_nothing_is_divided_by_zero() -> None:
    page = opened(sheet())

    assert page["D6"].value == '=IF(B6=0,"—",C6/B6)'
    assert column_of(page, "D", 6, 10) == [Fraction(1, 3), Fraction(1, 3), Fraction(1199, 1200), 1, NOTHING]


def test_the_total_rate_is_a_quotient_of_sums_not_a_mean() -> None:
    page = opened(sheet())

    assert column_of(page, "B", 11, 11) == [1214]
    assert column_of(page, "D", 11, 11) == [Fraction(1205, 1214)]
    assert page["A11"].value == "Total"


def test_equal_rates_share_a_rank_and_small_units_have_none() -> None:
    assert column_of(opened(sheet()), "E", 6, 10) == [2, 2, 1, NOTHING, NOTHING]


def test_a_low_rate_can_be_the_best() -> None:
    columns = [
        *COLUMNS[:4],
        Column("rank", "名次", kind="rank", numerator="closed", denominator="due", is_low_best=True),
    ]

    assert column_of(opened(sheet(columns=columns)), "E", 6, 10) == [1, 1, 3, 4, NOTHING]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=8))
def test_formulas_agree_with_the_figures(pairs: list[tuple[int, int]]) -> None:
    rows = [{"unit": str(n), "due": due, "closed": closed} for n, (due, closed) in enumerate(pairs)]
    ranked = [Fraction(closed, due) for due, closed in pairs if due >= 3]

    page = opened(sheet(rows=rows))

    last = 5 + len(rows)
    assert column_of(page, "D", 6, last) == [Fraction(c, d) if d else NOTHING for d, c in pairs]
    assert column_of(page, "E", 6, last) == [
        1 + sum(other > Fraction(c, d) for other in ranked) if d >= 3 else NOTHING for d, c in pairs
    ]
    assert column_of(page, "C", last + 1, last + 1) == [sum(c for _, c in pairs)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8), st.booleans())
def test_beside_every_formula_stands_what_it_comes_to(
    pairs: list[tuple[int, int]], is_low_best: bool
) -> None:
    columns = [
        *COLUMNS[:4],
        Column("rank", "名次", kind="rank", numerator="closed", denominator="due", minimum=3, is_low_best=is_low_best),
        Column("open", "在办", kind="balance", plus=["due"], minus=["closed"]),
    ]  # fmt: skip
    rows = [{"unit": str(n), "due": due, "closed": closed} for n, (due, closed) in enumerate(pairs)]
    content = build([sheet(columns=columns, rows=rows)])

    page = load_workbook(BytesIO(content)).worksheets[0]
    shown = load_workbook(BytesIO(content), data_only=True).worksheets[0]

    formulas = [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) == 3 * len(rows) + (4 if rows else 2)
    for cell in formulas:
        expected = evaluate(page, cell.value)
        found = shown[cell.coordinate].value
        assert found == (expected if isinstance(expected, str) else pytest.approx(expected)), cell.coordinate


def test_a_value_beside_a_formula_is_of_its_kind() -> None:
    shown = load_workbook(BytesIO(build([sheet()])), data_only=True).worksheets[0]

    assert [(cell.value, cell.data_type) for cell in (shown["D6"], shown["D10"], shown["B11"])] == [
        (1 / 3, "n"), (NOTHING, "s"), (1214, "n"),
    ]  # fmt: skip


def test_only_the_formulas_are_touched_when_their_values_are_written() -> None:
    text = 'a < b & c\n  "d" '
    content = build([sheet(rows=[{"unit": text, "due": 1, "closed": 1}])])

    page = load_workbook(BytesIO(content), data_only=True).worksheets[0]
    assert [cell.value for cell in page[6]] == [text, 1, 1, 1, NOTHING]


def test_a_sheet_without_rows_still_opens() -> None:
    page = opened(sheet(rows=[], charts=[Chart("图", "unit", ["rate"])]))

    assert [cell.value for cell in page[6]] == ["Total", 0, 0, '=IF(B6=0,"—",C6/B6)', None]


def test_a_sheet_without_totals_ends_with_its_last_row() -> None:
    assert opened(sheet(totals=False)).max_row == 10


@pytest.mark.parametrize(
    "columns",
    [
        [Column("a", "A"), Column("a", "B")],
        [Column("r", "R", kind="rate", numerator="a", denominator="b")],
        [*COLUMNS, Column("r", "R", kind="rate", numerator="rate", denominator="due")],
        [*COLUMNS, Column("b", "B", kind="balance", plus=["due"], minus=["gone"])],
        [],
    ],
)
def test_a_declaration_that_cannot_be_built_is_refused(columns: list[Column]) -> None:
    with pytest.raises(ValueError, match="三官庙"):
        build([sheet(columns=columns)])


# --- what stands in the cells --------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+86", "-1", "@SUM(A1)", "#N/A", "=", "'x"]
)
def test_text_stays_text(text: str) -> None:
    page = opened(sheet(rows=[{"unit": text, "due": 1, "closed": 1}], title=text, lines=[text]))

    for cell in (page["A1"], page["A2"], page["A6"]):
        assert (cell.value, cell.data_type) == (text, "s")


def test_a_title_of_a_column_stays_text() -> None:
    columns = [Column("unit", "=1", kind="text", group="=2"), Column("due", "=3", group="=2")]
    page = opened(sheet(columns=columns))

    assert {page[place].data_type for place in ("A4", "A5", "B5")} == {"s"}


def test_numbers_of_people_stay_whole() -> None:
    page = opened(sheet(rows=[{"unit": 410105199001011234, "due": 1, "closed": 1}]))

    assert (page["A6"].value, page["A6"].data_type, page["A6"].number_format) == (
        "410105199001011234",
        "s",
        "@",
    )


def test_moments_and_days_are_real_and_local() -> None:
    columns = [Column("at", "时间", kind="date"), Column("day", "日期", kind="date")]
    rows = [{"at": datetime(2026, 9, 24, 16, 0, tzinfo=UTC), "day": date(2026, 9, 24)}]

    page = opened(sheet(columns=columns, rows=rows, totals=False))

    assert page["A5"].value == datetime(2026, 9, 25, 0, 0)  # noqa: DTZ001  # Excel knows no zones
    assert page["A5"].number_format == "yyyy-mm-dd hh:mm"
    assert page["B5"].value == datetime(2026, 9, 24)  # noqa: DTZ001
    assert page["B5"].number_format == "yyyy-mm-dd"


def test_formats_are_those_of_the_house() -> None:
    page = opened(sheet())

    assert [cell.number_format for cell in page[6]] == ["@", "#,##0", "#,##0", "0.0%", "0"]


@pytest.mark.parametrize("broken", ["a\x00b\x0bc", "a\ud800bc", "ab\uffffc"])
def test_what_xml_cannot_carry_is_left_out(broken: str) -> None:
    page = opened(sheet(rows=[{"unit": broken, "due": 1, "closed": 1}]))

    assert page["A6"].value == "abc"


# --- how it lies on the page -----------------------------------------------------------------


def test_title_lines_and_caliber_stand_above_the_table() -> None:
    page = opened(sheet())

    assert [page[f"A{row}"].value for row in (1, 2, 3)] == [
        "三官庙街道办结率月报表", "单位：三官庙街道　期间：2026年10月", "口径：应办结数为期内到期的案件",
    ]  # fmt: skip
    assert {"A1:E1", "A2:E2", "A3:E3"} <= {str(merged) for merged in page.merged_cells.ranges}


def test_groups_stand_above_their_columns() -> None:
    page = opened(sheet())

    assert (page["A4"].value, page["B4"].value, page["E4"].value) == ("单位", "办结", "名次")
    assert [page[f"{letter}5"].value for letter in "BCD"] == ["应办结", "办结", "办结率"]
    assert {"A4:A5", "B4:D4", "E4:E5"} <= {str(merged) for merged in page.merged_cells.ranges}


def test_neighbouring_groups_do_not_run_together() -> None:
    columns = [
        Column("a", "A", group="一"),
        Column("b", "B", group="二"),
        Column("c", "C"),
        Column("d", "D", group="三"),
    ]
    page = opened(sheet(columns=columns, rows=[]))

    assert [page.cell(4, n).value for n in range(1, 5)] == ["一", "二", "C", "三"]


def test_a_header_without_groups_has_one_row() -> None:
    columns = [Column("unit", "单位", kind="text"), Column("due", "应办结")]

    assert [cell.value for cell in opened(sheet(columns=columns))[4]] == ["单位", "应办结"]


def test_it_is_set_up_for_reading_and_printing() -> None:
    page = opened(sheet())

    assert page.freeze_panes == "B6"
    assert page.auto_filter.ref == "A5:E10"
    assert page.print_title_rows == "$4:$5"
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.oddFooter.center.text == "Page &P of &N"


def test_what_would_shrink_on_a4_prints_on_a3() -> None:
    def paper(columns: int) -> int:
        wide = [Column(f"c{n}", "数", width=10) for n in range(columns)]
        return int(opened(sheet(columns=wide, rows=[])).page_setup.paperSize)

    assert (paper(16), paper(17)) == (xlsx.A4, xlsx.A3)


def test_the_workbook_asks_to_be_computed_on_opening() -> None:
    workbook = load_workbook(BytesIO(build([sheet()])))

    assert workbook.calculation.fullCalcOnLoad


def test_han_are_given_twice_the_room() -> None:
    rows = [{"unit": "三官庙街道办事处东街社区", "due": 1, "closed": 1}]
    page = opened(sheet(rows=rows))

    assert page.column_dimensions["A"].width == 26
    assert page.column_dimensions["B"].width == 8


def test_a_title_is_not_broken_within_a_word() -> None:
    columns = [Column("a", "Brought forward", width=6.4), Column("b", "上期结转", width=6.4)]
    page = opened(sheet(columns=columns, rows=[]))

    assert [page.column_dimensions[letter].width for letter in "AB"] == [8.5, 6.4]
    assert page.row_dimensions[4].height == 6 + 2 * 14


def test_a_title_of_short_words_has_room_for_its_lines() -> None:
    columns = [Column("a", "of which key-domain ledger", width=6.4)]

    assert opened(sheet(columns=columns, rows=[])).row_dimensions[4].height == 6 + 5 * 14


def test_the_signature_line_stands_below_everything() -> None:
    page = opened(sheet(signatures=["制表人", "审核人"], notes=["注：—表示无数据"]))

    assert page["A12"].value == "注：—表示无数据"
    assert page.cell(page.max_row, 1).value == "制表人：____________　　审核人：____________"


def test_names_of_sheets_are_those_excel_takes() -> None:
    names = sheet_names(["按社区/分类", "A" * 40, "a" * 40, "", "[x]", "x", "x", "X"])

    assert names[:3] == ["按社区 分类", "A" * 31, "a" * 26 + " (3)"]
    assert len({name.casefold() for name in names}) == 8
    assert all(0 < len(name) <= 31 for name in names)


# --- charts --------------------------------------------------------------------------------

C = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_a_chart_has_axes_and_labels_without_names(kind: Any) -> None:
    content = build([sheet(charts=[Chart("各社区办结率", "unit", ["rate"], kind=kind)])])

    xml = ZipFile(BytesIO(content)).read("xl/charts/chart1.xml").decode()
    assert xml.count('delete val="0"') == 2
    assert 'delete val="1"' not in xml
    assert 'showSerName val="0"' in xml
    assert 'showVal val="1"' in xml
    assert "各社区办结率" in xml
    assert "<f>'办结率'!$D$6:$D$9</f>" in xml
    assert "<f>'办结率'!$A$6:$A$9</f>" in xml


def drawn(content: bytes, number: int = 1) -> list[tuple[str, list[str]]]:
    """Of every reference of a chart its cells, and the values stored for who does not look them up."""
    root = ElementTree.fromstring(ZipFile(BytesIO(content)).read(f"xl/charts/chart{number}.xml"))
    refs = [ref for kind in ("strRef", "numRef") for ref in root.iterfind(f".//c:{kind}", C)]
    return [
        (ref.findtext("c:f", "", C), [point.text or "" for point in ref.iterfind(".//c:pt/c:v", C)])
        for ref in refs
    ]


def test_a_unit_without_a_rate_is_not_drawn_as_none_closed() -> None:
    rows = [
        {"unit": unit, "due": due, "closed": closed}
        for unit, due, closed in (("东", 4, 1), ("西", 4, 0), ("南", 0, 0), ("北", 2, 2), ("中", 0, 0))
    ]

    content = build([sheet(rows=rows, charts=[Chart("图", "unit", ["rate"])])])

    assert drawn(content) == [
        ("'办结率'!$D$5", ["办结率"]),
        ("('办结率'!$A$6:$A$7,'办结率'!$A$9)", ["东", "西", "北"]),
        ("('办结率'!$D$6:$D$7,'办结率'!$D$9)", ["0.25", "0", "1"]),
    ]


@pytest.mark.parametrize(("kind", "least"), [("bar", ["0"]), ("line", [])])
def test_bars_begin_at_nought(kind: Any, least: list[str]) -> None:
    content = build([sheet(charts=[Chart("图", "unit", ["rate"], kind=kind)])])

    root = ElementTree.fromstring(ZipFile(BytesIO(content)).read("xl/charts/chart1.xml"))
    assert [point.get("val") for point in root.iterfind(".//c:valAx/c:scaling/c:min", C)] == least


def test_a_chart_of_counts_draws_every_unit() -> None:
    content = build([sheet(charts=[Chart("图", "unit", ["due", "closed"])])])

    values = [values for cells, values in drawn(content) if cells.endswith(":$B$10")]
    assert values == [["3", "9", "1200", "2", "0"]]


def test_there_is_no_chart_of_nothing() -> None:
    rows = [{"unit": "东", "due": 0, "closed": 0}]

    content = build([sheet(rows=rows, charts=[Chart("图", "unit", ["rate"])])])

    assert not [name for name in ZipFile(BytesIO(content)).namelist() if "chart" in name]


def test_charts_and_signatures_do_not_cover_each_other() -> None:
    charts = [Chart("一", "unit", ["rate"]), Chart("二", "unit", ["due", "closed"])]
    workbook = load_workbook(BytesIO(build([sheet(charts=charts, signatures=["制表人"])])))

    page = workbook.worksheets[0]
    starts = [chart.anchor._from.row + 1 for chart in page._charts]
    assert starts[0] > 11
    assert starts[1] - starts[0] >= 16
    assert page.max_row - starts[1] >= 16


# --- raw exports ---------------------------------------------------------------------------


def raw(titles: list[str], rows: list[list[Any]]) -> list[list[Any]]:
    buffer = BytesIO()
    assert write_raw(buffer, titles, iter(rows)) == len(rows)
    return [[cell.value for cell in row] for row in load_workbook(buffer).worksheets[0].iter_rows()]


def test_a_raw_export_keeps_what_it_is_given() -> None:
    row = [
        "=1+1",
        "410105199001011234",
        7,
        None,
        date(2026, 9, 24),
        datetime(2026, 9, 24, 16, tzinfo=UTC),
        "-1",
        "#N/A",
    ]

    found = raw(["=a", "b", "c", "d", "e", "f", "g", "h"], [row])

    moments = [datetime(2026, 9, 24), datetime(2026, 9, 25)]  # noqa: DTZ001
    assert found == [
        ["=a", "b", "c", "d", "e", "f", "g", "h"],
        ["=1+1", "410105199001011234", 7, None, *moments, "-1", "#N/A"],
    ]


def test_a_raw_export_holds_no_formula() -> None:
    buffer = BytesIO()
    write_raw(buffer, ["=a"], [["=1+1"], ["+1"], ["@x"], ["#REF!"]])

    page = load_workbook(buffer).worksheets[0]

    assert {row[0].data_type for row in page.iter_rows()} == {"s"}


def test_an_empty_raw_export_has_its_titles() -> None:
    assert raw(["单位", "数量"], []) == [["单位", "数量"]]


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 4)
    buffer = BytesIO()

    write_raw(buffer, ["n"], [[n] for n in range(7)], name="案件")

    workbook = load_workbook(buffer)
    assert workbook.sheetnames == ["案件", "案件 2", "案件 3"]
    assert [[c.value for (c,) in page.iter_rows()] for page in workbook] == [
        ["n", 0, 1, 2],
        ["n", 3, 4, 5],
        ["n", 6],
    ]


def test_a_raw_export_takes_no_more_memory_for_more_rows(tmp_path: Path) -> None:
    few, many = (memory_of_export(rows, tmp_path) for rows in (500, 5_000))

    assert many - few < 1


def memory_of_export(rows: int, folder: Path) -> float:
    """Megabytes that Python held at most while it wrote, beyond what it held before."""
    program = (
        "import tracemalloc\nfrom gridgov.kit.xlsx import write_raw\ntracemalloc.start()\n"
        f"rows = ([f'{{n}}-{{c}} 文字' for c in range(10)] for n in range({rows}))\n"
        f"with open({str(folder / 'x.xlsx')!r}, 'wb') as file: write_raw(file, list('abcdefghij'), rows)\n"
        "print(tracemalloc.get_traced_memory()[1] / 1024 / 1024)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(result.stdout)


def test_a_mapping_of_any_kind_is_a_row() -> None:
    class Lazy(Mapping[str, Any]):
        def __getitem__(self, key: str) -> Any:
            return {"unit": "东街", "due": 2, "closed": 1}[key]

        def __iter__(self) -> Any:
            return iter(("unit", "due", "closed"))

        def __len__(self) -> int:
            return 3

    assert opened(sheet(rows=[Lazy()]))["A6"].value == "东街"
