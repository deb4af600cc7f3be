"""Old workbooks whose records lie: about lengths, places, numbers of strings, and who wrote them."""

import struct
from collections.abc import Sequence

from gridgov.kit.sheets.limits import Reason
from tests.kit.ledgers import (
    BEGIN_BOOK,
    BEGIN_SHEET,
    END,
    FORMATS,
    contained,
    old,
    old_cell,
    old_formula,
    old_stream,
    record,
)

from .containers import SEEN

Record = tuple[int, bytes]

CELLS = (old_cell(0, 0, "姓名"), old_cell(0, 1, 7))
CODEPAGE, DATEMODE, FORMAT, PASSWORD, LINK = 0x42, 0x22, 0x041E, 0x2F, 0x01AE
STRINGS, MORE, SHARED, MERGED, SIZE, NOTE = 0xFC, 0x3C, 0xFD, 0xE5, 0x200, 0x1C


def book(*sheets: tuple[str, Sequence[Record]], head: Sequence[Record] = (), **lies: int) -> bytes:
    """A workbook of these sheets. Lies: `at` where all of them are said to start, `state`, `kind`."""
    begin = [BEGIN_BOOK, *head, *FORMATS]
    names = [
        bytes([lies.get("state", 0), lies.get("kind", 0), len(name), 1]) + name.encode("utf-16-le")
        for name, _cells in sheets
    ]
    bodies = [b"".join(record(*it) for it in (BEGIN_SHEET, *cells, END)) for _name, cells in sheets]
    place = sum(4 + len(body) for _kind, body in begin) + sum(8 + len(name) for name in names) + 4
    listed = []
    for name, body in zip(names, bodies, strict=True):
        listed.append((0x85, struct.pack("<I", lies.get("at", place)) + name))
        place += len(body)
    return contained({"Workbook": b"".join(record(*it) for it in (*begin, *listed, END)) + b"".join(bodies)})


def page(*cells: Record, **options: object) -> bytes:
    """A workbook of one sheet with these records."""
    return book(("住户", cells), **options)


def text(said: str, length: int | None = None, flags: int = 1) -> bytes:
    """A string as the table of them holds it."""
    return struct.pack("<HB", len(said) if length is None else length, flags) + said.encode("utf-16-le")


def table(*pieces: bytes, count: int = 1, cells: Sequence[Record] | None = None) -> bytes:
    """A workbook with a table of strings; every piece but the first goes on in a record of its own."""
    first = (STRINGS, struct.pack("<II", count, count) + pieces[0])
    refer = [shared(0, 0, 0)] if cells is None else cells
    return page(*refer, head=[first, *((MORE, piece) for piece in pieces[1:])])


def shared(row: int, column: int, number: int) -> Record:
    return SHARED, struct.pack("<HHHI", row, column, 0, number)


def many_sheets(count: int) -> bytes:
    """So many sheets that all lie in one place."""
    head = b"".join(record(*it) for it in (BEGIN_BOOK, *FORMATS))
    name = b"\x00\x00\x01\x00a"
    place = len(head) + count * (8 + len(name)) + 4
    listed = record(0x85, struct.pack("<I", place) + name) * count
    sheet = b"".join(record(*it) for it in (BEGIN_SHEET, *CELLS, END))
    return contained_large(head + listed + record(*END) + sheet)


def contained_large(stream: bytes) -> bytes:
    """A container of more sectors than one sector of table can list."""
    sectors = -(-len(stream) // 512)
    tables = 1
    while tables * 128 < sectors + tables + 1:
        tables += 1
    numbers = [0xFFFFFFFD] * tables + [0xFFFFFFFE, *range(tables + 2, tables + 1 + sectors), 0xFFFFFFFE]
    numbers += [0xFFFFFFFF] * (tables * 128 - len(numbers))
    plain = contained({"Workbook": b""})
    head = bytearray(plain[:512])
    struct.pack_into("<II", head, 44, tables, tables)
    struct.pack_into("<109I", head, 76, *range(tables), *[0xFFFFFFFF] * (109 - tables))
    directory = bytearray(plain[1024:1536])
    struct.pack_into("<II", directory, 128 + 116, tables + 1, len(stream))
    return (
        bytes(head)
        + struct.pack(f"<{len(numbers)}I", *numbers)
        + bytes(directory)
        + stream.ljust(sectors * 512, b"\x00")
    )


def of_1995(encoding: str, codepage: int) -> bytes:
    """A workbook of Excel 5, whose texts are bytes of a code page."""
    begin = (0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 1995))
    page_begin = (0x0809, struct.pack("<HHHH", 0x0500, 16, 0, 1995))
    said = "姓名".encode(encoding)
    cell = (0x0204, struct.pack("<HHHH", 0, 0, 0, len(said)) + said)
    number = (0x0203, struct.pack("<HHHd", 0, 1, 0, 7))
    head = [begin, (CODEPAGE, struct.pack("<H", codepage))]
    place = sum(4 + len(body) for _kind, body in head) + 4 + 8 + 4
    records = [*head, (0x85, struct.pack("<IBB", place, 0, 0) + b"\x01a"), END, page_begin, cell, number, END]
    return contained({"Book": b"".join(record(*it) for it in records)})


