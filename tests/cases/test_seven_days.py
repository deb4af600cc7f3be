"""A level that has not dealt with a case within seven working days hands it on, and may be questioned for it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from cases import actions
from cases.enums import (
    Action,
    DeadlineKind,
    DeadlineState,
    Grade,
    InquiryState,
    Outcome,
    Refusal,
    Step,
    Verdict,
)
from cases.models import Case, Deadline, Inquiry
from cases.queries.chain import Inspection
from cases.rules.clock import Limit
from cases.rules.lifecycle import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)  # before two holidays and a make-up day
COMMUNITY_DUE = datetime(2026, 10, 13, 0, 0, tzinfo=SHANGHAI)  # 24:00 of 10-12
STREET_DUE = datetime(2026, 10, 22, 0, 0, tzinfo=SHANGHAI)  # seven working days later: 24:00 of 10-21


def in_the_grid(town, at=THURSDAY, unit="one") -> Case:
    case = actions.assign(
        town.report(at=at), unit=town.grid[unit], limit=Limit(2), by=town.post.dispatcher, at=at
    )
    return actions.sign(case, by=town.post.leader, at=at)


def at_the_community(town, at=THURSDAY) -> Case:
    """The grid leader cannot solve it and reports it to the community."""
    return actions.escalate(in_the_grid(town, at), note="管网改造，网格无力解决", by=town.post.leader, at=at)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def told(case: Case) -> list[tuple[str, datetime]]:
    return [(event.action, event.at) for event in case.events.order_by("seq")]


def test_what_a_grid_cannot_solve_goes_up_with_a_new_clock(town):
    case = at_the_community(town)

    lead = case.assignments.get(ended_at=None)
    assert (case.step, lead.grid, lead.raised_from.grid) == (Step.ASSIGNED, town.grid.east, town.grid.one)
    assert (case.due_at, case.holder_grid) == (COMMUNITY_DUE, town.grid.east)
    assert lead.raised_from.outcome == Outcome.ESCALATED


def test_nothing_happens_before_the_last_moment_of_the_seventh_day(town):
    case = at_the_community(town)

    actions.sweep(at=COMMUNITY_DUE - timedelta(microseconds=1))

    assert (fresh(case).expiries, fresh(case).holder_grid) == (0, town.grid.east)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=40), timedelta(days=3)])
def test_after_seven_working_days_it_goes_to_the_street_at_the_true_moment_however_late_the_sweep(town, late):
    case = at_the_community(town)

    swept = actions.sweep(at=COMMUNITY_DUE + late)

    case = fresh(case)
    assert (swept.expired, swept.escalated) == (1, 1)
    assert (case.holder_grid, case.due_at, case.expiries) == (town.grid.street, STREET_DUE, 1)
    assert [event for event in told(case) if event[0] in (Action.EXPIRE, Action.GAIN)] == [
        (Action.EXPIRE, COMMUNITY_DUE), (Action.GAIN, COMMUNITY_DUE),
    ]  # fmt: skip
    assert list(Inspection().breaks()) == []


def test_a_second_sweep_changes_nothing(town):
    at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)
    before = list(Deadline.objects.order_by("pk").values())

    swept = actions.sweep(at=COMMUNITY_DUE)

    assert (swept.fired, list(Deadline.objects.order_by("pk").values())) == (0, before)


def test_a_sweep_after_weeks_of_silence_climbs_to_the_district_and_ends_in_supervision(town):
    case = at_the_community(town)

    actions.sweep(at=datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI))

    case = fresh(case)
    assert (case.holder_grid, case.expiries, case.grade) == (town.grid.district, 3, Grade.ORDINARY)
    assert case.due_at == datetime(2026, 10, 31, 0, 0, tzinfo=SHANGHAI)
    assert list(Inquiry.objects.order_by("pk").values_list("asker", "answerer")) == [
        (town.grid.one.pk, town.grid.east.pk),
        (town.grid.east.pk, town.grid.street.pk),
        (town.grid.street.pk, town.grid.district.pk),
    ]


def lived(town, moments) -> list[tuple[str, datetime]]:
    """What a case has been through when the sweeps came at these moments; then all is undone."""
    with transaction.atomic():
        case = at_the_community(town)
        for at in moments:
            actions.sweep(at=at)
        events = told(case)
        transaction.set_rollback(True)
    return events


def test_sweeps_every_hour_or_one_a_month_late_leave_the_same_events(town):
    hours = [THURSDAY + timedelta(hours=n) for n in range(30 * 24)]

    assert lived(town, hours) == lived(town, hours[-1:])


def test_a_move_after_the_limit_finds_the_case_where_a_punctual_sweep_would_have_put_it(town):
    case = at_the_community(town)

    with pytest.raises(actions.Clash):
        actions.sign(case, by=town.post.direct, at=COMMUNITY_DUE, version=case.version)

    assert fresh(case).holder_grid == town.grid.street


def test_the_first_expiry_gives_no_right_where_nothing_had_come_up(town):
    case = in_the_grid(town)

    actions.sweep(at=datetime(2026, 10, 1, 0, 0, tzinfo=SHANGHAI))

    assert fresh(case).holder_grid == town.grid.east
    assert not Inquiry.objects.exists()


def test_the_department_keeps_what_it_has_not_done_and_is_supervised(town):
    case = actions.assign(
        town.report(at=THURSDAY), unit=town.department.chengguan, limit=Limit(2), by=town.post.dispatcher, at=THURSDAY
    )  # fmt: skip

    actions.sweep(at=COMMUNITY_DUE)

    case = fresh(case)
    assert (case.holder_department, case.grade, case.expiries) == (
        town.department.chengguan,
        Grade.ORDINARY,
        1,
    )


def test_what_went_up_from_a_department_climbs_on_and_gives_nobody_a_right(town):
    actions.set_policy(
        town.grid.district, department_escalates=True, reason="试行", by=town.post.official, at=THURSDAY
    )
    case = actions.assign(
        town.report(at=THURSDAY), unit=town.department.chengguan, limit=Limit(2), by=town.post.dispatcher, at=THURSDAY
    )  # fmt: skip

    swept = actions.sweep(at=STREET_DUE)

    case = fresh(case)
    assert (swept.expired, swept.parked) == (2, 0)
    assert (case.holder_grid, case.expiries, Inquiry.objects.count()) == (town.grid.district, 2, 0)


def test_a_policy_of_five_days_holds_for_clocks_that_start_after_it(town):
    running = at_the_community(town)
    actions.set_policy(
        town.grid.district, community_days=5, reason="试行", by=town.post.official, at=THURSDAY
    )
    later = at_the_community(town, THURSDAY + timedelta(hours=1))

    assert (running.due_at, later.due_at) == (COMMUNITY_DUE, datetime(2026, 10, 10, 0, 0, tzinfo=SHANGHAI))


def test_a_street_overrides_its_district_and_only_where_it_says_something(town):
    at = THURSDAY
    actions.set_policy(
        town.grid.district, community_days=5, reply_days=3, reason="全区", by=town.post.official, at=at
    )
    actions.set_policy(town.grid.street, community_days=3, reason="本街道", by=town.post.secretary, at=at)

    assert at_the_community(town, at + timedelta(hours=1)).due_at == datetime(
        2026, 10, 1, 0, 0, tzinfo=SHANGHAI
    )


# --- The inquiry -----------------------------------------------------------------------------------


@pytest.fixture
def right(town) -> Inquiry:
    at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)
    return Inquiry.objects.get()


def asked(town, right) -> Inquiry:
    return actions.ask(right, question="请说明处理进展", by=town.post.leader, at=COMMUNITY_DUE)


def answered(town, right, at=COMMUNITY_DUE + timedelta(days=1)) -> Inquiry:
    return actions.answer(
        asked(town, right),
        progress="已立项",
        cause="等待招标",
        measures="月底前完工",
        by=town.post.direct,
        at=at,
    )


def test_the_grid_below_gains_a_right_against_the_community(town, right):
    assert (right.asker, right.answerer, right.decider) == (town.grid.one, town.grid.east, town.grid.street)
    assert (right.state, right.gained_at) == (InquiryState.RIGHT, COMMUNITY_DUE)


def test_an_inquiry_is_a_numbered_paper_to_be_answered_in_two_working_days(town, right):
    paper = asked(town, right)

    assert paper.number == "东街社区一号网格〔2026〕质询0001号"
    assert paper.reply_due_at == datetime(2026, 10, 15, 0, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("numbers", "days"), [({}, 30), ({"watch_days": 10}, 10)])
def test_the_questioned_side_is_watched_for_as_long_as_policy_says(town, numbers, days):
    actions.set_policy(town.grid.district, reason="试行", by=town.post.official, at=THURSDAY, **numbers)
    at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)

    paper = asked(town, Inquiry.objects.get())

    assert paper.watched_until == COMMUNITY_DUE + timedelta(days=days)


def test_an_answer_in_time_can_be_accepted(town, right):
    paper = actions.accept(answered(town, right), by=town.post.leader, at=COMMUNITY_DUE + timedelta(days=1))

    assert (paper.state, paper.is_late) == (InquiryState.ACCEPTED, False)


def test_an_objection_goes_to_the_level_above_and_is_decided_there(town, right):
    at = COMMUNITY_DUE + timedelta(days=1)
    paper = actions.object_(answered(town, right), note="没有具体时间", by=town.post.leader, at=at)

    paper = actions.decide(paper, verdict=Verdict.UPHELD, note="限三日内办结", by=town.post.supervisor, at=at)

    assert (paper.state, paper.verdict) == (InquiryState.DECIDED, Verdict.UPHELD)


def test_an_unanswered_inquiry_goes_to_the_level_above(town, right):
    paper = asked(town, right)

    actions.sweep(at=paper.reply_due_at)

    paper.refresh_from_db()
    assert (paper.state, paper.is_late) == (InquiryState.OBJECTED, True)


@pytest.mark.parametrize("move", ["pass", "transfer"])
def test_whatever_becomes_of_the_work_the_inquiry_has_to_be_answered_in_time(town, photo, move):
    """The community keeps what it has not done in time, is asked, and then gets rid of the case."""
    actions.set_policy(
        town.grid.street, community_escalates=False, reason="试行", by=town.post.secretary, at=THURSDAY
    )
    case = actions.sign(at_the_community(town), by=town.post.direct, at=THURSDAY)
    actions.sweep(at=COMMUNITY_DUE)
    paper = asked(town, Inquiry.objects.get())
    if move == "pass":
        case = actions.feed_back(case, result="已改造", by=town.post.direct, at=COMMUNITY_DUE, photos=[photo])
        actions.verify(case, passed=True, by=town.post.supervisor, at=COMMUNITY_DUE)
    else:
        unit = town.department.shizheng
        actions.transfer(case, unit=unit, note="属市政", by=town.post.dispatcher, at=COMMUNITY_DUE)

    actions.sweep(at=paper.reply_due_at)

    paper.refresh_from_db()
    assert (paper.state, paper.is_late) == (InquiryState.OBJECTED, True)


def test_what_the_clock_says_about_a_paper_names_the_expiry_it_stands_on(town):
    case = at_the_community(town)
    actions.set_policy(
        town.grid.district, inquiry_automatic=True, reason="试行", by=town.post.official, at=THURSDAY
    )
    actions.sweep(at=COMMUNITY_DUE)

    paper = Inquiry.objects.get()
    told = dict(case.events.filter(action__in=["gain", "ask"]).values_list("action", "data__assignment"))
    assert told == {"gain": paper.assignment_id, "ask": paper.assignment_id}


def test_a_right_lapses_when_the_result_stands(town, right, photo):
    at = COMMUNITY_DUE + timedelta(hours=9)
    case = actions.sign(right.case, by=town.post.dispatcher, at=at)
    case = actions.feed_back(case, result="管网已改造", by=town.post.dispatcher, at=at, photos=[photo])

    actions.verify(case, passed=True, by=town.post.supervisor, at=at)

    right.refresh_from_db()
    assert (right.state, fresh(case).on_time) == (InquiryState.LAPSED, False)


def test_only_the_grid_below_may_ask(town, right):
    with pytest.raises(NotAllowed) as no:
        actions.ask(right, question="?", by=town.post.direct, at=COMMUNITY_DUE)

    assert no.value.refusal == Refusal.NOT_THE_ASKER


def test_nobody_else_answers(town, right):
    paper = asked(town, right)

    with pytest.raises(NotAllowed) as no:
        actions.answer(
            paper, progress="x", cause="x", measures="x", by=town.post.dispatcher, at=COMMUNITY_DUE
        )

    assert no.value.refusal == Refusal.NOT_THE_ANSWERER


def test_reminders_come_at_half_time_and_the_day_before(town):
    case = at_the_community(town)

    moments = dict(
        Deadline.objects.filter(case=case, state=DeadlineState.PENDING).values_list("kind", "due_at")
    )
    assert moments[DeadlineKind.HALF] == datetime(2026, 9, 30, 8, 30, tzinfo=SHANGHAI)
    assert moments[DeadlineKind.EVE] == datetime(2026, 10, 10, 8, 30, tzinfo=SHANGHAI)


def test_an_inquiry_that_was_taken_away_shows_in_its_series(town, right):
    paper = asked(town, right)
    assert list(Inspection().breaks()) == []

    Inquiry.objects.filter(pk=paper.pk).update(number="", state=InquiryState.RIGHT)

    assert [str(found) for found in Inspection().breaks()] == [
        "东街社区一号网格〔2026〕质询: 已发出 1 个编号，现有 0 个"
    ]
