"""Reading .xlsx: a zip of XML parts, unpacked under a count and parsed as it comes.

Nothing the file says about itself is believed: not its sizes, not its dimension. What is no ledger (macros,
links to other files, definitions) is refused before a sheet is read. A formula is found, never computed.
"""

import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from io import BytesIO
from typing import Any, ClassVar
from xml.parsers import expat

from .formats import BUILT_IN, number_text, text_flaw
from .limits import (
    LAST_COLUMN,
    LAST_ROW,
    MAX_ELEMENTS,
    MAX_ENTRIES,
    MAX_MERGES,
    MAX_UNPACKED,
    MEBIBYTE,
    NO,
    YES,
    Flaw,
    Merge,
    Page,
    RawRow,
    Reason,
    Refused,
    row_of,
)

Attributes = dict[str, str]
Cell = tuple[int, str, Flaw | None]

CHUNK = MEBIBYTE
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
IS_LOCKED = 0x1

DANGERS = (
    # part of the archive, anywhere in its name                      why it is refused
    (re.compile(r"vbaproject|vbadata|(^|/)macrosheets/|(^|/)dialogsheets/"), Reason.MACROS),
    (re.compile(r"(^|/)externallinks/|(^|/)connections\.xml$|(^|/)querytables/"), Reason.LINKS),
)  # fmt: skip

OTHERS = (
    # part that only this kind has                  what a clerk calls it
    (re.compile(r"(^|/)workbook\.bin$"),            "XLSB"),
    (re.compile(r"^word/"),                         "Word"),
    (re.compile(r"^ppt/"),                          "PowerPoint"),
    (re.compile(r"^content\.xml$"),                 "ODS"),
)  # fmt: skip

HEADER, LENGTHS_AT = (
    30,
    26,
)  # bytes before the name of a part, and where the lengths of name and extra field stand

ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}  # the last two: what the parser knows by itself

# What XML cannot carry is written _x000D_; an underscore that could be read so is _x005F_.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LETTERS = re.compile(r"[A-Z]{1,3}")
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?")
MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^<>]*\bref=[\"']([A-Z0-9:$]{2,30})[\"']")
LONGEST_TAG = 200
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


def read(content: bytes, at_most: int = LAST_ROW) -> Iterator[Page]:
    """The sheets of a workbook, one after the other; nothing is parsed below the row `at_most`."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = _parts(archive)
        _refuse_overlaps(archive, content)
        _weigh(archive)
        book = _Book.of(archive, parts)
        for name, part, is_hidden in book.sheets:
            sheet = _Sheet(book)
            with archive.open(parts[part]) as stream:
                yield Page(name, sheet.rows(stream, at_most), is_hidden, sheet.merges)


# --- the archive -----------------------------------------------------------------------------


def _parts(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by their names, which know no upper case; what is no ledger is refused here."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Refused(Reason.ENTRIES)
    if any(entry.flag_bits & IS_LOCKED for entry in entries):
        raise Refused(Reason.LOCKED)
    parts = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in entries}
    # Two parts of one name: one program would read the one, another the other.
    if len(parts) < len(entries) or any(entry.compress_type not in PACKED for entry in entries):
        raise Refused(Reason.DAMAGED)
    for pattern, reason in DANGERS:
        if any(map(pattern.search, parts)):
            raise Refused(reason)
    if kind := next((kind for pattern, kind in OTHERS if any(map(pattern.search, parts))), ""):
        raise Refused(Reason.OTHER_KIND, kind=kind)
    if "_rels/.rels" not in parts:
        raise Refused(Reason.OTHER_KIND, kind="ZIP")
    return parts


def _refuse_overlaps(archive: zipfile.ZipFile, content: bytes) -> None:
    """Each part ends before the next one begins. Newer versions of `zipfile` see to it (CVE-2024-0450), older ones do not."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    nexts = [entry.header_offset for entry in entries[1:]] + [archive.start_dir]
    for entry, following in zip(entries, nexts, strict=True):
        name, extra = struct.unpack_from("<HH", content, entry.header_offset + LENGTHS_AT)
        if entry.header_offset + HEADER + name + extra + entry.compress_size > following:
            raise Refused(Reason.DAMAGED)


