"""The rhythm of visits: when the next one is due, which one answers, what the rate is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.rules import visiting

DAY = date(2026, 9, 24)


def day(n):
    return DAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("days", "agreed", "due"),
    [
        (180, None,     day(180)),
        (180, day(14),  day(14)),
        (180, day(180), day(180)),
        (7,   day(30),  day(7)),  # the rhythm is never made slower at the door
    ],
)  # fmt: skip
def test_the_next_one_is_due_by_the_rhythm_or_as_agreed_earlier(days, agreed, due):
    assert visiting.next_due(DAY, days, agreed) == due


@pytest.mark.parametrize(
    ("due", "on", "last", "is_the_one"),
    [
        (day(100), day(100), day(0),    True),
        (day(100), day(50),  day(0),    True),
        (day(100), day(49),  day(0),    False),
        (day(100), day(300), day(0),    True),
        (day(100), day(1),   None,      True),
        (day(0),   day(0),   day(0),    True),
        (None,     day(1),   None,      False),
    ],
)  # fmt: skip
def test_a_visit_answers_once_half_the_time_has_passed(due, on, last, is_the_one):
    assert visiting.answers(due, on, last) is is_the_one


@pytest.mark.parametrize(("on", "is_on_time"), [(day(-1), True), (day(0), True), (day(1), False)])
def test_the_day_itself_is_on_time(on, is_on_time):
    assert visiting.is_on_time(DAY, on) is is_on_time


def test_where_nothing_was_owed_there_is_no_rate():
    assert (visiting.rate(0, 0), visiting.rate(3, 4)) == (None, 0.75)


@given(days=st.integers(1, 366), visits=st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_who_comes_to_one_door_again_and_again_answers_no_more_than_twice_the_rhythm(days, visits):
    due, last, answered = DAY, None, 0
    for on in sorted(day(n) for n in visits):
        answered += visiting.answers(due, on, last)
        due, last = visiting.next_due(on, days), on

    assert answered <= 1 + 400 // ((days + 1) // 2)
