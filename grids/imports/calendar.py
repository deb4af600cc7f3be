"""Reading the official working-day calendar: a CSV file, or the text of the notice as it was published.

Every mistake is reported with its line; a calendar with a mistake is not taken over at all.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..actions.calendar import CalendarRefused, NoticeDay, YearNotice
from ..models import CalendarDay
from ..queries.calendar import DATA, statutory_days
from ..rules.workdays import WorkCalendar

OFF, WORK = CalendarDay.Kind.OFF.value, CalendarDay.Kind.WORK.value
KINDS = {OFF: OFF, "休": OFF, "放假": OFF, WORK: WORK, "班": WORK, "上班": WORK}
COLUMNS = {"日期": "date", "类型": "kind", "节日": "holiday"}
LIMIT = 20_000  # characters; the longest notice has two thousand
SHOWN_ERRORS = 20
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class LineError:
    """A mistake and the line it is on."""

    line: int
    text: str

    def __str__(self) -> str:
        return _("Line %(line)s: %(text)s") % {"line": self.line, "text": self.text}


class CalendarUnreadable(CalendarRefused):
    """A file or text with mistakes, line by line."""

    def __init__(self, errors: list[LineError]) -> None:
        self.errors = sorted(errors, key=lambda error: error.line)
        shown = [str(error) for error in self.errors[:SHOWN_ERRORS]]
        more = len(errors) - SHOWN_ERRORS
        if more > 0:
            shown.append(_("and %(count)s more.") % {"count": more})
        super().__init__("\n".join(shown))


# --- What is shipped ----------------------------------------------------------------------------


def shipped_notices() -> list[YearNotice]:
    """The official notices that come with the program, in the order of their years."""
    sources: dict[int, list[dict[str, str]]] = {}
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            sources.setdefault(int(row["year"]), []).append(row)
    return [
        read_file(
            (DATA / f"{year}.csv").read_bytes(),
            YearNotice(
                year=year,
                days=(),
                number="、".join(row["number"] for row in rows),
                title="、".join(row["title"] for row in rows),
                source_urls="\n".join(row["url"] for row in rows),
                published_date=date.fromisoformat(rows[-1]["published"]),
            ),
        )
        for year, rows in sorted(sources.items())
    ]


def calendar_of(notices: Iterable[YearNotice]) -> WorkCalendar:
    """The calendar these notices make, without the database: version 0."""
    notices = list(notices)
    days = [day for notice in notices for day in notice.days]
    return WorkCalendar(
        off={day.date: day.holiday for day in days if day.kind == OFF},
        made_up={day.date: day.holiday for day in days if day.kind == WORK},
        years=frozenset(notice.year for notice in notices),
        statutory=statutory_days(),
        version=0,
    )


# --- A file -------------------------------------------------------------------------------------


def read_file(content: bytes, notice: YearNotice) -> YearNotice:
    """The notice with the days of an uploaded CSV file (columns date, kind, holiday)."""
    return replace(notice, days=tuple(sorted(parse_csv(decode(content)))))


def decode(content: bytes) -> str:
    """The text of a file as WPS and Excel write it: UTF-8 or GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CalendarUnreadable([LineError(1, _("This is not a CSV file."))])


def parse_csv(text: str) -> list[NoticeDay]:
    """The days of a CSV text; lines that begin with # are remarks."""
    _refuse_too_long(text)
    days: dict[date, NoticeDay] = {}
    errors: list[LineError] = []
    for line, row in _csv_rows(text):
        try:
            day = _csv_day(row)
            if day.date in days:
                raise ValueError(_("%(day)s is named twice.") % {"day": day.date})
            days[day.date] = day
        except ValueError as error:
            errors.append(LineError(line, str(error)))
    if errors:
        raise CalendarUnreadable(errors)
    return list(days.values())


