"""Reading .xls: records in a stream in a container of 1997.

What is no ledger (passwords, macros, links to other files) is refused first. Cells are put into words by the same
rules as those of .xlsx. The code page a file names is not asked: since 1997 texts are UTF-16, and programs that
still write another page there have never kept to it.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from .formats import BUILT_IN, number_text, text_flaw
from .limits import MAX_ENTRIES, MAX_MERGES, NO, YES, Flaw, Merge, Page, RawRow, Reason, Refused, row_of

Cell = tuple[int, str, Flaw | None]
Record = tuple[int, int, bytes]
"""Kind of a record, its place in the stream, and what it holds."""

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END_OF_CHAIN = 0xFFFFFFFE
ENTRY_BYTES = 128
MINI_CUTOFF, MINI_BYTES = 4096, 64

MACRO_STORAGES = ("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA")
LOCKED_STREAMS = ("EncryptedPackage", "EncryptionInfo")
OTHERS = {"WordDocument": "Word", "PowerPoint Document": "PowerPoint"}
# Its texts are bytes of a code page that it may not name.
TOO_OLD, NEW_ENOUGH = "Excel 5.0/95", 0x0600

# Records of the workbook.
EOF, DATEMODE, FILEPASS, CONTINUE, SHEET = 0x000A, 0x0022, 0x002F, 0x003C, 0x0085
STYLE, STRINGS, BOOK, FORMAT, BEGIN = 0x00E0, 0x00FC, 0x01AE, 0x041E, 0x0809
# Records of a sheet: cells, what a formula has come to, merged cells.
FORMULA, PACKED_ROW, RICH, SHARED = 0x0006, 0x00BD, 0x00D6, 0x00FD
NUMBER, LABEL, LOGICAL, RESULT, PACKED, MERGED = 0x0203, 0x0204, 0x0205, 0x0207, 0x027E, 0x00E5

WORKSHEET, MACRO_SHEET = 0, 1
# A book of links that is this workbook itself, or the functions of Excel.
OWN_BOOKS = (b"\x01\x04", b"\x01\x3a")
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
# A string in two bytes a character, with a reading aid, with runs of different look.
IS_WIDE, HAS_AID, HAS_RUNS = 0x01, 0x04, 0x08


def read(content: bytes) -> Iterator[Page]:
    """The sheets of an old workbook, one after the other."""
    container = Container(content)
    _refuse_dangers(container)
    book = _Book(container.stream("Workbook"))
    for start, name, is_hidden in book.sheets:
        sheet = _Sheet(book, start)
        yield Page(name, sheet.rows(), is_hidden, sheet.merges)


def _refuse_dangers(container: "Container") -> None:
    names = container.names
    if not names.isdisjoint(LOCKED_STREAMS):
        raise Refused(Reason.LOCKED)
    if not names.isdisjoint(MACRO_STORAGES):
        raise Refused(Reason.MACROS)
    if kind := next((kind for name, kind in OTHERS.items() if name in names), ""):
        raise Refused(Reason.OTHER_KIND, kind=kind)
    if "Workbook" not in names:
        raise Refused(Reason.OTHER_KIND, kind=TOO_OLD) if "Book" in names else Refused(Reason.KIND)


def _records(stream: bytes, place: int) -> Iterator[Record]:
    """The records from a place to the end of what begins there; what lies within, as charts do, is passed over."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        if len(body) < length or (depth == 0 and kind != BEGIN):
            raise Refused(Reason.DAMAGED)
        depth += (kind == BEGIN) - (kind == EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, place, body
        place += 4 + length


# --- texts -----------------------------------------------------------------------------------


def _text(data: bytes, length: int, flags: int) -> str:
    """So many characters, in one byte each or in two."""
    width = 1 + (flags & IS_WIDE)
    taken = data[: length * width]
    if len(taken) < length * width:
        raise Refused(Reason.DAMAGED)
    return taken.decode("utf-16-le" if width > 1 else "latin-1", "replace")


def _long_text(body: bytes, place: int) -> str:
    """A text whose length is counted in two bytes."""
    length, flags = struct.unpack_from("<HB", body, place)
    return _text(body[place + 3 :], length, flags)


class _Strings:
    """The texts that cells refer to by their number.

    The table goes on in further records. A text may be cut between any two characters; what follows says anew
    whether they are wide.
    """

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = iter(pieces)
        self.piece, self.place = next(self.pieces, b""), 8

    def all(self) -> list[str]:
        """As many as the table says; if it says too many, those there are."""
        if not self.piece:
            return []
        (count,) = struct.unpack_from("<I", self.piece, 4)
        found: list[str] = []
        while len(found) < count and self._goes_on():
            found.append(self._string())
        return found

    def _goes_on(self) -> bool:
        while self.place >= len(self.piece):
            piece = next(self.pieces, None)
            if piece is None:
                return False
            self.piece, self.place = piece, 0
        return True

    def _take(self, length: int) -> bytes:
        """The next bytes, as many of them as lie in one piece."""
        if not self._goes_on():
            raise Refused(Reason.DAMAGED)
        taken = self.piece[self.place : self.place + length]
        self.place += len(taken)
        return taken

    def _string(self) -> str:
        length, flags = struct.unpack("<HB", self._take(3))
        behind = 4 * int.from_bytes(self._take(2), "little") if flags & HAS_RUNS else 0
        behind += int.from_bytes(self._take(4), "little") if flags & HAS_AID else 0
        text = self._characters(length, flags)
        while behind:
            behind -= len(self._take(behind))
        return text

    def _characters(self, length: int, flags: int) -> str:
        joined = b""
        while length:
            if joined and self.place >= len(self.piece):
                (flags,) = self._take(1)
            width = 1 + (flags & IS_WIDE)
            taken = self._take(length * width)
            if len(taken) % width:
                raise Refused(Reason.DAMAGED)
            length -= len(taken) // width
            # Joined before they are decoded: the halves of a rare character may lie in two pieces.
            joined += taken if width > 1 else taken.decode("latin-1").encode("utf-16-le")
        return joined.decode("utf-16-le", "replace")


# --- the workbook ----------------------------------------------------------------------------


class _Book:
    """What the sheets of one workbook share."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.sheets: list[tuple[int, str, bool]] = []
        self.formats: dict[int, str] = dict(BUILT_IN)
        self.styles: list[int] = []
        self.is_1904 = False
        pieces: list[bytes] = []
        before = BEGIN
        for kind, _place, body in _records(stream, 0):
            if kind == STRINGS or (kind == CONTINUE and before in {STRINGS, CONTINUE} and pieces):
                pieces.append(body)
            elif kind in self.KINDS:
                self.KINDS[kind](self, body)
            before = kind
        self.strings = _Strings(pieces).all()
        self.codes = [self.formats.get(number, "General") for number in self.styles]
        # Excel begins no two sheets in one place; a file could do so a million times.
        if len({start for start, _name, _is_hidden in self.sheets}) < len(self.sheets):
            raise Refused(Reason.DAMAGED)

    def _begin(self, body: bytes) -> None:
        (version,) = struct.unpack_from("<H", body)
        if version != NEW_ENOUGH:
            raise Refused(Reason.OTHER_KIND, kind=TOO_OLD)

    def _refuse_password(self, body: bytes) -> None:
        raise Refused(Reason.LOCKED)

    def _refuse_links(self, body: bytes) -> None:
        if body[2:4] not in OWN_BOOKS:
            raise Refused(Reason.LINKS)

    def _date_mode(self, body: bytes) -> None:
        self.is_1904 = body[:1] == b"\x01"

    def _sheet(self, body: bytes) -> None:
        start, state, kind, length, flags = struct.unpack_from("<IBBBB", body)
        if kind == MACRO_SHEET:
            raise Refused(Reason.MACROS)
        if len(self.sheets) >= MAX_ENTRIES:
            raise Refused(Reason.ENTRIES)
        if kind == WORKSHEET:
            self.sheets.append((start, _text(body[8:], length, flags), state & 0x03 != 0))

    def _style(self, body: bytes) -> None:
        self.styles.extend(struct.unpack_from("<2xH", body))

    def _format(self, body: bytes) -> None:
        (number,) = struct.unpack_from("<H", body)
        self.formats[number] = _long_text(body, 2)

    KINDS: ClassVar[dict[int, Callable[["_Book", bytes], None]]] = {
        BEGIN: _begin,
        FILEPASS: _refuse_password,
        BOOK: _refuse_links,
        DATEMODE: _date_mode,
        SHEET: _sheet,
        STYLE: _style,
        FORMAT: _format,
    }


# --- a sheet ---------------------------------------------------------------------------------


class _Sheet:
    """One sheet: its cells are found first, and put into words row by row."""

    def __init__(self, book: _Book, start: int) -> None:
        self.book, self.start = book, start
        self.merges: list[Merge] = []

    def rows(self) -> Iterator[RawRow]:
        """The rows that hold something, in order; the merged cells are known before the first."""
        for number, cells in groupby(self._found(), key=lambda place: place >> 32):
            # Some programs write a cell again to change it; the last one counts.
            found = {cell[0]: cell for place in cells for cell in self._cells(place & 0xFFFFFFFF)}
            row = row_of(number + 1, iter(found.values()))
            if row.texts:
                yield row

    def _found(self) -> list[int]:
        """Row and place of each record of cells, as one number: there are millions, and not all come in order."""
        found: list[int] = []
        self.results: dict[int, int] = {}
        formula = 0
        for kind, place, body in _records(self.book.stream, self.start):
            if kind in self.CELLS:
                found.append(int.from_bytes(body[:2], "little") << 32 | place)
                formula = place if kind == FORMULA else formula
            elif kind == RESULT:
                self.results[formula] = place
            elif kind == MERGED:
                self._merge(body)
        return sorted(found)

    def _merge(self, body: bytes) -> None:
        (count,) = struct.unpack_from("<H", body)
        for number in range(count):
            top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + number * 8)
            self.merges.append((top + 1, left + 1, bottom + 1, right + 1))
        if len(self.merges) > MAX_MERGES:
            raise Refused(Reason.EFFORT)

    def _cells(self, place: int) -> Iterator[Cell]:
        kind, length = struct.unpack_from("<HH", self.book.stream, place)
        body = self.book.stream[place + 4 : place + 4 + length]
        (column,) = struct.unpack_from("<2xH", body)
        for text, flaw in self.CELLS[kind](self, body, place):
            column += 1
            yield column, text, flaw

    def _number(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        style, value = struct.unpack_from("<4xHd", body)
        yield self._shown(value, style)

    def _packed(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        style, value = struct.unpack_from("<4xHI", body)
        yield self._shown(_unpacked(value), style)

    def _packed_row(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        first, last = struct.unpack_from("<2xH", body)[0], struct.unpack("<H", body[-2:])[0]
        if len(body) != 6 + 6 * (last - first + 1):
            raise Refused(Reason.DAMAGED)
        for style, value in struct.iter_unpack("<HI", body[4:-2]):
            yield self._shown(_unpacked(value), style)

    def _shown(self, value: float, style: int) -> tuple[str, Flaw | None]:
        code = self.book.codes[style] if style < len(self.book.codes) else "General"
        return number_text(value, code, is_1904=self.book.is_1904)

    def _label(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        text = _long_text(body, 6)
        yield text, text_flaw(text)

    def _shared(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        (number,) = struct.unpack_from("<6xI", body)
        text = self.book.strings[number]
        yield text, text_flaw(text)

    def _logical(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        value, is_error = struct.unpack_from("<6xBB", body)
        yield (ERRORS.get(value, "#N/A"), Flaw.ERROR) if is_error else (YES if value else NO, None)

    def _formula(self, body: bytes, place: int) -> Iterator[tuple[str, Flaw | None]]:
        yield self._come_to(body, place), Flaw.FORMULA

    def _come_to(self, body: bytes, place: int) -> str:
        """What a formula has come to: a number, or by its first byte a text, a logical value or an error."""
        style, kind, value, mark = struct.unpack_from("<4xHBxB3xH", body)
        if mark != 0xFFFF:
            return self._shown(struct.unpack_from("<6xd", body)[0], style)[0]
        if kind == 0 and place in self.results:
            result = self.results[place]
            (length,) = struct.unpack_from("<2xH", self.book.stream, result)
            return _long_text(self.book.stream[result + 4 : result + 4 + length], 0)
        return {1: YES if value else NO, 2: ERRORS.get(value, "#N/A")}.get(kind, "")

    CELLS: ClassVar[dict[int, Callable[["_Sheet", bytes, int], Iterator[tuple[str, Flaw | None]]]]] = {
        FORMULA: _formula,
        PACKED_ROW: _packed_row,
        RICH: _label,
        SHARED: _shared,
        NUMBER: _number,
        LABEL: _label,
        LOGICAL: _logical,
        PACKED: _packed,
    }


def _unpacked(value: int) -> float:
    """A number in four bytes: a whole one or the upper half of a long one, perhaps a hundred times too large."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<II", 0, value & 0xFFFFFFFC))
    return number / 100 if value & 1 else number


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

    def stream(self, name: str) -> bytes:
        """The first stream of this name."""
        _name, start, length = next(entry for entry in self.entries if entry[0] == name)
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
        own = [number for number in listed if number < END_OF_CHAIN - 2]
        if len(set(own)) < len(own):
            raise Refused(Reason.DAMAGED)
        joined = b"".join(map(self._sector, own))
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