def merges(*areas: tuple[int, int, int, int], count: int | None = None) -> Record:
    body = struct.pack("<H", len(areas) if count is None else count)
    return MERGED, body + b"".join(struct.pack("<HHHH", *area) for area in areas)


def cut_in_a_name() -> bytes:
    """A table of strings that is cut between two characters; the second half says anew how wide it is."""
    return table(text("姓", length=2), b"\x01" + "名".encode("utf-16-le"))


REFUSED = {
    # what it is                   why it is refused   the file
    "locked":                     (Reason.LOCKED,      lambda: page(*CELLS, head=[(PASSWORD, bytes(6))])),
    "locked in a strange way":    (Reason.LOCKED,      lambda: page(*CELLS, head=[(PASSWORD, b"\xff" * 60)])),
    "a macro sheet":              (Reason.MACROS,      lambda: page(*CELLS, kind=1)),
    "a link to another file":     (Reason.LINKS,       lambda: page(*CELLS, head=[(LINK, b"\x01\x00\x03\x00\x00abc")])),
    "a link that is cut off":     (Reason.LINKS,       lambda: page(*CELLS, head=[(LINK, b"")])),
    "records without an end":     (Reason.DAMAGED,     lambda: contained({"Workbook": old_stream(*CELLS)[:-4] + b"\xff" * 9})),
    "a record beyond the end":    (Reason.DAMAGED,     lambda: contained({"Workbook": old_stream((0x1234, b""), *CELLS).replace(b"\x34\x12\x00\x00", b"\x34\x12\xff\xff")})),
    "no beginning":               (Reason.DAMAGED,     lambda: contained({"Workbook": record(0x1234, b"x") + old_stream(*CELLS)})),
    "beginnings without an end":  (Reason.DAMAGED,     lambda: contained({"Workbook": record(*BEGIN_BOOK) * 1000})),
    "text instead of records":    (Reason.DAMAGED,     lambda: contained({"Workbook": b"a,b\n" * 3000})),
    "a sheet that starts nowhere": (Reason.DAMAGED,    lambda: page(*CELLS, at=0x7FFFFFFF)),
    "a sheet that starts within a record": (Reason.DAMAGED, lambda: page(*CELLS, at=3)),
    "a sheet cut off in its name": (Reason.DAMAGED,    lambda: page(*CELLS, head=[(0x85, b"\x00\x00")])),
    "a sheet without a name":     (Reason.DAMAGED,     lambda: page(*CELLS, head=[(0x85, bytes(6))])),
    "only charts":                (Reason.NOTHING,     lambda: page(*CELLS, kind=2)),
    "no sheets":                  (Reason.NOTHING,     book),
    "no cells":                   (Reason.NOTHING,     page),
    "200,000 sheets in one place": (Reason.ENTRIES,    lambda: many_sheets(200_000)),
    "101 columns":                (Reason.COLUMNS,     lambda: page(*(old_cell(0, n, "x") for n in range(101)))),
    "a cell in the last corner":  (Reason.COLUMNS,     lambda: page(old_cell(0, 0, "x"), old_cell(65535, 255, "x"))),
    "a number that is cut off":   (Reason.DAMAGED,     lambda: page(*CELLS, (0x0203, b"\x00\x00\x02"))),
    "a formula that is cut off":  (Reason.DAMAGED,     lambda: page(*CELLS, (0x0006, b"\x00"))),
    "a text longer than its record": (Reason.DAMAGED,  lambda: page(*CELLS, (0x0204, struct.pack("<HHHHB", 1, 0, 0, 9999, 1) + b"x\x00"))),
    "a text that is cut off":     (Reason.DAMAGED,     lambda: page(*CELLS, (0x0204, b"\x00\x00\x02\x00"))),
    "strings that are cut off":   (Reason.DAMAGED,     lambda: page(shared(0, 0, 0), head=[(STRINGS, b"\x01")])),
    "a string longer than the table": (Reason.DAMAGED, lambda: table(text("姓名", length=60_000))),
    "a string of runs that are not there": (Reason.DAMAGED, lambda: table(struct.pack("<HBH", 2, 9, 60_000) + "姓名".encode("utf-16-le"))),
    "a string with a reading aid of 2 GB": (Reason.DAMAGED, lambda: table(struct.pack("<HBI", 2, 5, 0x7FFFFFFF) + "姓名".encode("utf-16-le"))),
    "a string cut within a sign":  (Reason.DAMAGED,     lambda: table(text("姓", length=2)[:-1], b"\x01" + "名".encode("utf-16-le"))),
    "a string cut within its head": (Reason.DAMAGED,    lambda: table(b"\x02", b"\x00\x01" + "姓名".encode("utf-16-le"))),
    "a string beyond its table":  (Reason.DAMAGED,     lambda: table(text("姓", length=2))),
    "a string that goes on without saying how": (Reason.DAMAGED, lambda: table(text("姓", length=2), b"")),
    "cells along a row that is cut off": (Reason.DAMAGED, lambda: page(*CELLS, (0x00BD, b"\x00\x00\x02\x00"))),
    "a kind of sheet nobody knows":(Reason.NOTHING,     lambda: page(*CELLS, kind=77)),
    "a string beyond the last":   (Reason.DAMAGED,     lambda: table(text("姓名"), cells=[shared(0, 1, 99), old_cell(0, 0, 7)])),
    "a format that is cut off":   (Reason.DAMAGED,     lambda: page(*CELLS, head=[(FORMAT, struct.pack("<HHB", 200, 4000, 0))])),
    "packed numbers to a wrong column":(Reason.DAMAGED,     lambda: page((0x00BD, struct.pack("<HHHIH", 0, 0, 0, 1 << 2 | 2, 250)))),
    "merged cells that are too few":(Reason.DAMAGED,     lambda: page(*CELLS, merges(count=9999))),
    "of Excel 5":                 (Reason.OTHER_KIND,  lambda: of_1995("gbk", 936)),
    "merged cells that are cut off": (Reason.DAMAGED,  lambda: page(*CELLS, (MERGED, b"\x01"))),
}  # fmt: skip

