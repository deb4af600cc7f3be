"""The door to a ledger that somebody brought: a file in, its sheets and cells out, or SheetRefused.

The file is parsed by a process of its own (`child`) that may not grow or run without end. What it read lies in
a temporary file without a name and is handed on row by row, so the process that asks stays small.

    with reading.read(file) as book:
        for row in book.sheets[0].rows():
            row.cell(3).text
"""

import hashlib
import json
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl.utils import get_column_letter

from .limits import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_TEXT,
    MAX_UNPACKED,
    MEBIBYTE,
    PATIENCE_SECONDS,
    Flaw,
    Merge,
    Reason,
)

__all__ = ["Book", "Cell", "Flaw", "Reason", "Row", "Sheet", "SheetRefused", "flaw_text", "peek", "read"]

SENTENCES: Mapping[Reason, str | Promise] = {
    Reason.EMPTY: _("The file is empty."),
    Reason.BYTES: _("A ledger may have %(limit)d MB; this file has %(found).1f MB."),
    Reason.KIND: _("Only .xlsx, .xls and .csv ledgers are possible; this file is none of them."),
    Reason.OTHER_KIND: _(
        "Only .xlsx, .xls and .csv ledgers are possible; inside, this file is %(kind)s. "
        "Open it in Excel or WPS and save it as .xlsx."
    ),
    Reason.DAMAGED: _(
        "The file is damaged or incomplete. Open it in Excel or WPS, save it as .xlsx and send that."
    ),
    Reason.ENTRIES: _("The workbook has more than %(entries)d parts. Copy the ledger into a new workbook."),
    Reason.UNPACKED: _(
        "Unpacked, the workbook has more than %(unpacked)d MB. Send the ledger in several files."
    ),
    Reason.MACROS: _("The workbook contains macros. Save it as .xlsx without macros and send that."),
    Reason.LINKS: _(
        "The workbook takes data from other files. Copy the ledger as values into a new workbook."
    ),
    Reason.DEFINITIONS: _(
        "The workbook contains definitions that no ledger needs. Save it anew in Excel or WPS."
    ),
    Reason.LOCKED: _("The file is locked with a password. Remove the password and send it again."),
    Reason.ROWS: _("A ledger may have 100,000 rows. Send it in several files."),
    Reason.COLUMNS: _("A ledger may have %(columns)d columns. Delete what stands to the right of them."),
    Reason.TEXT: _("A cell holds more than %(text)d characters; perhaps a quotation mark is never closed."),
    Reason.QUOTE: _(
        "A quotation mark is opened and never closed, so that rows are lost. Close it, or delete it."
    ),
    Reason.ENCODING: _(
        "The text is neither UTF-8 nor GB18030. Open it in Excel or WPS and save it as .xlsx."
    ),
    Reason.NOTHING: _("Nothing is written in the file."),
    Reason.EFFORT: _("Reading the file takes too much time or memory. Send the ledger in several files."),
}
# What the child calls by a word; the others are names of programs and formats.
KINDS: Mapping[Any, str | Promise] = {
    "image": _("an image"),
    "archive": _("an archive"),
    "HTML": _("a web page (HTML)"),
}
BOUNDS: dict[str, Any] = {
    "limit": MAX_BYTES // MEBIBYTE,
    "entries": MAX_ENTRIES,
    "unpacked": MAX_UNPACKED // MEBIBYTE,
    "columns": MAX_COLUMNS,
    "text": MAX_TEXT,
}

FLAWS: Mapping[Flaw, str | Promise] = {
    Flaw.DIGITS: _("This number has lost its last digits. Make the cell text and enter it anew."),
    Flaw.FORMULA: _("Here stands a formula. Enter the value itself."),
    Flaw.ERROR: _("Here stands an error instead of a value."),
}

# The child sees the standard library and its own modules, which come last: `secrets` and `logs`
# of the cellar must not stand before those of Python.
PROGRAM = "import sys; sys.path.append(sys.argv[1]); from sheets.child import main; main()"
CELLAR = Path(__file__).resolve().parents[1]
TRAILER = struct.Struct(">Q")

