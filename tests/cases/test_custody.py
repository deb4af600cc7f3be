"""At every instant exactly one holder has an open case, and their working times add up to its age."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cases import actions
from cases.enums import OPEN_STEPS, Step
from cases.models import Case
from cases.queries.custody import custody_of, custody_shown, in_words
from cases.rules.custody import Hold, Holder, custody
from grids.imports.calendar import calendar_of, shipped_notices
from grids.queries import work_calendar
from grids.rules.workdays import working_minutes
from tests.assessment.histories import History
from tests.cases.walks import walk

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = calendar_of(shipped_notices())
NINE = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)
CENTRE, OFFICE, GRID = Holder(1, None, None), Holder(None, 2, 7), Holder(3, None, 8)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


# --- the rule ------------------------------------------------------------------------------------


def test_what_leaves_a_case_where_it_is_makes_no_new_holder():
    assert custody([(at(0), CENTRE), (at(1), CENTRE), (at(2), OFFICE)]) == [
        Hold(CENTRE, at(0), at(2)), Hold(OFFICE, at(2), None),
    ]  # fmt: skip


def test_who_passes_it_on_in_the_instant_in_which_it_came_never_had_it():
    assert custody([(at(0), CENTRE), (at(1), GRID), (at(1), OFFICE)]) == [
        Hold(CENTRE, at(0), at(1)), Hold(OFFICE, at(1), None),
    ]  # fmt: skip


def test_from_its_end_to_its_reopening_nobody_has_it():
    assert custody([(at(0), CENTRE), (at(1), None), (at(2), None), (at(5), OFFICE)]) == [
        Hold(CENTRE, at(0), at(1)), Hold(OFFICE, at(5), None),
    ]  # fmt: skip


def test_another_person_of_the_same_unit_is_another_holder():
    colleague = Holder(None, 2, 9)

    assert [hold.holder for hold in custody([(at(0), OFFICE), (at(1), colleague)])] == [OFFICE, colleague]


LIVES = st.lists(
    st.tuples(st.integers(0, 20_000), st.sampled_from([CENTRE, OFFICE, GRID, None])), min_size=1, max_size=12
)


@given(LIVES, st.integers(0, 20_000))
def test_whoever_had_it_at_an_instant_had_it_alone_and_the_working_times_add_up(life, since_then):
    """Minutes between the events, and who had the case after each; None: it had ended."""
    moments, now = [], NINE
    for minutes, holder in life:
        now += timedelta(minutes=minutes)
        moments.append((now, holder))
    end = now + timedelta(minutes=since_then)

    holds = custody(moments)

    for (begin, holder), (until, _next) in zip(moments, [*moments[1:], (end, None)], strict=True):
        if begin < until:
            assert [hold.holder for hold in holds if has_it(hold, begin)] == ([holder] if holder else [])
    open_for = sum(
        working_minutes(CALENDAR, begin, until)
        for (begin, holder), (until, _next) in zip(moments, [*moments[1:], (end, None)], strict=True)
        if holder
    )
    assert sum(working_minutes(CALENDAR, hold.since, hold.until or end) for hold in holds) == open_for


def has_it(hold: Hold, instant: datetime) -> bool:
    return hold.since <= instant and (hold.until is None or instant < hold.until)


# --- lived ---------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_in_a_random_life_every_open_instant_has_its_holder_and_the_times_add_up(seed, town, calendar):
    history = History(town, Random(seed)).live(60)
    now, hours = history.now + timedelta(hours=5), work_calendar()

    for case in Case.objects.all():
        events = list(case.events.order_by("seq"))
        holds = custody_of(case)
        spans = [
            (event.at, following.at if following else now, event)
            for event, following in zip(events, [*events[1:], None], strict=True)
        ]
        is_open = [(begin, end) for begin, end, event in spans if event.step_after in OPEN_STEPS]
        for begin, end, event in spans:
            having = [hold.holder for hold in holds if has_it(hold, begin + (end - begin) / 2)]
            expected = Holder(event.holder_grid_id, event.holder_department_id, event.holder_post_id)
            assert begin == end or having == ([expected] if event.step_after in OPEN_STEPS else [])
        used = sum(working_minutes(hours, hold.since, hold.until or now) for hold in holds)
        assert used == sum(working_minutes(hours, *span) for span in is_open)
        assert (holds[-1].until is None) == case.is_open


@pytest.mark.django_db
def test_the_holder_of_today_is_the_one_the_case_names(town, calendar):
    case = walk(town, town.report(at=NINE), NINE + timedelta(hours=1), until=Step.HANDLING)

    (_centre, last) = custody_of(case)

    assert last.holder == Holder(None, town.department.chengguan.pk, town.post.officer.pk)


# --- shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 分钟"), (59, "59 分钟"), (60, "1 小时"), (135, "2 小时 15 分钟"), (420, "1 个工作日"),
        (7 * 420 + 61, "7 个工作日 1 小时 1 分钟"),
    ],
)  # fmt: skip
def test_working_time_is_said_in_days_hours_and_minutes(minutes, words):
    assert in_words(minutes, CALENDAR) == words


@pytest.mark.django_db
def test_the_page_says_who_had_it_how_long(town, calendar, client):
    case = town.report(at=NINE)
    case = walk(town, case, NINE + timedelta(hours=2), until=Step.ASSIGNED)  # Thursday 11:00; the 25th is off
    monday = datetime(2026, 9, 28, 15, 0, tzinfo=SHANGHAI)
    actions.return_(case, note="不属本科", by=town.post.officer, at=monday)

    client.force_login(town.user.dispatcher)
    with time_machine.travel(monday + timedelta(minutes=20), tick=False):
        page = client.get(reverse("cases:detail", args=[case.pk]))

    lines = [(x.unit, x.person, x.since, x.until, x.used) for x in page.context["custody"].lines]
    assert lines == [
        ("三官庙街道", "指挥中心", "09-24 09:00", "09-24 11:00", "2 小时"),
        ("城市管理科", "head", "09-24 11:00", "09-28 15:00", "1 个工作日 2 小时"),
        ("三官庙街道", "指挥中心", "09-28 15:00", "", "20 分钟"),
    ]
    assert page.context["custody"].total == "1 个工作日 4 小时 20 分钟"
    assert "谁办了多久" in page.content.decode()


@pytest.mark.django_db
def test_its_hours_are_those_of_the_policy_it_was_reported_under(town, calendar):
    case = walk(town, town.report(at=NINE), NINE + timedelta(hours=2), until=Step.HANDLING)
    before = custody_shown(case, NINE + timedelta(days=7)).total
    later = NINE + timedelta(hours=3)
    actions.set_policy(
        town.grid.street, working_hours="09:00-11:00", reason="夏季", by=town.post.secretary, at=later
    )

    assert custody_shown(case, NINE + timedelta(days=7)).total == before
