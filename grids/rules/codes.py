"""Division codes: how long they are, whose child they name, and where that puts a grid in the tree.

The code carries the whole path: district 6 digits, and three more for each level below. So the
parent of a code is the code without its last three digits, and sorting codes as text walks the tree
parents first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ..enums import GridKind, Level, Management

NAME_LIMIT = 60
NOTE_LIMIT = 200
LEVEL_WORDS = {level.path_field: level for level in Level}


class Fault(Enum):
    """What can be wrong with a row of a tree file."""

    NO_CODE = auto()
    EXCEL = auto()
    NOT_DIGITS = auto()
    LEVEL_UNKNOWN = auto()
    LEVEL_NOT_HERE = auto()
    LENGTH = auto()
    DUPLICATE = auto()
    PARENT_MISSING = auto()
    PARENT_OF_DISTRICT = auto()
    NOT_BELOW_PARENT = auto()
    PARENT_LEVEL = auto()
    PARENT_UNKNOWN = auto()
    PARENT_INACTIVE = auto()
    NAME_MISSING = auto()
    NAME_LONG = auto()
    NOTE_LONG = auto()
    MANAGEMENT = auto()
    KIND = auto()


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a tree file as it was read; None means that the file does not speak of it."""

    code: str
    level: str
    name: str
    parent_code: str = ""
    management: str | None = None
    kind: str | None = None
    scope_note: str | None = None
    source: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, where it stands, and the words its sentence needs."""

    row: GridRow
    fault: Fault
    earlier: GridRow | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a grid stands: MPTT's left and right number and its level."""

    left: int
    right: int
    level: int


def level_of(code: str) -> Level | None:
    """The level a code of this length belongs to, or None when there is no such length."""
    return next((level for level in Level if level.code_length == len(code)), None)


def parent_code(code: str) -> str:
    """The code of the grid one level above; empty for a district."""
    return code[:-3] if len(code) > Level.DISTRICT.code_length else ""


def ancestry(code: str) -> list[str]:
    """The codes from the district down to this one."""
    return [code[: level.code_length] for level in Level if level.code_length <= len(code)]


def is_digits(code: str) -> bool:
    """ASCII digits only: full-width digits look alike and never match anything."""
    return code.isascii() and code.isdigit()


def find_faults(rows: Iterable[GridRow], known: Mapping[str, bool]) -> list[Finding]:
    """Everything that forbids loading these rows, at most one finding for each row.

    `known` are the codes already in the tree and whether they are in use. A parent counts as known
    when its row is in the file, even a faulty one: one mistake is reported once.
    """
    rows = list(rows)
    codes = {row.code for row in rows}
    seen: dict[str, GridRow] = {}
    found: list[Finding] = []
    for row in rows:
        earlier = seen.setdefault(row.code, row)
        fault = _code_fault(row) or _text_fault(row)
        if fault is None and earlier is not row:
            fault = Fault.DUPLICATE
        fault = fault or _parent_fault(row, codes, known)
        if fault is not None:
            found.append(Finding(row, fault, earlier))
    return found


def _code_fault(row: GridRow) -> Fault | None:
    if not row.code:
        return Fault.NO_CODE
    if not is_digits(row.code):
        return Fault.EXCEL if "E+" in row.code.upper() else Fault.NOT_DIGITS
    level = LEVEL_WORDS.get(row.level)
    if level is None:
        return Fault.LEVEL_UNKNOWN
    if len(row.code) != level.code_length:
        return Fault.LENGTH
    return _place_fault(row, level)


def _place_fault(row: GridRow, level: Level) -> Fault | None:
    """Whether the code and the parent named beside it belong together."""
    if level == Level.DISTRICT:
        return Fault.PARENT_OF_DISTRICT if row.parent_code else None
    if not row.parent_code:
        return Fault.PARENT_MISSING
    if not row.code.startswith(row.parent_code):
        return Fault.NOT_BELOW_PARENT
    if row.parent_code != parent_code(row.code):
        return Fault.PARENT_LEVEL
    return None


def _text_fault(row: GridRow) -> Fault | None:
    if not row.name:
        return Fault.NAME_MISSING
    if len(row.name) > NAME_LIMIT:
        return Fault.NAME_LONG
    if len(row.scope_note or "") > NOTE_LIMIT:
        return Fault.NOTE_LONG
    if row.management and row.management not in Management.values:
        return Fault.MANAGEMENT
    if row.kind and row.kind not in GridKind.values:
        return Fault.KIND
    return None


def _parent_fault(row: GridRow, codes: set[str], known: Mapping[str, bool]) -> Fault | None:
    if not row.parent_code:
        return None
    if row.parent_code not in known:
        return None if row.parent_code in codes else Fault.PARENT_UNKNOWN
    is_new = row.code not in known
    return Fault.PARENT_INACTIVE if is_new and not known[row.parent_code] else None


def number(codes: Sequence[str]) -> dict[str, Place]:
    """The MPTT numbers of one district, given all its codes: one pass, children in order of code.

    Every code's parent must be among them.
    """
    places: dict[str, Place] = {}
    unclosed: list[tuple[str, int]] = []
    step = 0
    for code in [*sorted(codes), ""]:  # nothing lies below "": it closes what is still open
        while unclosed and not code.startswith(unclosed[-1][0]):
            step += 1
            above, left = unclosed.pop()
            places[above] = Place(left, step, len(unclosed))
        step += 1
        unclosed.append((code, step))
    return places
