"""Old workbooks whose container leads astray: sectors that go in circles, directories of nothing."""

import struct

from gridgov.kit.sheets.limits import Reason
from tests.kit.ledgers import CHAIN_END, FREE, SECTOR, contained, entry, old, old_cell, old_stream

GOOD = old(old_cell(0, 0, "姓名"), old_cell(0, 1, 7))
SEEN = [["姓名", "7"]]
STREAM = old_stream(old_cell(0, 0, "姓名"), old_cell(0, 1, 7))

# Where things lie in the file that `contained` makes of one stream.
TABLE, DIRECTORY, DATA = SECTOR, 2 * SECTOR, 3 * SECTOR
ROOT, BOOK = DIRECTORY, DIRECTORY + 128
LENGTH, KIND, LEFT, RIGHT, CHILD, START, SIZE = 64, 66, 68, 72, 76, 116, 120
MAJOR, SHIFT, MINI_SHIFT, DIRECTORY_SECTORS = 26, 30, 32, 40
TABLE_SECTORS, FIRST_OF_DIRECTORY, MINI_TABLE, MORE, LISTED = 44, 48, 60, 68, 76


def patched(changes: dict[int, bytes | int], content: bytes = GOOD) -> bytes:
    """The good file with other bytes, or other numbers of 32 bits, at these places."""
    changed = bytearray(content)
    for place, value in changes.items():
        said = value if isinstance(value, bytes) else struct.pack("<I", value)
        changed[place : place + len(said)] = said
    return bytes(changed)


def following(sector: int, then: int) -> bytes:
    """The good file in whose table another sector follows this one."""
    return patched({TABLE + 4 * sector: then})


