"""A calendar that is loaded or corrected moves what still runs, with an event; what has fired stays."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases import actions
from cases.actions import recount as counting
from cases.enums import Action, DeadlineKind, DeadlineState, Step
from cases.models import Case, CaseEvent, Deadline, Inquiry
from cases.queries.chain import Inspection
from cases.queries.shown import timeline
from cases.rules.clock import Limit
from grids.actions.calendar import NoticeDay, YearNotice, load_year
from grids.models import CalendarDay
from tests.cases.test_seven_days import COMMUNITY_DUE, THURSDAY, asked, at_the_community
from tests.cases.walks import walk
from tests.clocks import machine_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHRISTMAS = datetime(2026, 12, 24, 9, 0, tzinfo=SHANGHAI)
NEW_YEAR_DUE = datetime(2027, 1, 6, 0, 0, tzinfo=SHANGHAI)  # provisional: 24:00 of 01-05
FIXED = [date(2027, 1, 1), date(2027, 5, 1), date(2027, 10, 1), date(2027, 10, 2), date(2027, 10, 3)]


def publish_2027(*off: date) -> None:
    """The notice for 2027, with these days off beside the fixed ones."""
    days = tuple(NoticeDay(d, "off", "元旦") for d in sorted({*FIXED, *off}))
    load_year(YearNotice(2027, days), by=None, at=CHRISTMAS)


def correct_2026(*off: date) -> None:
    """The State Council lengthens a holiday of a year that was certain."""
    days = [
        NoticeDay(*row)
        for row in CalendarDay.objects.filter(year=2026).values_list("date", "kind", "holiday")
    ]
    load_year(YearNotice(2026, (*days, *(NoticeDay(d, "off", "国庆节") for d in off))), by=None, at=THURSDAY)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def moments(case: Case) -> dict[str, datetime]:
    return dict(Deadline.objects.filter(case=case, state=DeadlineState.PENDING).values_list("kind", "due_at"))


def recounts(case: Case) -> list[dict]:
    return list(CaseEvent.objects.filter(case=case, action=Action.RECOUNT).values_list("data", flat=True))


@pytest.fixture
def over_new_year(town) -> Case:
    return at_the_community(town, CHRISTMAS)


def test_a_provisional_limit_never_fires_and_becomes_certain_once_the_notice_is_loaded(over_new_year):
    case = over_new_year
    late = NEW_YEAR_DUE + timedelta(days=2)
    assert (case.due_at, case.is_provisional) == (NEW_YEAR_DUE, True)
    assert actions.sweep(at=late).expired == 0

    publish_2027(date(2027, 1, 4))
    actions.sweep(at=late)

    case = fresh(case)
    assert [event.at for event in case.events.filter(action=Action.EXPIRE)] == [late]  # after the recount
    assert case.assignments.order_by("pk")[1].expired_at == NEW_YEAR_DUE + timedelta(days=1)
    assert not Deadline.objects.filter(is_provisional=True).exists()
    assert list(Inspection().breaks()) == []


def test_the_event_says_before_and_after_and_so_does_the_timeline(over_new_year):
    publish_2027(date(2027, 1, 4))

    actions.sweep(at=CHRISTMAS + timedelta(hours=1))

    (told,) = recounts(over_new_year)
    assert (told["before"], told["after"]) == ("2027-01-06T00:00:00+08:00", "2027-01-07T00:00:00+08:00")
    assert told["moved"]["expiry"] == [told["before"], told["after"]]
    line = timeline(fresh(over_new_year))[0]
    assert (line.label, line.who, line.note) == (
        "重算时限",
        "系统时钟",
        "按正式日历：01-05 24:00 改为 01-06 24:00。",
    )


def test_a_limit_that_stays_where_it_was_is_told_to_be_certain(over_new_year):
    publish_2027()

    actions.sweep(at=CHRISTMAS + timedelta(hours=1))

    assert (fresh(over_new_year).due_at, fresh(over_new_year).is_provisional) == (NEW_YEAR_DUE, False)
    assert timeline(fresh(over_new_year))[0].note == "按正式日历：时限不变。"


def test_counting_again_changes_nothing(over_new_year):
    publish_2027(date(2027, 1, 4))
    at = CHRISTMAS + timedelta(hours=1)

    changed = [counting.recount(at=at), counting.recount(at=at)]

    assert (changed, len(recounts(over_new_year))) == ([1, 0], 1)


def test_a_correction_moves_a_certain_limit_with_its_reminders_and_its_schedule(town):
    case = at_the_community(town)
    lead = case.assignments.get(ended_at=None)
    before = list(lead.milestones.values_list("due_date", flat=True))

    correct_2026(date(2026, 10, 9))
    actions.sweep(at=THURSDAY + timedelta(hours=1))

    assert fresh(case).due_at == COMMUNITY_DUE + timedelta(days=1)
    assert moments(case) == {
        DeadlineKind.SIGN: moments(case)[DeadlineKind.SIGN],
        DeadlineKind.HALF: datetime(2026, 9, 30, 8, 30, tzinfo=SHANGHAI),
        DeadlineKind.EVE: datetime(2026, 10, 12, 8, 30, tzinfo=SHANGHAI),
        DeadlineKind.EXPIRY: COMMUNITY_DUE + timedelta(days=1),
    }
    after = list(lead.milestones.values_list("due_date", flat=True))
    assert (before[-1], after[-1]) == (date(2026, 10, 12), date(2026, 10, 13))


def test_a_load_that_touches_no_counted_day_leaves_no_event(town):
    case = at_the_community(town)

    correct_2026(date(2026, 12, 30))
    actions.sweep(at=THURSDAY + timedelta(hours=1))

    assert recounts(case) == []
    versions = set(Deadline.objects.filter(state="pending").values_list("calendar_version", flat=True))
    assert versions == {15}


def test_what_has_run_out_stays_and_what_came_of_it_moves(town):
    case = at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)
    expired = case.assignments.get(outcome="expired")

    correct_2026(date(2026, 10, 9), date(2026, 10, 20))
    actions.sweep(at=COMMUNITY_DUE + timedelta(hours=1))

    expired.refresh_from_db()
    assert (expired.due_at, expired.expired_at, fresh(case).expiries) == (COMMUNITY_DUE, COMMUNITY_DUE, 1)
    assert fresh(case).due_at == datetime(2026, 10, 23, 0, 0, tzinfo=SHANGHAI)


def test_a_department_that_has_run_out_of_time_gets_none_back(town):
    case = walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.HANDLING)
    actions.sweep(at=COMMUNITY_DUE)

    correct_2026(date(2026, 10, 9))
    actions.sweep(at=COMMUNITY_DUE + timedelta(hours=1))

    assert (fresh(case).due_at, recounts(case)) == (COMMUNITY_DUE, [])


def test_the_limit_to_answer_an_inquiry_moves_too(town):
    at_the_community(town)
    actions.sweep(at=COMMUNITY_DUE)
    paper = asked(town, Inquiry.objects.get())

    correct_2026(date(2026, 10, 14))
    actions.sweep(at=COMMUNITY_DUE + timedelta(hours=1))

    paper.refresh_from_db()
    assert paper.reply_due_at == datetime(2026, 10, 16, 0, 0, tzinfo=SHANGHAI)
    assert moments(paper.case)[DeadlineKind.REPLY] == paper.reply_due_at


def test_a_result_that_waits_for_its_verdict_is_counted_again_for_the_case_that_it_fails(town, photo):
    case = walk(town, town.report(at=CHRISTMAS), CHRISTMAS, until=Step.FED_BACK)

    publish_2027(date(2027, 1, 4))
    actions.sweep(at=CHRISTMAS + timedelta(hours=1))
    actions.verify(
        fresh(case), passed=False, note="未清理干净", by=town.post.direct, at=CHRISTMAS + timedelta(hours=2)
    )

    assert moments(case) == {DeadlineKind.EXPIRY: NEW_YEAR_DUE + timedelta(days=1)}


def test_work_that_nobody_has_is_counted_again_when_it_is_given_again(town):
    case = actions.assign(
        town.report(at=CHRISTMAS), unit=town.grid.one, limit=Limit(7), by=town.post.dispatcher, at=CHRISTMAS
    )
    case = actions.return_(case, note="不属本网格", by=town.post.leader, at=CHRISTMAS)
    publish_2027(date(2027, 1, 4))

    actions.assign(case, unit=town.grid.east, limit=Limit(7), by=town.post.dispatcher, at=CHRISTMAS)

    assert moments(case)[DeadlineKind.EXPIRY] == NEW_YEAR_DUE + timedelta(days=1)


def test_a_limit_to_sign_that_reaches_into_a_year_without_calendar_never_fires(town):
    eve = datetime(2026, 12, 31, 17, 0, tzinfo=SHANGHAI)
    case = actions.assign(
        town.report(at=eve), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=eve
    )

    actions.sweep(at=eve + timedelta(days=30))

    assert case.events.filter(action=Action.SIGN_LATE).count() == 0


def test_a_move_between_the_load_and_the_sweep_finds_the_limit_that_holds_now(town):
    case = at_the_community(town)
    correct_2026(date(2026, 10, 9))

    signed = actions.sign(case, by=town.post.direct, at=COMMUNITY_DUE + timedelta(hours=9))

    assert (signed.step, signed.expiries) == (Step.HANDLING, 0)


def test_a_wrong_calendar_that_would_make_many_due_at_once_is_stopped(town):
    """Many limits of cases that a calendar without holidays would have ended two days ago."""
    case = at_the_community(town)
    lead = case.assignments.get(ended_at=None)
    Deadline.objects.bulk_create(
        Deadline(case=case, assignment=lead, kind="eve", round=n, due_at=COMMUNITY_DUE, set_at=THURSDAY,
                 calendar_version=lead.calendar_version)
        for n in range(2, 300)
    )  # fmt: skip
    days = [NoticeDay(d, "off", "节") for d in (date(2026, 1, 1), date(2026, 5, 1))]
    days += [NoticeDay(date(2026, 10, n), "off", "国庆节") for n in (1, 2, 3)]
    load_year(YearNotice(2026, tuple(days)), by=None, at=THURSDAY)

    with machine_at(COMMUNITY_DUE - timedelta(hours=10)) as at, pytest.raises(actions.SweepHeld):
        actions.keep_time(at=at, host=at)

    assert not Deadline.objects.filter(state=DeadlineState.FIRED).exists()


# --- What was granted, and what is suspended -------------------------------------------------------

DAYS = timedelta(days=1)


def with_the_office(town) -> Case:
    return walk(town, town.report(at=CHRISTMAS), CHRISTMAS, until=Step.HANDLING)


def granted(case: Case, town, at: datetime) -> Case:
    actions.endorse(case, by=town.post.dispatcher, at=at)
    return actions.grant(case, by=town.post.secretary, at=at)


def test_what_was_granted_on_top_is_counted_again_with_the_limit(town):
    case = with_the_office(town)
    actions.extend(case, amount=2, note="材料未到", by=town.post.officer, at=CHRISTMAS)
    assert granted(case, town, CHRISTMAS).due_at == NEW_YEAR_DUE + 2 * DAYS

    publish_2027(date(2027, 1, 4))
    actions.sweep(at=CHRISTMAS + timedelta(hours=1))

    assert (fresh(case).due_at, fresh(case).is_provisional) == (NEW_YEAR_DUE + 3 * DAYS, False)


def test_days_that_were_suspended_stay_out_of_the_count(town):
    case = with_the_office(town)
    actions.suspend(case, until=date(2026, 12, 29), note="停电", by=town.post.officer, at=CHRISTMAS + DAYS)
    granted(case, town, CHRISTMAS + DAYS)
    actions.sweep(at=datetime(2026, 12, 30, 0, 0, tzinfo=SHANGHAI))
    before = fresh(case).due_at

    publish_2027(date(2027, 1, 4))
    actions.sweep(at=datetime(2026, 12, 30, 9, 0, tzinfo=SHANGHAI))

    assert (before, fresh(case).due_at) == (NEW_YEAR_DUE + 3 * DAYS, NEW_YEAR_DUE + 6 * DAYS)


def test_a_suspended_case_keeps_standing_still_and_is_counted_by_the_new_calendar_when_it_goes_on(town):
    case = with_the_office(town)
    actions.suspend(case, until=date(2027, 1, 31), note="停工", by=town.post.officer, at=CHRISTMAS + DAYS)
    granted(case, town, CHRISTMAS + DAYS)

    publish_2027(date(2027, 1, 4))
    actions.sweep(at=CHRISTMAS + 2 * DAYS)
    assert (fresh(case).due_at, recounts(case)) == (None, [])

    case = actions.resume(
        case, note="复工", by=town.post.officer, at=datetime(2026, 12, 29, 9, 0, tzinfo=SHANGHAI)
    )
    assert case.due_at == datetime(
        2027, 1, 9, 0, 0, tzinfo=SHANGHAI
    )  # seven days from the 29th, without 1 and 4 January


def test_a_limit_that_had_run_out_when_the_work_was_given_on_stays_where_it_was(town):
    case = walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.HANDLING)
    actions.sweep(at=COMMUNITY_DUE)  # the department's limit: supervised, not taken away
    case = actions.transfer(
        fresh(case),
        unit=town.department.shizheng,
        note="属市政职责",
        by=town.post.dispatcher,
        at=COMMUNITY_DUE,
    )

    correct_2026(date(2026, 10, 9), date(2026, 10, 12))
    actions.sweep(at=COMMUNITY_DUE + timedelta(hours=9))

    assert fresh(case).due_at == COMMUNITY_DUE
