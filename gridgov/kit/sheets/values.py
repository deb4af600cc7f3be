"""The text of one cell as what it means: stray spaces taken away, days and numbers understood.

What cannot be understood without a guess is refused with a sentence: a wrong birthday is worse than none.
"""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

# Digits, Latin letters and signs as wide as Han, which an input method leaves behind.
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
LETTERS_AND_DIGITS = {code: near for code, near in WIDE.items() if chr(near).isalnum()}

# Spaces of every width, and what looks like nothing at all: zero-width, byte order mark, soft hyphen.
SPACE = re.compile(r"[\s\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\u00ad]+")

DAY = re.compile(
    r"(?P<year>\d+) (?: [-/.] (?P<month>\d{1,2}) [-/.] (?P<day>\d{1,2}) | 年 (?P<m>\d{1,2}) 月 (?P<d>\d{1,2}) 日? )"
    r"(?: [ T]? \d{1,2}:\d{2} (?: :\d{2} (?: \.\d+ )? )? )?",
    re.VERBOSE,
)
ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
WITHOUT_DAY = re.compile(r"\d{4}(?:[-/.年]\d{1,2}月?|年)?|\d{6}")
# Excel's count of days, of a cell that was not formatted as a date: 1927-05-18 to 2099-12-31. Shorter ones
# could as well be a year.
SERIAL = re.compile(r"\d{5}")
FIRST_SERIAL, LAST_SERIAL = 10_000, 73_050
SERIAL_START = date(1899, 12, 30)

INTEGER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?")
# More digits than an Excel number holds are no count of anything.
MAX_DIGITS = 15


class ValueRefused(ValueError):
    """The text of a cell is not what its column holds; the message may be shown to who wrote it."""


def narrow(text: str) -> str:
    """Full-width letters and digits as wide as Latin ones; punctuation stays as Chinese is written."""
    return text.translate(LETTERS_AND_DIGITS)


def tidy(text: str) -> str:
    """A text as it is kept: narrow letters and digits, one space where there were several, none at the edges."""
    return SPACE.sub(" ", narrow(text)).strip()


def compact(text: str) -> str:
    """A number, a code or a name of Han: narrow throughout and without any space."""
    if text.isascii() and text.isalnum():
        return text
    return SPACE.sub("", text.translate(WIDE))


def parse_date(text: str) -> date | None:
    """The day a cell names, None for an empty cell. A time of day behind it is left out."""
    if ISO.fullmatch(text):
        return _day(text[:4], text[5:7], text[8:])
    plain = SPACE.sub(" ", text.translate(WIDE)).strip()
    if not plain:
        return None
    if match := COMPACT.fullmatch(plain):
        return _day(match["year"], match["month"], match["day"])
    plain = re.sub(r" ?([-/.年月日]) ?", r"\1", plain)
    if match := DAY.fullmatch(plain):
        return _day(match["year"], match["month"] or match["m"], match["day"] or match["d"])
    if SERIAL.fullmatch(plain) and FIRST_SERIAL <= int(plain) <= LAST_SERIAL:
        return SERIAL_START + timedelta(days=int(plain))
    if WITHOUT_DAY.fullmatch(plain):
        raise ValueRefused(_("The date is incomplete. Write year, month and day, as in 1985-06-15."))
    raise ValueRefused(_("This is no date. Write year, month and day, as in 1985-06-15."))


def _day(year: str, month: str, day: str) -> date:
    if len(year) != 4:
        raise ValueRefused(_("Write the year with four digits, as in 1985-06-15."))
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise ValueRefused(_("There is no such day in the calendar.")) from error


def to_int(text: str) -> int | None:
    """The whole number a cell names, None for an empty cell."""
    plain = compact(text)
    if not plain:
        return None
    if not INTEGER.fullmatch(plain):
        raise ValueRefused(_("This is no whole number."))
    digits = plain.partition(".")[0].replace(",", "")
    if len(digits.lstrip("+-0")) > MAX_DIGITS:
        raise ValueRefused(_("This number is too large."))
    return int(digits)
