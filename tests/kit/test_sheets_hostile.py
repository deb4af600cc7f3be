"""The wall before a ledger: the child ends in time and knows nothing, and the process that asked stays small."""

import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import translation

from gridgov.kit.sheets import reading
from gridgov.kit.sheets.reading import Book, Reason, SheetRefused, read
from tests.kit.corpus.archives import beside, zeros
from tests.kit.corpus.wall import answers
from tests.kit.corpus.workbooks import one_long_string
from tests.kit.ledgers import old, old_cell, raw, text_cell, written
from tests.residents.ledgers import OLD_WORKBOOK


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


ROW = f'<row r="1">{text_cell("A1", "姓名")}</row>'


GOOD = {
    "xls": OLD_WORKBOOK.read_bytes(),
    "small xls": old(old_cell(0, 0, "姓名")),
    "xlsx": written([["姓名", 1, True]], merged=["A1:A2"]),
    "csv": '姓名,电话\n"程晓梅",138\n'.encode("gb18030"),
}


def damaged(good: bytes, seed: int) -> bytes:
    """The file with some bytes changed."""
    dice, changed = random.Random(seed), bytearray(good)
    for _change in range(1 + seed % 12):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_with_some_bytes_changed_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    files = {str(seed): partial(damaged, GOOD[kind], seed) for seed in range(60)}

    for seed, it in answers(tmp_path, files):
        if isinstance(it, Book):
            assert all(row.cells for sheet in it.sheets for row in sheet.rows()), seed


def test_a_child_that_does_not_come_to_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PROGRAM", "while True: pass")
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.5)

    with pytest.raises(SheetRefused) as refused:
        read(BytesIO(b"a,b"))

    assert refused.value.reason == Reason.EFFORT


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", Reason.EFFORT),
        ("raise SystemExit(3)", Reason.DAMAGED),
        ("print('half of an answer')", Reason.DAMAGED),
        ("pass", Reason.DAMAGED),
    ],
)
def test_a_child_that_dies_has_said_nothing(
    program: str, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PROGRAM", program)

    with pytest.raises(SheetRefused) as refused:
        read(BytesIO(b"a,b"))

    assert refused.value.reason == reason


def test_the_child_knows_no_django_and_no_secret() -> None:
    program = "import sys; sys.path.append(sys.argv[1]); import sheets.child, os; print(sorted(sys.modules), dict(os.environ))"
    command = [sys.executable, "-I", "-c", program, str(reading.CELLAR)]

    done = subprocess.run(command, capture_output=True, text=True, check=True, env={})

    assert [word for word in ("django", "celery", "gridgov", "SECRET") if word in done.stdout] == []


def test_the_child_may_not_grow() -> None:
    program = reading.PROGRAM.replace("main()", "child._limit(); bytearray(2 << 30)").replace(
        "from sheets.child import main", "from sheets import child"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(reading.CELLAR)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.strip().endswith("MemoryError")


def grown(folder: Path, files: Mapping[str, bytes]) -> float:
    """By how many MB a fresh process grows that reads these files to their last row."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from django.conf import settings\n"
        "settings.configure(USE_I18N=False)\n"
        "from gridgov.kit.sheets.reading import SheetRefused, read\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    try:\n"
        "        with path.open('rb') as file, read(file) as book:\n"
        "            print(sum(1 for row in book.sheets[0].rows()), file=sys.stderr)\n"
        "    except SheetRefused:\n"
        "        pass\n"
        "print((peak() - before) / (1024 if sys.platform == 'linux' else 1024 * 1024))\n"
    )
    paths = [str(folder / name) for name in files]
    done = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_who_asks_stays_small(tmp_path: Path) -> None:
    rows = "".join(f"<row>{'<c><v>410103</v></c>' * 10}</row>" for _row in range(50_000))
    merges = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 190_000))
    files = {
        "long": raw(rows),
        "bomb": beside(zeros("xl/a", 300)),
        "wide": one_long_string(100_000),
        "merged": raw(ROW, tail=merges),
    }

    assert grown(tmp_path, files) < 40


def test_a_child_without_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    small = reading.PROGRAM.replace(
        "import main; main()", "import main; from sheets import child; child.MEMORY = 120 << 20; main()"
    )
    monkeypatch.setattr(reading, "PROGRAM", small)

    with pytest.raises(SheetRefused) as refused:
        read(BytesIO(raw(ROW, parts={"xl/workbook.xml": f"<w>{'<a/>' * 900_000}</w>"})))

    assert refused.value.reason == Reason.EFFORT


def test_no_core_is_left_behind() -> None:
    program = reading.PROGRAM.replace("main()", "child._limit()").replace(
        "from sheets.child import main", "from sheets import child"
    )
    asked = program + "; import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"

    done = subprocess.run(
        [sys.executable, "-I", "-c", asked, str(reading.CELLAR)], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "(0, 0)"


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_is_a_chinese_sentence(reason: Reason) -> None:
    with translation.override("zh-hans"):
        sentence = str(SheetRefused(reason, found=11.5, kind="HTML"))

    assert sentence.endswith("。")
    assert "%" not in sentence


def test_a_web_page_that_is_called_xls_is_named_as_what_it_is() -> None:
    with (
        translation.override("zh-hans"),
        pytest.raises(SheetRefused, match="此文件的实际内容是网页（HTML）。"),
    ):
        read(BytesIO("<table><tr><td>姓名</td></tr></table>".encode()))
