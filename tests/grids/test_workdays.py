"""The working-day calendar against the notices, against two libraries, and against its own laws."""

import csv
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import Lunar
from lunar_python.util import HolidayUtil

import grids
from grids.rules import workdays
from grids.rules.workdays import SHANGHAI, Day, DayKind, WorkCalendar

ROOT = Path(grids.__file__).resolve().parent
DATA = ROOT / "data" / "calendar"
CLOCK = (ROOT.parent / "docs" / "rules" / "clock.md").read_text(encoding="utf-8")
OFFICIAL = range(2013, 2027)
ONE_DAY = timedelta(days=1)


def rows(name):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@cache
def shipped(first=OFFICIAL.start, last=OFFICIAL.stop - 1):
    """The calendar as the shipped files give it, without a database."""
    years = range(first, last + 1)
    named = [row for year in years for row in rows(f"{year}.csv")]
    return WorkCalendar(
        off={date.fromisoformat(row["date"]): row["holiday"] for row in named if row["kind"] == "off"},
        made_up={date.fromisoformat(row["date"]): row["holiday"] for row in named if row["kind"] == "work"},
        years=frozenset(years),
        statutory={date.fromisoformat(row["date"]): row["holiday"] for row in rows("statutory.csv")},
        version=1,
    )


def official_days():
    first = date(OFFICIAL.start, 1, 1)
    return [first + timedelta(days=n) for n in range((date(OFFICIAL.stop, 1, 1) - first).days)]


def table(*headings):
    """The rows of the table of clock.md that has these headings."""
    head = r"\| " + r" \| ".join(headings) + r" \|\n\|[-| ]+\|\n((?:\|.*\|\n)+)"
    found = re.findall(head, CLOCK)
    assert len(found) == 1, headings
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in found[0].splitlines()]


def day(text):
    return date.fromisoformat(text)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# --- The data against the world -----------------------------------------------------------------


@pytest.mark.parametrize(("year", "days"), table("year", "working days"))
def test_the_year_has_as_many_working_days_as_published(year, days):
    assert len(shipped().worked(int(year))) == int(days)


def test_every_year_of_the_data_has_its_checksum_in_the_docs():
    assert [int(year) for year, _days in table("year", "working days")] == list(OFFICIAL)


def test_every_official_day_agrees_with_chinesecalendar():
    differing = [d for d in official_days() if shipped().is_working(d) != chinese_calendar.is_workday(d)]

    assert differing == []


def test_every_official_day_agrees_with_holidays():
    china = holidays.country_holidays("CN", years=OFFICIAL)

    differing = [d for d in official_days() if shipped().is_working(d) != china.is_working_day(d)]

    assert differing == []


# 国办发明电〔2012〕33号: 4月4日至6日放假调休，4月7日（星期日）上班; 10月1日至7日放假调休，
# 9月29日（星期日）、10月12日（星期六）上班. The library knows both holidays and lacks these two make-up days.
LACKING_IN_LUNAR = [date(2013, 4, 7), date(2013, 10, 12)]


def test_every_official_day_agrees_with_lunar_python():
    theirs = {
        day(holiday.getDay()): holiday.isWork()
        for year in range(OFFICIAL.start, OFFICIAL.stop + 1)
        for holiday in HolidayUtil.getHolidays(year)
    }

    differing = [d for d in official_days() if shipped().is_working(d) != theirs.get(d, d.weekday() < 5)]

    assert differing == LACKING_IN_LUNAR


@pytest.mark.parametrize("year", OFFICIAL)
def test_the_file_of_a_year_begins_with_its_source(year):
    sources = [row for row in rows("sources.csv") if int(row["year"]) == year]

    head = [
        line for line in (DATA / f"{year}.csv").read_text(encoding="utf-8").splitlines() if line[0] == "#"
    ]

    assert head == [f"# source: {row['number']} {row['url']}" for row in sources]
    assert all(row["url"].startswith("https://www.gov.cn/") for row in sources)
    assert all(date(year - 1, 1, 1) < day(row["published"]) < date(year, 12, 31) for row in sources)


