"""The contact card (docs/rules/cards.md): who stands on it, how it is typed, what comes from the grid above."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any

from ..enums import Level, Role
from .codes import NOTE_LIMIT

# In the order in which people ask: who walks here first, who answers for it all last. Nobody else is named.
ON_CARD = (
    Role.GRID_LEADER, Role.GRID_MEMBER, Role.BUILDING_HEAD,
    Role.COMMUNITY_DIRECT, Role.COMMUNITY_FIRST,
    Role.STREET_FIRST,
)  # fmt: skip
HIGHEST = Level.STREET  # a district has no card

# The columns of a grid that only its card shows, and all those that a keeper writes.
CARD_FACTS = ("services", "service_phones", "service_points", "supervision_phone")
KEPT = ("scope_note", *CARD_FACTS)

EXTENT_LIMIT = NOTE_LIMIT
SERVICES_LIMIT = 120
CONTACTS, POINTS = 16, 6  # rows that an A4 sheet has room for
NAME_LIMIT, PHONE_LIMIT, ADDRESS_LIMIT, HOURS_LIMIT = 40, 40, 60, 40
LINE_LIMIT = NAME_LIMIT + ADDRESS_LIMIT + HOURS_LIMIT + 20


class Fault(Enum):
    """What is wrong with a line of a card."""

    NO_NUMBER = auto()
    NOT_A_PHONE = auto()
    NO_ADDRESS = auto()
    TOO_MANY_PARTS = auto()
    TOO_LONG = auto()


class Unreadable(ValueError):
    """A line that cannot stand on a card."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


@dataclass(frozen=True)
class Contact:
    """A service and the number it answers."""

    name: str
    phone: str

    @property
    def dial(self) -> str:
        return dial(self.phone)

    @property
    def line(self) -> str:
        return f"{self.name} {self.phone}".strip()


@dataclass(frozen=True)
class ServicePoint:
    """A counter within a quarter of an hour's walk: where it is, when it is open."""

    name: str
    address: str
    hours: str = ""

    @property
    def line(self) -> str:
        return "；".join(part for part in (self.name, self.address, self.hours) if part)


@dataclass(frozen=True)
class Given:
    """What a card says beside its people."""

    services: str = ""
    contacts: tuple[Contact, ...] = ()
    points: tuple[ServicePoint, ...] = ()
    supervision: str = ""

    @property
    def supervision_dial(self) -> str:
        return dial(self.supervision)


def inherited(chain: Sequence[Given]) -> Given:
    """The card of the first grid of a chain, upwards: what it does not give comes from those above it.

    A service or a service point is known by its name, so that the property company of a building grid
    takes the place of its community's.
    """
    return Given(
        services=next((given.services for given in chain if given.services), ""),
        contacts=_first_of_each(contact for given in chain for contact in given.contacts),
        points=_first_of_each(point for given in chain for point in given.points),
        supervision=next((given.supervision for given in chain if given.supervision), ""),
    )


def _first_of_each(rows: Iterable[Any]) -> tuple[Any, ...]:
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(row.name, row)
    return tuple(found.values())


# --- Numbers --------------------------------------------------------------------------------------

# kind of number                                    such as
NUMBERS = (
    re.compile(r"0(?:10|2\d)\d{8}"),              # 010-12345678
    re.compile(r"0[3-9]\d{2}\d{7,8}"),            # 0371-12345678
    re.compile(r"1[3-9]\d{9}"),                   # 13812345678
    re.compile(r"[48]00\d{7}"),                   # 400-123-4567
    re.compile(r"1[12]\d"),                       # 110, 119, 120, 122
    re.compile(r"100\d{2}|12\d{3}|116\d{3}"),     # 10086, 12345, 116114
    re.compile(r"9[56]\d{3,4}"),                  # 95598, 966115
)  # fmt: skip
WRITTEN = re.compile(r"(?:\+86[ -]?)?(?:\([0-9]{3,4}\)|[0-9])[0-9 -]*")
EXTENSION = re.compile(r"(.+?) ?转 ?([0-9]{1,6})")
DASHES = re.compile(r"[‐‑‒–—―−]")


