"""Workbooks whose XML is none, or is more than a workbook needs."""

import codecs

from gridgov.kit.sheets.limits import Reason
from tests.kit.ledgers import MAIN, raw

from .archives import ROW, SEEN, SHEET
from .workbooks import part

LAUGHS = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE w [<!ENTITY % a SYSTEM "http://127.0.0.1/a"> %a;]>'
BILLION = (
    '<!DOCTYPE w [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE w [<!ENTITY a "{"a" * 50_000}">]>'


def whole(text: str, prolog: str = "") -> str:
    return f"{prolog}<worksheet {MAIN}><sheetData>{text}</sheetData></worksheet>"


def sheet(content: str | bytes) -> bytes:
    """A workbook of which the sheet is this, byte by byte."""
    return raw(parts={SHEET: content})


def said(text: str) -> str:
    """A row of one cell that holds this, which need not be text."""
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'


def encoded(encoding: str, *, mark: bytes = b"", declared: str = "") -> bytes:
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return sheet(mark + whole(ROW, prolog).encode(encoding))


REFUSED = {
    # what it is                   why it is refused   the file
    "entities in a sheet":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog=LAUGHS)),
    "entities in the workbook":   (Reason.DEFINITIONS, lambda: raw(ROW, parts={"xl/workbook.xml": LAUGHS + "<w/>"})),
    "entities in the relations":  (Reason.DEFINITIONS, lambda: raw(ROW, parts={"_rels/.rels": LAUGHS + "<w/>"})),
    "entities in the strings":    (Reason.DEFINITIONS, lambda: raw(ROW, parts=part("sharedStrings", LAUGHS + "<s/>"))),
    "entities in the styles":     (Reason.DEFINITIONS, lambda: raw(ROW, parts=part("styles", LAUGHS + "<s/>"))),
    "entities in UTF-16":         (Reason.DEFINITIONS, lambda: sheet((LAUGHS + "<w/>").encode("utf-16"))),
    "a billion laughs":           (Reason.DEFINITIONS, lambda: sheet(whole(said("&l9;"), BILLION))),
    "one long entity, often":     (Reason.DEFINITIONS, lambda: sheet(whole(said("&a;" * 50_000), QUADRATIC))),
    "an entity of itself":        (Reason.DEFINITIONS, lambda: sheet(whole(said("&a;"), '<!DOCTYPE w [<!ENTITY a "&a;">]>'))),
    "a file as an entity":        (Reason.DEFINITIONS, lambda: sheet(whole(said("&a;"), OUTSIDE))),
    "an entity of parameters":    (Reason.DEFINITIONS, lambda: sheet(whole(ROW, PARAMETER))),
    "an outer definition":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog='<!DOCTYPE w SYSTEM "http://127.0.0.1/a">')),
    "a public definition":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog='<!DOCTYPE w PUBLIC "-//W3C//DTD" "http://127.0.0.1/a">')),
    "an empty definition":        (Reason.DEFINITIONS, lambda: raw(ROW, prolog="<!DOCTYPE w>")),
    "attributes by definition":   (Reason.DEFINITIONS, lambda: raw(ROW, prolog='<!DOCTYPE w [<!ATTLIST c t CDATA "str">]>')),
    "an empty part":              (Reason.DAMAGED,     lambda: sheet("")),
    "nothing but blanks":         (Reason.DAMAGED,     lambda: sheet(" \n" * 99)),
    "nothing but a prolog":       (Reason.DAMAGED,     lambda: sheet('<?xml version="1.0"?>')),
    "words instead of elements":  (Reason.DAMAGED,     lambda: sheet("姓名,电话")),
    "words before the elements":  (Reason.DAMAGED,     lambda: sheet("x" + whole(ROW))),
    "words behind the elements":  (Reason.DAMAGED,     lambda: sheet(whole(ROW) + "x")),
    "two roots":                  (Reason.DAMAGED,     lambda: sheet(whole(ROW) * 2)),
    "a row without an end":       (Reason.DAMAGED,     lambda: sheet(f"<worksheet {MAIN}><sheetData><row>")),
    "a tag without an end":       (Reason.DAMAGED,     lambda: sheet(whole(ROW)[:-1])),
    "crossed tags":               (Reason.DAMAGED,     lambda: sheet("<a><b></a></b>")),
    "the same attribute twice":   (Reason.DAMAGED,     lambda: sheet(whole('<row r="1" r="2"/>'))),
    "an attribute without quotes": (Reason.DAMAGED,    lambda: sheet(whole("<row r=1/>"))),
    "an attribute without an end": (Reason.DAMAGED,    lambda: sheet('<w a="' + "x" * 5_000_000)),
    "a name without an end":      (Reason.DAMAGED,     lambda: sheet("<" + "x" * 5_000_000)),
    "a comment without an end":   (Reason.DAMAGED,     lambda: sheet("<w><!--" + "x" * 1_000_000)),
    "text without an end":        (Reason.DAMAGED,     lambda: sheet("<w><![CDATA[" + "x" * 1_000_000)),
    "a million elements deep":    (Reason.DAMAGED,     lambda: sheet("<a>" * 1_000_000)),
    "an entity nobody knows":     (Reason.DAMAGED,     lambda: sheet(whole(said("&nbsp;")))),
    "a zero":                     (Reason.DAMAGED,     lambda: sheet(whole(said("a\x00b")))),
    "a zero by its number":       (Reason.DAMAGED,     lambda: sheet(whole(said("a&#0;b")))),
    "a control":                  (Reason.DAMAGED,     lambda: sheet(whole(said("a\x08b")))),
    "a control by its number":    (Reason.DAMAGED,     lambda: sheet(whole(said("a&#x8;b")))),
    "half a character by its number": (Reason.DAMAGED, lambda: sheet(whole(said("a&#xD800;b")))),
    "no character by its number": (Reason.DAMAGED,     lambda: sheet(whole(said("a&#xFFFFFF;b")))),
    "half a character":           (Reason.DAMAGED,     lambda: sheet(whole(said("X")).encode().replace(b"X", b"\xed\xa0\x80"))),
    "a character too long":       (Reason.DAMAGED,     lambda: sheet(whole(said("X")).encode().replace(b"X", b"\xc0\xaf"))),
    "GBK without saying so":      (Reason.DAMAGED,     lambda: encoded("gbk")),
    "GBK":                        (Reason.DAMAGED,     lambda: encoded("gbk", declared="GBK")),
    "UTF-7":                      (Reason.DAMAGED,     lambda: encoded("utf-7", declared="UTF-7")),
    "UTF-16 that says UTF-8":     (Reason.DAMAGED,     lambda: encoded("utf-16-le", declared="UTF-8")),
    "UTF-8 that says UTF-16":     (Reason.DAMAGED,     lambda: encoded("utf-8", declared="UTF-16")),
    "UTF-32":                     (Reason.DAMAGED,     lambda: encoded("utf-32")),
    "half of UTF-16":             (Reason.DAMAGED,     lambda: sheet(whole(ROW).encode("utf-16")[:-1])),
    "an encoding nobody knows":   (Reason.DAMAGED,     lambda: encoded("utf-8", declared="x-gridgov")),
    "an encoding of Python":      (Reason.DAMAGED,     lambda: encoded("utf-8", declared="unicode_escape")),
    "a prefix nobody bound":      (Reason.NOTHING,     lambda: sheet("<x:worksheet><x:sheetData/></x:worksheet>")),
    "a prolog that comes late":   (Reason.DAMAGED,     lambda: sheet(" " + whole(ROW, '<?xml version="1.0"?>'))),
    "elements without end in the workbook": (Reason.EFFORT, lambda: raw(ROW, parts={"xl/workbook.xml": "<w>" + "<a/>" * 1_500_000 + "</w>"})),
}  # fmt: skip