@pytest.mark.parametrize("year", OFFICIAL)
def test_every_make_up_day_is_a_weekend_day(year):
    assert [d for d in shipped(year, year).made_up if d.weekday() < 5] == []


def test_the_statutory_days_agree_with_holidays():
    china = holidays.country_holidays("CN", years=range(2027, 2041), categories=("public",), language="zh_CN")
    # Days given in exchange are the library's guess at a notice that is not out; the statute knows none.
    statutory = {d for d, name in china.items() if "补假" not in name and "调休" not in name}

    assert set(shipped().statutory) - statutory == set()
    assert statutory - set(shipped().statutory) == set()


@pytest.mark.parametrize("year", range(2027, 2041))
def test_the_statutory_days_follow_the_moon_and_the_sun(year):
    def lunar(month, number):
        return day(Lunar.fromYmd(year, month, number).getSolar().toYmd())

    new_year = lunar(1, 1)
    spring = [new_year + n * ONE_DAY for n in range(-1, 3)]
    bright = day(Lunar.fromYmd(year, 1, 1).getJieQiTable()["清明"].toYmd())
    fixed = [
        date(year, month, number) for month, number in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    ]

    assert {d for d in shipped().statutory if d.year == year} == {
        *spring, bright, lunar(5, 5), lunar(8, 15), *fixed
    }  # fmt: skip


# --- The docs against the code ------------------------------------------------------------------


def test_the_worked_example_is_counted_as_the_docs_say():
    count = workdays.count(shipped(), date(2026, 9, 24), 7)

    numbers = {d.date: str(n) for n, d in enumerate(count.counted, start=1)}
    lines = [
        (str(d.date), d.kind.value if d.works or not d.name else d.name, numbers.get(d.date, "-"))
        for d in sorted(count.counted + count.skipped, key=lambda d: d.date)
    ]
    assert lines == table("day", "what it is", "number")
    assert count.due_at == moment("2026-10-13T00:00")


@pytest.mark.parametrize(
    ("event", "days", "due", "naive"), table("event", "working days", "due date", "Monday to Friday")
)
def test_a_limit_runs_out_as_the_docs_say(event, days, due, naive):
    weekdays_only = WorkCalendar({}, {}, frozenset(range(1900, 2100)), {}, version=0)

    assert workdays.count(shipped(), day(event), int(days)).due_date == day(due)
    assert workdays.due_date(shipped(), day(event), int(days)) == day(due)
    assert workdays.due_date(weekdays_only, day(event), int(days)) == day(naive)


@pytest.mark.parametrize(("due", "stored"), table("due date", "stored as"))
def test_a_due_date_ends_at_midnight_as_the_docs_say(due, stored):
    assert workdays.end_of(day(due)) == datetime.fromisoformat(stored)
    assert workdays.end_of(day(due)).isoformat() == stored


@pytest.mark.parametrize(
    ("event", "days", "due", "provisional"), table("event", "working days", "due date", "provisional")
)
def test_a_limit_is_provisional_as_the_docs_say(event, days, due, provisional):
    count = workdays.count(shipped(), day(event), int(days))

    assert (count.due_date, count.provisional) == (day(due), provisional == "yes")


@pytest.mark.parametrize(("due", "today", "overdue"), table("due date", "today", "overdue by"))
def test_lateness_is_counted_as_the_docs_say(due, today, overdue):
    assert workdays.working_days_between(shipped(), day(due), day(today)) == int(overdue)


@pytest.mark.parametrize(
    ("due", "before", "milestone"), table("due date", "working days before", "milestone")
)
def test_a_schedule_is_counted_back_as_the_docs_say(due, before, milestone):
    assert workdays.nth_working_day_before(shipped(), day(due), int(before)) == day(milestone)


