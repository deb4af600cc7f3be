"""Text tables in every encoding and in none, without an end, and with signs that do something."""

import codecs

from gridgov.kit.sheets.limits import Reason

SEEN = [["姓名", "电话"], ["程晓梅", "13800000001"]]
GOOD = "姓名,电话\n程晓梅,13800000001\n"


def table(text: str, encoding: str = "utf-8", mark: bytes = b"") -> bytes:
    return mark + text.encode(encoding)


REFUSED = {
    # what it is                   why it is refused   the file
    "blanks and commas":          (Reason.NOTHING,     lambda: b" \n,,\n"),
    "nothing but a mark":         (Reason.NOTHING,     lambda: codecs.BOM_UTF8),
    "nothing but line breaks":    (Reason.NOTHING,     lambda: b"\n" * 300_000),
    "three million commas":       (Reason.NOTHING,     lambda: b"," * 3_000_000),
    "nothing but wide blanks":    (Reason.NOTHING,     lambda: table("\u3000,\u3000\n" * 99)),
    "Big5":                       (Reason.ENCODING,    lambda: "姓名,身份證號\n".encode("big5") + b"\xff,\xff\n"),
    "Latin":                      (Reason.ENCODING,    lambda: "Zoë,Ñandú,ÿ\n".encode("latin-1")),
    "two encodings":              (Reason.ENCODING,    lambda: table(GOOD) + table(GOOD, "gb18030") + b"\xff\n"),
    "UTF-8 cut within a sign":    (Reason.ENCODING,    lambda: table(GOOD * 9, mark=codecs.BOM_UTF8) + b"\xe5\xa7"),
    "UTF-8 with half a character": (Reason.ENCODING,   lambda: codecs.BOM_UTF8 + b"a,\xed\xa0\x80\n"),
    "UTF-8 with signs too long":  (Reason.ENCODING,    lambda: codecs.BOM_UTF8 + b"a,\xc0\xaf\n"),
    "half of UTF-16":             (Reason.ENCODING,    lambda: table(GOOD, "utf-16")[:-1]),
    "UTF-16 with half a character": (Reason.ENCODING,  lambda: codecs.BOM_UTF16_LE + b"a\x00\x00\xd8,\x00"),
    "a mark that lies":           (Reason.ENCODING,    lambda: table(GOOD, "gb18030", codecs.BOM_UTF8)),
    "UTF-32":                     (Reason.KIND,        lambda: table(GOOD, "utf-32")),
    "UTF-32 without a mark":      (Reason.KIND,        lambda: table(GOOD, "utf-32-le")),
    "zeros between the signs":    (Reason.KIND,        lambda: b"a\x00,b\n" * 99),
    "a zero at the end":          (Reason.KIND,        lambda: table(GOOD) + b"\x00\x00"),
    "a control":                  (Reason.KIND,        lambda: table(GOOD.replace("晓", "\x08"))),
    "colours of a terminal":      (Reason.KIND,        lambda: table(GOOD.replace("晓", "\x1b[31m"))),
    "the end of DOS":             (Reason.KIND,        lambda: table(GOOD) + b"\x1a"),
    "300,000 lines":              (Reason.ROWS,        lambda: b"1,2\n" * 300_000),
    "101 columns":                (Reason.COLUMNS,     lambda: b"1," * 101),
    "a million columns":          (Reason.COLUMNS,     lambda: b"1," * 1_000_000),
    "a line without an end":      (Reason.TEXT,        lambda: b"a" * 10_000_000),
    "a cell too long":            (Reason.TEXT,        lambda: table("姓名," + "长" * 32_768)),
    "a quote that never ends":    (Reason.TEXT,        lambda: b'a,"b\n' + b"1,2\n" * 20_000),
    "a quote that ends with the file": (Reason.QUOTE,  lambda: table(GOOD + '程子安,"138\n' + GOOD)),
    "a quote in the last line":   (Reason.QUOTE,       lambda: table(GOOD + '程子安,"')),
    "a quote in the titles":      (Reason.QUOTE,       lambda: table('"姓名,电话\n程晓梅,1\n')),
    "a quote opened by two":      (Reason.QUOTE,       lambda: table(GOOD + '程子安,"""\n')),
    "nothing but a quote":        (Reason.NOTHING,     lambda: b'"'),
    "nothing but quotes":         (Reason.TEXT,        lambda: b'"' * 1_000_001),
}  # fmt: skip

