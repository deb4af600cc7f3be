"""Workbooks whose archive lies: about sizes, names, places, checksums, or what is packed how."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from gridgov.kit.sheets.limits import Reason
from tests.kit.ledgers import PARTS, packed, raw, text_cell, written

SHEET = "xl/worksheets/sheet1.xml"
ROW = f'<row r="1">{text_cell("A1", "姓名")}{text_cell("B1", "电话")}</row>'
GOOD = raw(ROW)
SEEN = [["姓名", "电话"]]
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
FIRST, LISTED, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


@dataclass(frozen=True)
class Entry:
    """One part as an archive holds it; what it says of itself need not be so."""

    name: bytes
    data: bytes
    size: int
    crc: int
    method: int = DEFLATED
    flags: int = 0
    extra: bytes = b""
    descriptor: bytes = b""
    local_name: bytes | None = None
    local_method: int | None = None
    packed_size: int | None = None
    offset: int | None = None
    date: int = 0x21
    attributes: int = 0


def entry(name: str, content: bytes) -> Entry:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return Entry(name.encode(), packer.compress(content) + packer.flush(), len(content), zlib.crc32(content))


def honest(parts: Mapping[str, str] | None = None) -> dict[str, Entry]:
    """The parts of a good workbook."""
    sheet = "<worksheet><sheetData>" + ROW + "</sheetData></worksheet>"
    return {
        name: entry(name, text.encode())
        for name, text in (PARTS | {SHEET: sheet} | dict(parts or {})).items()
    }


def zipped(entries: Iterable[Entry], *, tail: bytes = b"", **lies: int) -> bytes:
    """An archive of these parts; `lies` change the record at its end, `tail` stands before that."""
    body, listed, count = b"", b"", 0
    for it in entries:
        place = len(body) if it.offset is None else it.offset
        size = len(it.data) if it.packed_size is None else it.packed_size
        facts = struct.pack("<HHIIII", 0, it.date, it.crc, size, it.size, 0)[:-4]
        local = it.name if it.local_name is None else it.local_name
        method = it.method if it.local_method is None else it.local_method
        said = struct.pack("<HHIII", 0, it.date, 0, 0, 0) if it.descriptor else facts
        body += FIRST + struct.pack("<HHH", 20, it.flags, method) + said
        body += struct.pack("<HH", len(local), len(it.extra)) + local + it.extra + it.data + it.descriptor
        listed += LISTED + struct.pack("<HHHH", 20, 20, it.flags, it.method) + facts
        listed += struct.pack("<HHHHHII", len(it.name), len(it.extra), 0, 0, 0, it.attributes, place)
        listed += it.name + it.extra
        count += 1
    end = {
        "disk": 0,
        "first": 0,
        "here": count,
        "count": count,
        "size": len(listed),
        "start": len(body),
    } | lies
    comment = end.pop("comment", 0)
    return body + listed + tail + END + struct.pack("<HHHHIIH", *end.values(), comment)


def changed(name: str = SHEET, **lies: object) -> bytes:
    """A good workbook of whose parts one says these things of itself."""
    parts = honest()
    parts[name] = replace(parts[name], **lies)
    return zipped(parts.values())


def beside(*more: Entry) -> bytes:
    """A good workbook with further parts."""
    return zipped([*honest().values(), *more])


def zeros(name: str, megabytes: int) -> Entry:
    """A part of nothing, and a lot of it: one packed megabyte, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    once = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _megabyte in range(megabytes):
        crc = zlib.crc32(bytes(1 << 20), crc)
    return Entry(name.encode(), once * megabytes + b"\x03\x00", megabytes << 20, crc)


def overlapping(copies: int) -> bytes:
    """One part of a megabyte that stands in the list under many names."""
    parts = list(honest().values())
    bomb = entry("xl/a", bytes(1 << 20))
    place = len(zipped(parts)) - 22 - sum(46 + len(it.name) for it in parts)
    again = [
        replace(bomb, name=b"xl/a%d" % number, data=b"", packed_size=len(bomb.data), offset=place)
        for number in range(copies)
    ]
    return zipped([*parts, bomb, *again])


def nested(depth: int) -> bytes:
    content = b"x"
    for _level in range(depth):
        content = packed({"a.zip": content})
    return content


def descriptor(part: Entry, *, crc: int | None = None, mark: bytes = b"PK\x07\x08") -> Entry:
    said = mark + struct.pack("<III", part.crc if crc is None else crc, len(part.data), part.size)
    return replace(part, flags=8, descriptor=said)


def with_descriptors(**lies: object) -> bytes:
    return zipped(descriptor(part, **lies) for part in honest().values())


def zip64(count: int, *, place: int | None = None) -> bytes:
    """An archive whose end is told a second time, for archives beyond four gigabytes."""
    parts = list(honest().values())
    plain = zipped(parts)
    listed = sum(46 + len(it.name) for it in parts)
    start = len(plain) - 22 - listed
    long = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, listed, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, start + listed if place is None else place, 1)
    return zipped(parts, tail=long + locator, here=0xFFFF, count=0xFFFF, size=0xFFFFFFFF, start=0xFFFFFFFF)


