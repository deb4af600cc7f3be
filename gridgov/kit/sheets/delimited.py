"""Reading text tables: commas, tabs or semicolons, in whatever encoding the other program wrote."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO
from itertools import chain

from .formats import text_flaw
from .limits import MAX_COLUMNS, MAX_TEXT, Page, RawRow, Reason, Refused, row_of

MARKS = (
    # first bytes            encoding that reads them and leaves them out
    (codecs.BOM_UTF8,        "utf-8-sig"),
    (codecs.BOM_UTF16_LE,    "utf-16"),
    (codecs.BOM_UTF16_BE,    "utf-16"),
)  # fmt: skip
WITHOUT_MARK = ("utf-8", "gb18030")

# Text has line breaks and tabs; a file with other controls is something else.
CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
QUOTED = re.compile(r'"[^"]*"')
DELIMITERS = ",\t;"
LINES_LOOKED_AT = 20
# A line behind the last one, which no text can hold: it is read as a line of its own, or a quote is still open and
# has swallowed it with all the rows before it.
AFTER_ALL = "\x00"


def read(content: bytes) -> Iterator[Page]:
    """The one sheet of a text file."""
    text = decoded(content)
    yield Page("", _rows(text, delimiter_of(text)))


def decoded(content: bytes) -> str:
    """The text of a file, or a refusal: a guess would turn names into other names."""
    marked = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    for encoding in marked or _unmarked(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROLS.search(text):
            raise Refused(Reason.KIND)
        return text
    raise Refused(
        Reason.ENCODING if marked or not CONTROLS.search(content.decode("latin-1")) else Reason.KIND
    )


def _unmarked(content: bytes) -> tuple[str, ...]:
    """UTF-16 without its mark shows by the zero byte beside every digit, comma and line break."""
    if 0 not in content:
        return WITHOUT_MARK
    is_little = content[1::2].count(0) > content[::2].count(0)
    return ("utf-16-le",) if is_little else ("utf-16-be",)


def delimiter_of(text: str) -> str:
    """The sign that most lines at the top have equally often, outside of quotes."""
    lines = [line for line in QUOTED.sub("", text[:100_000]).splitlines() if line.strip()][:LINES_LOOKED_AT]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines if delimiter in line]
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return counts.count(usual), usual

    return max(DELIMITERS, key=agreement)


def _rows(text: str, delimiter: str) -> Iterator[RawRow]:
    csv.field_size_limit(MAX_TEXT)
    lines = chain(StringIO(text, newline=""), [AFTER_ALL])
    try:
        for number, record in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            if record == [AFTER_ALL]:
                return
            if len(record) > MAX_COLUMNS and any(map(str.strip, record[MAX_COLUMNS:])):
                raise Refused(Reason.COLUMNS)
            cells = ((column, value, text_flaw(value)) for column, value in enumerate(record, start=1))
            row = row_of(number, cells)
            if record and record[-1].endswith(AFTER_ALL):
                raise Refused(Reason.QUOTE)
            if row.texts:
                yield row
    except csv.Error as error:
        # The one error left: a cell that is too long.
        raise Refused(Reason.TEXT) from error