@pytest.mark.parametrize(("event", "minutes", "runs_out"), table("event", "minutes", "runs out"))
def test_working_hours_run_out_as_the_docs_say(event, minutes, runs_out):
    count = workdays.hours_after(shipped(), moment(event), int(minutes))

    assert count.due_at == moment(runs_out)
    assert sum((end - begin for begin, end in count.pieces), timedelta()) == timedelta(minutes=int(minutes))
    assert all(begin < end for begin, end in count.pieces)


def test_working_hours_that_begin_in_a_provisional_year_are_provisional():
    calendar = WorkCalendar({}, {}, frozenset({2027}), {}, version=1)

    assert workdays.hours_after(calendar, moment("2026-12-31T17:00"), 60).provisional
    assert not workdays.hours_after(calendar, moment("2027-01-04T17:00"), 60).provisional


# --- Days and their reasons ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("d", "expected"),
    [
        (date(2026, 10, 9), Day(date(2026, 10, 9), DayKind.WORKDAY)),
        (date(2026, 10, 10), Day(date(2026, 10, 10), DayKind.MAKE_UP, "国庆节")),
        (date(2026, 10, 11), Day(date(2026, 10, 11), DayKind.WEEKEND)),
        (date(2026, 10, 7), Day(date(2026, 10, 7), DayKind.HOLIDAY, "国庆节")),
        (date(2018, 12, 29), Day(date(2018, 12, 29), DayKind.MAKE_UP, "元旦")),
        (date(2018, 12, 31), Day(date(2018, 12, 31), DayKind.HOLIDAY, "元旦")),
        (date(2020, 2, 1), Day(date(2020, 2, 1), DayKind.HOLIDAY, "春节")),
        (date(2027, 1, 1), Day(date(2027, 1, 1), DayKind.HOLIDAY, "元旦", provisional=True)),
        (date(2027, 1, 2), Day(date(2027, 1, 2), DayKind.WEEKEND, provisional=True)),
        (date(2027, 1, 4), Day(date(2027, 1, 4), DayKind.WORKDAY, provisional=True)),
    ],
)
def test_a_day_knows_its_reason(d, expected):
    assert shipped().day(d) == expected
    assert shipped().is_working(d) == expected.works


def test_the_horizon_is_the_last_year_of_an_unbroken_row():
    assert shipped().horizon == 2026
    assert WorkCalendar({}, {}, frozenset({2025, 2026, 2028}), {}, version=1).horizon == 2026
    assert WorkCalendar({}, {}, frozenset(), {}, version=0).horizon is None


def test_a_notice_replaces_the_statutory_days_of_its_year():
    statutory_only = {date(2027, 9, 15): "中秋节"}
    calendar = WorkCalendar({}, {}, frozenset({2027}), statutory_only, version=1)

    assert calendar.day(date(2027, 9, 15)) == Day(date(2027, 9, 15), DayKind.WORKDAY)


def test_a_limit_without_days_is_refused():
    with pytest.raises(ValueError, match="at least one working day"):
        workdays.count(shipped(), date(2026, 9, 24), 0)
    with pytest.raises(ValueError, match="at least one minute"):
        workdays.hours_after(shipped(), moment("2026-09-24T09:00"), 0)
    with pytest.raises(ValueError, match="counted back"):
        workdays.nth_working_day_before(shipped(), date(2026, 9, 24), -1)


def test_a_moment_is_no_day():
    with pytest.raises(TypeError, match="local_date"):
        workdays.count(shipped(), moment("2026-09-24T09:00"), 7)


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        workdays.local_date(moment("2026-09-24T09:00").replace(tzinfo=None))


def test_a_moment_late_in_the_evening_of_london_is_tomorrow_in_shanghai():
    assert workdays.local_date(datetime(2026, 9, 24, 16, 0, tzinfo=UTC)) == date(2026, 9, 25)
    assert workdays.local_date(datetime(2026, 9, 24, 15, 59, tzinfo=UTC)) == date(2026, 9, 24)


