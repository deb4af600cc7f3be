"""Behind the wall: one file on the way in, its rows or a reason on the way out.

Runs in a process of its own that may not grow, run or write without end, and that knows no secret, no database
and no Django. Each row is a line of JSON. The last line says what the sheets are, or why there are none; eight
bytes with its length end the output, so that a child that died half-way has said nothing.
"""

import contextlib
import json
import re
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from . import biff, delimited, ooxml
from .limits import (
    LAST_ROW,
    MAX_BYTES,
    MAX_NAME,
    MAX_OUTPUT,
    MEMORY,
    SECONDS,
    Budget,
    Page,
    Reason,
    Refused,
    apart,
)

Reader = Callable[[bytes], Iterator[Page]]

OTHER_KINDS = (
    # pattern of the first bytes                                    what a clerk calls it
    (rb"%PDF-",                                                     "PDF"),
    (rb"\xff\xd8\xff|\x89PNG|GIF8|BM.{4}\x00{4}",                   "image"),
    (rb"Rar!|7z\xbc\xaf|\x1f\x8b",                                  "archive"),
    (rb"\{\\rtf",                                                   "RTF"),
    (rb"(?:\xef\xbb\xbf)?\s*<\?xml|(?:\xff\xfe<\x00|\xfe\xff\x00<)", "XML"),
    (rb"(?:\xef\xbb\xbf)?\s*<(?:!--|(?:!doctype|html|head|body|table|meta|style|div|script)\b)", "HTML"),
)  # fmt: skip
KINDS = tuple((re.compile(pattern, re.DOTALL | re.IGNORECASE), kind) for pattern, kind in OTHER_KINDS)


def main() -> None:
    """Read standard input, write standard output; so many rows of each sheet, or all of them."""
    _limit()
    output, at_most = sys.stdout.buffer, int(sys.argv[2])
    last = json.dumps(_answer(sys.stdin.buffer, output, at_most or LAST_ROW)).encode()
    output.write(last + struct.pack(">Q", len(last)))


def _limit() -> None:
    """Let this process end before it harms the machine; a core would hold people's data."""
    bounds = (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, MAX_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, bound in bounds:
        # macOS takes no limit on memory.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (bound, bound))


def _answer(file: BinaryIO, output: BinaryIO, at_most: int) -> dict[str, Any]:
    try:
        content = file.read(MAX_BYTES + 1)
        budget = Budget()
        pages = _reader(content, at_most)(content)
        return {"sheets": [_written(page, budget, output, at_most) for page in pages]}
    except Refused as refused:
        return {"reason": refused.reason, "values": refused.values}
    except (MemoryError, OSError):
        reason = Reason.EFFORT
    except Exception:  # a reader fed with hostile bytes may raise anything
        reason = Reason.DAMAGED
    # Outside of the handlers: only here is what the reader has piled up gone, and memory for an answer free.
    return {"reason": reason, "values": {}}


def _reader(content: bytes, at_most: int) -> Reader:
    """Who reads a file, by its content: its name proves nothing."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return partial(ooxml.read, at_most=at_most)
    if content.startswith(biff.MAGIC):
        return biff.read
    if kind := next((kind for pattern, kind in KINDS if pattern.match(content)), ""):
        raise Refused(Reason.OTHER_KIND, kind=kind)
    return delimited.read


def _written(page: Page, budget: Budget, output: BinaryIO, at_most: int) -> dict[str, Any]:
    """Write the rows of a sheet; returns what the reader of them needs to know."""
    start, width, last = output.tell(), 0, 0
    for row in islice(page.rows, at_most):
        budget.spend(row)
        width, last = max(width, len(row.texts)), row.number
        line = json.dumps([row.number, row.texts, row.flaws], ensure_ascii=False, separators=(",", ":"))
        output.write(line.encode("utf-8", "replace") + b"\n")
    end, merges = output.tell(), apart(page.merges, last)
    budget.merged(merges)
    return {
        "name": page.name[:MAX_NAME],
        "is_hidden": page.is_hidden,
        "start": start,
        "end": end,
        "width": width,
        "merges": merges,
    }
