"""A ledger given back says what is wrong where, and changes nothing else."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from gridgov.kit.sheets import annotated
from gridgov.kit.sheets.annotated import Problem, annotate
from gridgov.kit.sheets.reading import read
from tests.kit.ledgers import raw, text_cell, written


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


LEDGER = [
    ["东街社区台账"],
    ["姓名", "身份证号"],
    ["张三", "410103198506152421"],
    [None],
    ["=HYPERLINK(1)", "0302"],
]


def given_back(content: bytes, *problems: Problem, titles: Mapping[str, int] | None = None) -> Workbook:
    return load_workbook(BytesIO(written_back(content, problems, titles)))


def written_back(
    content: bytes, problems: Sequence[Problem], titles: Mapping[str, int] | None = None
) -> bytes:
    buffer = BytesIO()
    with read(BytesIO(content)) as book:
        annotate(book, problems, buffer, titles=titles)
    return buffer.getvalue()


def texts(page: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_rows_and_titles_keep_their_places() -> None:
    page = given_back(csv(), titles={"": 2}).worksheets[0]

    assert texts(page) == [
        ["东街社区台账", None, None],
        ["姓名", "身份证号", "Problems"],
        ["张三", "410103198506152421", None],
        [None, None, None],
        ["=HYPERLINK(1)", "0302", None],
    ]


def csv() -> bytes:
    return "\n".join(",".join(it or "" for it in row) for row in LEDGER).encode()


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    cell = given_back(csv()).worksheets[0]["A5"]

    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_long_number_stays_text_when_it_is_edited() -> None:
    cell = given_back(csv()).worksheets[0]["B3"]

    assert (cell.data_type, cell.number_format) == ("s", "@")


def test_a_bad_cell_is_coloured_and_says_what_is_wrong() -> None:
    problems = [Problem("表1", 3, "少一位", 2), Problem("表1", 3, "重复", 2), Problem("表1", 3, "不在本社区")]

    page = given_back(written(LEDGER), *problems).worksheets[0]

    assert page["B3"].comment.text == "少一位\n重复"
    assert page["B3"].fill.fgColor.rgb == "00FFD9D9"
    assert page["B3"].number_format == "@"
    assert page["A3"].comment is None
    assert page["C3"].value == "B3: 少一位\nB3: 重复\n不在本社区"


def test_an_empty_cell_can_be_wrong() -> None:
    page = given_back(written([["姓名", "电话"], ["张三"]]), Problem("表1", 2, "必填", 2)).worksheets[0]

    assert page["B2"].comment.text == "必填"


def test_what_xml_cannot_carry_is_left_out() -> None:
    content = raw(f'<row r="1">{text_cell("A1", "张_x0001_三")}</row>')

    page = given_back(content, Problem("住户", 1, "坏\x02", 1)).worksheets[0]

    assert (page["A1"].value, page["A1"].comment.text, page["B1"].value) == ("张三", "坏", "A1: 坏")


def test_problems_belong_to_their_sheet() -> None:
    book = given_back(written([["a"]], [["b"]]), Problem("表2", 1, "坏", 1))

    assert [page["A1"].comment is not None for page in book.worksheets[:2]] == [False, True]


def test_the_last_sheet_counts_and_lists() -> None:
    book = given_back(
        written([["a"], ["b"]], [["c"]]),
        Problem("表1", 2, "乙"),
        Problem("表1", 1, "甲", 1),
        Problem("表1", 1, "丙", 1),
    )

    assert book.sheetnames == ["表1", "表2", "Summary of problems"]
    assert texts(book.worksheets[2]) == [
        ["Sheet", "Rows with problems", None],
        ["表1", 2, None],
        ["表2", 0, None],
        [None, None, None],
        ["Sheet", "Cell or row", "Problems"],
        ["表1", "A1", "甲"],
        ["表1", "A1", "丙"],
        ["表1", "2", "乙"],
    ]


def test_a_sentence_that_begins_with_a_sign_is_no_formula() -> None:
    page = given_back(written([["a"]]), Problem("表1", 1, "=1+1")).worksheets[1]

    assert [cell.data_type for cell in page[page.max_row]] == ["s", "s", "s"]


def test_more_comments_than_excel_bears_are_left_to_the_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotated, "MAX_COMMENTS", 1)

    page = given_back(
        written([["a"], ["b"]]), Problem("表1", 1, "甲", 1), Problem("表1", 2, "乙", 1)
    ).worksheets[0]

    assert [page[place].comment is not None for place in ("A1", "A2")] == [True, False]
    assert [page[place].value for place in ("B1", "B2")] == ["A1: 甲", "A2: 乙"]
    assert page["A2"].fill.fgColor.rgb == "00FFD9D9"


def test_a_stray_cell_in_the_last_row_makes_no_million_rows() -> None:
    content = raw(
        f'<row r="1">{text_cell("A1", "姓名")}</row><row r="1048576">{text_cell("A1048576", "x")}</row>'
    )

    page = given_back(content, Problem("住户", 1_048_576, "坏", 1)).worksheets[0]

    assert page.max_row == annotated.LONGEST_GAP + 2
    assert page.cell(page.max_row, 2).value == "A1048576: 坏"


def test_what_was_given_back_can_be_sent_again() -> None:
    first = written_back(written(LEDGER), [Problem("表1", 3, "坏", 2)], {"表1": 2})

    with read(BytesIO(first)) as book:
        rows = [[cell.text for cell in row.cells] for row in book.sheets[0].rows()]

    assert rows == [
        ["东街社区台账"],
        ["姓名", "身份证号", "Problems"],
        ["张三", "410103198506152421", "B3: 坏"],
        ["", "0302"],
    ]


def test_memory_does_not_grow_with_the_rows() -> None:
    assert peak(20_000) < peak(2_000) + 15


def peak(rows: int) -> float:
    """By how many MB a fresh process grows that reads so many rows and gives them back."""
    program = (
        "import resource, sys\n"
        "from io import BytesIO\n"
        "from tempfile import TemporaryFile\n"
        "from django.conf import settings\n"
        "settings.configure(USE_I18N=False)\n"
        "from gridgov.kit.sheets.annotated import annotate\n"
        "from gridgov.kit.sheets.reading import read\n"
        "get = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = get()\n"
        "line = ','.join(['410103198506152421'] * 10) + chr(10)\n"
        f"with read(BytesIO((line * {rows}).encode())) as book, TemporaryFile() as file:\n"
        "    annotate(book, [], file)\n"
        "print((get() - before) / (1024 if sys.platform == 'linux' else 1024 * 1024))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout)
