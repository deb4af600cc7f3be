"""Workbooks whose parts, relations, rows and cells are not what Excel writes."""

from collections.abc import Mapping, Sequence

from gridgov.kit.sheets.limits import LAST_ROW, Reason
from tests.kit.ledgers import MAIN, OFFICE, PACKAGE, PARTS, packed, raw, text_cell

from .archives import ROW, SEEN, SHEET

RELS = "xl/_rels/workbook.xml.rels"
BOOK = "xl/workbook.xml"


def related(kind: str, target: str, mode: str = "Internal") -> dict[str, str]:
    """The relations of the workbook with one more."""
    more = (
        f'<Relationship Id="z" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    )
    return {RELS: PARTS[RELS].replace("</Relationships>", more)}


def part(kind: str, content: str) -> dict[str, str]:
    """Such a part of the workbook."""
    return related(kind, "part.xml") | {"xl/part.xml": content}


def pointing(target: str) -> bytes:
    """A workbook whose sheet lies there."""
    return raw(ROW, parts={RELS: PARTS[RELS].replace("worksheets/sheet1.xml", target)})


def main(target: str, parts: Mapping[str, str] | None = None) -> bytes:
    """An archive whose workbook lies there."""
    rels = PARTS["_rels/.rels"].replace("xl/workbook.xml", target)
    return raw(ROW, parts={"_rels/.rels": rels} | dict(parts or {}))


def book(sheets: str, *, before: str = "", rels: str = "") -> dict[str, str]:
    """A workbook that names these sheets."""
    return {
        BOOK: f'<workbook {MAIN} xmlns:r="{OFFICE}">{before}<sheets>{sheets}</sheets></workbook>',
        RELS: PARTS[RELS].replace("</Relationships>", rels + "</Relationships>"),
    }


def sheets(count: int, target: str = "worksheets/sheet1.xml") -> bytes:
    """A workbook with so many sheets that all lie in one part."""
    rels = "".join(f'<Relationship Id="m{n}" Type="x/worksheet" Target="{target}"/>' for n in range(count))
    named = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="m{n}"/>' for n in range(count))
    return raw(ROW, parts=book(named, rels=rels))


def chart_only(kind: str = "chartsheet") -> bytes:
    return raw(ROW, parts={RELS: PARTS[RELS].replace("/worksheet", f"/{kind}")})


def strings(*texts: str) -> dict[str, str]:
    return part("sharedStrings", f"<sst {MAIN}>{''.join(f'<si>{text}</si>' for text in texts)}</sst>")


def styles(*codes: str, xf: str = 'numFmtId="200"') -> dict[str, str]:
    formats = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(codes))
    return part(
        "styles", f"<styleSheet {MAIN}><numFmts>{formats}</numFmts><cellXfs><xf {xf}/></cellXfs></styleSheet>"
    )


