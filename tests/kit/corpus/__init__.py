"""The files nobody should send: some hundreds, each with a name, made by code and known by what becomes of it.

    others        files of another kind                       archives    .xlsx: what a zip can say of itself
    documents     .xlsx: what a document of XML can hold      workbooks   .xlsx: parts, relations, cells
    containers    .xls: sectors and directories               records     .xls: what lies in the stream
    texts         .csv and its relatives                      photos      pictures of every kind

A module holds REFUSED (name: why, and the file) and READ (name: what is in it, and the file): odd files that are
right are read, and a corpus that only knew the wrong ones would be passed by a reader that refuses everything.
"""

from collections.abc import Callable
from types import ModuleType

from gridgov.kit.sheets.limits import Reason

from . import archives, containers, documents, others, photos, records, texts, workbooks

Make = Callable[[], bytes]
Texts = list[list[str]]

SHEETS: dict[str, ModuleType] = {
    "others": others,
    "archives": archives,
    "documents": documents,
    "workbooks": workbooks,
    "containers": containers,
    "records": records,
    "texts": texts,
}


def refused_sheets() -> dict[str, tuple[Reason, Make]]:
    """Every sheet that is refused, by its name."""
    return {f"{kind}: {name}": it for kind, module in SHEETS.items() for name, it in module.REFUSED.items()}


def read_sheets() -> dict[str, tuple[Texts, Make]]:
    """Every sheet that is read, by its name, with the texts of its first page."""
    return {f"{kind}: {name}": it for kind, module in SHEETS.items() for name, it in module.READ.items()}


def makers() -> dict[str, Make]:
    """Whatever is in the corpus, by its name."""
    pictures = {f"photos: {name}": make for name, (_said, make) in (photos.REFUSED | photos.READ).items()}
    return {name: make for name, (_told, make) in (refused_sheets() | read_sheets()).items()} | pictures
