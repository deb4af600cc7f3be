"""The text of a cell is understood without a guess, or refused with a sentence."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gridgov.kit.sheets.values import ValueRefused, compact, narrow, parse_date, tidy, to_int

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))
FORMS = (
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0:%Y.%m.%d}",
    "{0:%Y%m%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0:%Y-%m-%d} 08:30",
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def full_width(text: str) -> str:
    return "".join(
        chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text
    )


@pytest.mark.parametrize(
    "text",
    [
        "1985-06-15",
        "1985/6/15",
        "1985.6.15",
        "19850615",
        "1985年6月15日",
        "1985年06月15",
        "1985 年 6 月 15 日",
        "１９８５－０６－１５",
        "１９８５年６月１５日",
        " 1985-6-15\u3000",
        "1985-06-15 00:00:00",
        "1985-06-15T08:30",
        "31213",
    ],
)
def test_a_day_is_understood_in_every_spelling(text: str) -> None:
    assert parse_date(text) == date(1985, 6, 15)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("85-6-15", "Write the year with four digits, as in 1985-06-15."),
        ("85年6月15日", "Write the year with four digits, as in 1985-06-15."),
        ("15/6/85", "Write the year with four digits, as in 1985-06-15."),
        ("6/15/1985", "This is no date. Write year, month and day, as in 1985-06-15."),
        ("1985-6", "The date is incomplete. Write year, month and day, as in 1985-06-15."),
        ("1985.6", "The date is incomplete. Write year, month and day, as in 1985-06-15."),
        ("1985年6月", "The date is incomplete. Write year, month and day, as in 1985-06-15."),
        ("198506", "The date is incomplete. Write year, month and day, as in 1985-06-15."),
        ("1985", "The date is incomplete. Write year, month and day, as in 1985-06-15."),
        ("1985-02-29", "There is no such day in the calendar."),
        ("19851315", "There is no such day in the calendar."),
        ("0000-01-01", "There is no such day in the calendar."),
        ("99999", "This is no date. Write year, month and day, as in 1985-06-15."),
        ("不详", "This is no date. Write year, month and day, as in 1985-06-15."),
        ("410103198506152421", "This is no date. Write year, month and day, as in 1985-06-15."),
    ],
)
def test_a_day_that_would_be_a_guess_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        parse_date(text)

    assert str(refused.value) == sentence


@given(DAYS, st.sampled_from(FORMS), st.booleans())
def test_a_day_survives_every_form(day: date, form: str, is_wide: bool) -> None:
    text = form.format(day)

    assert parse_date(full_width(text) if is_wide else text) == day


@given(st.dates(min_value=date(1927, 5, 18), max_value=date(2099, 12, 31)))
def test_a_count_of_days_is_the_day_that_excel_means(day: date) -> None:
    assert parse_date(str((day - date(1899, 12, 30)) // timedelta(days=1))) == day


@given(st.text(max_size=30) | st.text("0123456789-/.年月日: ", max_size=20))
def test_any_text_is_a_day_or_refused(text: str) -> None:
    try:
        day = parse_date(text)
    except ValueRefused:
        return
    assert day is None or isinstance(day, date)


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u00a0\u200b"])
def test_what_nobody_sees_is_empty(text: str) -> None:
    assert (parse_date(text), to_int(text), tidy(text), compact(text)) == (None, None, "", "")


def test_wide_letters_and_digits_become_narrow_and_punctuation_stays() -> None:
    assert narrow("４１０１０３Ｘ（１）号，") == "410103X（1）号，"


def test_a_text_has_no_stray_spaces() -> None:
    assert tidy("\u3000东街\u3000\u3000１号\n楼 ") == "东街 1号 楼"


def test_a_number_has_no_spaces_at_all() -> None:
    assert compact(" ４１０１０３ １９８５０６１５\u3000２４２Ｘ\u200b") == "41010319850615242X"


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), ("３", 3), (" 3 ", 3), ("3.0", 3), ("-3", -3), ("1,234", 1234), ("1，234", 1234), ("007", 7)],
)
def test_a_whole_number_is_understood(text: str, number: int) -> None:
    assert to_int(text) == number


@pytest.mark.parametrize("text", ["3.5", "三", "3人", "1,23", "1e3", "--3", "４.５", "²"])
def test_anything_else_is_no_whole_number(text: str) -> None:
    with pytest.raises(ValueRefused, match="This is no whole number"):
        to_int(text)


def test_a_number_of_too_many_digits_is_refused() -> None:
    with pytest.raises(ValueRefused, match="too large"):
        to_int("9" * 5000)


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_a_number_survives_being_written(number: int) -> None:
    assert to_int(str(number)) == to_int(f"{number:,}") == to_int(full_width(str(number))) == number


@given(st.text(max_size=40))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert compact(compact(text)) == compact(text)
    assert narrow(narrow(text)) == narrow(text)
