"""Reading .xls: records in a stream in a container of 1997.

calamine reads the cells. The records are walked here before, for what it does not tell: passwords, macros,
links to other files, and which cells are formulas.
"""

import struct
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from .formats import datetime_text, number_text, text_flaw
from .limits import MAX_COLUMNS, NO, YES, Flaw, Page, RawRow, Reason, Refused, row_of

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END_OF_CHAIN = 0xFFFFFFFE
ENTRY_BYTES = 128
MINI_CUTOFF, MINI_BYTES = 4096, 64

MACRO_STORAGES = ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA")
LOCKED_STREAMS = ("EncryptedPackage", "EncryptionInfo")
OTHERS = {"WordDocument": "Word", "PowerPoint Document": "PowerPoint"}

FORMULA, EOF, FILEPASS, SHEET, BEGIN, BOOK = 0x0006, 0x000A, 0x002F, 0x0085, 0x0809, 0x01AE
MACRO_SHEET = 1
# A book of links that is this workbook itself, or the functions of Excel.
OWN_BOOKS = (b"\x01\x04", b"\x01\x3a")

Places = set[tuple[int, int]]
"""Row and column of cells, counted from 1."""


def read(content: bytes) -> Iterator[Page]:
    """The sheets of an old workbook, one after the other."""
    container = Container(content)
    _refuse_dangers(container)
    formulas = formulas_of(container.stream("Workbook", "Book"))
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError as error:
        raise Refused(Reason.LOCKED) from error
    if len(formulas) != len(book.sheets_metadata):
        raise Refused(Reason.DAMAGED)
    for number, facts in enumerate(book.sheets_metadata):
        if facts.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(number)
            is_hidden = facts.visible != SheetVisibleEnum.Visible
            yield Page(facts.name, _rows(sheet, formulas[number]), is_hidden, _merges(sheet))


def _refuse_dangers(container: "Container") -> None:
    names = container.names
    if not names.isdisjoint(LOCKED_STREAMS):
        raise Refused(Reason.LOCKED)
    if not names.isdisjoint(MACRO_STORAGES):
        raise Refused(Reason.MACROS)
    if kind := next((kind for name, kind in OTHERS.items() if name in names), ""):
        raise Refused(Reason.OTHER_KIND, kind=kind)
    if names.isdisjoint({"Workbook", "Book"}):
        raise Refused(Reason.KIND)


# --- the cells -------------------------------------------------------------------------------


def _rows(sheet: Any, formulas: Places) -> Iterator[RawRow]:
    if sheet.start is None:
        return
    top, left = sheet.start
    for number, values in enumerate(sheet.iter_rows(), start=top + 1):
        cells = (
            _cell(number, column, value, formulas) for column, value in enumerate(values, start=left + 1)
        )
        row = row_of(number, cells)
        if row.texts:
            yield row


def _cell(row: int, column: int, value: Any, formulas: Places) -> tuple[int, str, Flaw | None]:
    text, flaw = _text(value)
    return column, text, Flaw.FORMULA if (row, column) in formulas else flaw


def _text(value: Any) -> tuple[str, Flaw | None]:
    if isinstance(value, bool):
        return (YES if value else NO), None
    if isinstance(value, int | float):
        return number_text(float(value), "General")
    if isinstance(value, date | datetime):
        return datetime_text(value), None
    if isinstance(value, time):
        return value.isoformat("minutes"), None
    if isinstance(value, timedelta):
        return str(value), None
    text = str(value)
    return text, Flaw.ERROR if text.startswith("#") and text.endswith(("!", "?", "/A")) else text_flaw(text)


def _merges(sheet: Any) -> list[tuple[int, int, int, int]]:
    areas = sheet.merged_cell_ranges or []
    return [
        (top + 1, left + 1, bottom + 1, min(right + 1, MAX_COLUMNS)) for (top, left), (bottom, right) in areas
    ]