# What a page shows of a ledger before all of it is read.
ROWS_PEEKED_AT = 60
SIGN_OF_LIFE_SECONDS = 10.0


class SheetRefused(ValueError):
    """The file cannot be read as a ledger; the message may be shown to who sent it."""

    def __init__(self, reason: Reason, **values: str | float) -> None:
        worded = {name: KINDS.get(value, value) for name, value in values.items()}
        super().__init__(str(SENTENCES[reason]) % (BOUNDS | worded))
        self.reason = reason


class Cell(NamedTuple):
    """One cell as the clerk sees it: its text, "" if empty, and what is wrong with the text.

    `is_merged`: the text stands in the first of several merged cells, of which this is another.
    """

    row: int
    column: int
    text: str
    flaw: Flaw | None = None
    is_merged: bool = False

    @property
    def place(self) -> str:
        """What Excel calls it, B5."""
        return f"{get_column_letter(self.column)}{self.row}"


class Row(NamedTuple):
    """A row that holds something, with the number Excel shows beside it; `cells` begins with column 1."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, column: int) -> Cell:
        """The cell of a column, an empty one beyond the last."""
        return self.cells[column - 1] if column <= len(self.cells) else Cell(self.number, column, "")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a book that is open. `width` is the number of its last column that holds something."""

    name: str
    is_hidden: bool
    width: int
    merges: Sequence[Merge] = field(repr=False)
    lines: BinaryIO = field(repr=False)
    start: int = field(repr=False)
    end: int = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """The rows that hold something, in order; merged cells all have the text of the first."""
        return filled(self._written(), self.merges)

    def _written(self) -> Iterator[Row]:
        place = self.start
        while place < self.end:
            # Others may be reading the same file.
            self.lines.seek(place)
            line = self.lines.readline()
            place += len(line)
            yield _row(*json.loads(line))


