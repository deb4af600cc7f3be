"""A file that is no ledger is refused with a sentence, in time, and the process that asked stays small."""

import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import translation

from gridgov.kit.sheets import reading
from gridgov.kit.sheets.limits import MAX_BYTES
from gridgov.kit.sheets.reading import Reason, SheetRefused, read
from tests.kit.ledgers import (
    MAIN,
    OFFICE,
    PARTS,
    contained,
    old,
    old_cell,
    old_stream,
    packed,
    raw,
    text_cell,
    written,
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


ROW = f'<row r="1">{text_cell("A1", "姓名")}</row>'
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def related(kind: str, target: str) -> dict[str, str]:
    """The relations of the workbook with one more."""
    rels = PARTS["xl/_rels/workbook.xml.rels"]
    more = f'<Relationship Id="z" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'
    return {"xl/_rels/workbook.xml.rels": rels.replace("</Relationships>", more)}


def part(kind: str, content: str) -> dict[str, str]:
    """Such a part of the workbook."""
    return related(kind, "part.xml") | {"xl/part.xml": content}


def zeros(name: str, megabytes: int) -> bytes:
    """A workbook with one part of nothing, and a lot of it."""
    buffer = BytesIO(raw(ROW))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _megabyte in range(megabytes):
            part.write(bytes(1024 * 1024))
    return buffer.getvalue()


def lying(content: bytes) -> bytes:
    """The same archive, every part of which claims to be one byte long when unpacked."""
    changed, place = bytearray(content), 0
    while (place := content.find(b"PK\x01\x02", place)) >= 0:
        struct.pack_into("<I", changed, place + 24, 1)
        place += 4
    return bytes(changed)


def overlapping(copies: int) -> bytes:
    """One part of a megabyte that stands in the list of the archive many times under many names."""
    content = zeros("xl/a", 1)
    place = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entries = b"".join(content[place:end].replace(b"xl/a", b"xl/%c" % (98 + n)) for n in range(copies))
    listed = content[content.index(b"PK\x01\x02") : end] + entries
    start = content.index(b"PK\x01\x02")
    count = len(PARTS) + 2 + copies
    return (
        content[:start]
        + listed
        + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)
    )