def test_working_time_of_a_holder_skips_lunch_nights_and_days_off():
    used = workdays.working_minutes(shipped(), moment("2026-09-24T11:00"), moment("2026-09-28T15:00"))

    assert used == 60 + 210 + 210 + 60


def test_working_hours_are_read_as_they_are_configured():
    assert workdays.parse_hours("08:30-12:00, 14:00-17:30") == workdays.WINTER_HOURS
    assert workdays.parse_hours("09:00-17:00") == ((time(9), time(17)),)


@pytest.mark.parametrize(
    "text", ["", "9-17", "09:00", "12:00-09:00", "09:00-12:00,11:00-17:00", "25:00-26:00"]
)
def test_working_hours_that_make_no_day_are_refused(text):
    with pytest.raises(ValueError, match="working hours"):
        workdays.parse_hours(text)


def test_nobody_holds_a_case_for_less_than_no_time():
    assert workdays.working_minutes(shipped(), moment("2026-09-28T15:00"), moment("2026-09-24T11:00")) == 0
    assert workdays.working_days_between(shipped(), date(2026, 9, 28), date(2026, 9, 24)) == 0


# --- Against an oracle ----------------------------------------------------------------------------


def days_worked_after(start: date, most: int) -> list[date]:
    """The next working days as a clerk finds them: leafing through the printed notices, day by day.

    Nothing of ours but the shipped files; on days that no notice and no statute names, Monday to Friday.
    """
    found, d = [], start
    while len(found) < most:
        d += ONE_DAY
        if printed().get(d, "work" if d.weekday() < 5 else "off") == "work":
            found.append(d)
    return found


@cache
def printed() -> dict[date, str]:
    """What is printed about single days: the notices, and for the years after them the statute."""
    statute = {d: "off" for row in rows("statutory.csv") if (d := day(row["date"])).year not in OFFICIAL}
    return statute | {day(row["date"]): row["kind"] for year in OFFICIAL for row in rows(f"{year}.csv")}


def test_every_limit_of_one_to_thirty_days_from_every_day_since_2013_ends_where_the_clerk_says():
    differing = [
        (start, n, due)
        for start in official_days()
        for n, due in enumerate(days_worked_after(start, 30), start=1)
        if workdays.due_date(shipped(), start, n) != due
    ]

    assert differing == []


@pytest.mark.parametrize("year", OFFICIAL)
def test_one_more_day_off_wherever_it_falls_makes_nothing_due_earlier(year):
    """Every working day of the year is given off in turn, and every limit that could notice is counted again."""
    china = shipped()
    earlier = [
        (holiday, start, n)
        for holiday in official_days()
        if holiday.year == year and china.is_working(holiday)
        for stricter in [_with_a_day_off(china, holiday)]
        for start in (holiday - back * ONE_DAY for back in (1, 2, 5, 12))
        for n in (1, 2, 7, 30)
        if workdays.due_date(stricter, start, n) < workdays.due_date(china, start, n)
    ]

    assert earlier == []


def _with_a_day_off(calendar, holiday):
    """The calendar with a single weekday, or a day that is worked in exchange, given off."""
    return replace(
        calendar,
        off={**calendar.off, holiday: "加放"},
        made_up={d: name for d, name in calendar.made_up.items() if d != holiday},
    )


# --- Laws ---------------------------------------------------------------------------------------

dates = st.dates(date(2012, 1, 1), date(2045, 12, 31))
limits = st.integers(1, 400)
moments = st.builds(
    lambda d, minute: datetime.combine(d, time(*divmod(minute, 60)), tzinfo=SHANGHAI),
    dates,
    st.integers(0, 24 * 60 - 1),
)


@given(dates, limits)
def test_exactly_n_days_are_counted_and_the_last_is_due(start, n):
    count = workdays.count(shipped(), start, n)

    span = sorted(d.date for d in count.counted + count.skipped)
    assert len(count.counted) == n
    assert count.counted[-1].date == count.due_date == workdays.due_date(shipped(), start, n)
    assert span == [start + i * ONE_DAY for i in range(1, (count.due_date - start).days + 1)]