# --- the records -----------------------------------------------------------------------------


def formulas_of(stream: bytes) -> list[Places]:
    """Where each sheet has formulas; a password, macros or links to other files are refused."""
    starts = []
    for kind, body in _records(stream, 0):
        if kind == FILEPASS:
            raise Refused(Reason.LOCKED)
        if kind == BOOK and body[2:4] not in OWN_BOOKS:
            raise Refused(Reason.LINKS)
        if kind == SHEET:
            start, _visible, sheet_kind = struct.unpack_from("<IBB", body)
            if sheet_kind == MACRO_SHEET:
                raise Refused(Reason.MACROS)
            starts.append(start)
    return [_formulas(stream, start) for start in starts]


def _formulas(stream: bytes, start: int) -> Places:
    places: Places = set()
    for kind, body in _records(stream, start):
        if kind == FORMULA:
            row, column = struct.unpack_from("<HH", body)
            places.add((row + 1, column + 1))
    return places


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the records from a place to the end of what begins there; charts lie within."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length:
            raise Refused(Reason.DAMAGED)
        yield kind, body
        depth += (kind == BEGIN) - (kind == EOF)
        if depth <= 0:
            return
        place += 4 + length


# --- the container ---------------------------------------------------------------------------


class Container:
    """An OLE2 file: streams cut into sectors, each sector naming the next in one table."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in {9, 12} or mini_shift != 6:
            raise Refused(Reason.DAMAGED)
        self.size = 1 << shift
        self.table = self._table()
        (first,) = struct.unpack_from("<I", content, 48)
        self.entries = list(_entries(self._chain(first)))
        self.names = {name for name, _start, _length in self.entries}

    def stream(self, *names: str) -> bytes:
        """The first stream of one of these names."""
        _name, start, length = next(entry for entry in self.entries if entry[0] in names)
        return self._mini(start)[:length] if length < MINI_CUTOFF else self._chain(start)[:length]

    def _sector(self, number: int) -> bytes:
        place = (number + 1) * self.size
        if place >= len(self.content):
            raise Refused(Reason.DAMAGED)
        return self.content[place : place + self.size]

    def _table(self) -> list[int]:
        """Which sector follows which; the list of the table's own sectors goes on in sectors of its own."""
        listed = list(struct.unpack_from("<109I", self.content, 76))
        following, more = struct.unpack_from("<II", self.content, 68)
        for _round in range(min(more, len(self.content) // self.size)):
            *numbers, following = struct.unpack(f"<{self.size // 4}I", self._sector(following))
            listed.extend(numbers)
        joined = b"".join(self._sector(number) for number in listed if number < END_OF_CHAIN - 2)
        return list(struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4]))

    def _chain(self, number: int) -> bytes:
        sectors: list[bytes] = []
        while number < END_OF_CHAIN - 2:
            # More sectors than the file has: the chain bites its own tail.
            if len(sectors) * self.size > len(self.content):
                raise Refused(Reason.DAMAGED)
            sectors.append(self._sector(number))
            number = self.table[number]
        return b"".join(sectors)

    def _mini(self, number: int) -> bytes:
        """A short stream: it lies in small sectors within the stream of the root."""
        (first,) = struct.unpack_from("<I", self.content, 60)
        joined = self._chain(first)
        table = struct.unpack(f"<{len(joined) // 4}I", joined)
        root = self._chain(self.entries[0][1])
        pieces: list[bytes] = []
        while number < END_OF_CHAIN - 2 and len(pieces) <= len(table):
            pieces.append(root[number * MINI_BYTES : (number + 1) * MINI_BYTES])
            number = table[number]
        return b"".join(pieces)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, first sector and length of everything in the container."""
    for place in range(0, len(directory) - ENTRY_BYTES + 1, ENTRY_BYTES):
        (length,) = struct.unpack_from("<H", directory, place + 64)
        name = directory[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", directory, place + 116)
        yield name, start, size