def tidy_phone(text: str) -> str:
    """A number as people read it: narrow figures, plain hyphens, single spaces."""
    return " ".join(DASHES.sub("-", unicodedata.normalize("NFKC", text)).split())


def is_phone(text: str) -> bool:
    """A landline with its area code, a mobile, a service number or a short one; an extension may follow."""
    number, _extension = _split(text)
    digits = _digits(number)
    return (
        len(text) <= PHONE_LIMIT
        and WRITTEN.fullmatch(number) is not None
        and any(kind.fullmatch(digits) for kind in NUMBERS)
    )


def dial(text: str) -> str:
    """What a phone dials for it; the extension after a pause."""
    number, extension = _split(text)
    return _digits(number) + (f",{extension}" if extension else "")


def _split(text: str) -> tuple[str, str]:
    found = EXTENSION.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number.removeprefix("+86"))


# --- Lines as people type them ----------------------------------------------------------------------

CONTACT = re.compile(r"(\S.*?)[\s:：]+([0-9+(（＋０-９][0-9０-９+()（）\s转‐‑‒–—―−－-]*)")
PARTS = re.compile(r"\s*[;；|｜\t]\s*")


def read_contact(line: str) -> Contact:
    """自来水公司 0371-…: a name, and a number that can be dialled."""
    found = CONTACT.fullmatch(_short(line))
    if found is None:
        raise Unreadable(Fault.NO_NUMBER)
    contact = Contact(found[1].strip(), tidy_phone(found[2]))
    if not is_phone(contact.phone):
        raise Unreadable(Fault.NOT_A_PHONE)
    if len(contact.name) > NAME_LIMIT:
        raise Unreadable(Fault.TOO_LONG)
    return contact


def read_point(line: str) -> ServicePoint:
    """便民服务站；幸福路1号；8:30–17:30: name, address and, if known, the hours."""
    parts = [part for part in PARTS.split(_short(line)) if part]
    if len(parts) < 2:
        raise Unreadable(Fault.NO_ADDRESS)
    if len(parts) > 3:
        raise Unreadable(Fault.TOO_MANY_PARTS)
    point = ServicePoint(*parts)
    if len(point.name) > NAME_LIMIT or len(point.address) > ADDRESS_LIMIT or len(point.hours) > HOURS_LIMIT:
        raise Unreadable(Fault.TOO_LONG)
    return point


def _short(line: str) -> str:
    """The line, unless it is longer than anything a card has room for."""
    if len(line.strip()) > LINE_LIMIT:
        raise Unreadable(Fault.TOO_LONG)
    return line.strip()


# --- As it is stored --------------------------------------------------------------------------------


def contacts(stored: Iterable[Any]) -> tuple[Contact, ...]:
    """What is stored, in any form it ever had: {name, phone}, a pair of both, or a line of text."""
    return tuple(map(_contact, stored))


def _contact(row: Any) -> Contact:
    if isinstance(row, Mapping):
        return Contact(str(row.get("name", "")), str(row.get("phone", "")))
    if isinstance(row, str):
        try:
            return read_contact(row)
        except Unreadable:
            return Contact(row, "")
    name, phone = row
    return Contact(str(name), str(phone))


def points(stored: Iterable[Mapping[str, str]]) -> tuple[ServicePoint, ...]:
    return tuple(ServicePoint(**row) for row in stored)


def stored(rows: Iterable[Contact | ServicePoint]) -> list[dict[str, str]]:
    """The rows as a grid keeps them."""
    return [asdict(row) for row in rows]


def standing(facts: Mapping[str, Any]) -> str:
    """A word for how a card stands, by which a keeper's form knows whether somebody else was faster."""
    written = json.dumps([facts[name] for name in KEPT], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