@given(dates, limits)
def test_a_longer_limit_is_due_later_and_a_later_start_never_earlier(start, n):
    due = workdays.due_date(shipped(), start, n)

    assert workdays.due_date(shipped(), start, n + 1) > due
    assert workdays.due_date(shipped(), start + ONE_DAY, n) >= due


@given(dates, limits, st.sets(dates, max_size=20))
def test_more_holidays_never_make_a_limit_due_earlier(start, n, extra):
    china = shipped()
    stricter = WorkCalendar(
        off=china.off | dict.fromkeys(extra - set(china.made_up), "加放"),
        made_up=china.made_up,
        years=china.years,
        statutory=china.statutory,
        version=2,
    )

    assert workdays.due_date(stricter, start, n) >= workdays.due_date(china, start, n)


@given(dates, limits)
def test_counting_back_undoes_counting(start, n):
    due = workdays.due_date(shipped(), start, n)
    milestone = workdays.nth_working_day_before(shipped(), due, n)

    assert workdays.working_days_between(shipped(), start, due) == n
    assert milestone <= start
    assert workdays.working_days_between(shipped(), milestone, start) == 0


@given(dates, dates)
def test_days_between_are_the_days_one_finds_by_walking(after, until):
    walked = sum(shipped().is_working(after + i * ONE_DAY) for i in range(1, (until - after).days + 1))

    assert workdays.working_days_between(shipped(), after, until) == walked


@given(dates)
def test_the_last_day_undoes_the_end_of_a_day(d):
    end = workdays.end_of(d)

    assert workdays.last_day_of(end) == d
    assert workdays.last_day_of(end.astimezone(UTC)) == d
    assert workdays.local_date(end) == d + ONE_DAY


@given(dates, st.integers(1, 40))
def test_a_limit_in_hours_agrees_with_the_same_limit_in_days(start, n):
    evening = datetime.combine(start, time(18), tzinfo=SHANGHAI)

    count = workdays.hours_after(shipped(), evening, n * shipped().minutes_a_day)

    assert workdays.local_date(count.due_at) == workdays.due_date(shipped(), start, n)
    assert (
        count.provisional == workdays.count(shipped(), start, n).provisional
        or start.year != count.due_at.year
    )


@given(moments, st.integers(1, 20_000))
def test_the_working_time_up_to_the_due_time_is_the_limit(start, minutes):
    count = workdays.hours_after(shipped(), start, minutes)

    assert workdays.working_minutes(shipped(), start, count.due_at) == minutes
    assert all(begin < end for begin, end in count.pieces)


@given(moments, moments, moments)
def test_working_time_adds_up_over_holders(first, second, third):
    first, second, third = sorted([first, second, third])

    parts = workdays.working_minutes(shipped(), first, second) + workdays.working_minutes(
        shipped(), second, third
    )

    assert parts == workdays.working_minutes(shipped(), first, third)


@pytest.mark.parametrize(
    ("today", "awaited"),
    [
        (date(2026, 10, 31), None), (date(2026, 11, 1), 2027), (date(2026, 12, 31), 2027), (date(2027, 1, 1), 2027),
        (date(2028, 12, 1), 2028),
    ],
)  # fmt: skip
def test_the_notice_of_the_next_year_is_awaited_from_november_on(today, awaited):
    assert shipped().awaited_year(today) == awaited


@pytest.mark.parametrize(
    ("day", "by", "first"),
    [
        (date(2026, 11, 28), 0, date(2026, 11, 1)), (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)), (date(2026, 3, 31), -14, date(2025, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 1)),
    ],
)  # fmt: skip
def test_months_are_counted_over_the_ends_of_years(day, by, first):
    assert workdays.first_of_month(day, by) == first


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_quarter_begins_with_january_april_july_or_october(day):
    first = workdays.first_of_quarter(day)

    assert first.month in (1, 4, 7, 10)
    assert first <= day < workdays.first_of_month(first, 3)
