"""Workbooks that say on every page who took them out: one sheet of any length, streamed.

openpyxl keeps rows it has not yet packed in a plain temporary file. What is written here passes from the
rows through the packing into the caller's file, and is nowhere else meanwhile.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from .xlsx import MAX_TEXT, MAX_WIDTH, MIN_WIDTH, UNWRITABLE, sheet_names, text_width

LOOKED_AT = 100  # rows, to find the width of a column
LONGEST_MARK = 200  # characters a header of Excel takes, with room for its codes
PACKED_AT_ONCE = 500  # rows

# Numbers of the cell formats in STYLES.
MARK, TITLE, LINE, HEAD, TEXT, NUMBER, DAY = range(1, 8)

TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" \
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n\
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
ROOT = RELATIONS.format(f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>')
PARTS = RELATIONS.format(
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>\
<fonts count="4"><font><sz val="11"/></font><font><sz val="9"/><color rgb="FFB0B0B0"/></font>\
<font><b/><sz val="16"/></font><font><b/><sz val="11"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF7"/></patternFill></fill></fills>\
<borders count="2"><border/><border><left style="thin"><color rgb="FF999999"/></left>\
<right style="thin"><color rgb="FF999999"/></right><top style="thin"><color rgb="FF999999"/></top>\
<bottom style="thin"><color rgb="FF999999"/></bottom></border></borders>\
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="8"><xf xfId="0"/>\
<xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" fontId="2" applyFont="1"/><xf xfId="0"/>\
<xf xfId="0" fontId="3" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1"/>\
<xf xfId="0" numFmtId="49" borderId="1" quotePrefix="1" applyNumberFormat="1" applyBorder="1"/>\
<xf xfId="0" borderId="1" applyBorder="1"/>\
<xf xfId="0" numFmtId="164" borderId="1" applyNumberFormat="1" applyBorder="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


@dataclass(frozen=True)
class Marked:
    """What stands around the rows. `mark` stands faint in the first row, and above and below every page."""

    mark: str
    title: str
    lines: Sequence[str]
    columns: Sequence[str]

    @property
    def header(self) -> int:
        """The row of the columns' titles."""
        return 3 + len(self.lines)


def write_marked(file: BinaryIO, sheet: Marked, rows: Iterable[Sequence[Any]]) -> int:
    """Write the workbook as a stream, in memory that does not grow; returns how many rows there were.

    Texts stay texts, whatever they look like. What the iterator raises (a cancelled job) passes.
    """
    [name] = sheet_names([sheet.title])
    number = 0
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for path, content in (
            ("[Content_Types].xml", TYPES), ("_rels/.rels", ROOT), ("xl/_rels/workbook.xml.rels", PARTS),
            ("xl/workbook.xml", _workbook(name, sheet.header)), ("xl/styles.xml", STYLES),
        ):  # fmt: skip
            package.writestr(path, content)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as page:
            first, rest = _looked_at(rows)
            page.write(_begin(sheet, first).encode())
            for several in _batches(itertools.chain(first, rest)):
                written = [_row(sheet.header + 1 + number + n, row) for n, row in enumerate(several)]
                page.write("".join(written).encode())
                number += len(several)
            page.write(_end(sheet, number).encode())
    return number


def _looked_at(rows: Iterable[Sequence[Any]]) -> tuple[list[Sequence[Any]], Iterator[Sequence[Any]]]:
    rest = iter(rows)
    return list(itertools.islice(rest, LOOKED_AT)), rest


def _batches(rows: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    while several := list(itertools.islice(rows, PACKED_AT_ONCE)):
        yield several


def _workbook(name: str, header: int) -> str:
    quoted = "'" + name.replace("'", "''") + "'"
    titles = (
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">{escape(quoted)}!$1:${header}</definedName>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f'<sheets><sheet name={quoteattr(name)} sheetId="1" r:id="rId1"/></sheets>'
        f"<definedNames>{titles}</definedNames></workbook>"
    )


def _begin(sheet: Marked, first: Sequence[Sequence[Any]]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(_widths(sheet.columns, first), start=1)
    )
    above = [(MARK, [sheet.mark]), (TITLE, [sheet.title]), *((LINE, [line]) for line in sheet.lines)]
    above.append((HEAD, list(sheet.columns)))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
        f'<pane ySplit="{sheet.header}" topLeftCell="A{sheet.header + 1}" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
        + "".join(_row(n, texts, style) for n, (style, texts) in enumerate(above, start=1))
    )


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[float]:
    texts = [[title, *(row[n] for row in rows)] for n, title in enumerate(columns)]
    widest = [max(text_width(str(value)) for value in column) + 2.0 for column in texts]
    return [min(MAX_WIDTH, max(MIN_WIDTH, width)) for width in widest]


def _end(sheet: Marked, rows: int) -> str:
    last = get_column_letter(len(sheet.columns))
    mark = escape(sheet.mark[:LONGEST_MARK].replace("&", "&&"))
    below = escape(f"{sheet.mark[:LONGEST_MARK].replace('&', '&&')}  {_('Page &P of &N')}")
    return (
        f'</sheetData><autoFilter ref="A{sheet.header}:{last}{sheet.header + rows}"/>'
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.5" right="0.5" top="0.7" bottom="0.7" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter><oddHeader>&amp;C&amp;9 {mark}</oddHeader><oddFooter>&amp;C&amp;9 {below}</oddFooter>"
        "</headerFooter></worksheet>"
    )


def _row(number: int, values: Sequence[Any], style: int | None = None) -> str:
    cells = (
        _cell(f"{get_column_letter(n)}{number}", value, style) for n, value in enumerate(values, start=1)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Any, style: int | None) -> str:
    if isinstance(value, date):
        day = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        return f'<c r="{place}" s="{style or DAY}"><v>{to_excel(day)}</v></c>'
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f'<c r="{place}" s="{style or NUMBER}"><v>{value}</v></c>'
    text = escape(UNWRITABLE.sub("", "" if value is None else str(value))[:MAX_TEXT])
    return f'<c r="{place}" s="{style or TEXT}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