def _weigh(archive: zipfile.ZipFile) -> None:
    """Unpack everything once and count: what the archive says about its sizes proves nothing."""
    left = MAX_UNPACKED
    for entry in archive.infolist():
        with archive.open(entry) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Refused(Reason.UNPACKED)


# --- XML -------------------------------------------------------------------------------------


def _local(name: str) -> str:
    """The name of an element without the prefix its writer chose."""
    return name.rpartition(":")[2]


def _refuse_definitions(*_anything: Any) -> None:
    raise Refused(Reason.DEFINITIONS)


def _refuse_other_encodings(_version: str, encoding: str | None, _is_alone: int) -> None:
    """Python lends the parser every codec it has; a workbook is written in two of them."""
    if encoding and encoding.lower() not in ENCODINGS:
        raise Refused(Reason.DAMAGED)


def _parser(start: Callable[[str, Attributes], None]) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.XmlDeclHandler = _refuse_other_encodings
    parser.StartDoctypeDeclHandler = _refuse_definitions
    parser.EntityDeclHandler = _refuse_definitions
    parser.StartElementHandler = start
    return parser


def _elements(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[tuple[str, Attributes]]:
    """Every element of a small part with its attributes, in order."""
    found: list[tuple[str, Attributes]] = []

    def start(name: str, attributes: Attributes) -> None:
        if len(found) >= MAX_ELEMENTS:
            raise Refused(Reason.EFFORT)
        found.append((_local(name), attributes))

    parser = _parser(start)
    with archive.open(entry) as stream:
        _parse(parser, stream)
    return found


def _parse(parser: expat.XMLParserType, stream: Any) -> None:
    """All of a part, in large pieces: a name as long as the part is looked at anew with every piece."""
    while chunk := stream.read(CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _unescaped(text: str) -> str:
    return ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    if not LETTERS.fullmatch(letters):
        raise Refused(Reason.DAMAGED)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if number > LAST_COLUMN:
        raise Refused(Reason.DAMAGED)
    return number


def _area(reference: str) -> Merge:
    """First row and column, last row and column of a reference like B2:D7."""
    match = REFERENCE.fullmatch(reference.replace("$", ""))
    if match is None:
        raise Refused(Reason.DAMAGED)
    left, top, right, bottom = match.groups()
    return int(top), _column(left), int(bottom or top), _column(right or left)


# --- the workbook ----------------------------------------------------------------------------


@dataclass
class _Book:
    """What the sheets of one workbook share."""

    sheets: list[tuple[str, str, bool]]
    codes: list[str]
    strings: list[str] = field(default_factory=list)
    is_1904: bool = False

    @classmethod
    def of(cls, archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> "_Book":
        """Follow the relations from the archive to its workbook, and from there to the rest."""
        main = next(part for _id, kind, part in _relations(archive, parts, "") if kind == "officedocument")
        relations = _relations(archive, parts, main)
        if any(kind in {"externallink", "externallinkpath"} for _id, kind, _part in relations):
            raise Refused(Reason.LINKS)
        elements = _elements(archive, parts[main])
        worksheets = {id: part for id, kind, part in relations if kind == "worksheet"}
        own = {kind: part for _id, kind, part in relations}
        return cls(
            _sheets(elements, worksheets),
            _codes(archive, parts, own.get("styles")),
            _strings(archive, parts, own.get("sharedstrings")),
            any(name == "workbookPr" and it.get("date1904") in {"1", "true"} for name, it in elements),
        )


def _relations(
    archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], source: str
) -> list[tuple[str, str, str]]:
    """Id, kind and part of everything a part refers to inside the archive."""
    folder, _slash, name = source.rpartition("/")
    entry = parts[f"{folder}/_rels/{name}.rels".lstrip("/")]
    return [
        (it["Id"], it["Type"].rpartition("/")[2].lower(), _target(folder, it["Target"]))
        for name, it in _elements(archive, entry)
        if name == "Relationship" and it.get("TargetMode") != "External"
    ]


def _target(folder: str, target: str) -> str:
    """The part a relation means, seen from the folder of its source."""
    plain = target.replace("\\", "/").lower()
    steps = [] if plain.startswith("/") or not folder else folder.split("/")
    for step in plain.strip("/").split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _sheets(
    elements: list[tuple[str, Attributes]], worksheets: dict[str, str]
) -> list[tuple[str, str, bool]]:
    """Name, part and whether hidden, of the worksheets: charts are no sheets of a ledger."""
    found = []
    for name, attributes in elements:
        if name == "sheet":
            id = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if id in worksheets:
                is_hidden = attributes.get("state", "visible") != "visible"
                found.append((attributes.get("name", ""), worksheets[id], is_hidden))
    # A part that is the sheet again and again would be read as often.
    if len({part for _name, part, _is_hidden in found}) < len(found):
        raise Refused(Reason.DAMAGED)
    return found


def _codes(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], part: str | None) -> list[str]:
    """The number format of each cell style."""
    if part not in parts:
        return []
    custom: dict[int, str] = dict(BUILT_IN)
    codes, is_inside = [], False
    for name, attributes in _elements(archive, parts[part]):
        if name == "numFmt":
            custom[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name in {"cellXfs", "cellStyles", "dxfs"}:
            is_inside = name == "cellXfs"
        elif name == "xf" and is_inside:
            codes.append(custom.get(int(attributes.get("numFmtId", 0)), "General"))
    return codes


def _strings(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo], part: str | None) -> list[str]:
    """The texts that cells refer to by their number."""
    if part not in parts:
        return []
    shared = _Strings()
    with archive.open(parts[part]) as stream:
        _parse(shared.parser, stream)
    return shared.found


class _Strings:
    """The shared strings: runs of different look joined, the reading aid above Han left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.runs: list[str] = []
        self.is_text = self.is_phonetic = False
        self.parser = _parser(self.start)
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def start(self, name: str, attributes: Attributes) -> None:
        name = _local(name)
        if name == "si":
            self.runs = []
        elif name == "rPh":
            self.is_phonetic = True
        elif name == "t":
            self.is_text = not self.is_phonetic

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "si":
            self.found.append(_unescaped("".join(self.runs)))
        elif name == "rPh":
            self.is_phonetic = False
        elif name == "t":
            self.is_text = False

    def characters(self, text: str) -> None:
        if self.is_text:
            self.runs.append(text)


# --- a sheet ---------------------------------------------------------------------------------


class _Handlers(dict[str, Callable[..., None]]):
    """What an element of a sheet sets off, by its name with whatever prefix its writer chose.

    Asked some millions of times: only what is known is kept, a file may have any number of other names.
    """

    def __init__(self, sheet: "_Sheet", table: dict[str, Callable[..., None]]) -> None:
        self.sheet, self.table = sheet, table

    def __missing__(self, name: str) -> Callable[..., None]:
        known = self.table.get(_local(name))
        if known is None:
            return _ignore
        self[name] = partial(known, self.sheet)
        return self[name]


def _ignore(*_anything: Any) -> None:
    """An element that no ledger is made of."""


class _Sheet:
    """One worksheet while it is parsed: rows are handed on as soon as they end."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.merges: list[Merge] = []
        self.done: list[RawRow] = []
        self.number = 0
        self.digits = ""  # the number again, as long as the row is open
        self.cells: dict[int, Cell] = {}
        self.arrays: list[Merge] = []
        self.column = 0
        self.kind = self.style = ""
        self.runs: list[str] = []
        self.is_text = self.is_phonetic = self.is_formula = False
        self.starts = _Handlers(self, self.STARTS)
        self.ends = _Handlers(self, self.ENDS)

    def rows(self, stream: Any, at_most: int) -> Iterator[RawRow]:
        """The rows that hold something, in order; the merged cells are known when they have ended."""
        parser = _parser(self.start)
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
            if self.number > at_most:
                self._find_merges(stream, chunk, at_most)
                break
            yield from self.done
            self.done.clear()
        else:
            parser.Parse(b"", True)
        yield from self.done

    def _find_merges(self, stream: Any, chunk: bytes, at_most: int) -> None:
        """The merged cells of the first rows are written down behind the last one."""
        found: dict[Merge, None] = {}
        while chunk:
            areas = (_area(reference.decode()) for reference in MERGE.findall(chunk))
            found |= {area: None for area in areas if area[0] <= at_most}
            if len(found) > MAX_MERGES:
                raise Refused(Reason.EFFORT)
            more = stream.read(CHUNK)
            chunk = more and chunk[-LONGEST_TAG:] + more
        self.merges[:] = found

    def start(self, name: str, attributes: Attributes) -> None:
        self.starts[name](attributes)

    def end(self, name: str) -> None:
        self.ends[name]()

    def characters(self, text: str) -> None:
        if self.is_text:
            self.runs.append(text)

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r", self.number + 1))
        if self.digits or not self.number < number <= LAST_ROW:
            raise Refused(Reason.DAMAGED)
        self.number, self.digits, self.column, self.cells = number, str(number), 0, {}

    def _start_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        # What is left of B7 in another row than the seventh is no column.
        self.column = _column(place.removesuffix(self.digits)) if place else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.runs, self.is_formula = [], False

    def _start_formula(self, attributes: Attributes) -> None:
        self.is_formula = True
        if attributes.get("t") in {"array", "dataTable"} and "ref" in attributes:
            self.arrays.append(_area(attributes["ref"]))

    def _start_text(self, attributes: Attributes) -> None:
        self.is_text = not self.is_phonetic

    def _start_phonetic(self, attributes: Attributes) -> None:
        self.is_phonetic = True

    def _start_merge(self, attributes: Attributes) -> None:
        if len(self.merges) >= MAX_MERGES:
            raise Refused(Reason.EFFORT)
        self.merges.append(_area(attributes["ref"]))

    def _end_text(self) -> None:
        self.is_text = False

    def _end_phonetic(self) -> None:
        self.is_phonetic = False

    def _end_cell(self) -> None:
        if not self.runs and not self.is_formula:
            return
        text, flaw = self._read("".join(self.runs))
        if self.is_formula or (self.arrays and self._is_in_array()):
            flaw = Flaw.FORMULA
        if self.column in self.cells:
            raise Refused(Reason.DAMAGED)
        self.cells[self.column] = (self.column, text, flaw)

    def _end_row(self) -> None:
        self.digits = ""
        row = row_of(self.number, iter(self.cells.values()))
        if row.texts:
            self.done.append(row)

    def _read(self, stored: str) -> tuple[str, Flaw | None]:
        """The text of a cell as it is shown, and what is wrong with it."""
        if self.kind == "s":
            text = self._shared(stored)
            return text, text_flaw(text)
        if self.kind in {"str", "inlineStr"}:
            text = _unescaped(stored)
            return text, text_flaw(text)
        if self.kind == "b":
            return (YES if stored.strip() == "1" else NO), None
        if self.kind == "e":
            return stored, Flaw.ERROR
        if self.kind == "d":
            return stored.replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00"), None
        return self._number(stored.strip())

    def _shared(self, stored: str) -> str:
        place = int(stored)
        if place < 0:
            raise Refused(Reason.DAMAGED)
        return self.book.strings[place]

    def _number(self, stored: str) -> tuple[str, Flaw | None]:
        if not stored:
            return "", None
        if not NUMBER.fullmatch(stored):
            return stored, Flaw.ERROR
        style = int(self.style)
        code = self.book.codes[style] if 0 <= style < len(self.book.codes) else "General"
        return number_text(float(stored), code, is_1904=self.book.is_1904)

    def _is_in_array(self) -> bool:
        return any(
            top <= self.number <= bottom and left <= self.column <= right
            for top, left, bottom, right in self.arrays
        )

    STARTS: ClassVar[dict[str, Callable[..., None]]] = {
        "row": _start_row,
        "c": _start_cell,
        "v": _start_text,
        "t": _start_text,
        "f": _start_formula,
        "rPh": _start_phonetic,
        "mergeCell": _start_merge,
    }
    ENDS: ClassVar[dict[str, Callable[..., None]]] = {
        "row": _end_row,
        "c": _end_cell,
        "v": _end_text,
        "t": _end_text,
        "rPh": _end_phonetic,
    }
