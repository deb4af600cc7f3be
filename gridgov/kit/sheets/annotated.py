"""A ledger given back as a workbook: what was in it, and beside it what is wrong.

The rows keep their order and their places, so that what is corrected here can be sent again. Everything is
text: nothing that begins with = comes alive, and no number loses its digits. Rows are written as they come,
so memory does not grow with their number, only with that of the comments.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from gridgov.kit.xlsx import UNWRITABLE, put, sheet_names

from .reading import Book, Row, Sheet

BAD = PatternFill("solid", fgColor="FFD9D9")
# Excel grows slow over thousands of comments; the column beside the table has them all.
MAX_COMMENTS = 5_000
MAX_LISTED = 10_000
# Emptiness between rows is kept up to here: one stray cell in the last row of Excel is no million rows.
LONGEST_GAP = 1_000
# From so many digits on, editing the cell could turn the text into a number.
LONG_NUMBER = 8


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row of a sheet, or with one of its cells."""

    sheet: str
    row: int
    text: str
    column: int | None = None

    @property
    def place(self) -> str:
        """What Excel calls it: B5, or the number of the row."""
        return f"{get_column_letter(self.column)}{self.row}" if self.column else str(self.row)


@dataclass
class _Pen:
    """What writes the sheets of one workbook, and knows how many comments it may still make."""

    workbook: Workbook
    comments: int
    mark: str
    written: list[tuple[str, int]] = field(default_factory=list)

    def page(self, name: str) -> Any:
        """A new sheet with the mark at its foot."""
        page = self.workbook.create_sheet(name)
        page.oddFooter.center.text = self.mark.replace("&", "&&") or None
        return page


def annotate(
    book: Book,
    problems: Iterable[Problem],
    file: BinaryIO,
    *,
    titles: Mapping[str, int] | None = None,
    mark: str = "",
) -> None:
    """Write the book with its problems into `file` as .xlsx.

    `titles` names, for a sheet, the row of its titles: there the added column gets its own. `mark` says for whom
    the workbook was made: at the foot of every printed page and on the last sheet.
    """
    pen = _Pen(Workbook(write_only=True), MAX_COMMENTS, mark)
    listed = sorted(problems, key=attrgetter("sheet", "row"))
    names = dict(zip(
        (sheet.name for sheet in book.sheets),
        sheet_names(sheet.name or _("Sheet") for sheet in book.sheets),
        strict=True,
    ))  # fmt: skip
    for sheet in book.sheets:
        name = names[sheet.name]
        own = [problem for problem in listed if problem.sheet == sheet.name]
        _write_sheet(pen, sheet, name, own, (titles or {}).get(sheet.name))
    _write_summary(pen, listed, names)
    pen.workbook.save(file)


def _write_sheet(
    pen: _Pen, sheet: Sheet, name: str, problems: Sequence[Problem], title_row: int | None
) -> None:
    page = pen.page(name)
    if sheet.is_hidden:
        page.sheet_state = "hidden"
    page.column_dimensions[get_column_letter(sheet.width + 1)].width = 40.0
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        by_row.setdefault(problem.row, []).append(problem)
    pen.written.append((name, len(by_row)))
    last = 0
    for row in sheet.rows():
        for _gap in range(min(row.number - last - 1, LONGEST_GAP)):
            page.append([])
        last = row.number
        page.append(list(_cells(pen, page, sheet.width, row, by_row.get(row.number, ()), title_row)))


def _cells(
    pen: _Pen, page: Any, width: int, row: Row, problems: Sequence[Problem], title_row: int | None
) -> Iterator[Any]:
    """The cells of a row, and behind the last column of the sheet what is wrong with the row."""
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        wrong.setdefault(problem.column or 0, []).append(problem.text)
    if not wrong and row.number != title_row:
        yield from (_plain(page, cell.text) for cell in row.cells)
        return
    for column in range(1, width + 1):
        text = row.cell(column).text
        yield _bad(pen, page, text, wrong[column]) if column in wrong else _plain(page, text)
    yield _title(page) if row.number == title_row else _plain(page, _sentence(problems))


def _sentence(problems: Sequence[Problem]) -> str:
    """All that is wrong with a row, a line for each."""
    message = _("%(name)s: %(reason)s")
    return "\n".join(
        message % {"name": it.place, "reason": it.text} if it.column else it.text for it in problems
    )


def _plain(page: Any, text: str) -> Any:
    """A cell object only where plain text would not stay what it is: each costs three times the time."""
    text = UNWRITABLE.sub("", text)
    if text and not (text[0] in "=+-@#" or (len(text) >= LONG_NUMBER and text.isdecimal())):
        return text
    return _text(page, text) if text else None


def _text(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page)
    put(cell, text)
    cell.number_format = "@"
    return cell


def _title(page: Any) -> Any:
    cell = _text(page, _("Problems"))
    cell.font = Font(bold=True)
    return cell


def _bad(pen: _Pen, page: Any, text: str, problems: Sequence[str]) -> Any:
    """A cell in colour, with a comment as long as the workbook can bear more of them."""
    cell = _text(page, text)
    cell.fill = BAD
    if pen.comments > 0:
        pen.comments -= 1
        cell.comment = Comment(UNWRITABLE.sub("", "\n".join(problems)), "", width=260, height=90)
    return cell


def _write_summary(pen: _Pen, problems: Sequence[Problem], names: Mapping[str, str]) -> None:
    """The last sheet: how many rows of each sheet are wrong, and what is wrong where."""
    page = pen.page(sheet_names([*names.values(), _("Summary of problems")])[-1])
    for place, width in enumerate((24.0, 12.0, 80.0), start=1):
        page.column_dimensions[get_column_letter(place)].width = width
    if pen.mark:
        page.append([_plain(page, pen.mark)])
    page.append([_("Sheet"), _("Rows with problems")])
    for name, rows in pen.written:
        page.append([_plain(page, name), rows])
    page.append([])
    page.append([_("Sheet"), _("Cell or row"), _("Problems")])
    for problem in problems[:MAX_LISTED]:
        page.append([_plain(page, value) for value in (names[problem.sheet], problem.place, problem.text)])
    if len(problems) > MAX_LISTED:
        message = _("%(rest)d more problems stand beside their rows.")
        page.append([message % {"rest": len(problems) - MAX_LISTED}])
