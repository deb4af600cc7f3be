"""Ledgers as communities bring them, and as nobody should: workbooks made part by part."""

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'

PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": f'<Relationships {PACKAGE}><Relationship Id="a" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="住户" sheetId="1" r:id="s1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships {PACKAGE}><Relationship Id="s1" Type="{OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def written(*sheets: Sequence[Sequence[Any]], merged: Iterable[str] = ()) -> bytes:
    """A workbook of these rows as openpyxl writes it; the merged areas are on the first sheet."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        page = workbook.create_sheet(f"表{number}")
        for row in rows:
            page.append(list(row))
    for area in merged:
        workbook.worksheets[0].merge_cells(area)
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def raw(
    rows: str = "", *, tail: str = "", prolog: str = "", parts: Mapping[str, str | bytes] | None = None
) -> bytes:
    """A workbook of one sheet of which every byte was chosen."""
    sheet = f"{prolog}<worksheet {MAIN}><sheetData>{rows}</sheetData>{tail}</worksheet>"
    return packed(PARTS | {"xl/worksheets/sheet1.xml": sheet} | dict(parts or {}))


def packed(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            # Without the time of day: the same parts are the same file.
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


# --- .xls ------------------------------------------------------------------------------------

SECTOR = 512
FREE, CHAIN_END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

BEGIN_BOOK = (0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 1997, 0, 0))
BEGIN_SHEET = (0x0809, struct.pack("<HHHHII", 0x0600, 16, 0, 1997, 0, 0))
END = (0x000A, b"")
# Cell formats 0 and 1: a plain number and a date.
FORMATS = [(0x00E0, struct.pack("<HH16x", 0, code)) for code in (0, 14)]


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def old_cell(row: int, column: int, value: str | float, style: int = 0) -> tuple[int, bytes]:
    place = struct.pack("<HHH", row, column, style)
    if isinstance(value, str):
        return 0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
    return 0x0203, place + struct.pack("<d", value)


def old_formula(row: int, column: int, value: float) -> tuple[int, bytes]:
    one = b"\x1e\x01\x00"
    return 0x0006, struct.pack("<HHHdHIH", row, column, 0, value, 0, 0, len(one)) + one


def old_stream(
    *cells: tuple[int, bytes], extra: Sequence[tuple[int, bytes]] = (), sheet_kind: int = 0
) -> bytes:
    """The records of a workbook of one sheet."""
    name = "住户"
    head = [BEGIN_BOOK, *extra, *FORMATS]
    label = bytes([sheet_kind, len(name), 1]) + name.encode("utf-16-le")
    before = sum(4 + len(body) for _kind, body in head) + 4 + 5 + len(label) + 4
    sheet = (0x0085, struct.pack("<IB", before, 0) + label)
    return b"".join(record(*it) for it in (*head, sheet, END, BEGIN_SHEET, *cells, END))


def old(*cells: tuple[int, bytes], names: Sequence[str] = (), **options: Any) -> bytes:
    """An .xls workbook; `names` are further streams beside it."""
    return contained({"Workbook": old_stream(*cells, **options)} | dict.fromkeys(names, b""))


def contained(streams: Mapping[str, bytes]) -> bytes:
    """An OLE2 container: header, one sector of table, the directory, the streams."""
    directory_sectors = -(-(len(streams) + 1) * 128 // SECTOR)
    table = [TABLE, *range(2, 1 + directory_sectors), CHAIN_END]
    directory = [entry("Root Entry", 5, CHAIN_END, 0)]
    data = b""
    for name, content in streams.items():
        body = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\x00")
        first, count = len(table), len(body) // SECTOR
        table += [*range(first + 1, first + count), CHAIN_END]
        directory.append(entry(name, 2, first, len(body)))
        data += body
    table += [FREE] * (SECTOR // 4 - len(table))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, CHAIN_END, 0, CHAIN_END, 0, 0)
    header += struct.pack("<108I", *[FREE] * 108)
    joined = b"".join(directory).ljust(directory_sectors * SECTOR, b"\x00")
    return header + struct.pack(f"<{SECTOR // 4}I", *table) + joined + data


def entry(name: str, kind: int, start: int, length: int) -> bytes:
    title = name.encode("utf-16-le") + b"\x00\x00"
    facts = struct.pack("<HBBIII", len(title), kind, 1, FREE, FREE, 1 if kind == 5 else FREE)
    return title.ljust(64, b"\x00") + facts + bytes(36) + struct.pack("<II4x", start, length)