def write_csv(days: Iterable[NoticeDay]) -> str:
    """The days as a CSV text that `parse_csv` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["date", "kind", "holiday"])
    writer.writerows([day.date, day.kind, day.holiday] for day in days)
    return text.getvalue()


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    lines = text.splitlines()
    # Remarks become empty lines, so that the reader's line numbers stay those of the file.
    reader = csv.reader("" if line.startswith("#") else line for line in lines)
    names: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = [COLUMNS.get(cell.strip(), cell.strip()) for cell in cells]
                if not {"date", "kind"} <= set(names):
                    raise CalendarUnreadable(
                        [
                            LineError(
                                reader.line_num,
                                _("The first line must name the columns date, kind and holiday."),
                            )
                        ]
                    )
                continue
            yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=False))
    except csv.Error as error:
        raise CalendarUnreadable([LineError(reader.line_num, str(error))]) from error


def _csv_day(row: dict[str, str]) -> NoticeDay:
    text, kind, holiday = row.get("date", ""), row.get("kind", ""), row.get("holiday", "")
    if kind not in KINDS:
        raise ValueError(_("“%(kind)s” is neither off nor work.") % {"kind": kind})
    # Excel rewrites 2027-01-01 as 2027/1/1.
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    if not found:
        raise ValueError(_("“%(text)s” is not a date.") % {"text": text})
    _refuse_long_name(holiday)
    return NoticeDay(_date(*found.groups()), KINDS[kind], holiday)


# --- The text of a notice -----------------------------------------------------------------------

SEVEN = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
HOLIDAYS = "元旦|春节|清明节?|劳动节|端午节?|中秋节?|国庆节"
DOCUMENT = re.compile(r"^国务院(?:办公厅)?关于", re.M)
NUMBER = re.compile(r"(国(?:办)?发明电)\s*[〔\[({【]\s*(\d{4})\s*[〕\])}】]\s*(\d+)\s*号")
TITLE = re.compile(r"国务院(?:办公厅)?关于[^。:]*?的\s*通知")
# "一、元旦:", "——元旦:", "1. 元旦:", "元旦:"; after a numeral the name may be one we have not met yet.
HEADING = re.compile(
    rf"(?:[一二三四五六七八九十]+、|(?:^|(?<=[。\n]))\s*(?:\d+[.、)]|[-—•·*]+)?)\s*"
    rf"((?:{HOLIDAYS})(?:[、和](?:{HOLIDAYS}))*):"
    r"|(?:^|(?<=[。\n]))\s*[一二三四五六七八九十]+、([^。、:,\d\n]{2,20}):",
    re.M,
)
TOKEN = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^)]*)\))?")
SIGNED = re.compile(r"(?:^|国务院(?:办公厅)?)\s*(\d{4})年(\d{1,2})月(\d{1,2})日\s*$", re.M)
NO_DAYS_NAMED = re.compile(r"鼓励|不调休|起正常上班|日正常上班|日起|新华社|发布|印发|修订")
WEEKDAYS = "一二三四五六日"


def read_notice(text: str, *, year: int | None = None, source_urls: str = "") -> YearNotice:
    """The notice for a year out of its published text; an amendment follows the notice it amends."""
    _refuse_too_long(text)
    plain = _plain(text)
    year = year or _year_of(plain)
    reading = _Reading(year)
    starts = [found.start() for found in DOCUMENT.finditer(plain)] or [0]
    if starts[0] and TOKEN.search(plain[: starts[0]]) and HEADING.search(plain[: starts[0]]):
        starts.insert(0, 0)
    for begin, end in zip(starts, [*starts[1:], len(plain)], strict=True):
        _read_document(reading, plain, begin, end)
    missing = [
        holiday for holiday in SEVEN if not any(holiday in day.holiday for day in reading.days.values())
    ]
    if missing and not reading.errors:
        # An amendment alone would wipe out the rest of the year.
        text = _("The text does not give %(holidays)s. Put the whole notice, then its amendments.")
        reading.errors.append(LineError(1, text % {"holidays": "、".join(missing)}))
    if reading.errors:
        raise CalendarUnreadable(reading.errors)
    return YearNotice(
        year=year,
        days=tuple(sorted(reading.days.values())),
        number=_numbers(plain),
        title="、".join(re.sub(r"\s", "", found) for found in TITLE.findall(plain))[:200],
        source_urls=source_urls,
        published_date=_signed(plain),
    )


@dataclass
class _Reading:
    """What has been understood so far; a later sentence corrects an earlier one."""

    year: int
    days: dict[date, NoticeDay] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)

    def name(self, days: list[date], kind: str, holiday: str) -> None:
        for d in days:
            self.days[d] = NoticeDay(d, kind, holiday)

    def last_off(self, holiday: str) -> date | None:
        return max(
            (day.date for day in self.days.values() if (day.kind, day.holiday) == (OFF, holiday)),
            default=None,
        )


def _plain(text: str) -> str:
    """One width of digits and punctuation, no blanks inside a line, and a dash between days is a 至."""
    lines = (re.sub(r"[^\S\n]+", "", unicodedata.normalize("NFKC", line)) for line in text.splitlines())
    return re.sub(r"(?<=[日)])[-—–~～]+(?=\d)", "至", "\n".join(lines))


def _year_of(plain: str) -> int:
    for pattern in (r"(\d{4})年\s*部分节假日", r"现将(?:调整|延长)?(\d{4})年", r"(?:调整|延长)(\d{4})年"):
        found = re.search(pattern, plain)
        if found:
            return int(found[1])
    raise CalendarUnreadable([LineError(1, _("The text does not say for which year it is. Enter the year."))])


def _numbers(plain: str) -> str:
    numbers = (f"{name}〔{of}〕{number}号" for name, of, number in NUMBER.findall(plain))
    return "、".join(dict.fromkeys(numbers))[:120]


def _signed(plain: str) -> date | None:
    """The date below the last notice."""
    try:
        return [_date(*found.groups()) for found in SIGNED.finditer(plain)][-1]
    except (ValueError, IndexError):
        return None  # a remark about the notice, no reason to refuse it


def _read_document(reading: _Reading, plain: str, begin: int, end: int) -> None:
    headings = list(HEADING.finditer(plain, begin, end))
    if not headings:
        _read_clause(reading, plain, begin, end, _holiday_of_title(plain[begin:end]))
        return
    # What stands before the first heading explains the rules and names days that are none of this year's.
    stops = [heading.start() for heading in headings[1:]] + [end]
    for heading, stop in zip(headings, stops, strict=True):
        _read_clause(reading, plain, heading.end(), stop, _full_name(heading[1] or heading[2]))


def _holiday_of_title(document: str) -> str:
    """The holiday an amendment is about, from its title."""
    found = TITLE.search(document)
    title = re.sub(r"\s", "", found[0]) if found else ""
    about = re.search(r"关于(?:调整|延长)?(?:\d{4}年)?(.{2,40}?)(?:调休|放假|假期)", title)
    return _full_name(about[1]) if about else ""


def _full_name(name: str) -> str:
    parts = re.split("[、和]", name)
    return "、".join(f"{part}节" if part in ("清明", "端午", "中秋") else part for part in parts)


def _read_clause(reading: _Reading, plain: str, begin: int, end: int, holiday: str) -> None:
    """One holiday's sentences: ranges off, single days off, days worked in exchange."""
    body = SIGNED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), plain[begin:end])
    for sentence in re.finditer(r"[^。;]+", body):
        line = (
            plain.count("\n", 0, begin + sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())) + 1
        )
        try:
            _read_sentence(reading, re.sub(r"\s", "", sentence[0]), holiday)
        except ValueError as error:
            reading.errors.append(LineError(line, str(error)))


