"""A ledger is read as the clerk who wrote it sees it, cell by cell."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import Workbook

from gridgov.kit.sheets import reading
from gridgov.kit.sheets.reading import (
    ROWS_PEEKED_AT,
    Book,
    Cell,
    Flaw,
    Reason,
    SheetRefused,
    flaw_text,
    peek,
    read,
)
from tests.kit.ledgers import MAIN, PARTS, old, old_cell, old_formula, raw, text_cell, written


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def opened(content: bytes) -> Book:
    return read(BytesIO(content))


def texts(content: bytes, sheet: int = 0) -> list[list[str]]:
    with opened(content) as book:
        return [[cell.text for cell in row.cells] for row in book.sheets[sheet].rows()]


def cell(content: bytes, row: int, column: int) -> Cell:
    with opened(content) as book:
        return next(it.cell(column) for it in book.sheets[0].rows() if it.number == row)


def formatted(value: object, number_format: str) -> str:
    workbook = Workbook()
    workbook.worksheets[0]["A1"] = value
    workbook.worksheets[0]["A1"].number_format = number_format
    buffer = BytesIO()
    workbook.save(buffer)
    return cell(buffer.getvalue(), 1, 1).text


# --- what a cell shows -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("张三", "张三"),
        ("  张三\u3000", "张三"),
        (7, "7"),
        (7.0, "7"),
        (7.25, "7.25"),
        (0.1 + 0.2, "0.3"),
        (-3, "-3"),
        (13800000000, "13800000000"),
        (True, "是"),
        (False, "否"),
        (date(1985, 6, 15), "1985-06-15"),
        (datetime(2026, 3, 1, 8, 30), "2026-03-01 08:30"),  # noqa: DTZ001 - Excel knows no zones
        ("", ""),
    ],
)
def test_a_value_is_read_as_it_is_shown(value: object, shown: str) -> None:
    assert texts(written([["姓名", value, "."]])) == [["姓名", shown, "."]]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (31213, "General", "31213"),
        (31213, "yyyy-mm-dd", "1985-06-15"),
        (31213, 'yyyy"年"m"月"d"日"', "1985-06-15"),
        (31213, "[$-804]yyyy年m月d日;@", "1985-06-15"),
        (31213, "m/d/yy", "1985-06-15"),
        (31213.5, "yyyy/m/d h:mm", "1985-06-15 12:00"),
        (31213.5, "yyyy/m/d", "1985-06-15"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (0.354166666666667, "h:mm", "08:30"),
        (-1, "yyyy-mm-dd", "-1"),
        (9999999, "yyyy-mm-dd", "9999999"),
        (0.25, "0%", "25%"),
        (0.256, "0.0%", "25.6%"),
        (302, "0000", "0302"),
        (1234.5, "#,##0.00_ ;[Red]\\-#,##0.00\\ ", "1234.5"),
        (3, '0"岁"', "3"),
    ],
)
def test_a_number_is_read_through_its_format(value: float, number_format: str, shown: str) -> None:
    assert formatted(value, number_format) == shown


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    workbook = PARTS["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    styles = f'<styleSheet {MAIN}><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    rels = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>", '<Relationship Id="s" Type="x/styles" Target="styles.xml"/></Relationships>'
    )
    parts = {"xl/workbook.xml": workbook, "xl/_rels/workbook.xml.rels": rels, "xl/styles.xml": styles}

    content = raw('<row r="1"><c r="A1" s="0"><v>29751</v></c></row>', parts=parts)

    assert texts(content) == [["1985-06-15"]]


def test_an_identity_number_that_became_a_number_is_marked() -> None:
    content = written([["身份证号"], [410103198506152421], ["410103198506152421"]])

    assert cell(content, 2, 1)[2:4] == ("4.10103198506152E+17", Flaw.DIGITS)
    assert cell(content, 3, 1)[2:4] == ("410103198506152421", None)
    assert flaw_text(Flaw.DIGITS).startswith("This number has lost its last digits.")


def test_an_identity_number_that_was_saved_as_text_in_scientific_notation_is_marked() -> None:
    assert cell("姓名,身份证号\n张三,4.10103E+17\n".encode(), 2, 2).flaw == Flaw.DIGITS


def test_a_formula_is_marked_and_not_computed() -> None:
    shared = '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1*2</f><v>14</v></c></row>'
    follower = '<row r="2"><c r="A2"><f t="shared" si="0"/><v>16</v></c></row>'

    assert cell(written([["=1+1"]]), 1, 1).flaw == Flaw.FORMULA
    assert cell(raw(shared + follower), 2, 1)[2:4] == ("16", Flaw.FORMULA)


def test_every_cell_of_an_array_formula_is_marked() -> None:
    first = '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c></row>'

    assert cell(raw(first + '<row r="2"><c r="A2"><v>2</v></c></row>'), 2, 1).flaw == Flaw.FORMULA


def test_of_merged_cells_that_share_a_cell_the_first_count() -> None:
    rows = f'<row r="1">{text_cell("A1", "甲")}</row><row r="2">{text_cell("A2", "乙")}</row>'
    areas = ("B1:C2", "A1:B2", "A1:B2", "A2:A2", "D2:D9", "D3:E3", "B2:A1", "XEA1:XFD9")
    tail = "".join(f'<mergeCell ref="{area}"/>' for area in areas)

    with opened(raw(rows, tail=tail)) as book:
        assert book.sheets[0].merges == [(1, 1, 2, 2), (2, 4, 9, 4)]


def test_an_error_is_marked() -> None:
    assert cell(written([["#N/A"]]), 1, 1)[2:4] == ("#N/A", Flaw.ERROR)


def test_an_error_in_an_old_workbook_is_marked() -> None:
    error = (0x0205, b"\x00\x00\x00\x00\x00\x00\x2a\x01")

    assert cell(old(error), 1, 1)[2:4] == ("#N/A", Flaw.ERROR)


def test_a_text_is_joined_from_its_runs_without_the_reading_aid() -> None:
    runs = "<is><r><t>张</t></r><r><t>三</t></r><rPh><t>zhang san</t></rPh></is>"

    assert texts(raw(f'<row r="1"><c r="A1" t="inlineStr">{runs}</c></row>')) == [["张三"]]


def test_what_xml_cannot_carry_is_read_back() -> None:
    assert texts(raw(f'<row r="1">{text_cell("A1", "一_x000A_二_x005F_x000A_")}</row>')) == [
        ["一\n二_x000A_"]
    ]


# --- where a cell stands -----------------------------------------------------------------------


def test_rows_keep_the_number_that_excel_shows() -> None:
    content = written([["姓名"], [None], ["", "张三"]])

    with opened(content) as book:
        rows = list(book.sheets[0].rows())

    assert [row.number for row in rows] == [1, 3]
    assert rows[1].cell(2).place == "B3"
    assert rows[1].cell(9) == Cell(3, 9, "")


def test_a_dimension_that_lies_drops_no_row() -> None:
    rows = "".join(f'<row r="{n}">{text_cell(f"A{n}", f"人{n}")}</row>' for n in range(1, 101))
    sheet = f'<worksheet {MAIN}><dimension ref="A1:A3"/><sheetData>{rows}</sheetData></worksheet>'

    assert len(texts(raw(parts={"xl/worksheets/sheet1.xml": sheet}))) == 100


def test_a_stray_cell_in_the_last_row_is_one_row() -> None:
    content = raw(
        f'<row r="1">{text_cell("A1", "姓名")}</row><row r="1048576">{text_cell("B1048576", "x")}</row>'
    )

    assert texts(content) == [["姓名"], ["", "x"]]


def test_cells_without_a_place_follow_one_another() -> None:
    assert texts(raw("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")) == [
        ["1", "2"],
        ["3"],
    ]


def test_merged_cells_all_have_the_text_of_the_first() -> None:
    content = written(
        [["居民台账", None, None], ["户号", "姓名", "电话"], ["1", "张三", "a"], [None, "李四", "b"]],
        merged=["A1:C1", "A3:A4"],
    )

    assert texts(content)[0] == ["居民台账"] * 3
    assert texts(content)[3] == ["1", "李四", "b"]
    assert (cell(content, 3, 1).is_merged, cell(content, 4, 1).is_merged) == (False, True)


def test_sheets_have_their_names_and_say_if_they_are_hidden() -> None:
    workbook = Workbook()
    workbook.worksheets[0].title = "住户"
    workbook.worksheets[0].append(["张三"])
    workbook.create_sheet("旧").append(["李四"])
    workbook.worksheets[1].sheet_state = "hidden"
    buffer = BytesIO()
    workbook.save(buffer)

    with opened(buffer.getvalue()) as book:
        assert [(sheet.name, sheet.is_hidden) for sheet in book.sheets] == [("住户", False), ("旧", True)]


def test_two_readers_of_one_sheet_do_not_disturb_each_other() -> None:
    with opened(written([["一"], ["二"], ["三"]])) as book:
        pairs = zip(book.sheets[0].rows(), book.sheets[0].rows(), strict=True)

        assert [first == second for first, second in pairs] == [True, True, True]


def test_a_file_is_known_again_by_its_hash() -> None:
    content = written([["姓名"]])

    with opened(content) as book:
        assert book.sha256 == hashlib.sha256(content).hexdigest()


# --- text files --------------------------------------------------------------------------------

LEDGER = '姓名,楼号,备注\n张三,0302,"一,二\n三"\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_table_is_read_in_every_encoding(encoding: str, delimiter: str) -> None:
    content = LEDGER.replace(",", delimiter).encode(encoding)

    assert texts(content) == [["姓名", "楼号", "备注"], ["张三", "0302", f"一{delimiter}二\n三"]]


def test_a_rare_name_survives_gb18030() -> None:
    assert texts("姓名,电话\n𠮷田,1\n".encode("gb18030"))[1] == ["𠮷田", "1"]


def test_the_line_breaks_of_every_system_are_read() -> None:
    assert texts("姓名,电话\r\n张三,1\r李四,2\n".encode()) == [["姓名", "电话"], ["张三", "1"], ["李四", "2"]]


# --- .xls --------------------------------------------------------------------------------------


def test_an_old_workbook_is_read() -> None:
    merge = (0x00E5, bytes([1, 0, 0, 0, 0, 0, 0, 0, 1, 0]))
    content = old(
        old_cell(0, 0, "居民台账"),
        old_cell(1, 0, "姓名"),
        old_cell(1, 1, 410103198506152421.0),
        old_cell(2, 0, 31213.0, style=1),
        old_cell(2, 1, 7.0),
        old_formula(2, 2, 9.0),
        merge,
    )

    with opened(content) as book:
        (sheet,) = book.sheets
        rows = [[(cell.text, cell.flaw) for cell in row.cells] for row in sheet.rows()]

    assert sheet.name == "住户"
    assert rows == [
        [("居民台账", None), ("居民台账", None)],
        [("姓名", None), ("4.10103198506152E+17", Flaw.DIGITS)],
        [("1985-06-15", None), ("7", None), ("9", Flaw.FORMULA)],
    ]


def test_an_old_workbook_with_a_password_is_refused() -> None:
    with pytest.raises(SheetRefused) as refused:
        opened(old(old_cell(0, 0, "x"), extra=[(0x002F, bytes(6))]))

    assert refused.value.reason == Reason.LOCKED


# --- a first look --------------------------------------------------------------------------------


def peeked(content: bytes) -> list[list[str]]:
    with peek(BytesIO(content)) as book:
        return [[cell.text for cell in row.cells] for row in book.sheets[0].rows()]


def test_a_first_look_sees_the_first_rows_as_reading_does() -> None:
    rows = [["姓名", ""], *([f"甲{number}", "乙"] for number in range(30_000))]
    content = written(rows, merged=["A1:B1", "A20000:B20001"])

    assert peeked(content) == texts(content)[:ROWS_PEEKED_AT]
    assert peeked(content)[0] == ["姓名", "姓名"]


def test_a_first_look_at_a_short_ledger_sees_all_of_it() -> None:
    assert peeked(written([["姓名"], ["甲"]])) == [["姓名"], ["甲"]]


def test_who_waits_is_asked_and_may_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIGN_OF_LIFE_SECONDS", 0.001)

    def no_longer() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        read(BytesIO(written([["甲"]])), while_waiting=no_longer)