READ = {
    # what it is                   what is in it   the file
    "good, beside another sheet": (SEEN,           lambda: book(("甲", CELLS), ("乙", [old_cell(0, 0, "别")]))),
    "hidden":                     (SEEN,           lambda: page(*CELLS, state=1)),
    "hidden from everybody":      (SEEN,           lambda: page(*CELLS, state=2)),
    "a state nobody knows":       (SEEN,           lambda: page(*CELLS, state=77)),
    "a record nobody knows":      (SEEN,           lambda: page(*CELLS, (0xEEEE, b"\xff" * 99))),
    "a size of everything":       (SEEN,           lambda: page((SIZE, struct.pack("<IIHHH", 0, 65536, 0, 256, 0)), *CELLS)),
    "a size of 2^32 rows":        (SEEN,           lambda: page((SIZE, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)), *CELLS)),
    "a size the wrong way round": (SEEN,           lambda: page((SIZE, struct.pack("<IIHHH", 9, 1, 9, 1, 0)), *CELLS)),
    "a table of strings":         ([["姓名"]],     lambda: table(text("姓名"))),
    "a string of narrow signs":   ([["ABC"]],      lambda: table(struct.pack("<HB", 3, 0) + b"ABC")),
    "a string cut between two signs": ([["姓名"]], cut_in_a_name),
    "a string that goes on narrow": ([["姓AB"]],   lambda: table(text("姓", length=3), b"\x00AB")),
    "a string cut in many pieces": ([["名" * 20_000]], lambda: table(text("名" * 4000, length=20_000), *[b"\x01" + ("名" * 4000).encode("utf-16-le")] * 4)),
    "a rare Han cut in two":      ([["𠮷"]],       lambda: table(struct.pack("<HB", 2, 1) + "𠮷".encode("utf-16-le")[:2], b"\x01" + "𠮷".encode("utf-16-le")[2:])),
    "a formula that came to a text": ([["程"]],    lambda: page((0x0006, struct.pack("<HHHB5xHHIH", 0, 0, 0, 0, 0xFFFF, 0, 0, 3) + b"\x1e\x01\x00"), (0x0207, text("程")))),
    "a string with runs":         ([["姓名"]],     lambda: table(struct.pack("<HBH", 2, 9, 1) + "姓名".encode("utf-16-le") + bytes(4))),
    "a string with a reading aid": ([["姓名"]],    lambda: table(struct.pack("<HBI", 2, 5, 4) + "姓名".encode("utf-16-le") + bytes(4))),
    "strings that are too few":   ([["姓名"]],     lambda: table(text("姓名"), count=0xFFFFFFFF)),
    "a size that is cut off":     (SEEN,           lambda: page((SIZE, b"\x00"), *CELLS)),
    "more of nothing":            (SEEN,           lambda: page(*CELLS, head=[(MORE, b"x" * 99)])),
    "days since 1904":            ([["1985-06-15"]], lambda: page(old_cell(0, 0, 29751, 1), head=[(DATEMODE, b"\x01\x00")])),
    "a day":                      ([["1985-06-15"]], lambda: page(old_cell(0, 0, 31213, 1))),
    "a day after the last":       ([["3000000"]],  lambda: page(old_cell(0, 0, 3_000_000, 1))),
    "a day before the first":     ([["-5"]],       lambda: page(old_cell(0, 0, -5, 1))),
    "a day of 1E300":             ([["1E+300"]],   lambda: page(old_cell(0, 0, 1e300, 1))),
    "not a number":               ([["nan"]],      lambda: page(old_cell(0, 0, float("nan")))),
    "infinity":                   ([["inf"]],      lambda: page(old_cell(0, 0, float("inf")))),
    "a style beyond the last":    ([["7"]],        lambda: page(old_cell(0, 0, 7, 9999))),
    "a format of brackets":       (SEEN,           lambda: page(*CELLS, head=[(FORMAT, struct.pack("<HHB", 200, 4000, 0) + b"[" * 4000)])),
    "a formula":                  ([["", "7"]],    lambda: page(old_formula(0, 1, 7), old_cell(0, 0, ""))),
    "a boolean":                  ([["是"]],       lambda: page((0x0205, struct.pack("<HHHBB", 0, 0, 0, 1, 0)))),
    "an error":                   ([["#REF!"]],    lambda: page((0x0205, struct.pack("<HHHBB", 0, 0, 0, 0x17, 1)))),
    "an error nobody knows":      ([["x", "#N/A"]], lambda: page((0x0205, struct.pack("<HHHBB", 0, 1, 0, 0xEE, 1)), old_cell(0, 0, "x"))),
    "a packed number":            ([["7"]],        lambda: page((0x027E, struct.pack("<HHHI", 0, 0, 0, 7 << 2 | 2)))),
    "packed numbers along a row": ([["1", "2"]],   lambda: page((0x00BD, struct.pack("<HHHIHIH", 0, 0, 0, 1 << 2 | 2, 0, 2 << 2 | 2, 1)))),
    "merged":                     ([["姓名", "姓名"]], lambda: page(old_cell(0, 0, "姓名"), merges((0, 0, 0, 1)))),
    "merged over one another":    ([["姓名", "姓名"]], lambda: page(old_cell(0, 0, "姓名"), merges((0, 0, 0, 1), (0, 0, 0, 1), (0, 0, 1, 9)))),
    "merged the wrong way round": (SEEN,           lambda: page(*CELLS, merges((5, 0, 1, 0), (0, 0, 5, 0)))),
    "a code page nobody knows":   (SEEN,           lambda: page(*CELLS, head=[(CODEPAGE, b"\xff\xff")])),
    "a code page that lies":      (SEEN,           lambda: page(*CELLS, head=[(CODEPAGE, struct.pack("<H", 932))])),
    "a code page that is cut off": (SEEN,          lambda: page(*CELLS, head=[(CODEPAGE, b"")])),
    "signs that turn the line":   ([["a\u202eb"]], lambda: page(old_cell(0, 0, "a\u202eb"))),
    "a zero":                     ([["a\x00b"]],   lambda: page(old_cell(0, 0, "a\x00b"))),
    "half a character":           ([["a\ufffdb"]], lambda: page((0x0204, struct.pack("<HHHHB", 0, 0, 0, 3, 1) + b"a\x00\x00\xd8b\x00"))),
    "the same cell twice":        ([["乙"]],       lambda: page(old_cell(0, 0, "甲"), old_cell(0, 0, "乙"))),
    "cells from below":           ([["甲"], ["乙"]], lambda: page(old_cell(1, 0, "乙"), old_cell(0, 0, "甲"))),
    "a note":                     (SEEN,           lambda: old(*CELLS, extra=[(NOTE, bytes(12))])),
}  # fmt: skip
