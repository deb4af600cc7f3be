"""Reading a calendar: every notice since 2013 as it was published, files, and their mistakes."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from grids.actions.calendar import CalendarRefused, NoticeDay, YearNotice, check
from grids.imports.calendar import (
    CalendarUnreadable,
    decode,
    parse_csv,
    read_file,
    read_notice,
    shipped_notices,
    write_csv,
)

NOTICES = Path(__file__).resolve().parent / "notices"

# The notice of an invented year in which nothing is exchanged.
PLAIN = """国务院办公厅关于2030年部分节假日安排的通知
一、元旦：1月1日放假1天。
二、春节：2月2日至2月5日放假，共4天。
三、清明节：4月5日放假。
四、劳动节：5月1日至2日放假，共2天。
五、端午节：6月5日放假。
六、中秋节：9月12日放假。
七、国庆节：10月1日至3日放假，共3天。
"""


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def notice_of(year):
    return (NOTICES / f"{year}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("shipped", shipped_notices(), ids=lambda notice: str(notice.year))
def test_the_published_text_gives_the_shipped_calendar(shipped):
    read = read_notice(notice_of(shipped.year))

    assert read.days == shipped.days
    assert (read.year, read.number, read.published_date) == (
        shipped.year,
        shipped.number,
        shipped.published_date,
    )
    assert read.title == shipped.title


def test_a_text_in_one_line_is_read():
    text = "2030年部分节假日安排：" + "".join(PLAIN.splitlines()[1:])

    assert read_notice(text).days == read_notice(PLAIN).days


def test_a_text_from_a_news_page_is_read():
    text = PLAIN.replace("一、元旦：", "——元旦:").replace("至", "—").replace("1月1日", "１月１日（周二）")

    assert read_notice(text).days == read_notice(PLAIN).days


def test_a_holiday_may_cross_the_turn_of_the_year():
    text = PLAIN.replace(
        "1月1日放假1天", "2029年12月30日至2030年1月1日放假调休，共3天。2029年12月29日（周六）上班"
    )

    days = [day for day in read_notice(text).days if day.holiday == "元旦"]

    assert days == [
        NoticeDay(date(2029, 12, 29), "work", "元旦"),
        NoticeDay(date(2029, 12, 30), "off", "元旦"),
        NoticeDay(date(2029, 12, 31), "off", "元旦"),
        NoticeDay(date(2030, 1, 1), "off", "元旦"),
    ]


def test_two_make_up_days_may_share_a_month():
    text = PLAIN.replace("2月2日至2月5日放假，共4天。", "2月2日至5日放假，共4天。2月9日、10日上班。")

    worked = [day.date for day in read_notice(text).days if day.kind == "work"]

    assert worked == [date(2030, 2, 9), date(2030, 2, 10)]


def test_what_employers_are_encouraged_to_give_is_no_day_off():
    assert date(2024, 2, 9) not in {day.date for day in read_notice(notice_of(2024)).days}


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        ("4月5日放假", "4月5日（周六）放假", "Line 4: 2030-04-05 is a Friday, the text says 周六."),
        ("共4天", "共5天", "Line 3: The text says 5 days, the dates make 4."),
        ("5月1日至2日放假，共2天", "5月1日至2日", "Line 5: “5月1日至2日” says neither off nor worked."),
        ("6月5日放假", "6月31日放假", "Line 6: There is no day 2030-6-31."),
        ("6月5日放假", "5日放假", "Line 6: “5日” has no month."),
        ("9月12日放假", "9月12日至12月12日放假", "Line 7: From 2030-09-12 to 2030-12-12 is no holiday."),
        (
            "一、元旦：1月1日放假1天。",
            "",
            "Line 1: The text does not give 元旦. Put the whole notice, then its amendments.",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(right, wrong, error):
    assert right in PLAIN

    with pytest.raises(CalendarUnreadable) as refused:
        read_notice(PLAIN.replace(right, wrong))

    assert str(refused.value) == error


def test_all_mistakes_are_named_at_once():
    with pytest.raises(CalendarUnreadable) as refused:
        read_notice(PLAIN.replace("共4天", "共5天").replace("共3天", "共8天"))

    assert [error.line for error in refused.value.errors] == [3, 8]


def test_an_amendment_alone_is_refused():
    amendment = notice_of(2019).partition("2018年12月4日")[2]

    with pytest.raises(CalendarUnreadable, match="whole notice, then its amendments"):
        read_notice(amendment)


def test_an_extension_without_its_holiday_is_refused():
    extension = notice_of(2020).partition("2019年11月21日")[2]

    with pytest.raises(CalendarUnreadable, match="Put its notice first"):
        read_notice(extension)


@pytest.mark.parametrize("text", ["", "今天天气很好。", "1月1日放假"])
def test_a_text_that_does_not_say_its_year_is_refused(text):
    with pytest.raises(CalendarUnreadable, match="for which year"):
        read_notice(text)


def test_a_text_of_a_hundred_pages_is_refused():
    with pytest.raises(CalendarUnreadable, match="too long"):
        read_notice(PLAIN * 2000)


WORDS = [
    "国务院办公厅关于", "2030年", "部分节假日安排的", "通知", "一、", "元旦", "春节", "国庆节、中秋节",
    ":", "：", "，", "。", "(", "\n", "至", "—", "延长", "假期至", "共3天", "（周一）", "放假", "调休",
    "上班", "鼓励", "纪念日", "1月1日", "2月31日", "9999年12月31日", "0年", "31日", "2030年13月41日\n",
    "国办发明电〔2030〕1号",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_no_text_whatever_is_answered_by_anything_but_a_sentence(text):
    try:
        check(read_notice(text))
    except CalendarRefused as refused:
        assert str(refused)


@given(
    st.lists(
        st.sampled_from(["date", "kind", ",", "\n", '"', "2030-01-01", "off", "0-0-0", "#", "日期"])
    ).map("".join)
)
def test_no_file_whatever_is_answered_by_anything_but_a_sentence(text):
    try:
        parse_csv(text)
    except CalendarRefused as refused:
        assert str(refused)


# --- Files --------------------------------------------------------------------------------------


def test_a_file_is_read_back_as_it_was_written():
    days = read_notice(PLAIN).days

    assert tuple(parse_csv(write_csv(days))) == days


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_excel_or_wps_is_read(encoding):
    content = "日期,类型,节日\r\n2030/1/1,休,元旦\r\n2030/2/9,班,春节\r\n".encode(encoding)

    days = read_file(content, YearNotice(2030, ())).days

    assert days == (NoticeDay(date(2030, 1, 1), "off", "元旦"), NoticeDay(date(2030, 2, 9), "work", "春节"))


def test_every_mistake_of_a_file_has_its_line():
    text = (
        "# a remark\ndate,kind,holiday\n2030-01-01,off,元旦\n2030-01-01,off,元旦\n2030-13-01,off,x\n"
        "\nmorgen,off,x\n2030-01-02,maybe,x\n2030-01-03,off," + "长" * 41 + "\n"
    )

    with pytest.raises(CalendarUnreadable) as refused:
        parse_csv(text)

    assert str(refused.value).splitlines() == [
        "Line 4: 2030-01-01 is named twice.",
        "Line 5: There is no day 2030-13-01.",
        "Line 7: “morgen” is not a date.",
        "Line 8: “maybe” is neither off nor work.",
        "Line 9: The name of the holiday is longer than 40 characters.",
    ]


def test_a_hundred_mistakes_are_told_in_twenty_lines():
    with pytest.raises(CalendarUnreadable) as refused:
        parse_csv("date,kind\n" + "x,off\n" * 100)

    assert str(refused.value).splitlines()[20:] == ["and 80 more."]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", b"PK\x03\x04\x00\x00"])
def test_a_workbook_is_no_csv_file(content):
    with pytest.raises(CalendarUnreadable, match="not a CSV file"):
        decode(content)


def test_a_file_without_its_columns_is_refused():
    with pytest.raises(CalendarUnreadable, match="Line 1: The first line must name the columns"):
        parse_csv("2030-01-01,off\n")
