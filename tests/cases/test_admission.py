"""What is not admitted to the grids is not pushed down to them; and how an affair comes on the list and leaves it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from cases import actions
from cases.actions import admissions as admission_actions
from cases.actions.admissions import AdmissionRefused
from cases.enums import AdmissionNotice, AdmissionState, AffairExit, AffairStand, Outcome
from cases.models import Admission, AdmissionEvent, Affair, AffairList, Case, Category
from cases.queries.affairs import affairs_of, display_affairs, is_admitted
from cases.queries.chain import Inspection
from cases.queries.units import units_for
from cases.rules import admission as rule
from cases.rules.clock import Limit
from grids.actions import appoint, dismiss
from grids.enums import Level, Role
from grids.models import Grid, Notice
from tests.cases.admitting import (
    ADMITTED,
    DAY,
    LEFT_OUT,
    TODAY,
    admitted,
    applied,
    convened,
    heard,
    in_force,
    left,
    refused,
)
from tests.cases.test_seven_days import THURSDAY
from tests.cases.walks import photo
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

HOUR = timedelta(hours=1)
TOMORROW = THURSDAY + DAY


def assigned(town, case, unit, at=THURSDAY):
    return actions.assign(case, unit=unit, limit=Limit(2), by=town.post.dispatcher, at=at)


# --- the guard ------------------------------------------------------------------------------------------


def test_without_a_list_grids_are_given_everything(town):
    case = assigned(town, town.report(at=THURSDAY), town.grid.one)

    assert case.holder_grid == town.grid.one


@pytest.mark.parametrize("unit", ["one", "east"])
def test_what_is_not_on_the_list_is_not_assigned_to_a_grid_below(town, unit):
    in_force(town)
    case = town.report(at=THURSDAY)

    with pytest.raises(actions.AssignmentRefused, match=r"“建筑垃圾”.*不在.*清单.*部门.*申请准入"):
        assigned(town, case, town.grid[unit])

    case.refresh_from_db()
    assert (case.version, case.assignments.count()) == (1, 0)


def test_what_is_on_the_list_is_assigned(town):
    in_force(town)

    case = assigned(town, town.report(at=THURSDAY, code=ADMITTED), town.grid.one)

    assert case.holder_grid == town.grid.one


def test_a_department_may_always_be_given_a_case(town):
    in_force(town)

    case = assigned(town, town.report(at=THURSDAY), town.department.chengguan)

    assert case.holder_department == town.department.chengguan


def test_work_under_way_is_not_transferred_to_a_grid_either(town):
    in_force(town)
    case = actions.sign(
        assigned(town, town.report(at=THURSDAY), town.department.chengguan), by=town.post.officer, at=THURSDAY
    )

    with pytest.raises(actions.AssignmentRefused, match="不在"):
        actions.transfer(case, unit=town.grid.east, note="请社区处理", by=town.post.dispatcher, at=THURSDAY)

    assert actions.transfer(
        case, unit=town.department.shizheng, note="改派", by=town.post.dispatcher, at=THURSDAY
    ).holder_department == town.department.shizheng  # fmt: skip


def test_a_grid_is_not_asked_to_assist_with_it_either(town):
    in_force(town)
    case = actions.sign(
        assigned(town, town.report(at=THURSDAY), town.department.chengguan), by=town.post.officer, at=THURSDAY
    )

    with pytest.raises(actions.AssignmentRefused, match="不在"):
        actions.invite(case, unit=town.grid.east, note="请配合", by=town.post.dispatcher, at=THURSDAY)

    actions.invite(case, unit=town.department.shizheng, note="请配合", by=town.post.dispatcher, at=THURSDAY)


def test_what_a_grid_finds_it_reports_and_settles_itself(town):
    in_force(town, but=("B04",))

    case = actions.report_settled(
        category=town.category("B04"), grid=town.grid.one, text="小广告", result="已清除", photos=[photo()],
        result_photos=[photo("blue")], by=town.post.leader, at=THURSDAY, key=uuid4(),
    )  # fmt: skip

    assert case.assignments.get().grid == town.grid.one


def test_the_mark_of_the_catalogue_leaves_what_a_grid_settles_itself_alone(town):
    Category.objects.filter(code="B04").update(is_admitted=False)
    case = town.report(at=THURSDAY, code="B04")

    with pytest.raises(actions.AssignmentRefused, match="不在"):
        assigned(town, case, town.grid.one)
    actions.settle(case, result="已清除", photos=[photo()], by=town.post.leader, at=THURSDAY)


def test_what_a_grid_has_it_may_send_up_and_gets_back_only_if_admitted(town):
    case = assigned(town, town.report(at=THURSDAY), town.grid.one)
    case = actions.sign(case, by=town.post.leader, at=THURSDAY)
    in_force(town)

    case = actions.escalate(case, note="网格无力解决", by=town.post.leader, at=THURSDAY)
    assert case.holder_grid == town.grid.east
    case = actions.sign(case, by=town.post.direct, at=THURSDAY)
    with pytest.raises(actions.AssignmentRefused, match="不在"):
        actions.transfer(case, unit=town.grid.one, note="退回网格", by=town.post.dispatcher, at=THURSDAY)


def test_what_a_grid_gives_back_is_not_assigned_to_it_again(town):
    case = assigned(town, town.report(at=THURSDAY), town.grid.one)
    in_force(town)
    case = actions.return_(case, note="不属于网格", by=town.post.leader, at=THURSDAY)

    with pytest.raises(actions.AssignmentRefused, match="不在"):
        assigned(town, case, town.grid.one)


def test_what_passes_its_limit_goes_up_by_itself(town):
    case = assigned(town, town.report(at=THURSDAY), town.grid.one)
    in_force(town)

    actions.sweep(at=THURSDAY + timedelta(days=30))

    case.refresh_from_db()
    assert case.assignments.filter(outcome=Outcome.EXPIRED).exists()
    assert case.holder_grid.level < Level.BUILDING


def test_rework_and_reopening_go_back_to_whoever_gave_the_result(town):
    case = assigned(town, town.report(at=THURSDAY), town.grid.one)
    in_force(town)
    done = {"result": "已清运", "photos": [photo()], "by": town.post.leader, "at": THURSDAY}

    case = actions.feed_back(actions.sign(case, by=town.post.leader, at=THURSDAY), **done)
    case = actions.verify(case, passed=False, note="没有清完", by=town.post.direct, at=THURSDAY)
    assert case.holder_grid == town.grid.one
    case = actions.verify(actions.feed_back(case, **done), passed=True, by=town.post.direct, at=THURSDAY)
    case = actions.close(case, evaluation="good", by=town.post.dispatcher, at=THURSDAY)
    case = actions.reopen(case, note="又堆起来了", by=town.post.dispatcher, at=THURSDAY)

    assert case.holder_grid == town.grid.one


def test_every_move_that_gives_a_case_away_is_in_the_table():
    assert {action for action, asks in rule.ASKS_THE_LIST.items() if asks} == {"assign", "transfer", "invite"}
    assert [
        rule.pushes_down(giver, unit)
        for giver, unit in ((1, 2), (1, 3), (3, 3), (2, 1), (1, None), (None, 3))
    ] == [True, True, False, False, False, True]  # fmt: skip


def test_grids_are_not_offered_and_the_offer_says_why(town):
    case = town.report(at=THURSDAY)
    assert [type(c.unit).__name__ for c in units_for(case, THURSDAY).choices].count("Grid") == 2
    in_force(town)

    units = units_for(case, THURSDAY)

    assert [choice.unit for choice in units.choices if isinstance(choice.unit, Grid)] == []
    assert "建筑垃圾" in units.without_grids
    assert units_for(town.report(at=THURSDAY, code=ADMITTED), THURSDAY).without_grids == ""


# --- the list -------------------------------------------------------------------------------------------


def test_a_list_holds_from_its_day_on(town):
    in_force(town, since=TODAY + DAY)
    leaf = town.category(LEFT_OUT)

    found = [is_admitted(leaf, town.grid.district.pk, TODAY + n * DAY) for n in range(3)]

    assert found == [True, False, False]
    assert town.grid.district.pk not in display_affairs(TODAY)
    assert leaf.pk not in display_affairs(TODAY + DAY)[town.grid.district.pk]


def test_a_district_puts_its_list_in_force_once(town):
    key = uuid4()
    first = in_force(town, key=key)

    assert in_force(town, key=key) == first
    with pytest.raises(AdmissionRefused, match="已"):
        in_force(town)
    assert AffairList.objects.count() == 1


@pytest.mark.parametrize("by", ["inspector", "secretary", "dispatcher", "officer"])
def test_only_who_sets_the_rules_of_the_district_puts_it_in_force(town, by):
    with pytest.raises(AdmissionRefused, match="没有此处的这项权限"):
        in_force(town, by=by)

    assert not AffairList.objects.exists()


def test_no_list_begins_in_the_past(town):
    with pytest.raises(AdmissionRefused, match="已过"):
        in_force(town, since=TODAY - DAY)


def test_an_admitted_affair_is_on_the_list_for_its_term(town):
    in_force(town)
    affair = admitted(town, since=TODAY + DAY, last=TODAY + 3 * DAY)

    days = [
        is_admitted(affair.category, town.grid.district.pk, TODAY + n * DAY) for n in range(6)
    ]  # fmt: skip

    assert days == [False, True, True, True, False, False]
    assert affair.last_day == TODAY + 3 * DAY


def test_a_case_is_pushed_down_again_once_its_affair_is_admitted(town):
    in_force(town)
    case = town.report(at=THURSDAY)
    admitted(town)

    assert assigned(town, case, town.grid.one).holder_grid == town.grid.one


@pytest.mark.parametrize(
    ("since", "until", "day", "stand"),
    [
        (1, None, 0, AffairStand.AHEAD),
        (0, None, 0, AffairStand.IN_TERM),
        (0, 31, 0, AffairStand.IN_TERM),
        (0, 30, 0, AffairStand.ENDING),
        (0, 1, 0, AffairStand.ENDING),
        (0, 1, 1, AffairStand.ENDED),
        (2, 2, 0, AffairStand.ENDED),
    ],
)
def test_how_an_affair_stands(since, until, day, stand):
    first = date(2026, 9, 1)
    ends = None if until is None else first + until * DAY

    assert rule.stand(first + since * DAY, ends, first + day * DAY) == stand


# --- an application -------------------------------------------------------------------------------------


def test_the_whole_way_of_an_application(town):
    in_force(town)
    row = applied(town, until=TODAY + 90 * DAY)
    assert (row.number, row.state) == ("中原准入〔2026〕1号", AdmissionState.SUBMITTED)

    row = convened(town, row)
    heard(town, row, who="财政局", agrees=False)
    row = heard(town, row, who="民政局")
    affair = admitted(town, row, last=TODAY + 90 * DAY)

    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decision) == ("admitted", town.post.official, "经费到位后执行")
    assert list(row.events.values_list("change", "who", "agrees")) == [
        ("applied", "", None), ("convened", "", None), ("opinion", "财政局", False), ("opinion", "民政局", True),
        ("admitted", "", None),
    ]  # fmt: skip
    assert affair.until == TODAY + 91 * DAY
    assert list(Inspection().breaks()) == []


def test_the_district_may_apply_for_a_department_and_another_decides(town):
    in_force(town)
    row = heard(town, applied(town, by="inspector"))

    with pytest.raises(AdmissionRefused, match="申请人"):
        admitted(town, row, by="inspector")
    with pytest.raises(AdmissionRefused, match="申请人"):
        refused(town, row, by="inspector")

    assert admitted(town, row, by="official").category == row.category


@pytest.mark.parametrize("by", ["plumber", "dispatcher", "secretary", "leader"])
def test_nobody_else_applies_for_a_department(town, by):
    with pytest.raises(AdmissionRefused, match="没有此处的这项权限"):
        applied(town, by=by)

    assert not Admission.objects.exists()


def test_no_decision_before_the_meeting_was_heard(town):
    in_force(town)
    row = applied(town)

    with pytest.raises(AdmissionRefused, match="尚未提交联席会议"):
        admitted(town, row)
    row = convened(town, row, day=TODAY + DAY)
    with pytest.raises(AdmissionRefused, match="会议日期未到"):
        heard(town, row)
    with pytest.raises(AdmissionRefused, match="会议日期未到"):
        refused(town, row)
    with pytest.raises(AdmissionRefused, match="没有联席会议意见"):
        refused(town, row, at=TOMORROW)
    row = heard(town, row, at=TOMORROW)

    assert refused(town, row, at=TOMORROW).state == AdmissionState.REFUSED


def test_the_day_of_the_meeting_moves_until_an_opinion_is_on_record(town):
    row = convened(town, applied(town), day=TODAY + DAY)
    row = convened(town, row, day=TODAY)
    row = heard(town, row)

    with pytest.raises(AdmissionRefused, match="已有意见"):
        convened(town, row, day=TODAY + DAY)
    row.refresh_from_db()
    assert row.met_on == TODAY


def test_two_decide_and_the_second_is_told(town):
    in_force(town)
    row = heard(town, applied(town))
    seen_by_both = Admission.objects.get(pk=row.pk)
    admitted(town, row)

    with pytest.raises(AdmissionRefused, match="已办结"):
        refused(town, seen_by_both, by="inspector")

    assert Admission.objects.get(pk=row.pk).state == AdmissionState.ADMITTED


def test_the_same_form_twice_has_one_effect(town):
    in_force(town)
    keys = [uuid4() for _ in range(5)]
    for _ in "12":
        row = applied(town, key=keys[0])
        row = convened(town, row, key=keys[1])
        row = heard(town, row, key=keys[2])
        affair = admitted(town, row, key=keys[3])
        left(town, affair, key=keys[4])
        with connection.cursor() as cursor:
            cursor.execute("SELECT last FROM cases_numberseries WHERE prefix = '中原准入〔2026〕'")
            assert cursor.fetchone() == (1,)

    assert (Admission.objects.count(), AdmissionEvent.objects.count()) == (1, 5)


def test_a_key_is_nobody_elses(town):
    in_force(town)
    key = uuid4()
    row = applied(town, key=key)

    with pytest.raises(AdmissionRefused, match="表单"):
        applied(town, by="head", key=key)
    with pytest.raises(AdmissionRefused, match="表单"):
        convened(town, row, key=key)


def test_a_department_takes_its_application_back(town):
    row = convened(town, applied(town))
    key = uuid4()

    with pytest.raises(AdmissionRefused, match="没有此处的这项权限"):
        taken_back(town, row, "inspector", key)
    row = taken_back(town, row, "head", key)

    assert row.state == AdmissionState.WITHDRAWN
    with pytest.raises(AdmissionRefused, match="已办结"):
        convened(town, row)


def taken_back(town, row, who, key):
    return admission_actions.take_back(row, reason="另行安排", by=town.post[who], at=THURSDAY, key=key)


def test_a_category_is_on_the_list_once_at_a_time(town):
    in_force(town)
    twice = [heard(town, applied(town)) for _ in "12"]
    admitted(town, twice[0], last=TODAY + 10 * DAY)

    with pytest.raises(AdmissionRefused, match="已在清单"):
        admitted(town, twice[1], since=TODAY + 5 * DAY)
    assert Admission.objects.get(pk=twice[1].pk).state == AdmissionState.MEETING
    admitted(town, twice[1], since=TODAY + 11 * DAY)

    assert is_admitted(town.category(LEFT_OUT), town.grid.district.pk, TODAY + 11 * DAY)


def test_nothing_is_admitted_without_a_list(town):
    row = heard(town, applied(town))

    with pytest.raises(AdmissionRefused, match="清单"):
        admitted(town, row)


def test_nothing_is_admitted_for_the_past(town):
    in_force(town)
    row = heard(town, applied(town))

    with pytest.raises(AdmissionRefused, match="已过"):
        admitted(town, row, since=TODAY - DAY)
    with pytest.raises(AdmissionRefused, match="早于"):
        admitted(town, row, last=TODAY - DAY)
    with pytest.raises(AdmissionRefused, match="已过"):
        applied(town, since=TODAY - DAY)


def test_who_has_left_her_post_decides_nothing(town):
    in_force(town)
    row = heard(town, applied(town))
    dismiss(town.post.official, at=THURSDAY)

    with pytest.raises(AdmissionRefused, match="任职"):
        admitted(town, row, at=THURSDAY + HOUR)


# --- exit -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "how"), [("inspector", AffairExit.REMOVED), ("head", AffairExit.REQUEST)])
def test_an_affair_leaves_on_the_day_named(town, by, how):
    in_force(town)
    affair = left(town, admitted(town), by=by, day=TODAY + 2 * DAY)

    days = [is_admitted(affair.category, town.grid.district.pk, TODAY + n * DAY) for n in range(4)]

    assert days == [True, True, False, False]
    assert affair.left_how == how
    assert affair.admission.events.last().change == "left"


def test_what_a_grid_was_given_stays_with_it(town):
    in_force(town)
    affair = admitted(town)
    case = assigned(town, town.report(at=THURSDAY), town.grid.one)
    left(town, affair, day=TODAY)

    case = actions.sign(case, by=town.post.leader, at=THURSDAY)

    assert case.holder_grid == town.grid.one
    with pytest.raises(actions.AssignmentRefused):
        assigned(town, town.report(at=THURSDAY), town.grid.one)


def test_an_entry_of_the_list_itself_is_removed_by_the_district_alone(town):
    in_force(town)
    affair = Affair.objects.get(category__code=ADMITTED)

    with pytest.raises(AdmissionRefused, match="没有此处的这项权限"):
        left(town, affair, by="head")
    left(town, affair, by="official")

    assert not is_admitted(affair.category, town.grid.district.pk, TODAY + DAY)


def test_an_affair_leaves_once_and_never_in_the_past(town):
    in_force(town)
    affair = admitted(town, last=TODAY + 5 * DAY)

    with pytest.raises(AdmissionRefused, match="已过"):
        left(town, affair, day=TODAY - DAY)
    with pytest.raises(AdmissionRefused, match="已退出"):
        left(town, affair, day=TODAY + 9 * DAY)
    left(town, affair)
    with pytest.raises(AdmissionRefused, match="已退出"):
        left(town, affair)


def test_the_list_of_a_day_tells_what_stood_on_it(town):
    in_force(town)
    affair = left(town, admitted(town, since=TODAY + DAY), day=TODAY + 3 * DAY)

    on = [affair in affairs_of(town.grid.district, TODAY + n * DAY) for n in range(5)]

    assert on == [False, True, True, False, False]
    assert affair in affairs_of(town.grid.district)


# --- who is told, and what stays ------------------------------------------------------------------------


def told(kind):
    return set(Notice.objects.filter(kind=kind).values_list("person__username", flat=True))


def test_who_decides_is_told_of_an_application_and_the_department_of_the_decision(town):
    in_force(town)
    row = heard(town, applied(town))
    assert told(AdmissionNotice.TO_REVIEW) == {"official", "inspector"}

    left(town, admitted(town, row))
    refused(town, heard(town, applied(town, by="inspector", code="B0802")))

    assert told(AdmissionNotice.ADMITTED) == {"head", "officer"}
    assert told(AdmissionNotice.REFUSED) == {"head", "officer", "inspector"}
    assert told(AdmissionNotice.LEFT) == {"head", "officer", "official"}


def test_a_successor_of_the_applicant_is_told(town):
    in_force(town)
    row = heard(town, applied(town))
    newcomer = make_user("新人", username="newcomer")
    dismiss(town.post.officer, at=THURSDAY)
    appoint(newcomer, Role.DEPARTMENT_OFFICER, at=THURSDAY, department=town.department.chengguan)

    admitted(town, row, at=THURSDAY + HOUR)

    assert "newcomer" in told(AdmissionNotice.ADMITTED)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_admissionevent SET note = '改过'",
        "DELETE FROM cases_admissionevent",
        "UPDATE cases_admission SET means = '没有经费'",
        "UPDATE cases_admission SET decision = '另有条件'",
        "DELETE FROM cases_admission",
        "UPDATE cases_affair SET since = since - 1",
        "UPDATE cases_affair SET until = since",
        "DELETE FROM cases_affair",
        "UPDATE cases_affairlist SET since = since - 30",
        "DELETE FROM cases_affairlist",
        "TRUNCATE cases_affairlist CASCADE",
    ],
)
def test_what_was_said_and_listed_stays(town, sql):
    in_force(town)
    admitted(town)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or nothing can be truncated
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_number_that_was_taken_away_shows(town):
    applied(town)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_numberseries SET last = 2 WHERE prefix LIKE '中原准入%%'")

    assert [str(found) for found in Inspection().breaks()] == ["中原准入〔2026〕: 已发出 2 个编号，现有 1 个"]


def test_the_guard_is_asked_as_of_the_day_of_the_move(town):
    in_force(town)
    admitted(town, last=TODAY)
    case = town.report(at=THURSDAY)

    with pytest.raises(actions.AssignmentRefused):
        assigned(town, case, town.grid.one, at=TOMORROW)
    assert Case.objects.get(pk=case.pk).version == case.version
