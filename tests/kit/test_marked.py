"""A marked workbook opens like any other and says on every page who took it out."""

import io
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from gridgov.kit.marked import Marked, write_marked

SHEET = Marked(
    mark="导出 王芳 2026-09-24 09:00 DC-2026-000012 & Co",
    title="常住人口",
    lines=["范围：一号网格", "脱敏"],
    columns=["姓名", "电话", "年龄", "日期", "面积"],
)
ROWS = [
    ["程**", "138****5678", 41, date(2026, 1, 1), Decimal("60.50")],
    ["=1+1", "041010019850615", 0, None, None],
    ["<b>&\x00", "-", 7, date(1900, 3, 1), 1.5],
]


@pytest.fixture
def page():
    file = io.BytesIO()
    assert write_marked(file, SHEET, iter(ROWS)) == len(ROWS)
    return load_workbook(file).worksheets[0]


def test_it_holds_title_lines_and_rows(page):
    rows = [list(row) for row in page.iter_rows(values_only=True)]

    assert [row[0] for row in rows[:4]] == [SHEET.mark, "常住人口", "范围：一号网格", "脱敏"]
    assert rows[4] == SHEET.columns
    assert rows[5][:3] == ["程**", "138****5678", 41]
    assert (rows[5][3].date(), rows[5][4]) == (date(2026, 1, 1), 60.5)


def test_what_looks_like_a_formula_or_a_number_stays_text(page):
    cells = [page["A7"], page["B7"], page["B8"]]

    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("=1+1", "s"),
        ("041010019850615", "s"),
        ("-", "s"),
    ]


def test_what_xml_cannot_carry_is_left_out(page):
    assert page["A8"].value == "<b>&"


def test_every_page_is_marked(page):
    assert SHEET.mark in page.oddHeader.center.text.replace("&&", "&")
    assert SHEET.mark in page.oddFooter.center.text.replace("&&", "&")
    assert page.print_title_rows == "$1:$5"
    assert (page.freeze_panes, page.auto_filter.ref) == ("A6", "A5:E8")


def test_without_rows_it_still_opens():
    file = io.BytesIO()

    assert write_marked(file, SHEET, []) == 0
    assert load_workbook(file).worksheets[0].max_row == 5


def test_what_the_rows_raise_passes():
    def rows():
        yield ROWS[0]
        raise KeyError("cancelled")

    with pytest.raises(KeyError):
        write_marked(io.BytesIO(), SHEET, rows())


def test_memory_does_not_grow_with_the_rows_and_no_plain_file_lies_about(tmp_path):
    program = (
        "import tracemalloc, django\ndjango.setup()\nfrom gridgov.kit.marked import Marked, write_marked\n"
        "sheet = Marked('m', 't', [], list('abcdefgh'))\n"
        "rows = ([f'text {n}'] * 8 for n in range(30_000))\ntracemalloc.start()\n"
        f"with open({str(tmp_path / 'x.xlsx')!r}, 'wb') as file: write_marked(file, sheet, rows)\n"
        "print(tracemalloc.get_traced_memory()[1])\n"
    )
    spare = tmp_path / "tmp"
    spare.mkdir()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "gridgov.settings", "TMPDIR": str(spare)}

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)

    assert int(done.stdout) < 10 * 1024 * 1024, done.stderr
    assert list(spare.iterdir()) == []
