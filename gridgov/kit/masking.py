"""Personal data shown in part: one function, one table of formats.

Lists and pages show the masked form to everybody; the full value is revealed one record at a
time, with a reason. ID_NUMBER_NEAR is for post-holders of the same grid only.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, which decides how much of it is shown."""

    NAME = "name"
    ID_NUMBER = "id_number"
    ID_NUMBER_NEAR = "id_number_near"
    PHONE = "phone"
    LANDLINE = "landline"
    ADDRESS = "address"
    EMAIL = "email"
    PLATE = "plate"
    BANK_CARD = "bank_card"
    NOTE = "note"


@dataclass(frozen=True)
class Format:
    """How many characters stay at either end, and how many stars stand between (0: as many as hidden)."""

    head: int
    tail: int
    stars: int = 0


FORMATS = {
    # kind                     head  tail  stars       example
    Kind.ID_NUMBER:      Format(1,    2),            # 4***************34
    Kind.ID_NUMBER_NEAR: Format(6,    4),            # 410103********1234
    Kind.PHONE:          Format(3,    4),            # 180****1999
    Kind.LANDLINE:       Format(4,    2),            # 0371*****79
    Kind.PLATE:          Format(3,    1),            # 豫A4***0
    Kind.BANK_CARD:      Format(4,    4),            # 6222********0123
    Kind.EMAIL:          Format(1,    0,    3),      # d***@example.com (before the @)
}  # fmt: skip

STAR = "*"

# An address is shown down to the building; unit, floor and door are hidden.
BUILDING = re.compile(r"^.*?(?:号楼|号院\d+楼|[\dA-Za-z一二三四五六七八九十]+[栋幢座])")
ADDRESS_HIDDEN = 8


def mask(kind: Kind, value: str | None) -> str:
    """The value as it may be shown to everybody; nothing stays nothing.

    A value too short for its format is hidden altogether.
    """
    text = (value or "").strip()
    if not text:
        return ""
    if kind is Kind.NAME:
        return text[:1] + STAR * min(len(text) - 1, 2) if len(text) > 1 else STAR
    if kind is Kind.NOTE:
        return STAR * 3
    if kind is Kind.ADDRESS:
        return _address(text)
    if kind is Kind.EMAIL:
        local, at, domain = text.rpartition("@")
        return _ends(local, FORMATS[kind]) + at + domain if local else STAR * 3
    return _ends(text, FORMATS[kind])


def _ends(text: str, shown: Format) -> str:
    hidden = len(text) - shown.head - shown.tail
    if hidden < 1:
        return STAR * (shown.stars or len(text))
    tail = text[-shown.tail :] if shown.tail else ""
    return text[: shown.head] + STAR * (shown.stars or hidden) + tail


def _address(text: str) -> str:
    building = BUILDING.match(text)
    kept = building.group() if building else text[:-ADDRESS_HIDDEN]
    return kept + STAR * (len(text) - len(kept))