def cell(content: str, **attributes: str) -> str:
    """A row of one cell with these attributes."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<row r="1"><c{said}>{content}</c></row>'


def one(content: str, *, parts: Mapping[str, str] | None = None, **attributes: str) -> bytes:
    return raw(cell(content, **attributes), parts=dict(parts or {}))


def placed(reference: str, row: int = 1) -> bytes:
    """A good cell and behind it one that says that it stands there."""
    return raw(f'<row r="{row}">{text_cell(f"A{row}", "姓名")}<c r="{reference}"><v>1</v></c></row>')


def merged(*areas: str) -> bytes:
    rows = f'<row r="1">{text_cell("A1", "甲")}{text_cell("C1", "丙")}</row><row r="2">{text_cell("D2", "丁")}</row>'
    return raw(rows, tail="".join(f'<mergeCell ref="{area}"/>' for area in areas))


def many_rows(count: int) -> bytes:
    return raw("".join(f"<row><c><v>{number}</v></c></row>" for number in range(count)))


def one_long_string(cells: int, text: str = "长" * 30_000, behind: Sequence[str] = ()) -> bytes:
    """A text that stands once in the file and in so many cells, and below them a row of others."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    last = "".join(f'<c t="inlineStr"><is><t>{it}</t></is></c>' for it in behind)
    return raw(row * (cells // 100) + f"<row>{last}</row>", parts=strings(f"<t>{text}</t>"))


def one_long_merge(rows: int) -> bytes:
    """A text of 30,000 characters that stands in one cell, merged with every other."""
    first = f"<row>{text_cell('A1', '长' * 30_000)}</row>"
    return raw(first + "<row><c/><c><v>1</v></c></row>" * rows, tail='<mergeCell ref="A1:CV100000"/>')


def formatted(value: str, code: str) -> bytes:
    return one(f"<v>{value}</v>", s="0", parts=styles(code))


REFUSED = {
    # what it is                   why it is refused   the file
    "no cells":                   (Reason.NOTHING,     raw),
    "a sheet that is missing":    (Reason.DAMAGED,     lambda: packed(PARTS)),
    "a workbook that is missing": (Reason.DAMAGED,     lambda: packed({"_rels/.rels": PARTS["_rels/.rels"]})),
    "no relations":               (Reason.DAMAGED,     lambda: packed({"_rels/.rels": "<Relationships/>"})),
    "no relations of the workbook": (Reason.DAMAGED,   lambda: packed({name: it for name, it in PARTS.items() if name != RELS})),
    "a relation without a target": (Reason.DAMAGED,    lambda: raw(ROW, parts={RELS: f'<r {PACKAGE}><Relationship Id="s1" Type="x/worksheet"/></r>'})),
    "a relation without a type":  (Reason.DAMAGED,     lambda: raw(ROW, parts={RELS: f'<r {PACKAGE}><Relationship Id="s1" Target="a"/></r>'})),
    "a way out of the archive":   (Reason.DAMAGED,     lambda: raw(parts=related("styles", "../../../../etc/passwd"))),
    "a sheet outside":            (Reason.DAMAGED,     lambda: pointing("../../../../etc/passwd")),
    "a sheet at the root":        (Reason.DAMAGED,     lambda: pointing("/etc/passwd")),
    "a sheet of the web":         (Reason.DAMAGED,     lambda: pointing("http://127.0.0.1:9/sheet1.xml")),
    "a sheet of a share":         (Reason.DAMAGED,     lambda: pointing("\\\\127.0.0.1\\c$\\sheet1.xml")),
    "a sheet of no name":         (Reason.DAMAGED,     lambda: pointing("")),
    "a sheet that is a folder":   (Reason.DAMAGED,     lambda: pointing("worksheets/")),
    "a sheet that is the workbook": (Reason.NOTHING,   lambda: pointing("workbook.xml")),
    "a sheet that is its relations": (Reason.NOTHING,  lambda: pointing("_rels/workbook.xml.rels")),
    "a workbook that is its relations": (Reason.DAMAGED, lambda: main("_rels/.rels")),
    "a workbook outside":         (Reason.DAMAGED,     lambda: main("../../xl/workbook.xml")),
    "a workbook of the web":      (Reason.DAMAGED,     lambda: main("http://127.0.0.1:9/workbook.xml")),
    "a workbook that is a sheet": (Reason.DAMAGED,     lambda: main(SHEET)),
    "only charts":                (Reason.NOTHING,     chart_only),
    "only dialogues":             (Reason.NOTHING,     lambda: chart_only("dialogsheet")),
    "no sheets":                  (Reason.NOTHING,     lambda: raw(ROW, parts=book(""))),
    "a sheet nobody relates to":  (Reason.NOTHING,     lambda: raw(ROW, parts=book('<sheet name="a" r:id="s9"/>'))),
    "many sheets in one part":    (Reason.DAMAGED,     lambda: sheets(1000)),
    "two sheets in one part":     (Reason.DAMAGED,     lambda: sheets(2)),
    "macros":                     (Reason.MACROS,      lambda: raw(ROW, parts={"xl/vbaProject.bin": b"x"})),
    "macros, spelled otherwise":  (Reason.MACROS,      lambda: raw(ROW, parts={"XL\\VBAPROJECT.BIN": b"x"})),
    "macros in another folder":   (Reason.MACROS,      lambda: raw(ROW, parts={"a/b/vbaProject.bin": b"x"})),
    "macros of Excel 4":          (Reason.MACROS,      lambda: raw(ROW, parts={"xl/macrosheets/sheet1.xml": "<x/>"})),
    "dialogues of Excel 5":       (Reason.MACROS,      lambda: raw(ROW, parts={"xl/dialogsheets/sheet1.xml": "<x/>"})),
    "names of macros":            (Reason.MACROS,      lambda: raw(ROW, parts={"xl/vbaData.xml": "<x/>"})),
    "a link to another file":     (Reason.LINKS,       lambda: raw(ROW, parts={"xl/externalLinks/externalLink1.xml": "<x/>"})),
    "a relation to another file": (Reason.LINKS,       lambda: raw(ROW, parts=related("externalLink", "a.xml"))),
    "a connection":               (Reason.LINKS,       lambda: raw(ROW, parts={"xl/connections.xml": "<x/>"})),
    "a query":                    (Reason.LINKS,       lambda: raw(ROW, parts={"xl/queryTables/queryTable1.xml": "<x/>"})),
    "300,000 rows":               (Reason.ROWS,        lambda: many_rows(300_000)),
    "a cell in the last corner":  (Reason.COLUMNS,     lambda: raw(f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>')),
    "16,385 columns":             (Reason.COLUMNS,     lambda: raw("<row>" + "<c><v>1</v></c>" * 16_385 + "</row>")),
    "101 columns":                (Reason.COLUMNS,     lambda: raw("<row>" + "<c><v>1</v></c>" * 101 + "</row>")),
    "a cell of a megabyte":       (Reason.TEXT,        lambda: raw(f'<row>{text_cell("A1", "长" * 400_000)}</row>')),
    "a shared text of a megabyte": (Reason.TEXT,       lambda: one("<v>0</v>", t="s", parts=strings(f"<t>{'长' * 400_000}</t>"))),
    "one text in a million cells": (Reason.EFFORT,     lambda: one_long_string(1_000_000)),
    "300,000 merged areas":       (Reason.EFFORT,      lambda: raw(ROW, tail='<mergeCell ref="A1:XFD1048576"/>' * 300_000)),
    "one text merged with a million cells": (Reason.EFFORT, lambda: one_long_merge(10_000)),
    "a row before the first":     (Reason.DAMAGED,     lambda: raw('<row r="0"/>')),
    "a row beyond the last":      (Reason.DAMAGED,     lambda: raw('<row r="1048577"/>')),
    "a row below nothing":        (Reason.DAMAGED,     lambda: raw('<row r="-5"/>')),
    "rows that go back":          (Reason.DAMAGED,     lambda: raw('<row r="2"/><row r="1"/>')),
    "a row twice":                (Reason.DAMAGED,     lambda: raw('<row r="2"/><row r="2"/>')),
    "a row that is no number":    (Reason.DAMAGED,     lambda: raw(f'<row r="{"9" * 5000}"/>')),
    "a row in words":             (Reason.DAMAGED,     lambda: raw('<row r="one"/>')),
    "a row within a row":         (Reason.DAMAGED,     lambda: raw(f'<row r="1"><row r="2">{text_cell("A2", "x")}</row></row>')),
    "a cell within a cell":       (Reason.DAMAGED,     lambda: raw('<row r="1"><c r="A1"><v>1</v><c r="B1"><v>2</v></c></c></row>')),
    "a cell twice":               (Reason.DAMAGED,     lambda: raw('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')),
    "a cell XFE1":                (Reason.DAMAGED,     lambda: placed("XFE1")),
    "a cell ZZZZ1":               (Reason.DAMAGED,     lambda: placed("ZZZZ1")),
    "a cell A1048577":            (Reason.DAMAGED,     lambda: placed("A1048577")),
    "a cell A0":                  (Reason.DAMAGED,     lambda: placed("A0")),
    "a cell of another row":      (Reason.DAMAGED,     lambda: placed("B7")),
    "a cell without a column":    (Reason.DAMAGED,     lambda: placed("1")),
    "a cell before the first":    (Reason.DAMAGED,     lambda: placed("!1")),
    "a cell in small letters":    (Reason.DAMAGED,     lambda: placed("b1")),
    "a cell that is an area":     (Reason.DAMAGED,     lambda: placed("B1:C1")),
    "a cell with dollars":        (Reason.DAMAGED,     lambda: placed("$B$1")),
    "a cell of Greek":            (Reason.DAMAGED,     lambda: placed("Β1")),
    "a cell of no length":        (Reason.DAMAGED,     lambda: placed("A" * 100_000 + "1")),
    "a cell by row and column":   (Reason.DAMAGED,     lambda: placed("R1C2")),
    "a string that is missing":   (Reason.DAMAGED,     lambda: one("<v>7</v>", t="s")),
    "a string beyond all":        (Reason.DAMAGED,     lambda: one(f"<v>{2**70}</v>", t="s", parts=strings("<t>x</t>"))),
    "a string before the first":  (Reason.DAMAGED,     lambda: one("<v>-1</v>", t="s", parts=strings("<t>x</t>"))),
    "a string in words":          (Reason.DAMAGED,     lambda: one("<v>x</v>", t="s", parts=strings("<t>x</t>"))),
    "a string of no number":      (Reason.DAMAGED,     lambda: one(f"<v>{'9' * 5000}</v>", t="s", parts=strings("<t>x</t>"))),
    "a style of nonsense":        (Reason.DAMAGED,     lambda: one("<v>1</v>", s="x")),
    "a format of nonsense":       (Reason.DAMAGED,     lambda: one("<v>1</v>", s="0", parts=styles("0", xf='numFmtId="x"'))),
    "a merged area of nonsense":  (Reason.DAMAGED,     lambda: merged("Q")),
    "a merged area of words":     (Reason.DAMAGED,     lambda: merged("A1:B2:C3")),
    "a merged area without ref":  (Reason.DAMAGED,     lambda: raw(ROW, tail="<mergeCell/>")),
    "a merged area beyond all":   (Reason.DAMAGED,     lambda: merged("A1:B99999999")),
    "a merged area before all":   (Reason.DAMAGED,     lambda: merged("A0:B2")),
    "an array of nonsense":       (Reason.DAMAGED,     lambda: one('<f t="array" ref="?">1</f><v>1</v>', r="A1")),
}  # fmt: skip

READ = {
    # what it is                   what is in it   the file
    "no list of contents":        (SEEN,           lambda: packed({name: it for name, it in PARTS.items() if name != "[Content_Types].xml"} | {SHEET: f"<w>{ROW}</w>"})),
    "wrong kinds of content":     (SEEN,           lambda: raw(ROW, parts={"[Content_Types].xml": '<Types><Default Extension="xml" ContentType="image/png"/></Types>'})),
    "a list of contents that is none": (SEEN,      lambda: raw(ROW, parts={"[Content_Types].xml": b"\xff\xff"})),
    "macros only in its name":    (SEEN,           lambda: raw(ROW, parts={"[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'})),
    "a relation to itself":       (SEEN,           lambda: raw(ROW, parts=related("theme", "workbook.xml"))),
    "a relation to the web":      (SEEN,           lambda: raw(ROW, parts=related("hyperlink", "http://127.0.0.1:9/", "External"))),
    "a sheet by a long way":      (SEEN,           lambda: pointing("../xl/./worksheets/../worksheets/sheet1.xml")),
    "a sheet by an absolute way": (SEEN,           lambda: pointing("/xl/worksheets/sheet1.xml")),
    "a sheet by backslashes":     (SEEN,           lambda: pointing("worksheets\\sheet1.xml")),
    "a sheet in capitals":        (SEEN,           lambda: pointing("WORKSHEETS/Sheet1.XML")),
    "a hidden sheet":             (SEEN,           lambda: raw(ROW, parts=book('<sheet name="a" state="veryHidden" r:id="s1"/>'))),
    "a sheet without a name":     (SEEN,           lambda: raw(ROW, parts=book('<sheet r:id="s1"/>'))),
    "a sheet with a long name":   (SEEN,           lambda: raw(ROW, parts=book(f'<sheet name="{"名" * 1_000_000}" r:id="s1"/>'))),
    "a sheet with a bad name":    (SEEN,           lambda: raw(ROW, parts=book('<sheet name="[../a?*:]&#x202E;" r:id="s1"/>'))),
    "a chart beside the sheet":   (SEEN,           lambda: raw(ROW, parts=book('<sheet name="图" r:id="c"/><sheet name="a" r:id="s1"/>', rels='<Relationship Id="c" Type="x/chartsheet" Target="c.xml"/>'))),
    "strings that are missing":   (SEEN,           lambda: raw(ROW, parts=related("sharedStrings", "sharedStrings.xml"))),
    "styles that are missing":    (SEEN,           lambda: raw(ROW, parts=related("styles", "styles.xml"))),
    "a dimension that lies":      (SEEN,           lambda: raw(parts={SHEET: f'<w><dimension ref="A1:A1"/><sheetData>{ROW}</sheetData></w>'})),
    "a dimension of everything":  (SEEN,           lambda: raw(parts={SHEET: f'<w><dimension ref="A1:XFD1048576"/><sheetData>{ROW}</sheetData></w>'})),
    "columns of nonsense":        (SEEN,           lambda: raw(parts={SHEET: f'<w><cols><col min="-1" max="99999999"/></cols><sheetData>{ROW}</sheetData></w>'})),
    "rows without numbers":       ([["1"], ["2"]], lambda: raw("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>")),
    "a row far below":            ([["1"]],        lambda: raw(f'<row r="{LAST_ROW}"><c r="A{LAST_ROW}"><v>1</v></c></row>')),
    "300,000 empty rows":         (SEEN,           lambda: raw(ROW + "<row/>" * 300_000)),
    "an empty cell far right":    (SEEN,           lambda: raw(f'<row r="1">{text_cell("A1", "姓名")}{text_cell("B1", "电话")}<c r="XFD1"/></row>')),
    "cells from right to left":   ([["1", "2"]],   lambda: raw('<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>')),
    "a cell without a row":       ([["姓名", "1"]], lambda: placed("B")),
    "a style beyond the last":    ([["1"]],        lambda: one("<v>1</v>", s="4294967296")),
    "a style before the first":   ([["1"]],        lambda: one("<v>1</v>", s="-1")),
    "a format nobody defined":    ([["1"]],        lambda: one("<v>1</v>", s="0", parts=styles(xf='numFmtId="999"'))),
    "a format without an end":    ([["1"]],        lambda: formatted("1", "&quot;" * 20_001)),
    "a format of brackets":       ([["1"]],        lambda: formatted("1", "[" * 200_000)),
    "a day before the first":     ([["-1"]],       lambda: formatted("-1", "yyyy-mm-dd")),
    "a day after the last":       ([["2958466"]],  lambda: formatted("2958466", "yyyy-mm-dd")),
    "the last day":               ([["9999-12-31"]], lambda: formatted("2958465", "yyyy-mm-dd")),
    "a day of 1E300":             ([["1E+300"]],   lambda: formatted("1E300", "yyyy-mm-dd")),
    "a moment beside midnight":   ([["2026-09-24"]], lambda: formatted("46288.9999999", "yyyy-mm-dd hh:mm")),
    "a day in ISO":               ([["2026-09-24"]], lambda: one("<v>2026-09-24T00:00:00Z</v>", t="d")),
    "a day in nonsense":          ([["2026-99-99"]], lambda: one("<v>2026-99-99</v>", t="d")),
    "infinity":                   ([["Infinity"]], lambda: one("<v>Infinity</v>")),
    "not a number":               ([["NaN"]],      lambda: one("<v>NaN</v>")),
    "a number beyond all":        ([["inf"]],      lambda: one("<v>1E999</v>")),
    "a number of a thousand digits": ([["inf"]],    lambda: one(f"<v>1{'0' * 999}</v>")),
    "a number in hex":            ([["0x1F"]],     lambda: one("<v>0x1F</v>")),
    "a number with underscores":  ([["1_000"]],    lambda: one("<v>1_000</v>")),
    "minus nothing":              ([["0"]],        lambda: one("<v>-0</v>")),
    "an error":                   ([["#REF!"]],    lambda: one("<v>#REF!</v>", t="e")),
    "an error nobody knows":      ([["#WAT"]],     lambda: one("<v>#WAT</v>", t="e")),
    "a boolean":                  ([["是"]],       lambda: one("<v>1</v>", t="b")),
    "a boolean of 7":             ([["否"]],       lambda: one("<v>7</v>", t="b")),
    "a kind nobody knows":        ([["1"]],        lambda: one("<v>1</v>", t="zz")),
    "a formula":                  ([["2"]],        lambda: one("<f>1+1</f><v>2</v>")),
    "a formula without a value":  ([["", "x"]],    lambda: raw(f'<row r="1"><c r="A1"><f>1+1</f></c>{text_cell("B1", "x")}</row>')),
    "a formula that runs a program": ([["x"]],     lambda: one("<f>cmd|'/c calc'!A1</f><v>x</v>", t="str")),
    "a shared formula":           ([["1"], ["2"]], lambda: raw('<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A2">B1</f><v>1</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row>')),
    "a shared formula nobody defined": ([["1"]],   lambda: one('<f t="shared" si="4294967295"/><v>1</v>')),
    "an array":                   ([["1", "2"]],   lambda: raw('<row r="1"><c r="A1"><f t="array" ref="A1:B1">X</f><v>1</v></c><c r="B1"><v>2</v></c></row>')),
    "an array of everything":     ([["1"]],        lambda: one('<f t="array" ref="A1:XFD1048576">X</f><v>1</v>', r="A1")),
    "text of two values":         ([["12"]],       lambda: one("<v>1</v><v>2</v>")),
    "text in pieces":             ([["程晓梅"]],   lambda: one("<is><r><rPr><b/></rPr><t>程</t></r><r><t>晓梅</t></r></is>", t="inlineStr")),
    "text with a reading aid":    ([["程"]],       lambda: one("<is><t>程</t><rPh sb='0' eb='1'><t>cheng</t></rPh></is>", t="inlineStr")),
    "a shared text in pieces":    ([["程晓梅"]],   lambda: one("<v>0</v>", t="s", parts=strings("<r><t>程</t></r><r><rPr/><t>晓梅</t></r><rPh><t>x</t></rPh>"))),
    "a shared text that begins with =": ([["=1+1"]], lambda: one("<v>0</v>", t="s", parts=strings("<t>=1+1</t>"))),
    "strings that count wrongly": ([["x"]],        lambda: one("<v>0</v>", t="s", parts=part("sharedStrings", '<sst count="9999999999" uniqueCount="-1"><si><t>x</t></si></sst>'))),
    "an escaped zero":            ([["a\x00b"]],   lambda: one("<is><t>a_x0000_b</t></is>", t="inlineStr")),
    "signs that turn the line":   ([["a\u202eb"]], lambda: one("<is><t>a&#x202E;b</t></is>", t="inlineStr")),
    "merged over an empty cell":  ([["甲", "", "丙"], ["", "", "", "丁"]], lambda: merged("A2:B2")),
    "merged":                     ([["甲", "甲", "丙"], ["甲", "甲", "", "丁"]], lambda: merged("A1:B2")),
    "merged the wrong way round": ([["甲", "", "丙"], ["", "", "", "丁"]], lambda: merged("B2:A1")),
    "merged with itself":         ([["甲", "", "丙"], ["", "", "", "丁"]], lambda: merged("A1:A1", "C1")),
    "merged twice":               ([["甲", "甲", "丙"], ["甲", "甲", "", "丁"]], lambda: merged("A1:B2", "A1:B2")),
    "merged over one another":    ([["甲", "甲", "丙"], ["甲", "甲", "", "丁"]], lambda: merged("A1:B2", "B1:C2")),
    "merged with everything":     ([["甲", *["甲"] * 1, "丙", *["甲"] * 97], ["甲", "甲", "甲", "丁", *["甲"] * 96]], lambda: merged("A1:XFD1048576")),
    "merged far right":           ([["甲", "", "丙"], ["", "", "", "丁"]], lambda: merged("XEA1:XFD9")),
}  # fmt: skip
