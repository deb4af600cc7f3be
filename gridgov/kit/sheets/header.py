"""Which row of a ledger holds the titles, and which column is which field.

Every community draws its own header: a banner above, titles in one row or in two (a group over its parts),
notes in brackets, stray spaces. What is found is a proposal; a person looks at it, corrects it, and it is
remembered by the fingerprint of the titles.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from .reading import Cell, Row, Sheet
from .values import compact

Wanted = Mapping[str, Sequence[str]]
"""For each field, the titles people give it."""

ROWS_LOOKED_AT = 15
# One title alone may as well be a word in a sentence above the table.
ENOUGH = 2

BRACKETS = re.compile(r"[((\[【].*?[))\]】]")
DECORATION = "*:_-·、."
# What is said above a table (“Unit: …”) ends with a colon or is longer than a group of columns.
LONGEST_GROUP = 12
# Titles with explanations beneath them are known to be long; a cell can hold 32,767 characters.
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Column:
    """A column of the ledger: its title, and the field it is held for, None for none."""

    number: int
    title: str
    field: str | None = None


@dataclass(frozen=True)
class Record:
    """One row below the header, by field."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Header:
    """The titles of a sheet. The first of its data stands in `first_row`, the last title in the row above."""

    columns: Sequence[Column]
    first_row: int

    @property
    def fields(self) -> dict[str, int]:
        """The number of the column of each field."""
        return {column.field: column.number for column in self.columns if column.field is not None}

    @property
    def distinct(self) -> int:
        """How many titles there are that differ."""
        return len({plain(column.title) for column in self.columns})

    @property
    def fingerprint(self) -> str:
        """The same for every ledger on the same form, whatever stands in it."""
        titles = "\x1f".join(f"{column.number}\x1e{plain(column.title)}" for column in self.columns)
        return hashlib.sha256(titles.encode()).hexdigest()

    def missing(self, fields: Sequence[str]) -> list[str]:
        """Those of the fields that no column is held for."""
        return [field for field in fields if field not in self.fields]

    def mapped(self, fields: Mapping[int, str | None]) -> "Header":
        """The header with the fields a person chose for some columns; what she chose is nowhere else."""
        chosen = set(fields.values())

        def field_of(column: Column) -> str | None:
            if column.number in fields:
                return fields[column.number]
            return None if column.field in chosen else column.field

        return replace(self, columns=[replace(it, field=field_of(it)) for it in self.columns])

    def records(self, sheet: Sheet) -> Iterator[Record]:
        """What stands below the titles, row by row."""
        places = self.fields
        for row in sheet.rows():
            if row.number >= self.first_row:
                yield Record(row.number, {field: row.cell(number) for field, number in places.items()})


def plain(title: str) -> str:
    """A title for comparing: nothing but its words, however they were written."""
    return compact(title).strip(DECORATION).casefold()


def find(sheet: Sheet, wanted: Wanted) -> Header | None:
    """The header among the first rows that names most of the fields, None if none names two."""
    rows = [_shortened(row) for row in islice(sheet.rows(), ROWS_LOOKED_AT)]
    names = {plain(title): field for field, titles in wanted.items() for title in titles}
    headers = [_header(row.number, _titles(row), names) for row in rows]
    headers += [
        _header(lower.number, titles, names)
        for upper, lower in pairwise(rows)
        if (titles := _joined(upper, lower))
    ]
    # Of equals the one whose titles tell the columns apart; then one row rather than two, the upper one first.
    best = max(headers, key=lambda it: (len(it.fields), it.distinct), default=None)
    if best is None or len(best.fields) < min(ENOUGH, len(wanted)):
        return None
    return best


def _shortened(row: Row) -> Row:
    """The row with no more of each cell than a title can be; what is longer would only take time."""
    return Row(row.number, tuple(cell._replace(text=cell.text[:LONGEST_TITLE]) for cell in row.cells))


def _header(row: int, titles: Sequence[tuple[str, str]], names: Mapping[str, str]) -> Header:
    """A header of these titles (group, title), with the field of each that is meant by one column alone."""
    found = [_field(group, title, names) for group, title in titles]
    times = Counter(found)
    columns = [
        Column(number, f"{group} {title}".strip(), field if times[field] == 1 else None)
        for number, ((group, title), field) in enumerate(zip(titles, found, strict=True), start=1)
        if group or title
    ]
    return Header(columns, row + 1)


def _field(group: str, title: str, names: Mapping[str, str]) -> str | None:
    """The field of a title: with its group if that is known, without notes in brackets if not."""
    spellings = (group + title, title, BRACKETS.sub("", compact(title)))
    return next((names[name] for name in map(plain, spellings) if name in names), None)


def _titles(row: Row) -> list[tuple[str, str]]:
    return [("", _title(row, cell.column)) for cell in row.cells]


def _title(row: Row, column: int) -> str:
    """The text of a cell, "" if it only goes on with what is merged from the left."""
    cell = row.cell(column)
    goes_on = cell.is_merged and column > 1 and row.cell(column - 1).text == cell.text
    return "" if goes_on else cell.text


def _joined(upper: Row, lower: Row) -> list[tuple[str, str]]:
    """The titles of two rows, group and title; none if the upper one is no row of groups."""
    if lower.number != upper.number + 1 or not _has_groups(upper):
        return []
    titles, group = [], ""
    for column in range(1, max(len(upper.cells), len(lower.cells)) + 1):
        above, below = upper.cell(column).text, _title(lower, column)
        # Text files know no merged cells: a group stands over its first column, nothing over the others.
        group = above or (group if below else "")
        is_alone = not below or group == below
        titles.append(("", _title(upper, column)) if is_alone else (group, below))
    return titles


def _has_groups(row: Row) -> bool:
    texts = {compact(cell.text) for cell in row.cells if cell.text}
    return len(texts) > 1 and all(len(text) <= LONGEST_GROUP and ":" not in text for text in texts)