def locked_zip() -> bytes:
    changed = bytearray(raw(ROW))
    changed[changed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def twice_the_same_part() -> bytes:
    buffer = BytesIO(raw(ROW))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("XL/Worksheets/Sheet1.xml", "<worksheet/>")
    return buffer.getvalue()


def wrong_checksum() -> bytes:
    return packed(PARTS | {"xl/a": b"0" * 99}, method=zipfile.ZIP_STORED).replace(b"0" * 99, b"1" * 99)


def many_rows(count: int) -> bytes:
    return raw("".join(f"<row><c><v>{number}</v></c></row>" for number in range(count)))


def one_long_string(cells: int) -> bytes:
    """A text of 30,000 characters that stands once in the file and in every cell."""
    strings = f"<sst {MAIN}><si><t>{'长' * 30_000}</t></si></sst>"
    row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    return raw(row * (cells // 100), parts=part("sharedStrings", strings))


def noise(seed: int, length: int, magic: bytes = b"") -> bytes:
    return magic + random.Random(seed).randbytes(length)


def looped() -> bytes:
    """An old workbook whose stream goes on where it began."""
    changed = bytearray(old(old_cell(0, 0, "x")))
    struct.pack_into("<I", changed, 512 + 4 * 3, 2)
    return bytes(changed)


ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD_OLD = old(old_cell(0, 0, "姓名"))
GOOD_STREAM = old_stream(old_cell(0, 0, "姓名"))
OLD_LINK = (0x01AE, b"\x01\x00\x03\x00\x00abc")

HOSTILE: dict[str, tuple[Reason, Callable[[], bytes]]] = {
    # what it is                   why it is refused   the file
    "nothing":                    (Reason.EMPTY,       lambda: b""),
    "eleven megabytes":           (Reason.BYTES,       lambda: bytes(MAX_BYTES + 1)),
    "blank text":                 (Reason.NOTHING,     lambda: b" \n,,\n"),
    "no cells":                   (Reason.NOTHING,     raw),
    "a picture":                  (Reason.OTHER_KIND,  lambda: b"\x89PNG\r\n\x1a\n" + bytes(99)),
    "a PDF":                      (Reason.OTHER_KIND,  lambda: b"%PDF-1.7\n" + bytes(99)),
    "a RAR":                      (Reason.OTHER_KIND,  lambda: b"Rar!\x1a\x07\x00" + bytes(99)),
    "a web page":                 (Reason.OTHER_KIND,  lambda: b"<html><table><tr><td>1"),
    "a table of a web page":      (Reason.OTHER_KIND,  lambda: b"\xef\xbb\xbf\n<table border=1>"),
    "an XML workbook of 2003":    (Reason.OTHER_KIND,  lambda: b'<?xml version="1.0"?><Workbook/>'),
    "a Word document":            (Reason.OTHER_KIND,  lambda: packed({"word/document.xml": "<d/>"})),
    "an OpenDocument":            (Reason.OTHER_KIND,  lambda: packed({"content.xml": "<d/>"})),
    "a binary workbook":          (Reason.OTHER_KIND,  lambda: packed(PARTS | {"xl/workbook.bin": b"\x00"})),
    "any archive":                (Reason.OTHER_KIND,  lambda: packed({"a.txt": "a"})),
    "an empty archive":           (Reason.OTHER_KIND,  lambda: packed({})),
    "an old Word document":       (Reason.OTHER_KIND,  lambda: contained({"WordDocument": b"x"})),
    "a container of something":   (Reason.KIND,        lambda: contained({"Contents": b"x"})),
    "a program":                  (Reason.KIND,        lambda: b"\x7fELF\x02\x01\x01" + bytes(99)),
    "Big5":                       (Reason.ENCODING,    lambda: "姓名,身份證號\n".encode("big5") + b"\xff,\xff\n"),
    "half of UTF-16":             (Reason.ENCODING,    lambda: "姓名,电话".encode("utf-16")[:-1]),
    "zeros beside the cells":     (Reason.UNPACKED,    lambda: zeros("xl/media/a.bin", 120)),
    "zeros as a sheet":           (Reason.UNPACKED,    lambda: zeros("xl/worksheets/sheet2.xml", 120)),
    "a gigabyte of zeros":        (Reason.UNPACKED,    lambda: zeros("xl/a", 1024)),
    "zeros that claim to be few": (Reason.DAMAGED,     lambda: lying(zeros("xl/a", 120))),
    "one part listed 110 times":  (Reason.DAMAGED,     lambda: overlapping(110)),
    "300 parts":                  (Reason.ENTRIES,     lambda: packed(PARTS | {f"a{n}": "" for n in range(300)})),
    "30,000 parts":               (Reason.ENTRIES,     lambda: packed({f"a{n}": "" for n in range(30_000)})),
    "packed with LZMA":           (Reason.DAMAGED,     lambda: packed(PARTS, method=zipfile.ZIP_LZMA)),
    "packed with bzip2":          (Reason.DAMAGED,     lambda: packed(PARTS, method=zipfile.ZIP_BZIP2)),
    "a locked archive":           (Reason.LOCKED,      locked_zip),
    "a part in two spellings":    (Reason.DAMAGED,     twice_the_same_part),
    "macros":                     (Reason.MACROS,      lambda: raw(ROW, parts={"xl/vbaProject.bin": b"x"})),
    "macros, spelled otherwise":  (Reason.MACROS,      lambda: raw(ROW, parts={"XL\\VBAPROJECT.BIN": b"x"})),
    "macros of Excel 4":          (Reason.MACROS,      lambda: raw(ROW, parts={"xl/macrosheets/sheet1.xml": "<x/>"})),
    "a link to another file":     (Reason.LINKS,       lambda: raw(ROW, parts={"xl/externalLinks/externalLink1.xml": "<x/>"})),
    "a relation to another file": (Reason.LINKS,       lambda: raw(ROW, parts=related("externalLink", "a.xml"))),
    "a connection":               (Reason.LINKS,       lambda: raw(ROW, parts={"xl/connections.xml": "<x/>"})),
    "a query":                    (Reason.LINKS,       lambda: raw(ROW, parts={"xl/queryTables/queryTable1.xml": "<x/>"})),
    "entities in a sheet":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog=LAUGHS)),
    "a file as an entity":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog=OUTSIDE)),
    "an outer definition":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog='<!DOCTYPE w SYSTEM "http://127.0.0.1/a">')),
    "entities in UTF-16":         (Reason.DEFINITIONS, lambda: raw(parts={SHEET: (LAUGHS + "<w/>").encode("utf-16")})),
    "entities in the workbook":   (Reason.DEFINITIONS, lambda: raw(ROW, parts={"xl/workbook.xml": LAUGHS + "<w/>"})),
    "entities in the relations":  (Reason.DEFINITIONS, lambda: raw(ROW, parts={"_rels/.rels": LAUGHS + "<w/>"})),
    "entities in the strings":    (Reason.DEFINITIONS, lambda: raw(ROW, parts=part("sharedStrings", LAUGHS + "<s/>"))),
    "entities in the styles":     (Reason.DEFINITIONS, lambda: raw(ROW, parts=part("styles", LAUGHS + "<s/>"))),
    "300,000 rows":               (Reason.ROWS,        lambda: many_rows(300_000)),
    "300,000 lines":              (Reason.ROWS,        lambda: b"1,2\n" * 300_000),
    "a cell far to the right":    (Reason.COLUMNS,     lambda: raw(f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>')),
    "101 columns of text":        (Reason.COLUMNS,     lambda: b"1," * 101),
    "a million columns of text":  (Reason.COLUMNS,     lambda: b"1," * 1_000_000),
    "101 old columns":            (Reason.COLUMNS,     lambda: old(*(old_cell(0, n, "x") for n in range(101)))),
    "a cell of a megabyte":       (Reason.TEXT,        lambda: raw(f'<row>{text_cell("A1", "长" * 400_000)}</row>')),
    "a quote that never ends":    (Reason.TEXT,        lambda: b'a,"b\n' + b"1,2\n" * 20_000),
    "one text in a million cells": (Reason.EFFORT,     lambda: one_long_string(1_000_000)),
    "300,000 merged areas":       (Reason.EFFORT,      lambda: raw(ROW, tail='<mergeCell ref="A1:XFD1048576"/>' * 300_000)),
    "elements without end":       (Reason.EFFORT,      lambda: raw("<a>" * 30_000_000)),
    "half an archive":            (Reason.DAMAGED,     lambda: written([["姓名"] * 20] * 50)[:-900]),
    "an archive without its end": (Reason.DAMAGED,     lambda: raw(ROW)[:-30]),
    "an archive of noise":        (Reason.DAMAGED,     lambda: noise(1, 5000, ZIP)),
    "a wrong checksum":           (Reason.DAMAGED,     wrong_checksum),
    "a broken sheet":             (Reason.DAMAGED,     lambda: raw(parts={SHEET: f"<worksheet {MAIN}><sheetData><row>"})),
    "an empty sheet part":        (Reason.DAMAGED,     lambda: raw(parts={SHEET: ""})),
    "a sheet that is missing":    (Reason.DAMAGED,     lambda: packed(PARTS)),
    "a workbook that is missing": (Reason.DAMAGED,     lambda: packed({"_rels/.rels": PARTS["_rels/.rels"]})),
    "no relations":               (Reason.DAMAGED,     lambda: packed({"_rels/.rels": "<Relationships/>"})),
    "a way out of the archive":   (Reason.DAMAGED,     lambda: raw(parts=related("styles", "../../../../etc/passwd"))),
    "a string that is missing":   (Reason.DAMAGED,     lambda: raw('<row><c t="s"><v>7</v></c></row>')),
    "a string before the first":  (Reason.DAMAGED,     lambda: raw('<row><c t="s"><v>-1</v></c></row>')),
    "a row before the first":     (Reason.DAMAGED,     lambda: raw('<row r="0"/>')),
    "a row beyond the last":      (Reason.DAMAGED,     lambda: raw('<row r="1048577"/>')),
    "rows that go back":          (Reason.DAMAGED,     lambda: raw('<row r="2"/><row r="1"/>')),
    "a row that is no number":    (Reason.DAMAGED,     lambda: raw(f'<row r="{"9" * 5000}"/>')),
    "a cell twice":               (Reason.DAMAGED,     lambda: raw('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
    "a merged area of nonsense":  (Reason.DAMAGED,     lambda: raw(ROW, tail='<mergeCell ref="Q"/>')),
    "a style of nonsense":        (Reason.DAMAGED,     lambda: raw('<row><c s="x"><v>1</v></c></row>')),
    "a locked workbook":          (Reason.LOCKED,      lambda: contained({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})),
    "an old locked workbook":     (Reason.LOCKED,      lambda: old(old_cell(0, 0, "x"), extra=[(0x2F, bytes(6))])),
    "old macros":                 (Reason.MACROS,      lambda: old(old_cell(0, 0, "x"), names=["_VBA_PROJECT_CUR"])),
    "an old macro sheet":         (Reason.MACROS,      lambda: old(old_cell(0, 0, "x"), sheet_kind=1)),
    "an old link":                (Reason.LINKS,       lambda: old(old_cell(0, 0, "x"), extra=[OLD_LINK])),
    "half an old workbook":       (Reason.DAMAGED,     lambda: GOOD_OLD[:2000]),
    "the head of an old workbook": (Reason.DAMAGED,    lambda: GOOD_OLD[:40]),
    "an old workbook in a loop":  (Reason.DAMAGED,     looped),
    "old records without an end": (Reason.DAMAGED,     lambda: contained({"Workbook": GOOD_STREAM[:-4] + b"\xff" * 9})),
    "an old container of noise":  (Reason.DAMAGED,     lambda: noise(2, 5000, OLE)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str) -> None:
    reason, made = HOSTILE[name]
    content = made()

    with pytest.raises(SheetRefused) as refused:
        read(BytesIO(content))

    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("seed", range(12))
def test_random_bytes_are_refused(seed: int) -> None:
    with pytest.raises(SheetRefused):
        read(BytesIO(noise(seed, 4000, (b"", ZIP, OLE)[seed % 3])))


@pytest.mark.parametrize(
    "good", [GOOD_OLD, written([["姓名", 1, True]], merged=["A1:A2"])], ids=["xls", "xlsx"]
)
@pytest.mark.parametrize("seed", range(12))
def test_a_file_with_some_bytes_changed_is_read_or_refused(seed: int, good: bytes) -> None:
    dice, changed = random.Random(seed), bytearray(good)
    for _change in range(1 + seed):
        changed[dice.randrange(len(changed))] = dice.randrange(256)

    try:
        with read(BytesIO(changed)) as book:
            assert all(row.cells for sheet in book.sheets for row in sheet.rows())
    except SheetRefused as refused:
        assert str(refused).endswith(".")


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
    files = {"long": raw(rows), "bomb": zeros("xl/a", 300), "wide": one_long_string(100_000)}

    assert grown(tmp_path, files) < 40


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