def lists_in_a_circle() -> bytes:
    """The list of the table's sectors goes on in a sector that goes on in itself."""
    own = struct.pack("<I", 0) * 127 + struct.pack("<I", len(GOOD) // SECTOR - 1)
    return patched({MORE: len(GOOD) // SECTOR - 1, MORE + 4: 0xFFFFFFFF}) + own


def small(mini_table: int | None = None) -> bytes:
    """A workbook of less than 4,096 bytes in the small sectors within the root's stream."""
    count = -(-len(STREAM) // 64)
    pieces = [*range(1, count), CHAIN_END] if mini_table is None else [mini_table] * count
    root_sectors = -(-count * 64 // SECTOR)
    table = [0xFFFFFFFD, CHAIN_END, CHAIN_END, *range(4, 3 + root_sectors), CHAIN_END]
    table += [FREE] * (SECTOR // 4 - len(table))
    directory = entry("Root Entry", 5, 3, root_sectors * SECTOR) + entry("Workbook", 2, 0, len(STREAM))
    head = patched({MINI_TABLE: 2, MINI_TABLE + 4: 1}, contained({"x": b""})[:SECTOR])
    pieces += [FREE] * (SECTOR // 4 - len(pieces))
    return (
        head
        + struct.pack(f"<{SECTOR // 4}I", *table)
        + directory.ljust(SECTOR, b"\x00")
        + struct.pack(f"<{SECTOR // 4}I", *pieces)
        + STREAM.ljust(root_sectors * SECTOR, b"\x00")
    )


def large_sectors() -> bytes:
    """The same workbook in sectors of 4,096 bytes."""
    size = 4096
    table = struct.pack("<4I", 0xFFFFFFFD, CHAIN_END, CHAIN_END, FREE).ljust(size, b"\xff")
    directory = (entry("Root Entry", 5, CHAIN_END, 0) + entry("Workbook", 2, 2, size)).ljust(size, b"\x00")
    head = patched(
        {MAJOR: struct.pack("<H", 4), SHIFT: struct.pack("<H", 12), DIRECTORY_SECTORS: 1}, GOOD[:SECTOR]
    )
    return head.ljust(size, b"\x00") + table + directory + STREAM.ljust(size, b"\x00")


REFUSED = {
    # what it is                   why it is refused   the file
    **{f"cut after {n} bytes":    (Reason.DAMAGED,     lambda n=n: GOOD[:n]) for n in (8, 40, 511, 512, 513, 1023, 1024, 1535, 1536, 1600, 2048, 4000)},
    **{f"sectors of 2^{n} bytes": (Reason.DAMAGED,     lambda n=n: patched({SHIFT: struct.pack("<H", n)})) for n in (0, 1, 8, 10, 12, 31, 65535)},
    **{f"small sectors of 2^{n} bytes": (Reason.DAMAGED, lambda n=n: patched({MINI_SHIFT: struct.pack("<H", n)})) for n in (0, 9, 65535)},
    "cut within the directory":   (Reason.KIND,        lambda: GOOD[:1100]),
    "no table":                   (Reason.DAMAGED,     lambda: patched({LISTED: FREE})),
    "a table beyond the end":     (Reason.DAMAGED,     lambda: patched({LISTED: 0x00FFFFFF})),
    "a table that is the directory": (Reason.DAMAGED,  lambda: patched({LISTED: 1})),
    "a table that lists itself":  (Reason.DAMAGED,     lambda: patched({TABLE: 0, TABLE + 4: 0})),
    "a list in a circle":         (Reason.DAMAGED,     lists_in_a_circle),
    "a list beyond the end":      (Reason.DAMAGED,     lambda: patched({MORE: 0x00FFFFFF, MORE + 4: 1})),
    "a directory beyond the end": (Reason.DAMAGED,     lambda: patched({FIRST_OF_DIRECTORY: 0x00FFFFFF})),
    "a directory of noise":       (Reason.KIND,        lambda: patched({FIRST_OF_DIRECTORY: 3})),
    "no directory":               (Reason.KIND,        lambda: patched({FIRST_OF_DIRECTORY: CHAIN_END})),
    "a directory in a circle":    (Reason.DAMAGED,     lambda: following(1, 1)),
    "a stream in a circle":       (Reason.DAMAGED,     lambda: following(3, 2)),
    "a stream of one sector, for ever": (Reason.DAMAGED, lambda: following(2, 2)),
    "a stream that leaves the file": (Reason.DAMAGED,  lambda: following(4, 0x00FFFFFF)),
    "a stream that stops early":  (Reason.DAMAGED,     lambda: patched({TABLE + 8: CHAIN_END}, contained({"Workbook": STREAM.replace(b"\x0a\x00\x00\x00", b"\xee\x00\x00\x00")}))),
    "a stream that starts nowhere": (Reason.DAMAGED,   lambda: patched({BOOK + START: 0x00FFFFFF})),
    "a stream that is the directory": (Reason.DAMAGED, lambda: patched({BOOK + START: 1})),
    "a stream that never starts": (Reason.DAMAGED,     lambda: patched({BOOK + START: CHAIN_END})),
    "a stream of no length":      (Reason.DAMAGED,     lambda: patched({BOOK + SIZE: 0})),
    "a stream in small sectors that are not there": (Reason.DAMAGED, lambda: patched({BOOK + SIZE: 100})),
    "small sectors in a circle":  (Reason.DAMAGED,     lambda: small(0)),
    "small sectors beyond the end": (Reason.DAMAGED,   lambda: small(0x00FFFFFF)),
    "a name without an end":      (Reason.KIND,        lambda: patched({BOOK + LENGTH: struct.pack("<H", 65535)})),
    "a name of no length":        (Reason.KIND,        lambda: patched({BOOK + LENGTH: struct.pack("<H", 0)})),
    "a name that is no text":     (Reason.KIND,        lambda: patched({BOOK: b"\x00\xd8" * 8})),
    "of the other byte order":    (Reason.DAMAGED,     lambda: patched({SHIFT: b"\x00\x09"})),
    "nothing inside":             (Reason.KIND,        lambda: contained({})),
    "an empty workbook":          (Reason.DAMAGED,     lambda: contained({"Workbook": b""})),
    "a workbook of zeros":        (Reason.DAMAGED,     lambda: contained({"Workbook": bytes(9000)})),
    "locked, of 2007":            (Reason.LOCKED,      lambda: contained({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})),
    "locked, of 2007, with a good stream": (Reason.LOCKED, lambda: contained({"EncryptedPackage": b"x", "Workbook": STREAM})),
    "macros":                     (Reason.MACROS,      lambda: contained({"Workbook": STREAM, "_VBA_PROJECT_CUR": b""})),
    "macros under another name":  (Reason.MACROS,      lambda: contained({"Workbook": STREAM, "VBA": b""})),
    "a Word document as well":    (Reason.OTHER_KIND,  lambda: contained({"Workbook": STREAM, "WordDocument": b""})),
}  # fmt: skip

READ = {
    # what it is                   what is in it   the file
    "good":                       (SEEN,           lambda: GOOD),
    "in sectors of 4,096 bytes":  (SEEN,           large_sectors),
    "in small sectors":           (SEEN,           small),
    "a directory that goes on in the table": (SEEN, lambda: following(1, 0)),
    "with junk behind":           (SEEN,           lambda: GOOD + b"junk" * 999),
    "an absurd number of tables": (SEEN,           lambda: patched({TABLE_SECTORS: 0x7FFFFFFF})),
    "neighbours in a circle":     (SEEN,           lambda: patched({BOOK + LEFT: 1, BOOK + RIGHT: 1, BOOK + CHILD: 1})),
    "neighbours beyond the end":  (SEEN,           lambda: patched({BOOK + LEFT: 0x00FFFFFF, ROOT + CHILD: 0x00FFFFFF})),
    "an entry of no kind":        (SEEN,           lambda: patched({BOOK + KIND: b"\x00"})),
    "two workbooks":              (SEEN,           lambda: contained({"Workbook": STREAM, "Book": b"x"})),
    "a summary beside it":        (SEEN,           lambda: contained({"Workbook": STREAM, "\x05SummaryInformation": b"\xff" * 99})),
    "a stream longer than it is": (SEEN,           lambda: patched({BOOK + SIZE: 0x7FFFFFFF})),
}  # fmt: skip
