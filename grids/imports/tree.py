"""Reading a tree of grids from the CSV files clerks have."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from gridgov.kit.text import EDGES, TextRefused, clean

from ..actions.tree import TreeRefused, at_line, describe
from ..enums import Level
from ..rules.codes import LEVEL_WORDS, Fault, Finding, GridRow

COLUMNS = ("code", "level", "name", "parent_code")
OPTIONAL = ("management", "kind", "scope_note")
MAX_BYTES = 32 * 1024 * 1024  # all grids of a province
MAX_CELL = 10_000  # longer ones are refused by the rules, in words about the row
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, xls
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_tree(content: bytes, source: str = "", *, levels: Iterable[Level] = Level) -> list[GridRow]:
    """The rows of a CSV file with the columns code, level, name, parent_code.

    UTF-8 with or without a byte order mark, or GB18030 as Excel saves it in China. A file of
    building grids may have management, kind and scope_note besides. `source` is the name of the
    file for the sentences. Raises TreeRefused when the file as such cannot be read, or rows of
    other `levels` stand in it; whether the rows fit the tree is for `load_tree` to say.
    """
    levels = frozenset(levels)
    reader = csv.DictReader(io.StringIO(_decoded(content, source), newline=""), strict=True)
    try:
        _refuse_header(reader.fieldnames, source)
        lines = [(reader.line_num, record) for record in reader]
    except csv.Error as error:
        reason = {"line": reader.reader.line_num, "error": error}
        raise _refused(source, _("The file is broken in line %(line)d (%(error)s).") % reason) from None
    rows, problems = [], []
    for line, record in lines:
        try:
            rows.append(_row(record, source, line))
        except TextRefused as refusal:
            problems.append(at_line(source, line, str(refusal)))
    problems += [
        describe(Finding(row, Fault.LEVEL_NOT_HERE))
        for row in rows
        if row.level in LEVEL_WORDS and LEVEL_WORDS[row.level] not in levels
    ]
    if not lines:
        problems.append(at_line(source, 1, _("There is not a single grid in the file.")))
    if problems:
        raise TreeRefused(*problems)
    return rows


def _refused(source: str, sentence: str) -> TreeRefused:
    return TreeRefused(f"{source}: {sentence}" if source else sentence)


def _decoded(content: bytes, source: str) -> str:
    if len(content) > MAX_BYTES:
        raise _refused(source, _("The file is larger than %(size)d MB.") % {"size": MAX_BYTES >> 20})
    if content.startswith(WORKBOOKS):
        raise _refused(source, _("This is a workbook. Save it as CSV first."))
    if content.startswith(UTF_16) or b"\0" in content:
        raise _refused(source, _("This is not plain text. Save it as “CSV UTF-8”."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(source, _("The characters cannot be read. Save the file as “CSV UTF-8”."))


def _refuse_header(names: Iterable[str] | None, source: str) -> None:
    if names is None:
        raise _refused(source, _("The file is empty."))
    names = list(names)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _refused(
            source, _("The first line names a column twice: %(columns)s.") % {"columns": ", ".join(twice)}
        )
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        words = {"missing": ", ".join(missing), "columns": ",".join(COLUMNS)}
        raise _refused(
            source,
            _("The first line must name the columns %(columns)s; missing: %(missing)s.") % words,
        )


def _row(record: dict[str | None, str | list[str] | None], source: str, line: int) -> GridRow:
    """One row, cleaned of what the eye does not see. Cells the file lacks are not spoken of."""
    if None in record:
        raise TextRefused(_("The row has more cells than the first line has columns."))
    cells = {column: _cell(record.get(column)) for column in COLUMNS}
    management, kind, scope_note = (_cell(record.get(column)) or None for column in OPTIONAL)
    return GridRow(**cells, management=management, kind=kind, scope_note=scope_note, source=source, line=line)


def _cell(value: str | list[str] | None) -> str:
    return clean(str(value or "").strip(EDGES), max_length=MAX_CELL)