def method(number: int) -> bytes:
    return changed(method=number)


def long_size(size: int) -> bytes:
    """A part whose sizes stand in the extra field of 64 bits."""
    part = honest()[SHEET]
    return changed(size=0xFFFFFFFF, extra=struct.pack("<HHQ", 1, 8, part.size if size < 0 else size))


def wrong_checksum() -> bytes:
    return packed(PARTS | {"xl/a": b"0" * 99}, method=STORED).replace(b"0" * 99, b"1" * 99)


LONG = written([["姓名"] * 20] * 50)

REFUSED = {
    # what it is                   why it is refused   the file
    **{f"cut after {n}/8":        (Reason.DAMAGED,     lambda n=n: LONG[: len(LONG) * n // 8]) for n in range(1, 8)},
    "without its end":            (Reason.DAMAGED,     lambda: GOOD[:-22]),
    "without its last byte":      (Reason.DAMAGED,     lambda: GOOD[:-1]),
    "nothing but its end":        (Reason.DAMAGED,     lambda: GOOD[-22:]),
    "nothing but its list":       (Reason.DAMAGED,     lambda: FIRST + GOOD[GOOD.index(LISTED) :]),
    "a list without an end mark": (Reason.DAMAGED,     lambda: GOOD.replace(END, b"PK\x05\x07")),
    "a list with a broken mark":  (Reason.DAMAGED,     lambda: GOOD.replace(LISTED, b"PK\x01\x03", 1)),
    "parts with a broken mark":   (Reason.DAMAGED,     lambda: FIRST + GOOD[4:].replace(FIRST, b"PK\x03\x05")),
    "a list that starts too late": (Reason.DAMAGED,    lambda: zipped(honest().values(), start=0x7FFFFFFF)),
    "a list of absurd length":    (Reason.DAMAGED,     lambda: zipped(honest().values(), size=0x7FFFFFFF)),
    "a list that is one byte off": (Reason.DAMAGED,    lambda: zipped(honest().values(), size=99)),
    "no part, says the list":     (Reason.OTHER_KIND,  lambda: zipped(honest().values(), size=0)),
    "a wrong checksum":           (Reason.DAMAGED,     wrong_checksum),
    "a wrong checksum of a sheet": (Reason.DAMAGED,    lambda: changed(crc=1)),
    "a part that starts nowhere": (Reason.DAMAGED,     lambda: changed(offset=0x7FFFFFFF)),
    "a part that starts in another": (Reason.DAMAGED,  lambda: changed(offset=7)),
    "a part that is its neighbour": (Reason.DAMAGED,   lambda: changed(offset=0)),
    "a part of another name":     (Reason.DAMAGED,     lambda: changed(local_name=b"xl/worksheets/sheet9.xml")),
    "a part packed to nothing":   (Reason.DAMAGED,     lambda: changed(packed_size=0)),
    "a part that is too small":   (Reason.DAMAGED,     lambda: changed(size=1)),
    "a part that is too large":   (Reason.DAMAGED,     lambda: changed(size=0x7FFFFFFF, data=b"\x03\x00")),
    "deflate that is none":       (Reason.DAMAGED,     lambda: changed(data=b"\xff" * 99)),
    "deflate without an end":     (Reason.DAMAGED,     lambda: changed(data=honest()[SHEET].data[:-9])),
    "deflate that looks back too far": (Reason.DAMAGED, lambda: changed(data=b"\x03\x82" + bytes(20))),
    "stored, says the list":      (Reason.DAMAGED,     lambda: changed(method=STORED, local_method=DEFLATED)),
    "zeros beside the cells":     (Reason.UNPACKED,    lambda: beside(zeros("xl/media/a.bin", 120))),
    "zeros as a sheet":           (Reason.UNPACKED,    lambda: beside(zeros("xl/worksheets/sheet2.xml", 120))),
    "a gigabyte of zeros":        (Reason.UNPACKED,    lambda: beside(zeros("xl/a", 1024))),
    "four parts of 30 megabytes": (Reason.UNPACKED,    lambda: beside(*(zeros(f"xl/{n}", 30) for n in range(4)))),
    "zeros that claim to be few": (Reason.DAMAGED,     lambda: beside(replace(zeros("xl/a", 120), size=1))),
    "one part listed 110 times":  (Reason.DAMAGED,     lambda: overlapping(110)),
    "300 parts":                  (Reason.ENTRIES,     lambda: packed(PARTS | {f"a{n}": "" for n in range(300)})),
    "30,000 parts":               (Reason.ENTRIES,     lambda: packed({f"a{n}": "" for n in range(30_000)})),
    "packed with bzip2":          (Reason.DAMAGED,     lambda: packed(PARTS, method=zipfile.ZIP_BZIP2)),
    "packed with LZMA":           (Reason.DAMAGED,     lambda: packed(PARTS, method=zipfile.ZIP_LZMA)),
    **{f"packed by method {n}":   (Reason.DAMAGED,     lambda n=n: method(n)) for n in (1, 6, 9, 93, 97, 98, 0xFFFF)},
    "locked":                     (Reason.LOCKED,      lambda: changed(flags=1)),
    "locked by AES":              (Reason.LOCKED,      lambda: changed(flags=1, method=99)),
    "locked strongly":            (Reason.DAMAGED,     lambda: changed(flags=0x40)),
    "patched data":               (Reason.DAMAGED,     lambda: changed(flags=0x20)),
    "the same part twice":        (Reason.DAMAGED,     lambda: beside(honest()[SHEET])),
    "a part in two spellings":    (Reason.DAMAGED,     lambda: beside(replace(honest()[SHEET], name=SHEET.upper().encode()))),
    "a part with either slash":   (Reason.DAMAGED,     lambda: beside(replace(honest()[SHEET], name=SHEET.replace("/", "\\").encode()))),
    "a part with a slash before it": (Reason.DAMAGED,  lambda: beside(replace(honest()[SHEET], name=b"/" + SHEET.encode()))),
    "a part cut at a zero":       (Reason.DAMAGED,     lambda: beside(replace(honest()[SHEET], name=SHEET.encode() + b"\x00.txt"))),
    "a part of 2^60 bytes":       (Reason.DAMAGED,     lambda: changed(size=0xFFFFFFFF, extra=struct.pack("<HHQ", 1, 8, 1 << 60), data=b"\x03\x00")),
    "a part beyond the end":      (Reason.DAMAGED,     lambda: changed(packed_size=0x7FFFFFFF)),
    "a part of minus one":        (Reason.DAMAGED,     lambda: changed(packed_size=0xFFFFFFFF)),
    "a part that runs into the next": (Reason.DAMAGED, lambda: changed("xl/workbook.xml", packed_size=len(honest()["xl/workbook.xml"].data) + 1)),
    "zip64 that is cut off":      (Reason.DAMAGED,     lambda: changed(size=0xFFFFFFFF, extra=struct.pack("<HHI", 1, 4, 1))),
    "an extra field beyond its end": (Reason.DAMAGED,  lambda: changed(extra=struct.pack("<HH", 1, 60_000))),
    "a disk of many":             (Reason.DAMAGED,     lambda: zipped(honest().values(), tail=struct.pack("<4sIQI", b"PK\x06\x07", 3, 0, 9))),
}  # fmt: skip

READ = {
    # what it is                   what is in it   the file
    "honest":                     (SEEN,           lambda: zipped(honest().values())),
    "not packed at all":          (SEEN,           lambda: packed(PARTS | {SHEET: f"<w><sheetData>{ROW}</sheetData></w>"}, method=STORED)),
    "with descriptors":           (SEEN,           with_descriptors),
    "with bare descriptors":      (SEEN,           lambda: with_descriptors(mark=b"")),
    "with descriptors that lie":  (SEEN,           lambda: with_descriptors(crc=7)),
    "with sizes in 64 bits":      (SEEN,           lambda: long_size(-1)),
    "with an end in 64 bits":     (SEEN,           lambda: zip64(5)),
    "zip64 that counts too many": (SEEN,        lambda: zip64(1 << 40, place=0x7FFFFFFF)),
    "zip64 that lies elsewhere":  (SEEN,        lambda: zip64(6, place=9)),
    "a count that is wrong":      (SEEN,           lambda: zipped(honest().values(), here=1, count=1)),
    "of no day":                  (SEEN,           lambda: changed(date=0)),
    "of the 31st of month 15":    (SEEN,           lambda: changed(date=0xFFFF)),
    "with a link of the file system": (SEEN,       lambda: beside(replace(entry("xl/l", b"/etc/passwd"), attributes=0xA1FF << 16))),
    "with a way out":             (SEEN,           lambda: beside(entry("../../../../etc/cron.d/x", b"x"))),
    "with a way out of Windows":  (SEEN,           lambda: beside(entry("..\\..\\x.exe", b"x"))),
    "with a drive":               (SEEN,           lambda: beside(entry("C:/x.exe", b"x"))),
    "with folders":               (SEEN,           lambda: beside(entry("xl/media/", b""))),
    "with a name of 60,000 signs": (SEEN,          lambda: beside(entry("a" * 60_000, b""))),
    "with a name that is no text": (SEEN,          lambda: beside(replace(entry("a", b""), name=b"\xff\xfe\xb1\xed", flags=0))),
    "with a nameless part":       (SEEN,           lambda: beside(entry("", b""))),
    "with archives in archives":  (SEEN,           lambda: beside(entry("xl/embeddings/a.zip", nested(12)))),
    "with itself inside":         (SEEN,           lambda: beside(entry("xl/embeddings/a.xlsx", GOOD))),
    "with a program inside":      (SEEN,           lambda: beside(entry("xl/embeddings/a.exe", b"MZ\x90\x00"))),
    "with words at the end":      (SEEN,           lambda: zipped(honest().values(), comment=9) + b"comment: "),
    "with junk behind":           (SEEN,           lambda: GOOD + b"junk" * 9),
    "90 megabytes beside the cells": (SEEN,        lambda: beside(zeros("xl/a", 90))),
}  # fmt: skip
