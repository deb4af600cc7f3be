"""What numbers of people and organisations say, and whether they can be right (reference.md B8).

ID number: GB 11643, check digit ISO 7064 MOD 11-2. Credit code of an organisation: GB 32100, MOD 31-3.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from ..enums import Sex

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"(0\d{2,3}-?)?\d{7,8}(-\d{1,5})?", re.ASCII)
CHILD = 14  # under this age everything about a person is sensitive (PIPL §28)
OLDEST = 130
FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {ord(c): "X" for c in "xＸｘ×"} | {ord("－"): "-"}


class Fault(Enum):
    """What is wrong with a number, for the sentence that says so."""

    LENGTH = auto()
    SIGNS = auto()
    BIRTH = auto()
    FUTURE = auto()
    CHECK = auto()


class NumberRefused(ValueError):
    """A number that cannot be one."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.name)


@dataclass(frozen=True)
class Identity:
    """What an ID number says of its holder."""

    number: str
    birth_date: date
    sex: Sex

    @property
    def division(self) -> str:
        """Where it was first given; the division may long be gone."""
        return self.number[:6]


def tidied(text: str) -> str:
    """A number as it is kept: half-width, without blanks, a capital X."""
    return re.sub(r"\s", "", text.translate(FULL_WIDTH))


def identity(text: str, today: date) -> Identity:
    """Read an ID number of 18 digits. Raises NumberRefused."""
    number = tidied(text)
    if len(number) != 18:
        raise NumberRefused(Fault.LENGTH)
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise NumberRefused(Fault.SIGNS)
    born = _birth_date(number)
    if born > today:
        raise NumberRefused(Fault.FUTURE)
    if check_digit(number[:17]) != number[17]:
        raise NumberRefused(Fault.CHECK)
    return Identity(number, born, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _birth_date(number: str) -> date:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise NumberRefused(Fault.BIRTH) from None
    if born.year < 1890:
        raise NumberRefused(Fault.BIRTH)
    return born


def check_digit(first: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first, strict=True)) % 11]


def is_credit_code(text: str) -> bool:
    """Whether it can be the unified social credit code of an organisation: 18 characters with their check."""
    code = tidied(text).upper()
    if len(code) != 18 or any(character not in ALPHABET for character in code):
        return False
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return ALPHABET[(31 - total % 31) % 31] == code[17]


def phone(text: str) -> str | None:
    """A mobile or landline number as it is kept; None when it cannot be one."""
    number = tidied(text).removeprefix("+86")
    return number if MOBILE.fullmatch(number) or LANDLINE.fullmatch(number) else None


def age(born: date, on: date) -> int:
    """Completed years; who was born on 29 February has her birthday on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def is_child(born: date | None, on: date) -> bool:
    """Under fourteen: specially guarded. Whose birth date is not known is not taken for a child."""
    return born is not None and age(born, on) < CHILD
