"""A stored number as the clerk sees it: dates as ISO, percentages, leading noughts, no `.0`.

Excel stores a date as days since the end of 1899, and tells it from a number by its format alone.
"""

import math
import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from .limits import Flaw

# A number holds fifteen digits; an identity number of eighteen has lost three.
EXACT = 10**15
# What Excel makes of such a number when it saves a text file.
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d{2}", re.IGNORECASE)

# Formats that are not written down in a file, as a Chinese Excel shows them.
BUILT_IN = {
    9: "0%", 10: "0.00%",
    18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-m-d h:mm",
    32: "h:mm", 33: "h:mm:ss", 34: "h:mm", 35: "h:mm:ss", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
    55: "h:mm", 56: "h:mm:ss",
} | dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-m-d")  # fmt: skip

# What a format says literally: quoted, escaped, padding, colours and languages, morning and afternoon.
LITERAL = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|AM/PM|A/P|上午/下午|General', re.IGNORECASE
)

# Excel takes no longer format; a file may have one of megabytes.
LONGEST_CODE = 255

FIRST_DAY = date(1899, 12, 31)
# Excel believes that 1900 was a leap year; every day after its 29 February is counted one too high.
FALSE_LEAP_DAY = 60
DAYS_TO_1904 = 1462
LAST_SERIAL = 2_958_465


@lru_cache(maxsize=4096)
def kind_of(code: str) -> tuple[str, int]:
    """What a format makes of a number (date, moment, time, percent, noughts, plain), and its digits."""
    shown = LITERAL.sub("", code[:LONGEST_CODE].split(";", 1)[0]).lower()
    has_time = bool(set("hs") & set(shown))
    if set("yd") & set(shown) or ("m" in shown and not has_time):
        return ("moment" if has_time else "date"), 0
    if has_time:
        return "time", 0
    if "%" in shown:
        return "percent", len(shown.partition(".")[2].rstrip("%").strip())
    if re.fullmatch("0{2,}", shown):
        return "noughts", len(shown)
    return "plain", 0


def number_text(value: float, code: str, *, is_1904: bool = False) -> tuple[str, Flaw | None]:
    """The text of a number under a format, and its flaw if digits are lost."""
    if not math.isfinite(value):
        return str(value), Flaw.ERROR
    if abs(value) >= EXACT:
        return plain(value), Flaw.DIGITS
    kind, digits = kind_of(code)
    if kind == "percent":
        return f"{value * 100:.{min(digits, 10)}f}%", None
    if kind == "noughts" and value >= 0:
        return f"{value:.0f}".zfill(digits), None
    if kind in {"date", "moment", "time"}:
        return _moment_text(value + (DAYS_TO_1904 if is_1904 else 0), kind) or plain(value), None
    return plain(value), None


def plain(value: float) -> str:
    """A number without a format, with as many digits as it is stored with."""
    return str(int(value)) if value == int(value) and abs(value) < EXACT else f"{value:.15g}".upper()


def _moment_text(serial: float, kind: str) -> str:
    """The moment of a serial number, "" if there is none: Excel shows ##### then."""
    if not 0 <= serial <= LAST_SERIAL:
        return ""
    days, seconds = divmod(round(serial * 86_400), 86_400)
    clock = _clock(seconds)
    if kind == "time" or days == 0:
        return clock
    if days == FALSE_LEAP_DAY:
        return "1900-02-29"
    day = (FIRST_DAY + timedelta(days=days - (days > FALSE_LEAP_DAY))).isoformat()
    return f"{day} {clock}" if kind == "moment" and seconds else day


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text


def datetime_text(value: date | datetime) -> str:
    """The text of a day or a moment; midnight is a day."""
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f"{value.date().isoformat()} {_clock(seconds)}" if seconds else value.date().isoformat()
    return value.isoformat()


def text_flaw(text: str) -> Flaw | None:
    """Whether a text shows a number whose digits had been lost before it became text."""
    return Flaw.DIGITS if "+" in text and SCIENTIFIC.fullmatch(text.strip()) else None
