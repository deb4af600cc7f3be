"""What a ledger may be, and why one is refused. Known on both sides of the wall, so no Django here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MEBIBYTE = 1024 * 1024

MAX_BYTES = 10 * MEBIBYTE
MAX_ENTRIES = 200
MAX_UNPACKED = 100 * MEBIBYTE

# A hundred thousand people, and the titles above them on every sheet.
MAX_ROWS = 100_000 + 100
MAX_COLUMNS = 100
# The longest text Excel lets a cell hold.
MAX_TEXT = 32_767
# A shared string of a few bytes can be referred to by a million cells.
MAX_CHARACTERS = 60 * MEBIBYTE
MAX_MERGES = 200_000
# Of a part beside the cells: years of copying leave a hundred thousand styles in a workbook.
MAX_ELEMENTS = 1_000_000
# Excel takes 31 signs.
MAX_NAME = 100
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

# A hundred thousand rows of twenty columns take some ten seconds and 100 MB.
SECONDS = 60
# A machine with much to do gives the child its seconds later.
PATIENCE_SECONDS = 180
MEMORY = 1024 * MEBIBYTE
MAX_OUTPUT = 256 * MEBIBYTE

YES, NO = "是", "否"


class Reason(StrEnum):
    """Why a file is not read. The sentence for each stands at the door, `reading.SENTENCES`."""

    EMPTY = "empty"
    BYTES = "bytes"
    KIND = "kind"
    OTHER_KIND = "other_kind"
    DAMAGED = "damaged"
    ENTRIES = "entries"
    UNPACKED = "unpacked"
    MACROS = "macros"
    LINKS = "links"
    DEFINITIONS = "definitions"
    LOCKED = "locked"
    ROWS = "rows"
    COLUMNS = "columns"
    TEXT = "text"
    QUOTE = "quote"
    ENCODING = "encoding"
    NOTHING = "nothing"
    EFFORT = "effort"


class Flaw(StrEnum):
    """Why the text of a cell is not what was entered. The sentence for each is `reading.FLAWS`."""

    DIGITS = "digits"
    FORMULA = "formula"
    ERROR = "error"


class Refused(Exception):
    """Said behind the wall; the door puts it into words."""

    def __init__(self, reason: Reason, **values: str | int | float) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


Merge = tuple[int, int, int, int]
"""First row, first column, last row and last column of merged cells, all counted from 1."""


@dataclass
class RawRow:
    """One row of a sheet: its texts from column 1 on, and the flaws by column."""

    number: int
    texts: list[str]
    flaws: dict[int, Flaw]


@dataclass
class Page:
    """One sheet as a reader yields it. `merges` is complete once `rows` has come to its end."""

    name: str
    rows: Iterable[RawRow]
    is_hidden: bool = False
    merges: list[Merge] = field(default_factory=list)


@dataclass
class Budget:
    """What all sheets of one file may hold together."""

    rows: int = MAX_ROWS
    characters: int = MAX_CHARACTERS
    merges: int = MAX_MERGES

    def spend(self, row: RawRow) -> None:
        """Take one row that holds something from what is left, or refuse the file."""
        self.rows -= 1
        self.characters -= sum(map(len, row.texts))
        if self.rows < 0:
            raise Refused(Reason.ROWS)
        if self.characters < 0:
            raise Refused(Reason.EFFORT)

    def merged(self, merges: Sequence[Merge]) -> None:
        """Take the merged cells of one sheet, or refuse the file."""
        self.merges -= len(merges)
        if self.merges < 0:
            raise Refused(Reason.EFFORT)


def apart(merges: Iterable[Merge], last: int) -> list[Merge]:
    """Merged cells down to the row `last`, in their order; of two that share a cell only the first.

    Excel lets none overlap. In a file any number of them can lie upon one another over all of a sheet, and each
    would be gone through again in each of its rows.
    """
    taken = [0] * (MAX_COLUMNS + 1)  # the last row that is merged with others, by column
    kept: list[Merge] = []
    for top, left, bottom, right in sorted(merges):
        columns = range(left, min(right, MAX_COLUMNS) + 1)
        if columns and top <= min(bottom, last) and all(taken[column] < top for column in columns):
            taken[left : columns.stop] = [bottom] * len(columns)
            kept.append((top, left, bottom, columns.stop - 1))
    return kept


def row_of(number: int, cells: Iterator[tuple[int, str, Flaw | None]]) -> RawRow:
    """The row of these cells (column, text, flaw), without the edges and the empty ones behind the last."""
    texts: list[str] = []
    flaws: dict[int, Flaw] = {}
    for column, text, flaw in cells:
        kept = text.strip()
        if not kept and flaw is None:
            continue
        if column > MAX_COLUMNS:
            raise Refused(Reason.COLUMNS)
        if len(kept) > MAX_TEXT:
            raise Refused(Reason.TEXT)
        texts.extend([""] * (column - len(texts)))
        texts[column - 1] = kept
        if flaw is not None:
            flaws[column] = flaw
    return RawRow(number, texts, flaws)
