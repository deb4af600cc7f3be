"""A review runs from its opening to the appeal, and every guard on the way holds."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from assessment.actions import reviews as actions
from assessment.actions.reviews import ReviewRefused
from assessment.enums import (
    Finding,
    Gravity,
    Ground,
    Measure,
    Responsibility,
    ReviewChange,
    ReviewNotice,
    ReviewState,
    Stage,
)
from assessment.models import Charge, Review, ReviewEvent
from assessment.queries.measures import cards_of, measures_of
from assessment.queries.tracing import trace_of
from cases import actions as case_actions
from cases.actions.handover import hand_over
from cases.enums import Evaluation, Verdict
from cases.models import Case
from cases.queries.chain import Inspection
from cases.rules.clock import Limit
from grids.actions import appoint, dismiss
from grids.enums import Role
from grids.models import Notice
from grids.queries import scope_of
from grids.queries.desks import pending
from tests.cases.test_seven_days import COMMUNITY_DUE, at_the_community
from tests.cases.walks import photo
from tests.factories import make_user
from tests.town import FOUNDED

from .reviews import (
    DAY,
    DUE,
    HEARD_BY,
    NOON,
    OPENED,
    THURSDAY,
    appealed,
    charge_of,
    decided,
    in_hand,
    late,
    opened,
    ruled,
    spoken,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

HOUR = timedelta(hours=1)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def told(kind):
    rows = Notice.objects.filter(kind=kind).order_by("person__username")
    return list(rows.values_list("person__username", flat=True))


def people(review):
    rows = Charge.objects.filter(review=review).select_related("user")
    return {(c.user.username, Responsibility(c.responsibility)) for c in rows}


P, J = Responsibility


# --- tracing back -------------------------------------------------------------------------------------


def test_the_hands_of_a_late_case_with_limit_and_working_time(town):
    trace = trace_of(late(town), OPENED)

    assert [(line.stage, line.unit, str(line.post), line.limit, line.used) for line in trace.hands] == [
        (Stage.DISCOVER, "一号网格 · 网格巡查", str(town.post.leader), "", ""),
        (Stage.REPORT, "三官庙街道指挥中心", str(town.post.dispatcher), "", "0 分钟"),
        (Stage.SOLVE, "一号网格", str(town.post.leader), "2 个工作日", "2 个工作日 6 小时 30 分钟"),
        (Stage.SOLVE, "东街社区", str(town.post.direct), "7 个工作日", "30 分钟"),
    ]
    assert [(line.hand.is_late, line.faults) for line in trace.hands[2:]] == [
        (True, [(Finding.LATE, DUE)]),
        (False, []),
    ]


def test_the_leader_answers_and_the_leaders_of_her_community_with_her(town):
    found = trace_of(late(town), OPENED).of(Finding.LATE)

    assert (found.gravity, found.moments) == (Gravity.LIGHT, [DUE])
    assert [(p.post, p.responsibility, p.measure) for p in found.proposed] == [
        (town.post.leader, P, Measure.TALK),
        (town.post.first, J, Measure.NONE),
        (town.post.direct, J, Measure.NONE),
    ]


def test_the_holder_of_that_day_answers_and_not_the_one_of_today(town):
    case = in_hand(town)
    dismiss(town.post.leader, at=NOON)
    heir = appoint(make_user("heir", username="heir"), Role.GRID_LEADER, grid=town.grid.one, at=NOON + HOUR)
    hand_over(at=NOON + 2 * HOUR)
    case_actions.sweep(at=DUE + HOUR)
    dismiss(heir, at=DUE + 2 * HOUR)
    appoint(make_user("third", username="third"), Role.GRID_LEADER, grid=town.grid.one, at=DUE + 3 * HOUR)
    dismiss(town.post.first, at=DUE - HOUR)  # an hour before it went wrong: not hers any more
    appoint(
        make_user("new_first", username="new_first"), Role.COMMUNITY_FIRST, grid=town.grid.east, at=DUE - HOUR
    )

    review = opened(town, case)

    assert people(review) == {("heir", P), ("new_first", J), ("direct", J)}
    solved = [str(line.post.user) for line in trace_of(case, OPENED).hands if line.stage == Stage.SOLVE]
    assert solved == ["leader", "heir", "direct"]


def test_a_sweep_that_came_late_blames_nobody_who_had_left_by_then(town):
    case = in_hand(town)
    dismiss(town.post.leader, at=NOON)
    appoint(make_user("heir", username="heir"), Role.GRID_LEADER, grid=town.grid.one, at=NOON + HOUR)

    case_actions.sweep(at=DUE + HOUR)  # before the work was handed over

    assert people(opened(town, case)) == {("heir", P), ("first", J), ("direct", J)}


def test_where_nobody_held_the_post_nobody_is_primary(town):
    case = in_hand(town)
    dismiss(town.post.leader, at=NOON)
    case_actions.sweep(at=DUE + HOUR)

    assert people(opened(town, case)) == {("first", J), ("direct", J)}


def test_what_the_community_let_pass_is_not_the_fault_of_the_grid(town):
    case = at_the_community(town)
    case_actions.sweep(at=COMMUNITY_DUE)

    review = opened(town, case, at=COMMUNITY_DUE + HOUR)

    assert people(review) == {("direct", P), ("first", J)}


def test_an_upheld_inquiry_is_a_finding_of_its_own(town):
    case = at_the_community(town)
    case_actions.sweep(at=COMMUNITY_DUE)
    when = COMMUNITY_DUE + 9 * HOUR
    paper = case_actions.ask(case.inquiries.get(), question="请说明", by=town.post.leader, at=when)
    paper = case_actions.answer(
        paper, progress="无", cause="无", measures="无", by=town.post.direct, at=when + HOUR
    )
    paper = case_actions.object_(paper, note="没有说明", by=town.post.leader, at=when + HOUR)
    case_actions.decide(paper, verdict=Verdict.UPHELD, note="成立", by=town.post.supervisor, at=when + HOUR)

    review = opened(town, case, finding=Finding.INQUIRY, at=when + 2 * HOUR)

    assert (review.inquiry, review.found_at, review.gravity) == (paper, COMMUNITY_DUE, Gravity.MEDIUM)
    assert people(review) == {("direct", P), ("first", J)}


def by_department(town):
    case = case_actions.assign(
        town.report(at=THURSDAY),
        unit=town.department.chengguan,
        limit=Limit(7),
        by=town.post.dispatcher,
        at=THURSDAY,
    )
    case = case_actions.sign(case, by=town.post.officer, at=THURSDAY + HOUR)
    given = {"result": "已清运", "by": town.post.officer, "photos": [photo()]}
    return case_actions.feed_back(case, at=THURSDAY + 2 * HOUR, **given), given


def test_a_result_that_was_sent_back_is_on_the_department_that_gave_it(town):
    case, _given = by_department(town)
    case = case_actions.verify(case, passed=False, note="没清完", by=town.post.direct, at=THURSDAY + 3 * HOUR)

    found = trace_of(case, NOON).of(Finding.REWORKED)

    assert [(p.post, p.responsibility, p.ground) for p in found.proposed] == [
        (town.post.officer, P, Ground.INEPT),
        (town.post.head, J, Ground.REMISS),
    ]


def test_a_case_closed_wrongly_falls_on_who_closed_it_too(town):
    case, _given = by_department(town)
    case = case_actions.verify(case, passed=True, by=town.post.direct, at=THURSDAY + 3 * HOUR)
    case = case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=NOON)
    case = case_actions.reopen(case, note="又堆起来了", by=town.post.supervisor, at=NOON + HOUR)

    review = opened(town, case, finding=Finding.REOPENED)

    assert people(review) == {("officer", P), ("head", J), ("dispatcher", J)}
    assert charge_of(town, review, "head").decider_level == 1
    assert charge_of(town, review, "dispatcher").decider_level == 0


# --- opening ------------------------------------------------------------------------------------------


def test_it_is_numbered_and_everybody_concerned_is_told(town):
    review = opened(town, note="群众多次反映")

    assert (review.number, review.state, review.found_at) == (
        "三官庙责追〔2026〕1号",
        ReviewState.OPENED,
        DUE,
    )
    assert (review.grid, review.street, review.times) == (town.grid.one, town.grid.street, 1)
    assert people(review) == {("leader", P), ("first", J), ("direct", J)}
    assert {c.hear_due_at for c in Charge.objects.all()} == {HEARD_BY}
    assert told(ReviewNotice.TO_ANSWER) == ["direct", "first", "leader"]


def test_the_district_counts_its_own_numbers(town):
    assert opened(town, by="inspector").number == "中原责追〔2026〕1号"
    assert list(Inspection().breaks()) == []  # whoever inspects the numbers knows these papers too


def test_the_same_form_twice_opens_one_review(town):
    case, key = late(town), uuid4()

    first = opened(town, case, key=key)
    again = opened(town, case, key=key, at=OPENED + HOUR)

    assert (first, Review.objects.count(), ReviewEvent.objects.count()) == (again, 1, 1)


def test_a_key_of_somebody_else_opens_nothing(town):
    key = uuid4()
    case = late(town)
    opened(town, case, key=key)

    with pytest.raises(ReviewRefused, match="其他操作"):
        opened(town, case, by="inspector", key=key)


def test_one_review_of_a_case_at_a_time(town):
    case = late(town)
    opened(town, case)

    with pytest.raises(ReviewRefused, match="正在进行"):
        opened(town, case, by="inspector")


def test_the_database_allows_no_second_one_either(town):
    review = opened(town)
    review.pk, review.number, review.found_at = None, "另一号", THURSDAY

    with pytest.raises(IntegrityError, match="review_one_under_way_per_case"):
        review.save()


def finished(town, review):
    for n, who in enumerate(("leader", "first", "direct")):
        decided(spoken(town, review, who), by=town.post.supervisor, at=OPENED + (n + 1) * HOUR)
    return fresh(review)


def test_what_was_reviewed_is_not_reviewed_again(town):
    case = late(town)
    assert finished(town, opened(town, case)).state == ReviewState.DECIDED

    with pytest.raises(ReviewRefused, match="已经追责"):
        opened(town, case, at=OPENED + DAY)


def test_when_it_happens_again_it_is_reviewed_again_and_is_graver(town):
    case = late(town)
    finished(town, opened(town, case))
    case_actions.sweep(at=OPENED + 30 * DAY)  # the community and the street let it pass, too

    again = opened(town, case, by="inspector", at=OPENED + 30 * DAY + HOUR)

    assert (again.times, again.gravity) == (3, Gravity.HEAVY)


def test_a_case_in_which_nothing_went_wrong_is_not_reviewed(town):
    with pytest.raises(ReviewRefused, match="没有发生"):
        opened(town, in_hand(town), at=NOON)


@pytest.mark.parametrize("who", ["dispatcher", "direct", "leader", "far_dispatcher", "head"])
def test_who_does_not_supervise_the_place_opens_none(town, who):
    with pytest.raises(ReviewRefused, match="负责该处督查"):
        opened(town, by=who)


def test_a_supervisor_of_the_other_street_opens_none(town):
    post = appoint(
        make_user("far", username="far"), Role.STREET_SUPERVISOR, at=FOUNDED, grid=town.grid.other_street
    )

    with pytest.raises(ReviewRefused, match="负责该处督查"):
        actions.open_review(late(town), finding=Finding.LATE, by=post, at=OPENED, key=uuid4())


def test_nobody_opens_one_about_herself(town):
    case = late(town)
    town.post["second"] = appoint(town.user.leader, Role.STREET_SUPERVISOR, at=FOUNDED, grid=town.grid.street)

    with pytest.raises(ReviewRefused, match="涉及您本人"):
        opened(town, case, by="second")


def test_who_has_left_opens_none(town):
    case = late(town)
    dismiss(town.post.supervisor, at=DUE)
    town.post.supervisor.refresh_from_db()

    with pytest.raises(ReviewRefused, match="已结束"):
        opened(town, case)


# --- hearing ------------------------------------------------------------------------------------------


def test_she_speaks_and_whoever_could_decide_is_told(town):
    review = opened(town)

    charge = spoken(town, review, "leader")

    assert (charge.spoke_at, charge.statement) == (OPENED, "当日值班，未能到场")
    assert told(ReviewNotice.TO_DECIDE) == ["inspector", "official", "secretary", "supervisor"]
    assert fresh(review).state == ReviewState.OPENED  # the others have not spoken


def test_when_all_have_spoken_it_is_heard(town):
    review = opened(town)

    for who in ("leader", "first", "direct"):
        spoken(town, review, who)

    assert fresh(review).state == ReviewState.HEARD


def test_she_speaks_once(town):
    review, key = opened(town), uuid4()
    spoken(town, review, "leader", key=key)
    spoken(town, review, "leader", key=key)  # the same form again

    with pytest.raises(ReviewRefused, match="只能"):
        spoken(town, review, "leader")
    assert ReviewEvent.objects.filter(change=ReviewChange.SPOKEN).count() == 1


def test_after_her_time_she_speaks_no_more(town):
    review = opened(town)

    with pytest.raises(ReviewRefused, match="陈述期限已过"):
        spoken(town, review, "leader", at=HEARD_BY)
    assert spoken(town, review, "leader", at=HEARD_BY - timedelta(seconds=1)).spoke_at


def test_nobody_speaks_for_another(town):
    charge = charge_of(town, opened(town), "leader")

    with pytest.raises(ReviewRefused, match="本人"):
        actions.speak(charge, statement="代为陈述", by=town.post.direct, at=OPENED, key=uuid4())


def test_she_speaks_as_who_she_was_even_when_her_post_has_ended(town):
    review = opened(town)
    dismiss(town.post.leader, at=OPENED)

    assert spoken(town, review, "leader", at=OPENED + HOUR).statement


# --- decision -----------------------------------------------------------------------------------------


def test_a_person_decides_what_the_rule_only_proposed(town):
    charge = spoken(town, opened(town), "leader")

    charge = decided(charge, by=town.post.supervisor, at=OPENED + HOUR, measure=Measure.INTERVIEW)

    assert (charge.proposed_measure, charge.decided_measure, charge.measure) == (
        Measure.TALK, Measure.INTERVIEW, Measure.INTERVIEW,
    )  # fmt: skip
    assert charge.in_force_from == charge.appeal_due_at == HEARD_BY  # three working days on, too
    assert told(ReviewNotice.DECIDED) == ["leader"]


def test_who_has_not_been_heard_is_not_judged(town):
    charge = charge_of(town, opened(town), "leader")

    with pytest.raises(ReviewRefused, match="尚未陈述"):
        decided(charge, by=town.post.supervisor, at=HEARD_BY - timedelta(seconds=1))
    assert decided(charge, by=town.post.supervisor, at=HEARD_BY).is_decided


def test_the_database_judges_nobody_unheard_either(town):
    charge = charge_of(town, opened(town), "leader")
    charge.measure = charge.decided_measure = Measure.TALK
    charge.ground, charge.reasons, charge.decided_by = Ground.INEPT, "无", town.post.supervisor
    charge.decided_at, charge.appeal_due_at = OPENED + HOUR, HEARD_BY
    charge.in_force_from = HEARD_BY

    with pytest.raises(IntegrityError, match="judged_unheard"):
        charge.save()


def test_nobody_decides_on_herself_nor_in_a_review_that_concerns_her(town):
    review = opened(town)
    post = appoint(town.user.first, Role.STREET_SUPERVISOR, at=FOUNDED, grid=town.grid.street)

    for who in ("first", "leader"):
        with pytest.raises(ReviewRefused, match="回避"):
            decided(spoken(town, review, who), by=post, at=OPENED + HOUR)


def test_the_database_lets_nobody_decide_on_herself_either(town):
    charge = decided(spoken(town, opened(town), "leader"), by=town.post.supervisor, at=OPENED + HOUR)
    charge.decided_by = charge.post

    with pytest.raises(IntegrityError, match="somebody_else"):
        charge.save()


def test_a_street_does_not_decide_on_its_own_dispatcher(town):
    case, _given = by_department(town)
    case = case_actions.verify(case, passed=True, by=town.post.direct, at=THURSDAY + 3 * HOUR)
    case = case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=NOON)
    review = opened(
        town, case_actions.reopen(case, note="未清", by=town.post.supervisor, at=NOON + HOUR), finding=Finding.REOPENED
    )  # fmt: skip
    charge = spoken(town, review, "dispatcher")

    for who in ("supervisor", "secretary"):
        with pytest.raises(ReviewRefused, match="上一级"):
            decided(charge, by=town.post[who], at=OPENED + HOUR)
    assert decided(charge, by=town.post.inspector, at=OPENED + HOUR).is_decided


@pytest.mark.parametrize("who", ["dispatcher", "west_direct", "far_dispatcher", "head"])
def test_who_does_not_supervise_the_place_decides_nothing(town, who):
    with pytest.raises(ReviewRefused, match="负责该处督查"):
        decided(spoken(town, opened(town), "leader"), by=town.post[who], at=OPENED + HOUR)


def test_a_decision_is_made_once(town):
    charge, key = spoken(town, opened(town), "leader"), uuid4()
    decided(charge, by=town.post.supervisor, at=OPENED + HOUR, key=key)
    again = decided(charge, by=town.post.supervisor, at=OPENED + HOUR, measure=Measure.YELLOW, key=key)

    assert again.measure == Measure.TALK
    with pytest.raises(ReviewRefused, match="已经作出决定"):
        decided(charge, by=town.post.secretary, at=OPENED + HOUR)


def test_a_decision_without_reasons_is_none(town):
    charge = spoken(town, opened(town), "leader")

    with pytest.raises(ReviewRefused, match="理由"):
        actions.decide(
            charge, measure=Measure.TALK, ground=Ground.INEPT, reasons=" ", by=town.post.supervisor, at=OPENED, key=uuid4()
        )  # fmt: skip


# --- appeal -------------------------------------------------------------------------------------------


@pytest.fixture
def judged(town):
    """The leader was heard, and the supervisor of the street has decided on an interview."""
    charge = spoken(town, opened(town), "leader")
    return decided(charge, by=town.post.supervisor, at=OPENED + HOUR, measure=Measure.YELLOW)


def test_she_appeals_and_nothing_is_in_force_meanwhile(town, judged):
    charge = appealed(judged, at=HEARD_BY - timedelta(seconds=1))

    assert (charge.appeal, charge.in_force_from, charge.measure) == ("已按期上报", None, Measure.YELLOW)
    assert told(ReviewNotice.TO_RULE) == ["inspector", "official", "secretary"]  # and not who has decided


def test_an_appeal_comes_in_time(town, judged):
    with pytest.raises(ReviewRefused, match="申诉期限已过"):
        appealed(judged, at=HEARD_BY)


def test_there_is_no_appeal_before_the_decision(town):
    with pytest.raises(ReviewRefused, match="尚未作出决定"):
        appealed(spoken(town, opened(town), "leader"), at=OPENED + HOUR)


def test_one_appeals_once(town, judged):
    key = uuid4()
    appealed(judged, at=OPENED + 2 * HOUR, key=key)
    appealed(judged, at=OPENED + 2 * HOUR, key=key)

    with pytest.raises(ReviewRefused, match="已经提出过"):
        appealed(judged, at=OPENED + 2 * HOUR)


def test_nobody_appeals_for_another(town, judged):
    with pytest.raises(ReviewRefused, match="本人"):
        actions.appeal(judged, text="代为申诉", by=town.post.direct, at=OPENED + 2 * HOUR, key=uuid4())


def test_somebody_else_decides_on_the_appeal(town, judged):
    charge = appealed(judged, at=OPENED + 2 * HOUR)

    with pytest.raises(ReviewRefused, match="以外的人"):
        ruled(charge, by=town.post.supervisor, at=OPENED + 3 * HOUR)
    charge = ruled(charge, by=town.post.inspector, at=OPENED + 3 * HOUR, measure=Measure.TALK)

    assert (charge.decided_measure, charge.measure) == (Measure.YELLOW, Measure.TALK)
    assert charge.in_force_from == OPENED + 3 * HOUR
    assert told(ReviewNotice.RULED) == ["leader", "supervisor"]


def test_not_by_another_post_of_the_same_person_either(town, judged):
    second = appoint(town.user.supervisor, Role.DISTRICT_SUPERVISOR, at=FOUNDED, grid=town.grid.district)

    with pytest.raises(ReviewRefused, match="以外的人"):
        ruled(appealed(judged, at=OPENED + 2 * HOUR), by=second, at=OPENED + 3 * HOUR)


def test_the_database_wants_somebody_else_too(town, judged):
    charge = ruled(appealed(judged, at=OPENED + 2 * HOUR), by=town.post.inspector, at=OPENED + 3 * HOUR)
    charge.ruled_by = charge.decided_by

    with pytest.raises(IntegrityError, match="somebody_else"):
        charge.save()


def test_an_appeal_makes_nothing_worse(town):
    charge = decided(spoken(town, opened(town), "leader"), by=town.post.supervisor, at=OPENED + HOUR)
    charge = appealed(charge, at=OPENED + 2 * HOUR)

    with pytest.raises(ReviewRefused, match="不得加重"):
        ruled(charge, by=town.post.inspector, at=OPENED + 3 * HOUR, measure=Measure.YELLOW)


def test_without_an_appeal_there_is_nothing_to_decide_anew(town, judged):
    with pytest.raises(ReviewRefused, match="没有待决定的申诉"):
        ruled(judged, by=town.post.inspector, at=OPENED + 2 * HOUR)


def test_a_review_is_settled_when_every_appeal_is(town):
    review = opened(town)
    finished(town, review)
    charge = appealed(charge_of(town, review, "leader"), at=OPENED + 4 * HOUR)
    assert fresh(review).state == ReviewState.APPEALED

    ruled(charge, by=town.post.inspector, at=OPENED + 5 * HOUR)

    assert fresh(review).state == ReviewState.SETTLED


# --- what stays ---------------------------------------------------------------------------------------


def test_every_step_is_an_event_that_nobody_can_change(town, judged):
    ruled(appealed(judged, at=OPENED + 2 * HOUR), by=town.post.inspector, at=OPENED + 3 * HOUR)

    assert [(e.change, e.by.user.username) for e in ReviewEvent.objects.all()] == [
        (ReviewChange.OPENED, "supervisor"),
        (ReviewChange.SPOKEN, "leader"),
        (ReviewChange.DECIDED, "supervisor"),
        (ReviewChange.APPEALED, "leader"),
        (ReviewChange.RULED, "inspector"),
    ]
    for change in (
        lambda: ReviewEvent.objects.update(note="改写"),
        lambda: ReviewEvent.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            change()


def test_a_measure_counts_once_it_is_in_force(town, judged):
    who = town.user.leader

    assert list(measures_of(who, OPENED, HEARD_BY)) == []
    assert list(measures_of(who, HEARD_BY, HEARD_BY + DAY)) == [judged]
    assert cards_of([town.grid.one, town.grid.two], HEARD_BY, HEARD_BY + DAY) == {town.grid.one.pk: 1}
    assert cards_of([town.grid.two], HEARD_BY, HEARD_BY + DAY) == {}


def test_what_fell_on_appeal_counts_nowhere(town, judged):
    charge = appealed(judged, at=OPENED + 2 * HOUR)
    assert list(measures_of(town.user.leader, OPENED, HEARD_BY + DAY)) == []

    ruled(charge, by=town.post.inspector, at=OPENED + 3 * HOUR)

    assert list(measures_of(town.user.leader, OPENED, HEARD_BY + DAY)) == []
    assert cards_of([town.grid.one], OPENED, HEARD_BY + DAY) == {}


def waits(town, who, at):
    said = pending(scope_of(town.user[who], at), at)
    return {line.label: line.number for line in said if line.url.startswith("/reports/")}


def test_the_desk_says_whose_turn_it_is(town):
    review = opened(town)
    assert waits(town, "leader", OPENED) == {"待我陈述的责任倒追": 1}
    assert waits(town, "supervisor", OPENED) == {}

    charge = spoken(town, review, "leader")
    assert waits(town, "leader", OPENED) == {}
    assert waits(town, "supervisor", OPENED) == {"待决定的处理": 1}
    assert waits(town, "supervisor", HEARD_BY) == {"待决定的处理": 3}  # the others have let their time pass
    assert waits(town, "dispatcher", HEARD_BY) == {}

    appealed(decided(charge, by=town.post.supervisor, at=OPENED + HOUR), at=OPENED + 2 * HOUR)
    assert waits(town, "supervisor", OPENED + 2 * HOUR) == {}
    assert waits(town, "inspector", OPENED + 2 * HOUR) == {"待决定的申诉": 1}


def test_the_trace_of_a_traced_case_names_its_reviews(town):
    case = Case.objects.get(pk=late(town).pk)
    review = opened(town, case)

    trace = trace_of(case, OPENED)

    assert (trace.under_way, trace.earlier, trace.of(Finding.LATE).is_reviewed) == (review, [review], True)