@dataclass(frozen=True)
class Book:
    """A ledger that has been read, open until it is closed. `sha256` is that of the file that was sent."""

    sheets: Sequence[Sheet]
    sha256: str
    lines: BinaryIO = field(repr=False)

    def __enter__(self) -> "Book":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what was read; nothing of it stays on the disk."""
        self.lines.close()


def flaw_text(flaw: Flaw) -> str:
    """What to tell who brought the ledger about such a cell."""
    return str(FLAWS[flaw])


# --- the door --------------------------------------------------------------------------------


def peek(file: BinaryIO) -> Book:
    """The first rows of a ledger, as quickly as a page needs them. What is wrong further down shows when it is read."""
    return _opened(file, ROWS_PEEKED_AT, None)


def read(file: BinaryIO, *, while_waiting: Callable[[], None] | None = None) -> Book:
    """Open a ledger, or raise SheetRefused saying what is in the way.

    `while_waiting` is called every few seconds; what it raises ends the reading.
    """
    return _opened(file, 0, while_waiting)


def _opened(file: BinaryIO, at_most: int, while_waiting: Callable[[], None] | None) -> Book:
    content = content_of(file)
    with ExitStack() as stack:
        # Without a name and gone when closed: it holds what people are.
        lines = stack.enter_context(TemporaryFile())
        sheets = told(lines, _ran(content, lines, at_most, while_waiting))
        stack.pop_all()
    return Book(sheets, hashlib.sha256(content).hexdigest(), lines)


def content_of(file: BinaryIO) -> bytes:
    """The bytes of a file that is neither empty nor too large."""
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise SheetRefused(Reason.EMPTY)
    if size > MAX_BYTES:
        raise SheetRefused(Reason.BYTES, found=size / MEBIBYTE)
    return file.read(MAX_BYTES)


def _ran(content: bytes, lines: BinaryIO, at_most: int, while_waiting: Callable[[], None] | None) -> int:
    """Let a child read the file into `lines`; returns how it ended."""
    command = [sys.executable, "-I", "-X", "utf8", "-c", PROGRAM, str(CELLAR), str(at_most)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=lines, stderr=subprocess.DEVNULL, env={}
    ) as child:
        try:
            _feed(child, content, while_waiting)
        finally:
            child.kill()  # does nothing to one that has ended
    return child.returncode


def _feed(child: subprocess.Popen[bytes], content: bytes, while_waiting: Callable[[], None] | None) -> None:
    """Give the child the file and wait for its end, but not for ever."""
    given_up = monotonic() + PATIENCE_SECONDS
    rest: bytes | None = content  # may be given once; after a pause it is gone on with by itself
    while True:
        try:
            child.communicate(rest, timeout=min(SIGN_OF_LIFE_SECONDS, PATIENCE_SECONDS))
            return
        except subprocess.TimeoutExpired as error:
            rest = None
            if monotonic() > given_up:
                raise SheetRefused(Reason.EFFORT) from error
            if while_waiting:
                while_waiting()


def told(lines: BinaryIO, code: int) -> list[Sheet]:
    """The sheets of which a child has written in `lines` before it ended with this code, or SheetRefused."""
    if code:
        # Below zero it was a signal: out of memory, of time or of disk.
        raise SheetRefused(Reason.EFFORT if code < 0 else Reason.DAMAGED)
    try:
        answer = _last_line(lines)
    except (OSError, ValueError, struct.error) as error:
        raise SheetRefused(Reason.DAMAGED) from error
    if "reason" in answer:
        raise SheetRefused(Reason(answer["reason"]), **answer["values"])
    sheets = [_sheet(facts, lines) for facts in answer["sheets"]]
    if not any(sheet.width for sheet in sheets):
        raise SheetRefused(Reason.NOTHING)
    return sheets


def _last_line(lines: BinaryIO) -> dict[str, Any]:
    end = lines.seek(-TRAILER.size, 2)
    (length,) = TRAILER.unpack(lines.read(TRAILER.size))
    lines.seek(end - length)
    answer: dict[str, Any] = json.loads(lines.read(length))
    return answer


def _row(number: int, texts: list[str], flaws: dict[str, str]) -> Row:
    cells = [Cell(number, column, text) for column, text in enumerate(texts, start=1)]
    for column, flaw in flaws.items():
        place = int(column) - 1
        cells[place] = cells[place]._replace(flaw=Flaw(flaw))
    return Row(number, tuple(cells))


def _sheet(facts: dict[str, Any], lines: BinaryIO) -> Sheet:
    merges = [(top, left, bottom, right) for top, left, bottom, right in facts["merges"]]
    return Sheet(
        facts["name"], facts["is_hidden"], facts["width"], merges, lines, facts["start"], facts["end"]
    )


# --- merged cells ----------------------------------------------------------------------------


def filled(rows: Iterator[Row], merges: Sequence[Merge]) -> Iterator[Row]:
    """The rows with the text of merged cells in each of them; `merges` come in the order of their rows.

    Raises SheetRefused where a long text is merged with more cells than could hold it.
    """
    place, characters = 0, MAX_CHARACTERS
    # By the first column: cells that are merged with no others at the same time are few.
    running: dict[int, tuple[Merge, Cell]] = {}
    for row in rows:
        while place < len(merges) and merges[place][0] <= row.number:
            merge = merges[place]
            running[merge[1]] = merge, row.cell(merge[1])
            place += 1
        running = {left: it for left, it in running.items() if it[0][2] >= row.number}
        whole = _filled(row, running) if running else row
        characters -= sum(len(cell.text) for cell in whole.cells if cell.is_merged) if running else 0
        if characters < 0:
            raise SheetRefused(Reason.EFFORT)
        yield whole


def _filled(row: Row, running: Mapping[int, tuple[Merge, Cell]]) -> Row:
    cells = list(row.cells)
    for (_top, left, _bottom, right), first in running.values():
        for column in range(left, right + 1) if first.text else ():
            cells.extend(Cell(row.number, empty, "") for empty in range(len(cells) + 1, column + 1))
            if not cells[column - 1].text:
                cells[column - 1] = Cell(row.number, column, first.text, first.flaw, is_merged=True)
    return Row(row.number, tuple(cells))
