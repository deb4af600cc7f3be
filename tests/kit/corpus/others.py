"""Files of another kind that are called .xlsx, .xls or .csv all the same."""

import gzip
import io
import random
import tarfile
import zlib

from gridgov.kit.sheets.limits import MAX_BYTES, Reason
from tests.kit.ledgers import PARTS, contained, packed

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def noise(seed: int, length: int, magic: bytes = b"") -> bytes:
    """Bytes without sense, the same ones for the same seed."""
    return magic + random.Random(seed).randbytes(length)


def tarball() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("台账.csv"))
    return buffer.getvalue()


REFUSED = {
    # what it is                   why it is refused   the file
    "nothing":                    (Reason.EMPTY,       lambda: b""),
    "eleven megabytes":           (Reason.BYTES,       lambda: bytes(MAX_BYTES + 1)),
    "eleven megabytes of zip":    (Reason.BYTES,       lambda: ZIP + bytes(MAX_BYTES)),
    "ten megabytes of zeros":     (Reason.KIND,        lambda: bytes(MAX_BYTES)),
    "one zero":                   (Reason.KIND,        lambda: b"\x00"),
    "a PNG":                      (Reason.OTHER_KIND,  lambda: b"\x89PNG\r\n\x1a\n" + bytes(99)),
    "a JPEG":                     (Reason.OTHER_KIND,  lambda: b"\xff\xd8\xff\xe0" + bytes(99)),
    "a GIF":                      (Reason.OTHER_KIND,  lambda: b"GIF89a" + bytes(99)),
    "a BMP":                      (Reason.OTHER_KIND,  lambda: b"BM\x00\x01\x00\x00\x00\x00\x00\x00" + bytes(99)),
    "a PDF":                      (Reason.OTHER_KIND,  lambda: b"%PDF-1.7\n" + bytes(99)),
    "a RAR":                      (Reason.OTHER_KIND,  lambda: b"Rar!\x1a\x07\x00" + bytes(99)),
    "a 7z":                       (Reason.OTHER_KIND,  lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99)),
    "a gzip":                     (Reason.OTHER_KIND,  lambda: gzip.compress(b"a,b\n", mtime=0)),
    "a gzip of a gigabyte":       (Reason.OTHER_KIND,  lambda: gzip.compress(bytes(1 << 20), mtime=0) * 1024),
    "an RTF":                     (Reason.OTHER_KIND,  lambda: b"{\\rtf1\\ansi{\\b x}}"),
    "a web page":                 (Reason.OTHER_KIND,  lambda: b"<html><table><tr><td>1"),
    "a table of a web page":      (Reason.OTHER_KIND,  lambda: b"\xef\xbb\xbf\n<table border=1>"),
    "a web page in UTF-16":       (Reason.OTHER_KIND,  lambda: b"\xff\xfe" + "<html>".encode("utf-16-le")),
    "a script on a web page":     (Reason.OTHER_KIND,  lambda: b"<!-- x --><script>alert(1)</script>"),
    "an XML workbook of 2003":    (Reason.OTHER_KIND,  lambda: b'<?xml version="1.0"?><Workbook/>'),
    "an XML with entities":       (Reason.OTHER_KIND,  lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "a Word document":            (Reason.OTHER_KIND,  lambda: packed({"word/document.xml": "<d/>"})),
    "slides":                     (Reason.OTHER_KIND,  lambda: packed({"ppt/presentation.xml": "<d/>"})),
    "an OpenDocument":            (Reason.OTHER_KIND,  lambda: packed({"mimetype": "x", "content.xml": "<d/>"})),
    "a binary workbook":          (Reason.OTHER_KIND,  lambda: packed(PARTS | {"xl/workbook.bin": b"\x00"})),
    "any archive":                (Reason.OTHER_KIND,  lambda: packed({"a.txt": "a"})),
    "an empty archive":           (Reason.OTHER_KIND,  lambda: packed({})),
    "a Java archive":             (Reason.OTHER_KIND,  lambda: packed({"META-INF/MANIFEST.MF": "x", "A.class": "x"})),
    "an old Word document":       (Reason.OTHER_KIND,  lambda: contained({"WordDocument": b"x"})),
    "old slides":                 (Reason.OTHER_KIND,  lambda: contained({"PowerPoint Document": b"x"})),
    "a mail of Outlook":          (Reason.KIND,        lambda: contained({"__properties_version1.0": b"x"})),
    "an installer":               (Reason.KIND,        lambda: contained({"Contents": b"x"})),
    "a program of Linux":         (Reason.KIND,        lambda: b"\x7fELF\x02\x01\x01" + bytes(99)),
    "a program of Windows":       (Reason.KIND,        lambda: b"MZ\x90\x00\x03" + bytes(99)),
    "a program with a zip inside": (Reason.KIND,       lambda: b"MZ\x90\x00" + packed(PARTS)),
    "a database":                 (Reason.KIND,        lambda: b"SQLite format 3\x00" + bytes(99)),
    "a tarball":                  (Reason.KIND,        tarball),
    "a bare stream of zlib":      (Reason.KIND,        lambda: zlib.compress(noise(5, 500))),
    "noise":                      (Reason.KIND,        lambda: noise(0, 4000)),
    "noise that begins as a zip": (Reason.DAMAGED,     lambda: noise(1, 5000, ZIP)),
    "noise that begins as OLE":   (Reason.DAMAGED,     lambda: noise(2, 5000, OLE)),
}  # fmt: skip

READ: dict[str, tuple[list[list[str]], object]] = {}