READ = {
    # what it is                   what is in it   the file
    "UTF-8":                      (SEEN,           lambda: table(GOOD)),
    "UTF-8 with a mark":          (SEEN,           lambda: table(GOOD, mark=codecs.BOM_UTF8)),
    "GB18030":                    (SEEN,           lambda: table(GOOD, "gb18030")),
    "GB18030 of four bytes":      ([["𠮷", "㐂"]], lambda: table("𠮷,㐂\n", "gb18030")),
    "UTF-16 with a mark":         (SEEN,           lambda: table(GOOD, "utf-16")),
    "UTF-16, the other end first": (SEEN,          lambda: table(GOOD, "utf-16-be", codecs.BOM_UTF16_BE)),
    "UTF-16 without a mark":      (SEEN,           lambda: table(GOOD, "utf-16-le")),
    "UTF-16 without a mark, the other end first": (SEEN, lambda: table(GOOD, "utf-16-be")),
    "a mark twice":               ([["\ufeff姓名", "电话"]], lambda: table("姓名,电话", mark=codecs.BOM_UTF8 * 2)),
    "lines that only return":     (SEEN,           lambda: table(GOOD.replace("\n", "\r"))),
    "lines that return and feed": (SEEN,           lambda: table(GOOD.replace("\n", "\r\n"))),
    "all three ends of lines":    ([["1"], ["2"], ["3"], ["4"]], lambda: b"1\n2\r3\r\n4"),
    "tabs":                       (SEEN,           lambda: table(GOOD.replace(",", "\t"))),
    "semicolons":                 (SEEN,           lambda: table(GOOD.replace(",", ";"))),
    "commas within quotes":       ([["a", "b,c"]], lambda: b'a,"b,c"\n'),
    "lines within quotes":        ([["a", "b\nc"], ["1", "2"]], lambda: b'a,"b\nc"\n1,2\n'),
    "quotes within quotes":       ([["a", 'b"c']], lambda: b'a,"b""c"\n'),
    "a quote within a cell":      ([["a", '5" pipe'], ["1", "2"]], lambda: b'a,5" pipe\n1,2\n'),
    "words behind a quote":       ([["a", "bc"]],  lambda: b'a,"b"c\n'),
    "empty quotes":               ([["", "", "x"]], lambda: b'"","",x\n'),
    "a million commas behind":    (SEEN,           lambda: table(GOOD) + b"," * 1_000_000),
    "a hundred thousand empty lines": (SEEN,       lambda: table(GOOD) + b"\n" * 100_000),
    "lines of unequal length":    ([["1"], ["1", "2", "3"], ["1", "2"]], lambda: b"1\n1,2,3\n1,2\n"),
    "a formula":                  ([["=1+1", "+1", "-1", "@SUM(A1)"]], lambda: b"=1+1,+1,-1,@SUM(A1)\n"),
    "a formula that runs a program": ([["=cmd|'/c calc'!A1"]], lambda: b"=cmd|'/c calc'!A1\n"),
    "a number of Excel":          ([["4.10102E+17"]], lambda: b"4.10102E+17\n"),
    "signs that turn the line":   ([["a\u202eb", "c"]], lambda: table("a\u202eb,c\n")),
    "signs of no width":          ([["a\u200bb\u200d", "c"]], lambda: table("a\u200bb\u200d,c\n")),
    "a mark within":              ([["a\ufeffb", "c"]], lambda: table("a\ufeffb,c\n")),
    "controls of Latin":          ([["a\x85b", "c"]], lambda: table("a\x85b,c\n")),
    "breaks of Unicode":          ([["a\u2028b", "c\u2029d"]], lambda: table("a\u2028b,c\u2029d\n")),
    "a page feed":                ([["a", "b"], ["c"]], lambda: b"a,b\n\x0cc\n"),
    "letters and their accents apart": ([["e\u0301", "é"]], lambda: table("e\u0301,é\n")),
    "ten thousand accents on a letter": ([["e" + "\u0301" * 10_000, "x"]], lambda: table("e" + "\u0301" * 10_000 + ",x\n")),
    "no characters":              ([["\uffff", "\ufdd0"]], lambda: table("\uffff,\ufdd0\n")),
    "a character for none":       ([["\ufffd", "x"]], lambda: table("\ufffd,x\n")),
    "tags of HTML":               ([["1", "<script>alert(1)</script>"]], lambda: b"1,<script>alert(1)</script>\n"),
    "a template of Django":       ([["{{ settings.SECRET_KEY }}", "{% load x %}"]], lambda: b"{{ settings.SECRET_KEY }},{% load x %}\n"),
    "words of SQL":               ([["'; DROP TABLE residents_resident; --", "x"], ["1", "2"], ["3", "4"]], lambda: b"'; DROP TABLE residents_resident; --,x\n1,2\n3,4\n"),
    "one cell":                   ([["x"]],        lambda: b"x"),
}  # fmt: skip