def _read_sentence(reading: _Reading, sentence: str, holiday: str) -> None:
    named: list[date] = []
    # A comma inside brackets (农历正月初九,星期日) parts nothing.
    for phrase in re.split(r",(?![^()]{0,60}\))", sentence):
        if "鼓励" in phrase:
            return  # what employers are encouraged to give is no day off
        total = re.search(r"(?<![第增加])(?:共|放假)(\d+)天", phrase)
        if TOKEN.search(phrase) and not NO_DAYS_NAMED.search(phrase):
            named = _read_phrase(reading, phrase, holiday)
        if total and named and int(total[1]) != len(named):
            raise ValueError(
                _("The text says %(said)s days, the dates make %(counted)s.")
                % {"said": total[1], "counted": len(named)}
            )


def _read_phrase(reading: _Reading, phrase: str, holiday: str) -> list[date]:
    """The days a phrase names, taken over as off or worked."""
    extended = re.search(r"延长.{0,30}假期至", phrase)
    days = _dates(phrase[extended.end() :] if extended else phrase, reading.year)
    if extended:
        last = reading.last_off(holiday)
        if last is None:
            raise ValueError(_("The holiday that is extended is not in the text. Put its notice first."))
        days = _span(last + ONE_DAY, days[-1])
    elif "上班" in phrase:
        reading.name(days, WORK, holiday)
        return days
    elif not re.search("放假|补休|调休|连休|休息", phrase):
        raise ValueError(_("“%(phrase)s” says neither off nor worked.") % {"phrase": phrase})
    reading.name(days, OFF, holiday)
    return days


def _dates(phrase: str, year: int) -> list[date]:
    """All days of "1月31日至2月6日" or "10月8日(星期六)、9日(星期日)", each checked against its weekday."""
    days: list[date] = []
    month = ""
    end_of_last = 0
    for found in TOKEN.finditer(phrase):
        month = found[2] or month
        if not month:
            raise ValueError(_("“%(text)s” has no month.") % {"text": found[0]})
        d = _date(found[1] or str(year), month, found[3])
        if days and d < days[-1] and not found[1]:
            d = _date(str(days[-1].year + 1), month, found[3])  # 12月31日至1月2日
        _check_weekday(d, found[4] or "")
        if days and "至" in phrase[end_of_last : found.start()]:
            days += _span(days[-1], d)[1:]
        else:
            days.append(d)
        end_of_last = found.end()
    return days


def _span(first: date, last: date) -> list[date]:
    if not 0 <= (last - first).days <= 31:
        raise ValueError(_("From %(first)s to %(last)s is no holiday.") % {"first": first, "last": last})
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def _check_weekday(d: date, remark: str) -> None:
    said = re.search(r"(?:周|星期)([一二三四五六日天])", remark)
    if said and said[1].replace("天", "日") != WEEKDAYS[d.weekday()]:
        raise ValueError(
            _("%(day)s is a %(weekday)s, the text says %(said)s.")
            % {"day": d, "weekday": date_format(d, "l"), "said": said[0]}
        )


def _date(year: str, month: str, number: str) -> date:
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise ValueError(
            _("There is no day %(year)s-%(month)s-%(day)s.") % {"year": year, "month": month, "day": number}
        ) from None


def _refuse_too_long(text: str) -> None:
    if len(text) > LIMIT:
        raise CalendarUnreadable([LineError(1, _("The text is too long to be a notice."))])


def _refuse_long_name(holiday: str) -> None:
    longest = 40
    if len(holiday) > longest:
        raise ValueError(
            _("The name of the holiday is longer than %(count)s characters.") % {"count": longest}
        )
