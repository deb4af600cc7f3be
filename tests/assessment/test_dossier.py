"""A dossier tells what a person did from her posts, and nothing else."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest
from django.db import connection

from assessment import actions
from assessment.enums import Measure, SpotResult, Trace
from assessment.models import Proposal, SpotItem
from assessment.queries import dossier as questions
from assessment.queries.traces import Asked, counts_of, rows_of
from assessment.rules.dossier import Stretch
from cases import actions as case_actions
from cases.enums import Step, Verdict
from cases.models import Case, Inquiry
from cases.rules.clock import Limit
from grids.actions import appoint, dismiss
from grids.enums import Role
from grids.queries import scope_of
from residents import actions as register
from residents.enums import Met, Purpose
from tests.assessment.checks import check, closed, draw
from tests.assessment.histories import History
from tests.assessment.reviews import (
    DUE,
    HEARD_BY,
    OPENED,
    appealed,
    charge_of,
    decided,
    late,
    opened,
    ruled,
    spoken,
)
from tests.assessment.test_scores import FIRST, SEPTEMBER, advance, day, draft, month  # noqa: F401
from tests.cases.walks import photo, walk
from tests.factories import make_user
from tests.residents.people import household
from tests.test_query_budgets import leave_only
from tests.town import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SEPTEMBER_WHOLE = (date(2026, 9, 1), date(2026, 9, 30))
AFTER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def ask(town, who: str, *, days=SEPTEMBER_WHOLE, moment=AFTER, reader: str = "") -> Asked:
    person = town.user[who]
    scope = scope_of(town.user[reader] if reader else person, AFTER)
    return questions.asked(person, Stretch.of(*days, moment), scope)


def traces(town, who: str, **asked) -> dict[str, int]:
    """What is not zero."""
    return {trace.value: n for trace, n in counts_of(ask(town, who, **asked)).items() if n}


def patrol(town, who: str, at: datetime, lines: int = 1):
    begun = case_actions.start_patrol(by=town.post[who], at=at, key=uuid4())
    for n in range(lines):
        case_actions.write_diary(
            begun, text=f"第{n}条", by=town.post[who], at=at + n * timedelta(minutes=1), key=uuid4()
        )
    return case_actions.end_patrol(begun, by=town.post[who], at=at + HOUR)


# --- patrols ------------------------------------------------------------------------------------------------


def test_a_day_is_a_day_however_often_she_set_out(town):
    patrol(town, "leader", day(8), lines=2)
    patrol(town, "leader", day(8, 15))
    patrol(town, "leader", day(12), lines=0)  # a Saturday

    assert traces(town, "leader") == {"patrols": 3, "patrol_days": 2, "duty_walked": 1, "diary": 3}
    assert len(ask(town, "leader").duty) == 22  # September 2026: one make-up day, one holiday
    assert ask(town, "direct").duty == []  # nobody walks a community


def test_a_diary_line_that_became_a_case_is_also_that(town):
    begun = case_actions.start_patrol(by=town.post.leader, at=day(8), key=uuid4())
    line = case_actions.write_diary(begun, text="楼道堆物", by=town.post.leader, at=day(8), key=uuid4())
    case_actions.raise_case(line, category=town.category("C201"), by=town.post.leader, at=day(8, 10))

    found = traces(town, "leader")

    assert (found["diary"], found["diary_cases"], found["reported"]) == (1, 1, 1)
    assert traces(town, "leader", moment=day(8, 10)) == {
        "patrols": 1, "patrol_days": 1, "duty_walked": 1, "diary": 1,
    }  # fmt: skip


# --- cases --------------------------------------------------------------------------------------------------


def test_each_hand_has_its_own_moves(town):
    walk(town, town.report(at=day(2)), day(2), until=Step.CLOSED)

    assert traces(town, "leader") == {"cases": 1, "reported": 1}
    assert traces(town, "head") == {"given": 1}  # the unit answers by its head, whoever of it acts
    assert traces(town, "officer") == {
        "cases": 1, "signed": 1, "signed_in_time": 1, "results": 1, "results_in_time": 1,
    }  # fmt: skip
    assert traces(town, "direct") == {"cases": 1, "verified": 1}
    assert traces(town, "dispatcher") == {"cases": 1, "dispatched": 1, "closed": 1}
    assert traces(town, "plumber") == {}


def test_who_signs_late_was_late_and_so_was_who_answered_then(town):
    case = case_actions.assign(
        town.report(at=day(1)), unit=town.grid.one, limit=Limit(7), by=town.post.dispatcher, at=day(1)
    )
    case_actions.sweep(at=day(3))
    case_actions.sign(case, by=town.post.leader, at=day(4))

    found = traces(town, "leader")

    assert (found["given"], found["sign_late"], found["signed"]) == (1, 1, 1)
    assert "signed_in_time" not in found


def test_a_limit_passes_with_whoever_had_it_then(town):
    late(town)

    found = traces(town, "leader", days=(date(2026, 9, 1), date(2026, 10, 31)))

    assert (found["given"], found["expired"]) == (1, 1)
    above = traces(town, "direct", days=(date(2026, 9, 1), date(2026, 10, 31)))
    assert (above["given"], "expired" in above) == (1, False)  # it went up to her


def test_a_limit_that_passes_after_her_post_is_not_hers_however_late_the_sweep(town):
    case = case_actions.assign(
        town.report(at=day(1)), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=day(1)
    )
    case_actions.sign(case, by=town.post.leader, at=day(1))
    dismiss(town.post.leader, at=day(3, 12))  # the limit passes at midnight

    case_actions.sweep(at=day(8))

    assert (Case.objects.get().expiries, "expired" in traces(town, "leader")) == (1, False)


def test_a_result_sent_back_is_of_who_had_given_it(town):
    case = walk(town, town.report(at=day(2)), day(2), until=Step.FED_BACK)
    case_actions.verify(case, passed=False, note="未清完", by=town.post.direct, at=day(3))

    assert traces(town, "officer")["reworked"] == 1
    assert traces(town, "direct")["verified"] == 1
    assert "reworked" not in traces(town, "leader")


def test_a_case_settled_at_once_is_reported_and_solved(town):
    case_actions.report_settled(
        result="已清理", result_photos=[photo()], category=town.category("B04"), grid=town.grid.one,
        text="小广告", by=town.post.leader, at=day(2), key=uuid4(),
    )  # fmt: skip

    assert traces(town, "leader") == {"cases": 1, "reported": 1, "results": 1, "results_in_time": 1}
    assert "given" not in traces(town, "dispatcher")  # what waits to be verified is nobody's to handle


# --- inquiries ----------------------------------------------------------------------------------------------


def inquiry(town) -> Inquiry:
    """The community let pass what came up from the grid, and is asked."""
    begun = day(1)
    case_actions.set_policy(
        town.grid.district, reason="试行", by=town.post.official, at=begun, community_days=1, street_days=40,
        reply_days=3,
    )  # fmt: skip
    case = case_actions.assign(
        town.report(at=begun), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=begun
    )
    case = case_actions.sign(case, by=town.post.leader, at=begun)
    case_actions.escalate(case, note="网格解决不了", by=town.post.leader, at=begun)
    case_actions.sweep(at=day(7))
    paper = case_actions.ask(Inquiry.objects.get(), question="何时解决", by=town.post.leader, at=day(7))
    said = {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"}
    return case_actions.answer(paper, **said, by=town.post.direct, at=day(8))


def test_an_inquiry_is_of_who_asked_answered_and_decided(town):
    paper = inquiry(town)
    paper = case_actions.object_(paper, note="没有具体时间", by=town.post.leader, at=day(9))
    case_actions.decide(paper, verdict=Verdict.UPHELD, note="应予整改", by=town.post.secretary, at=day(10))

    assert traces(town, "leader")["asked"] == 1
    assert {"answered": 1, "answered_in_time": 1, "upheld": 1}.items() <= traces(town, "direct").items()
    assert traces(town, "first") == {"upheld": 1}  # worked for the unit when the limit passed
    assert traces(town, "secretary")["decided"] == 1
    assert "upheld" not in traces(town, "west_direct")


def test_who_came_after_the_limit_had_passed_does_not_answer_for_it(town):
    paper = inquiry(town)
    dismiss(town.post.first, at=paper.gained_at + HOUR)
    town.user["new"] = make_user("new", username="new")
    appoint(town.user["new"], Role.COMMUNITY_FIRST, grid=town.grid.east, at=paper.gained_at + 2 * HOUR)
    paper = case_actions.object_(paper, note="没有具体时间", by=town.post.leader, at=day(9))
    case_actions.decide(paper, verdict=Verdict.UPHELD, note="应予整改", by=town.post.secretary, at=day(10))

    assert traces(town, "first") == {"upheld": 1}
    assert traces(town, "new") == {}


# --- visits and registers -----------------------------------------------------------------------------------


def test_visits_and_verifications_are_of_who_made_them(town):
    home = household(town, day(1))
    home.visit_due = date(2026, 9, 15)
    home.save(update_fields=["visit_due"])
    register.visit(
        home, purpose=Purpose.ROUND, met=Met.FAMILY, by=town.post.member, at=day(14), key=uuid4(), what="平安"
    )

    found = traces(town, "member")

    assert (found["home_visits"], found["visits_due"], found["visits_in_time"]) == (1, 1, 1)
    assert "group_visits" not in found
    assert "home_visits" not in traces(town, "leader")


# --- checks -------------------------------------------------------------------------------------------------


def test_what_was_looked_at_again_counts_as_it_was_found_last(town, at):
    closed(town, at)
    for result in (SpotResult.CONFIRMED, SpotResult.NOT_CONFIRMED):
        spot = draw(town, at)
        check(
            town,
            SpotItem.objects.get(spot_check=spot),
            at + HOUR * (result == SpotResult.NOT_CONFIRMED),
            result,
        )

    assert {"results_checked": 1, "results_wrong": 1}.items() <= traces(town, "officer").items()
    assert {"verdicts_checked": 1, "verdicts_wrong": 1}.items() <= traces(town, "direct").items()
    assert traces(town, "supervisor") == {"spot_checks": 2}


# --- which index answers ------------------------------------------------------------------------------------


ANSWERED_BY = {
    Trace.CASES:     "event_by_post",
    Trace.RESULTS:   "event_by_post",
    Trace.CLOSED:    "event_by_post",
    Trace.GIVEN:     "event_in_hand",
    Trace.SIGN_LATE: "event_in_hand",
    Trace.EXPIRED:   "event_in_hand",
}  # fmt: skip


def test_the_moves_of_a_post_are_found_by_an_index(town):
    History(town, Random(3)).live(60)
    leave_only("event_by_post", "event_in_hand", table="cases_caseevent")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_caseevent")
    plans = {trace: rows_of(trace, ask(town, "leader")).explain() for trace in ANSWERED_BY}

    wrong = {trace: plan for trace, plan in plans.items() if ANSWERED_BY[trace] not in plan}
    assert wrong == {}


# --- handing over -------------------------------------------------------------------------------------------


@pytest.fixture
def handed_over(town):
    """In the middle of the month another takes over the grid, and what was in hand."""
    patrol(town, "leader", day(8))
    case = case_actions.assign(
        town.report(at=day(10)), unit=town.grid.one, limit=Limit(20), by=town.post.dispatcher, at=day(10)
    )
    case_actions.sign(case, by=town.post.leader, at=day(10, 10))
    dismiss(town.post.leader, at=day(16, 12), by=town.user.official)
    town.user["heir"] = make_user("heir", username="heir")
    town.post["heir"] = appoint(
        town.user["heir"], Role.GRID_LEADER, grid=town.grid.one, at=day(16, 12), by=town.user.official
    )
    case_actions.hand_over(at=day(16, 13))
    patrol(town, "heir", day(17))
    case = Case.objects.get(pk=case.pk)
    case_actions.feed_back(case, result="已清运", photos=[photo()], by=town.post.heir, at=day(18))
    return town


def test_two_who_follow_each_other_split_the_days(handed_over):
    before, after = (questions.posts_of(ask(handed_over, who))[0] for who in ("leader", "heir"))

    assert (before.days, after.days) == (15, 15)  # the 16th belongs to who held it in the evening
    duty = [ask(handed_over, who).duty for who in ("leader", "heir")]
    assert [len(days) for days in duty] == [11, 11]
    assert not set(duty[0]) & set(duty[1])


def test_each_has_her_own_traces(handed_over):
    before, after = traces(handed_over, "leader"), traces(handed_over, "heir")

    assert before == {
        "patrols": 1, "patrol_days": 1, "duty_walked": 1, "diary": 1, "cases": 1, "reported": 1, "given": 1,
        "signed": 1, "signed_in_time": 1,
    }  # fmt: skip
    assert after == {
        "patrols": 1, "patrol_days": 1, "duty_walked": 1, "diary": 1, "cases": 1, "given": 1, "results": 1,
        "results_in_time": 1,
    }  # fmt: skip


def test_the_history_says_who_appointed_and_who_ended_it(handed_over):
    before, after = (questions.posts_of(ask(handed_over, who))[0] for who in ("leader", "heir"))

    assert (before.appointed_by, before.ended_by) == (
        None,
        handed_over.user.official,
    )  # taken over, then ended
    assert (after.appointed_by, after.ended_by, after.until) == (handed_over.user.official, None, None)


def test_as_of_a_moment_before_the_end_the_post_was_still_held(handed_over):
    then = ask(handed_over, "leader", moment=day(12))

    (post,) = questions.posts_of(then)

    assert (post.until, post.ended_by, post.days) == (None, None, 12)


# --- scores, measures, honours ------------------------------------------------------------------------------


def test_a_month_is_the_mean_of_her_grids_by_days(month, draft):  # noqa: F811
    advance(month, draft, "published")

    (told,) = questions.scores_of(ask(month, "leader"))

    assert (told.month, told.points) == (SEPTEMBER, told.shares[0].score.final)
    assert [share.days for share in told.shares] == [30]


def test_two_grids_of_one_person_weigh_by_their_days(month):  # noqa: F811
    dismiss(month.post.leader2, at=day(11, 9))
    appoint(month.user.leader, Role.GRID_LEADER, grid=month.grid.two, at=day(21, 9))
    run = advance(month, actions.score_month(month.grid.district, SEPTEMBER, by=None, at=FIRST), "published")
    one, two = (run.scores.get(grid=month.grid[name]).final for name in ("one", "two"))

    (told,) = questions.scores_of(ask(month, "leader"))

    assert one != two
    assert [share.days for share in told.shares] == [30, 10]
    assert told.points == ((one * 30 + two * 10) / 40).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def test_a_month_that_is_not_published_or_not_whole_is_none_of_it(month, draft):  # noqa: F811
    assert questions.scores_of(ask(month, "leader")) == []

    advance(month, draft, "published")

    assert questions.scores_of(ask(month, "leader", days=(date(2026, 9, 2), date(2026, 10, 31)))) == []
    assert questions.scores_of(ask(month, "leader", moment=FIRST)) == []


def test_what_was_amended_later_stands_beside_it(month, draft):  # noqa: F811
    run = advance(month, draft, "published")
    score = run.scores.get(grid=month.grid.one)
    actions.amend(
        score, indicator="patrol", points=Decimal("0.5"), reason="补传", by=month.post.official,
        at=AFTER - HOUR, key=uuid4(),
    )  # fmt: skip

    ((_share, now),) = questions.scores_of(ask(month, "leader"))[0].lines
    ((_share, before),) = questions.scores_of(ask(month, "leader", moment=AFTER - HOUR))[0].lines

    assert (now, before) == (score.final + Decimal("0.5"), None)


def test_a_measure_counts_from_the_day_it_is_in_force(town):
    review = opened(town)
    charge = decided(spoken(town, review, "leader"), by=town.post.supervisor, at=OPENED + HOUR)

    days = (date(2026, 9, 1), date(2026, 10, 31))
    in_force = charge.in_force_from
    scope = scope_of(town.user.leader, AFTER)

    assert questions.measures(ask(town, "leader", days=days, moment=in_force), scope) == []
    (told,) = questions.measures(ask(town, "leader", days=days), scope)
    assert (told.charge.measure, told.charge.review.number, told.is_open) == (
        Measure.TALK,
        review.number,
        True,
    )


def test_a_measure_is_told_to_who_supervises_the_place_of_that_post(town):
    review = opened(town)
    decided(spoken(town, review, "leader"), by=town.post.supervisor, at=OPENED + HOUR)
    town.user["elsewhere"] = make_user("elsewhere", username="elsewhere")
    appoint(town.user["elsewhere"], Role.STREET_SUPERVISOR, grid=town.grid.other_street, at=DUE)
    dismiss(town.post.far_leader, at=DUE)
    appoint(town.user.leader, Role.GRID_LEADER, grid=town.grid.nine, at=DUE + HOUR)
    days = (date(2026, 9, 1), date(2026, 10, 31))

    told = {
        reader: len(
            questions.measures(
                ask(town, "leader", days=days, reader=reader), scope_of(town.user[reader], AFTER)
            )
        )
        for reader in ("supervisor", "inspector", "elsewhere")
    }

    assert told == {"supervisor": 1, "inspector": 1, "elsewhere": 0}


def test_what_was_withdrawn_on_appeal_is_not_told(town):
    review = opened(town)
    charge = decided(spoken(town, review, "leader"), by=town.post.supervisor, at=OPENED + HOUR)
    charge = appealed(charge, at=OPENED + 2 * HOUR)
    ruled(charge, by=town.post.inspector, at=HEARD_BY, measure=Measure.NONE)

    days = (date(2026, 9, 1), date(2026, 11, 30))

    assert charge_of(town, review, "leader").in_force_from is not None
    assert questions.measures(ask(town, "leader", days=days), scope_of(town.user.leader, AFTER)) == []


def test_honours_and_warnings_are_told_once_somebody_decided(month, draft):  # noqa: F811
    run = advance(month, draft, "published")
    proposal = Proposal.objects.create(score=run.scores.get(grid=month.grid.one), standing="best")
    other = Proposal.objects.create(score=run.scores.get(grid=month.grid.one), standing="last")

    assert questions.standings(ask(month, "leader")) == []

    actions.decide_proposal(
        proposal, confirm=True, reason="表现突出", by=month.post.official, at=AFTER - HOUR
    )
    actions.decide_proposal(other, confirm=False, reason="新网格", by=month.post.official, at=AFTER - HOUR)

    assert questions.standings(ask(month, "leader")) == [proposal]
    assert questions.standings(ask(month, "leader", moment=AFTER - HOUR)) == []
    assert questions.standings(ask(month, "leader2")) == []


# --- a past moment ------------------------------------------------------------------------------------------


def test_as_of_a_past_moment_it_is_the_same_whatever_happens_after(handed_over):
    town = handed_over
    then = [
        counts_of(ask(town, who, moment=day(18, 12))) for who in ("leader", "heir", "dispatcher", "direct")
    ]

    case = Case.objects.get()
    case_actions.verify(case, passed=False, note="未清完", by=town.post.direct, at=day(18, 13))
    patrol(town, "heir", day(18, 14))
    case_actions.sweep(at=DUE + 30 * timedelta(days=1))
    dismiss(town.post.heir, at=AFTER - HOUR)

    now = [
        counts_of(ask(town, who, moment=day(18, 12))) for who in ("leader", "heir", "dispatcher", "direct")
    ]
    assert now == then
    assert traces(town, "heir")["reworked"] == 1


def test_before_she_held_a_post_there_is_no_trace(town):
    asked = ask(town, "leader", days=(date(2025, 1, 1), date(2025, 12, 31)))

    assert (asked.posts, any(counts_of(asked).values())) == ((), False)
    assert [rows_of(trace, asked).count() for trace in Trace] == [0] * len(Trace)


def test_every_number_has_exactly_its_rows(handed_over, at):
    closed(handed_over, at, by="heir")

    for who in ("heir", "officer", "head", "direct", "dispatcher"):
        asked = ask(handed_over, who)
        counts = counts_of(asked)

        assert {trace: rows_of(trace, asked).count() for trace in Trace} == counts, who
