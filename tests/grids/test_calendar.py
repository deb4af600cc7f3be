"""The calendar in the database: loaded by the year, asked in one query, shown by the command."""

from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from threading import Thread

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import translation

from grids.actions.calendar import CalendarRefused, NoticeDay, YearNotice, load_year
from grids.imports.calendar import calendar_of, parse_csv, read_notice, shipped_notices
from grids.models import CalendarDay, CalendarYear
from grids.queries.calendar import display_calendar, reason, work_calendar
from grids.rules import workdays
from tests.factories import make_user
from tests.grids.test_calendar_imports import PLAIN

NOTICE = read_notice(PLAIN)
LATER = timedelta(days=30)


@pytest.fixture(autouse=True)
def _fresh_and_english():
    caches["local"].clear()
    with translation.override("en"):
        yield
    caches["local"].clear()


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out, no_color=True)
    return out.getvalue().splitlines()


# --- Loading ------------------------------------------------------------------------------------


def test_a_loaded_year_is_official(db, at):
    year = load_year(NOTICE, by=None, at=at)

    assert work_calendar() == replace(calendar_of([NOTICE]), version=1)
    assert (year.version, year.loaded_at, year.loaded_by) == (1, at, None)


def test_the_same_notice_again_changes_nothing(db, at):
    load_year(NOTICE, by=None, at=at)

    again = load_year(NOTICE, by=make_user(), at=at + LATER)

    assert (again.version, again.loaded_at, again.loaded_by) == (1, at, None)
    assert CalendarDay.objects.count() == len(NOTICE.days)


def test_a_corrected_notice_replaces_the_days_of_its_year_alone(db, at):
    clerk = make_user()
    load_year(NOTICE, by=None, at=at)
    load_year(shipped_notices()[-1], by=None, at=at)
    corrected = replace(NOTICE, days=(*NOTICE.days, NoticeDay(date(2030, 2, 9), "work", "春节")))

    year = load_year(corrected, by=clerk, at=at + LATER)

    assert (year.version, year.loaded_by, work_calendar().version) == (3, clerk, 3)
    assert work_calendar() == replace(calendar_of([shipped_notices()[-1], corrected]), version=3)


def test_the_notice_of_a_year_may_name_december_before(db, at):
    notices = {notice.year: notice for notice in shipped_notices()}
    for year in (2018, 2019):
        load_year(notices[year], by=None, at=at)

    load_year(replace(notices[2018], number="corrected"), by=None, at=at + LATER)

    assert work_calendar().is_working(date(2018, 12, 29))
    assert not work_calendar().is_working(date(2018, 12, 31))


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ((), "The notice for 2030 names no day."),
        (
            (*NOTICE.days, NoticeDay(date(2031, 1, 1), "off")),
            "These days do not lie in 2030: 2031-01-01.",
        ),
        (
            (*NOTICE.days, NoticeDay(date(2029, 11, 30), "off")),
            "These days do not lie in 2030: 2029-11-30.",
        ),
        ((*NOTICE.days, NoticeDay(date(2030, 1, 1), "work")), "These days are named twice: 2030-01-01."),
        (
            (*NOTICE.days, NoticeDay(date(2030, 1, 2), "half")),
            "These days are neither off nor worked: 2030-01-02.",
        ),
        (
            (*NOTICE.days, NoticeDay(date(2030, 1, 4), "work"), NoticeDay(date(2030, 1, 3), "work")),
            "These make-up workdays are no weekend days, they are worked anyway: 2030-01-03, 2030-01-04.",
        ),
        (
            tuple(day for day in NOTICE.days if day.date.month != 10),
            "These statutory holidays are not off: 2030-10-01, 2030-10-02, 2030-10-03.",
        ),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused(db, at, days, sentence):
    with pytest.raises(CalendarRefused) as refused:
        load_year(replace(NOTICE, days=days), by=None, at=at)

    assert str(refused.value) == sentence
    assert not CalendarYear.objects.exists()


def test_a_day_belongs_to_one_notice(db, at):
    december = replace(NOTICE, days=(*NOTICE.days, NoticeDay(date(2030, 12, 31), "off", "元旦")))
    next_year = YearNotice(
        2031,
        tuple(
            NoticeDay(d, "off")
            for d in [
                date(2030, 12, 31),
                *(date(2031, *md) for md in [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)]),
            ]
        ),
    )
    load_year(december, by=None, at=at)

    with pytest.raises(CalendarRefused, match="another year has already named these days: 2030-12-31"):
        load_year(next_year, by=None, at=at)

    assert not CalendarYear.objects.filter(year=2031).exists()


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "half"}, {"date": date(2031, 1, 1)}, {"date": date(2029, 11, 30)}, {"date": date(2030, 1, 1)}],
    ids=["kind", "year after", "november before", "twice"],
)
def test_the_database_refuses_a_wrong_day(db, at, wrong):
    year = load_year(NOTICE, by=None, at=at)

    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(**{"date": date(2030, 3, 1), "kind": "off", "year": year, **wrong})