READ = {
    # what it is                   what is in it   the file
    "UTF-8 with a mark":          (SEEN,           lambda: encoded("utf-8", mark=codecs.BOM_UTF8)),
    "UTF-16 with a mark":         (SEEN,           lambda: encoded("utf-16")),
    "UTF-16, the other end first": (SEEN,          lambda: encoded("utf-16-be", mark=codecs.BOM_UTF16_BE)),
    "UTF-16 that says so":        (SEEN,           lambda: encoded("utf-16", declared="UTF-16")),
    "UTF-16 without a mark":      (SEEN,           lambda: encoded("utf-16-le")),
    "Latin, by the numbers":      ([["é姓"]],      lambda: sheet(whole(said("é&#22995;"), '<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1"))),
    "XML of version 2.0":         (SEEN,           lambda: sheet(whole(ROW, '<?xml version="2.0"?>'))),
    "prefixes":                   (SEEN,           lambda: sheet(whole(ROW).replace("<", "<x:").replace("<x:/", "</x:").replace(MAIN, "xmlns:x='x'"))),
    "no namespace":               (SEEN,           lambda: sheet(whole(ROW).replace(MAIN, ""))),
    "a root of another name":     (SEEN,           lambda: sheet(f"<w>{ROW}</w>")),
    "comments within the text":   ([["姓名"]],     lambda: sheet(whole(said("姓<!-- x -->名")))),
    "text as it is":              ([["<b>&amp;"]], lambda: sheet(whole(said("<![CDATA[<b>&amp;]]>")))),
    "marks by their names":       ([["<&>\"'"]],   lambda: sheet(whole(said("&lt;&amp;&gt;&quot;&apos;")))),
    "rare Han and a smile":       ([["𠮷😀"]],     lambda: sheet(whole(said("𠮷&#x1F600;")))),
    "what XML cannot carry":      ([["a_x000D_b"]], lambda: sheet(whole(said("a_x005F_x000D_b")))),
    "half a character escaped":   ([["a\ufffdb"]], lambda: sheet(whole(said("a_xD800_b")))),
    "an order to a program":      (SEEN,           lambda: raw(ROW, prolog='<?xml-stylesheet href="http://127.0.0.1/a.xsl"?>')),
    "an inclusion":               (SEEN,           lambda: raw(ROW, tail='<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>')),
    "a schema elsewhere":         (SEEN,           lambda: raw(ROW, tail='<a xmlns:b="c" b:schemaLocation="http://127.0.0.1/a"/>')),
    "an attribute of five megabytes": (SEEN,       lambda: raw(ROW, tail=f'<a b="{"x" * 5_000_000}"/>')),
    "50,000 attributes":          (SEEN,           lambda: raw(ROW, tail="<a " + " ".join(f"a{n}=''" for n in range(50_000)) + "/>")),
    "200,000 names":              (SEEN,           lambda: raw(ROW, tail="".join(f"<a{n}/>" for n in range(200_000)))),
    "100,000 elements deep":      (SEEN,           lambda: raw(ROW, tail="<a>" * 100_000 + "</a>" * 100_000)),
    "a name of a megabyte":       (SEEN,           lambda: raw(ROW, tail=f"<{'x' * 1_000_000}/>")),
    "five megabytes between the rows": (SEEN,      lambda: raw(" " * 5_000_000 + ROW)),
    "an extension of Excel":      (SEEN,           lambda: raw(ROW, tail='<extLst><ext uri="x"><x14:f xmlns:x14="x">A1</x14:f></ext></extLst>')),
}  # fmt: skip
