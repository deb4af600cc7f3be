"""The lifecycle lets exactly the right person take exactly the edges of its table."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases import actions
from cases.enums import Action, CheckMethod, Concern, Evaluation, Grade, Outcome, Refusal, Step
from cases.models import Assignment, Case, CaseEvent
from cases.rules.clock import Limit
from cases.rules.lifecycle import EDGES, NotAllowed, transition
from grids.actions import appoint, dismiss
from grids.enums import Role
from tests.cases.walks import photo, walk

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_case_goes_through_six_steps(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.CLOSED)

    assert list(case.events.values_list("action", flat=True)) == [
        "report", "assign", "sign", "feed_back", "pass", "close",
    ]  # fmt: skip
    assert (case.version, case.on_time, case.ended_at, case.due_at) == (6, True, at, None)


REACHABLE = list(Step)


def take(town, case, action, at):
    """Each verb as the person who could do it, if anybody could."""
    post = town.post
    return {
        Action.CLAIM: lambda: actions.claim(case, by=post.dispatcher, at=at),
        Action.ASSIGN: lambda: actions.assign(
            case, unit=town.department.chengguan, limit=Limit(7), by=post.dispatcher, at=at
        ),
        Action.DECLINE: lambda: actions.decline(case, note="不予受理", by=post.dispatcher, at=at),
        Action.WITHDRAW: lambda: actions.withdraw(case, note="报错了", by=post.leader, at=at),
        Action.SETTLE: lambda: actions.settle(
            case, result="当场清走", photos=[photo()], by=post.leader, at=at
        ),
        Action.SIGN: lambda: actions.sign(case, by=post.officer, at=at),
        Action.RETURN: lambda: actions.return_(case, note="非我科职责", by=post.officer, at=at),
        Action.RECALL: lambda: actions.recall(case, note="派错单位", by=post.dispatcher, at=at),
        Action.FEED_BACK: lambda: actions.feed_back(
            case, result="已处理", photos=[photo()], by=post.officer, at=at
        ),
        Action.PASS: lambda: actions.verify(case, passed=True, by=post.direct, at=at),
        Action.FAIL: lambda: actions.verify(case, passed=False, note="未清干净", by=post.direct, at=at),
        Action.CLOSE: lambda: actions.close(case, evaluation=Evaluation.GOOD, by=post.dispatcher, at=at),
        Action.REOPEN: lambda: actions.reopen(case, note="又堆上了", by=post.supervisor, at=at),
        Action.TRANSFER: lambda: actions.transfer(
            case, unit=town.department.shizheng, note="属市政职责", by=post.dispatcher, at=at
        ),
        Action.MERGE: lambda: actions.merge(
            case, into=town.report(at=at), note="同一问题", by=post.dispatcher, at=at
        ),
        Action.RECATEGORISE: lambda: actions.recategorise(
            case, category=town.category("C201"), note="应为物业纠纷", by=post.dispatcher, at=at
        ),
        Action.FLAG: lambda: actions.flag(
            case, concern=Concern.COMMON, note="各楼院都有", by=post.dispatcher, at=at
        ),
        Action.SUPERVISE: lambda: actions.supervise(
            case, grade=Grade.ORDINARY, note="群众反映强烈", by=post.supervisor, at=at
        ),
        Action.INVITE: lambda: actions.invite(
            case, unit=town.department.shizheng, note="配合封路", by=post.dispatcher, at=at
        ),
        Action.EXTEND: lambda: actions.extend(case, amount=2, note="材料未到", by=post.officer, at=at),
        Action.SUSPEND: lambda: actions.suspend(
            case, until=at.date() + 30 * DAY, note="雨季不能施工", by=post.officer, at=at
        ),
    }[action]()  # fmt: skip


# What needs a grid as the holder, a supervision, a request, assistance or an inquiry first is tried in
# test_seven_days, test_oversight, test_requests and test_assisting.
ALONE = {
    Action.REPORT, Action.ESCALATE, Action.LIFT, Action.ENDORSE, Action.TURN_DOWN, Action.GRANT, Action.REFUSE,
    Action.RESUME, Action.ASSIST, Action.RELEASE,
}  # fmt: skip
TRIED = [edge.action for edge in EDGES if edge.action not in ALONE and not edge.action.is_of_inquiry]


@pytest.mark.parametrize("action", dict.fromkeys(TRIED))
@pytest.mark.parametrize("step", REACHABLE)
def test_every_action_at_every_step_does_what_the_table_says(step, action, town, calendar, at):
    case = walk(town, town.report(at=at, code="B0701"), at, until=step)
    edge = next((edge for edge in EDGES if (edge.source, edge.action) == (step, action)), None)
    before = case.events.count()

    try:
        target = take(town, case, action, at).step
    except NotAllowed as no:
        target = no.refusal

    case.refresh_from_db()
    assert target == (edge.target if edge else Refusal.WRONG_STEP)
    assert case.events.count() == before + bool(edge)
    assert case.step == (edge.target if edge else step)


def test_whoever_fed_back_cannot_verify(town, calendar, at):
    case = town.report(at=at)
    actions.assign(case, unit=town.grid.east, limit=Limit(7), by=town.post.dispatcher, at=at)
    actions.sign(case, by=town.post.direct, at=at)
    actions.feed_back(case, result="已劝离", photos=[photo()], by=town.post.direct, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.verify(case, passed=True, by=town.post.direct, at=at)

    assert refused.value.refusal == Refusal.HANDLED_IT
    assert actions.verify(case, passed=True, by=town.post.first, at=at).step == Step.VERIFIED


def test_a_second_post_of_the_same_person_does_not_make_her_somebody_else(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.FED_BACK)
    second = appoint(town.user.officer, Role.STREET_SUPERVISOR, grid=town.grid.street, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.verify(case, passed=True, by=second, at=at)

    assert refused.value.refusal == Refusal.HANDLED_IT


def test_after_two_returns_the_decision_is_final(town, calendar, at):
    case = town.report(at=at)
    for n in (1, 2):
        case = walk(town, case, at, until=Step.ASSIGNED)
        case = actions.return_(case, note=f"第{n}次退办", by=town.post.officer, at=at)
    case = walk(town, case, at, until=Step.ASSIGNED)

    with pytest.raises(NotAllowed) as refused:
        actions.return_(case, note="第3次退办", by=town.post.officer, at=at)

    assert (refused.value.refusal, case.returns) == (Refusal.RETURNED_TWICE, 2)
    assert actions.sign(case, by=town.post.officer, at=at).step == Step.HANDLING


def test_the_reporter_cannot_withdraw_what_was_ever_assigned(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    case = actions.recall(case, note="派错", by=town.post.dispatcher, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.withdraw(case, note="报错", by=town.post.leader, at=at)

    assert refused.value.refusal == Refusal.ALREADY_ASSIGNED


def test_only_the_reporter_withdraws(town, calendar, at):
    case = town.report(at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.withdraw(case, note="报错", by=town.post.member, at=at)

    assert refused.value.refusal == Refusal.NOT_THE_REPORTER


@pytest.mark.parametrize("person", ["plumber", "leader", "direct", "secretary", "far_leader"])
def test_only_the_unit_it_is_assigned_to_signs(person, town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    with pytest.raises(NotAllowed):
        actions.sign(case, by=town.post[person], at=at)

    assert Case.objects.get(pk=case.pk).step == Step.ASSIGNED


def test_any_officer_of_the_unit_may_sign_and_another_feed_back(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)

    actions.sign(case, by=town.post.head, at=at)
    case = actions.feed_back(case, result="已清运", photos=[photo()], by=town.post.officer, at=at)

    assert case.step == Step.FED_BACK


def test_a_rework_goes_back_to_the_unit_and_is_counted(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.FED_BACK)

    case = actions.verify(
        case, passed=False, note="还有残留", method=CheckMethod.ON_SITE, by=town.post.direct, at=at
    )

    assert (case.step, case.reworks, case.holder_department) == (Step.HANDLING, 1, town.department.chengguan)


def test_a_minor_problem_is_settled_at_once_and_still_verified_by_another(town, calendar, at):
    case = town.report(at=at, code="B0701")

    case = actions.settle(case, result="当场清走", photos=[photo()], by=town.post.leader, at=at)

    with pytest.raises(NotAllowed):
        actions.verify(case, passed=True, by=town.post.leader, at=at)
    assert actions.verify(case, passed=True, by=town.post.direct, at=at).step == Step.VERIFIED


@pytest.mark.parametrize(
    ("code", "by", "settler"),
    [("B0801", "leader", "leader"), ("B0701", "member", "member"), ("B0701", "member", "leader")],
)
def test_only_a_minor_problem_found_by_the_leader_of_the_grid_is_settled(
    code, by, settler, town, calendar, at
):
    case = town.report(at=at, by=by, code=code)

    with pytest.raises(NotAllowed):
        actions.settle(case, result="清走", photos=[photo()], by=town.post[settler], at=at)

    assert Case.objects.get(pk=case.pk).step == Step.REPORTED


def test_reopening_starts_a_new_clock_and_keeps_the_old_verdict(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.CLOSED)

    case = actions.reopen(case, note="垃圾又堆上了", by=town.post.supervisor, at=at + 3 * DAY)

    old, new = case.assignments.order_by("pk")
    assert (case.step, case.ended_at, case.reopenings) == (Step.ASSIGNED, None, 1)
    assert (old.outcome, old.on_time) == (Outcome.DONE, True)
    assert (new.clock_from, new.department) == (at + 3 * DAY, town.department.chengguan)


def test_reopening_is_possible_for_thirty_days(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.CLOSED)

    with pytest.raises(NotAllowed) as refused:
        actions.reopen(case, note="太晚了", by=town.post.supervisor, at=at + 30 * DAY + timedelta(seconds=1))

    assert refused.value.refusal == Refusal.TOO_OLD_TO_REOPEN
    assert (
        actions.reopen(case, note="还来得及", by=town.post.supervisor, at=at + 30 * DAY).step == Step.ASSIGNED
    )


@pytest.mark.parametrize(
    "action", dict.fromkeys(edge.action for edge in EDGES if edge.needs_note and edge.action in TRIED)
)
def test_what_must_be_explained_is_refused_without_a_reason(action, town, calendar, at):
    edge = next(edge for edge in EDGES if edge.action == action)
    case = walk(town, town.report(at=at, code="B0701"), at, until=edge.source)
    silent = {
        Action.DECLINE: lambda: actions.decline(case, note=" ", by=town.post.dispatcher, at=at),
        Action.WITHDRAW: lambda: actions.withdraw(case, note="", by=town.post.leader, at=at),
        Action.SETTLE: lambda: actions.settle(case, result="", photos=[photo()], by=town.post.leader, at=at),
        Action.RETURN: lambda: actions.return_(case, note="", by=town.post.officer, at=at),
        Action.RECALL: lambda: actions.recall(case, note="\n", by=town.post.dispatcher, at=at),
        Action.FEED_BACK: lambda: actions.feed_back(case, result="", photos=[photo()], by=town.post.officer, at=at),
        Action.FAIL: lambda: actions.verify(case, passed=False, by=town.post.direct, at=at),
        Action.REOPEN: lambda: actions.reopen(case, note="", by=town.post.supervisor, at=at),
        Action.TRANSFER: lambda: actions.transfer(
            case, unit=town.department.shizheng, note="", by=town.post.dispatcher, at=at
        ),
        Action.MERGE: lambda: actions.merge(case, into=town.report(at=at), note="", by=town.post.dispatcher, at=at),
        Action.RECATEGORISE: lambda: actions.recategorise(
            case, category=town.category("C201"), note="", by=town.post.dispatcher, at=at
        ),
        Action.FLAG: lambda: actions.flag(case, concern=Concern.MAJOR, note="", by=town.post.dispatcher, at=at),
        Action.SUPERVISE: lambda: actions.supervise(
            case, grade=Grade.RED, note="", by=town.post.supervisor, at=at
        ),
        Action.INVITE: lambda: actions.invite(
            case, unit=town.department.shizheng, note="", by=town.post.dispatcher, at=at
        ),
        Action.EXTEND: lambda: actions.extend(case, amount=2, note=" ", by=town.post.officer, at=at),
        Action.SUSPEND: lambda: actions.suspend(
            case, until=at.date() + 30 * DAY, note="", by=town.post.officer, at=at
        ),
    }  # fmt: skip

    with pytest.raises(NotAllowed) as refused:
        silent[action]()

    assert refused.value.refusal == Refusal.NOTE_MISSING
    assert Case.objects.get(pk=case.pk).step == edge.source


def test_an_ended_post_acts_no_more(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    dismiss(town.post.officer, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.sign(case, by=town.post.officer, at=at)

    assert refused.value.refusal == Refusal.POST_ENDED


def test_a_stale_page_is_told_who_was_faster(town, calendar, at):
    case = town.report(at=at)
    seen = case.version
    actions.claim(case, by=town.post.dispatcher, at=at, version=seen)

    with pytest.raises(actions.Clash) as clash:
        actions.claim(case, by=town.post.dispatcher2, at=at, version=seen)

    assert clash.value.last.actor == town.user.dispatcher
    assert Case.objects.get(pk=case.pk).version == seen + 1


def test_an_event_is_never_dated_before_the_one_before_it(town, calendar, at):
    case = town.report(at=at)

    case = actions.claim(case, by=town.post.dispatcher, at=at - DAY)

    assert list(case.events.values_list("at", flat=True)) == [at, at]


def test_a_case_has_one_open_lead_assignment(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    twin = case.assignments.get()
    twin.pk = None

    with pytest.raises(IntegrityError, match="assignment_one_open_lead_per_case"), transaction.atomic():
        twin.save(force_insert=True)

    assert Assignment.objects.filter(case=case).count() == 1


def test_work_is_given_only_to_units_of_the_place(town, calendar, at):
    case = town.report(at=at)

    for unit in (town.grid.two, town.grid.west, town.grid.other_street, town.grid.street):
        with pytest.raises(actions.AssignmentRefused):
            actions.assign(case, unit=unit, limit=Limit(7), by=town.post.dispatcher, at=at)

    assert CaseEvent.objects.filter(case=case).count() == 1


def test_work_is_given_only_where_somebody_answers_for_it(town, calendar, at):
    case = town.report(at=at)
    dismiss(town.post.leader, at=at)

    with pytest.raises(actions.AssignmentRefused, match="一号网格"):
        actions.assign(case, unit=town.grid.one, limit=Limit(7), by=town.post.dispatcher, at=at)


def test_the_table_has_no_edge_twice():
    assert len({(edge.source, edge.action) for edge in EDGES}) == len(EDGES)
    assert transition(None, Action.REPORT).target == Step.REPORTED