@pytest.mark.django_db(transaction=True)
def test_years_loaded_at_once_each_get_a_version_of_their_own(at):
    notices = shipped_notices()[:4]

    def load(notice):
        try:
            load_year(notice, by=None, at=at)
        finally:
            connection.close()

    threads = [Thread(target=load, args=[notice]) for notice in notices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(CalendarYear.objects.values_list("version", flat=True)) == [1, 2, 3, 4]


# --- Asking -------------------------------------------------------------------------------------


def test_the_calendar_is_asked_in_one_query(db, at, django_assert_num_queries):
    load_year(NOTICE, by=None, at=at)

    with django_assert_num_queries(1):
        work_calendar()


def test_the_working_hours_are_those_of_the_settings(db, settings):
    settings.WORKING_HOURS = "09:00-17:00"

    assert work_calendar().minutes_a_day == 8 * 60


def test_lists_ask_once_a_minute(db, at, django_assert_num_queries):
    load_year(NOTICE, by=None, at=at)
    display_calendar()

    with django_assert_num_queries(0):
        calendar = display_calendar()

    assert calendar == work_calendar()


def test_lists_see_a_new_year_at_once(db, at, django_capture_on_commit_callbacks):
    assert display_calendar().version == 0

    with django_capture_on_commit_callbacks(execute=True):
        load_year(NOTICE, by=None, at=at)

    assert display_calendar().version == 1


def test_without_any_year_everything_is_provisional(db):
    calendar = work_calendar()

    assert (calendar.version, calendar.horizon) == (0, None)
    assert workdays.count(calendar, date(2026, 9, 24), 7).provisional


def test_a_day_tells_its_reason():
    calendar = calendar_of(shipped_notices())

    assert [reason(calendar.day(d)) for d in (
        date(2026, 10, 9), date(2026, 10, 10), date(2026, 10, 11), date(2026, 10, 7), date(2027, 1, 1),
    )] == [
        "Friday",
        "Saturday, worked in exchange for 国庆节",
        "Sunday, weekend",
        "Wednesday, 国庆节",
        "Friday, 元旦 (provisional)",
    ]  # fmt: skip


# --- The commands -------------------------------------------------------------------------------


def test_the_shipped_years_are_loaded_once(db):
    first = run("load_calendar")
    again = run("load_calendar")

    assert first[0] == "2013: 250 working days"
    assert first[-1] == "calendar version 14 (was 0)"
    assert again == [*first[:-1], "calendar version 14 (unchanged)"]
    assert work_calendar() == replace(calendar_of(shipped_notices()), version=14)


def test_a_year_is_loaded_from_a_file(db, tmp_path):
    text, table = tmp_path / "2030.txt", tmp_path / "2030.csv"
    text.write_text(PLAIN, encoding="utf-8")
    table.write_text(
        "date,kind,holiday\n"
        + "".join(f"2030-{d},off,\n" for d in ("01-01", "05-01", "10-01", "10-02", "10-03"))
    )

    run("load_calendar", "--year", "2030", "--file", str(text))
    by_text = work_calendar()
    run("load_calendar", "--year", "2030", "--file", str(table))

    assert by_text == replace(calendar_of([NOTICE]), version=1)
    assert len(work_calendar().off) == 5


def test_what_an_administrator_loaded_stays(db, at):
    own = replace(shipped_notices()[-1], number="corrected by hand")
    load_year(own, by=make_user(), at=at)

    run("load_calendar")

    assert CalendarYear.objects.get(year=2026).notice_number == "corrected by hand"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--year", "2050"], "No calendar of 2050 is shipped"),
        (["--file", "x.csv"], "Say with --year"),
        (["--year", "2030", "--file", "/nowhere/x.csv"], "No such file"),
    ],
)
def test_a_load_that_cannot_be_is_refused_in_a_sentence(db, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run("load_calendar", *arguments)


def test_the_deadline_stands_alone_on_the_first_line(db):
    run("load_calendar")

    lines = run("deadline", "2014-01-24", "7")

    assert lines == [
        "2014-02-08",
        "   -  2014-01-25  Saturday, weekend",
        "   1  2014-01-26  Sunday, worked in exchange for 春节",
        "   2  2014-01-27  Monday",
        "   3  2014-01-28  Tuesday",
        "   4  2014-01-29  Wednesday",
        "   5  2014-01-30  Thursday",
        "   -  2014-01-31  Friday, 春节",
        "   -  2014-02-01  Saturday, 春节",
        "   -  2014-02-02  Sunday, 春节",
        "   -  2014-02-03  Monday, 春节",
        "   -  2014-02-04  Tuesday, 春节",
        "   -  2014-02-05  Wednesday, 春节",
        "   -  2014-02-06  Thursday, 春节",
        "   6  2014-02-07  Friday",
        "   7  2014-02-08  Saturday, worked in exchange for 春节",
    ]


def test_a_deadline_beyond_the_calendar_is_marked_provisional(db):
    run("load_calendar")

    lines = run("deadline", "2026-12-24", "7")

    assert lines[0] == "2027-01-05"
    assert lines[-1] == "Provisional: the official calendar ends with 2026. The date may change."


def test_a_deadline_is_told_before_any_calendar_is_loaded(db):
    lines = run("deadline", "2014-01-24", "7")

    assert lines[0] == "2014-02-08"
    assert lines[-1] == "No calendar is loaded: counted with the shipped one."


@pytest.mark.parametrize("arguments", [("2014-01-24", "0"), ("2014-02-30", "7"), ("9999-12-30", "7")])
def test_a_deadline_that_cannot_be_counted_is_refused(db, arguments):
    with pytest.raises(CommandError):
        run("deadline", *arguments)


# --- The administration -------------------------------------------------------------------------

ADD = reverse("admin:grids_calendaryear_add")


@pytest.fixture
def keeper(db, client):
    """Somebody who may load calendars and nothing else."""
    user = make_user("马知时", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["add_calendaryear", "view_calendaryear"])
    )
    client.force_login(user)
    return user


def hidden_fields(response):
    return {field.html_name: field.value() or "" for field in response.context["confirm"]}


def test_a_year_is_looked_at_before_it_is_loaded(keeper, client):
    response = client.post(ADD, {"text": PLAIN})

    assert response.status_code == 200
    assert response.context["preview"]["working_days"] == len(calendar_of([NOTICE]).worked(2030))
    assert "<td>2030-10-01</td><td>放假</td><td>星期二，国庆节放假</td>" in response.content.decode()
    assert not CalendarYear.objects.exists()


def test_the_year_that_was_looked_at_is_loaded(keeper, client):
    fields = hidden_fields(client.post(ADD, {"text": PLAIN, "source_urls": "https://www.gov.cn/x"}))

    response = client.post(ADD, {**fields, "confirm": "1"})

    year = CalendarYear.objects.get()
    assert response.status_code == 302
    assert (year.year, year.loaded_by, year.source_urls) == (2030, keeper, "https://www.gov.cn/x")
    assert work_calendar() == replace(calendar_of([NOTICE]), version=1)


def test_a_file_shows_the_same_preview(keeper, client, tmp_path):
    file = tmp_path / "2026.csv"
    shipped = shipped_notices()[-1]
    file.write_text(
        "date,kind,holiday\n" + "".join(f"{d.date},{d.kind},{d.holiday}\n" for d in shipped.days),
        encoding="utf-8",
    )

    with file.open("rb") as upload:
        response = client.post(ADD, {"file": upload, "year": 2026})

    assert response.context["preview"]["working_days"] == 248
    assert tuple(parse_csv(hidden_fields(response)["days"])) == shipped.days


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "通知原文和文件，请只提供一样。"),
        ({"text": PLAIN.replace("共4天", "共5天")}, "第3行：文中写共5天，按日期算是4天。"),
        ({"text": PLAIN.replace("4月5日放假", "4月5日放假，4月8日上班")}, "调休上班日应是周末"),
        ({"text": PLAIN.replace("2030年", "2999年")}, "年份超出工作日日历的范围"),
        ({"text": "1月1日放假"}, "请填写年份。"),
        ({"text": "1月1日\x00放假"}, "文字中有无法保存的空字符（U+0000）"),
        ({"text": PLAIN, "year": "1066"}, "大于或等于2000"),
        ({"confirm": "1"}, "预览内容已被改动"),
        (
            {"confirm": "1", "year": "2030", "days": "date,kind\n2030-01-01,off"},
            "这些法定节假日没有放假：2030-05-01",
        ),
    ],
)
def test_a_mistake_is_told_on_the_page_and_nothing_is_loaded(keeper, client, fields, sentence):
    response = client.post(ADD, fields)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not CalendarYear.objects.exists()


def test_a_loaded_year_is_shown_and_cannot_be_edited_or_deleted(keeper, client, at):
    year = load_year(NOTICE, by=keeper, at=at)

    page = client.get(reverse("admin:grids_calendaryear_change", args=[year.pk]))

    assert page.status_code == 200
    assert client.get(reverse("admin:grids_calendaryear_changelist")).status_code == 200
    assert client.post(reverse("admin:grids_calendaryear_delete", args=[year.pk])).status_code == 403


def test_nobody_loads_a_calendar_without_the_right(db, client):
    client.force_login(make_user(is_staff=True))

    assert client.get(ADD).status_code == 403
    assert client.post(ADD, {"text": PLAIN}).status_code == 403
