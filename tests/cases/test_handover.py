"""Nobody takes a case with her when her post ends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases import actions
from cases.actions.handover import hand_over
from cases.enums import Action, NoticeKind, Step
from cases.models import Case
from cases.queries.chain import Inspection
from cases.rules.clock import Limit
from grids.actions import appoint, dismiss
from grids.enums import Role
from grids.models import Notice
from tests.cases.walks import walk
from tests.clocks import machine_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
THURSDAY = datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture
def case(town) -> Case:
    case = actions.assign(
        town.report(at=THURSDAY), unit=town.grid.one, limit=Limit(7), by=town.post.dispatcher, at=THURSDAY
    )
    return actions.sign(case, by=town.post.leader, at=THURSDAY)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def succeed(town, at=THURSDAY + HOUR):
    """The grid leader leaves at noon, somebody else of the street takes the grid an hour later."""
    dismiss(town.post.leader, at=at)
    return appoint(town.user.member, Role.GRID_LEADER, grid=town.grid.one, at=at + HOUR)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_it_goes_to_who_answers_for_the_place_now_at_that_moment(town, case, late):
    heir = succeed(town)

    done = hand_over(at=THURSDAY + 3 * HOUR + late)

    now = fresh(case)
    event = now.events.latest("seq")
    assert (done, now.holder_post, now.assignments.get().post) == (1, heir, heir)
    assert (event.action, event.at, event.holder_post) == (Action.HAND_OVER, THURSDAY + 2 * HOUR, heir)
    assert (now.step, now.due_at) == (case.step, case.due_at)
    assert list(Notice.objects.filter(kind=NoticeKind.HANDED_OVER).values_list("person", flat=True)) == [
        heir.user_id
    ]
    assert list(Inspection().breaks()) == []


def test_a_second_time_there_is_nothing_to_hand_over(town, case):
    succeed(town)

    assert [hand_over(at=THURSDAY + 3 * HOUR), hand_over(at=THURSDAY + 3 * HOUR)] == [1, 0]


def test_where_nobody_answers_for_the_place_it_waits_for_the_next(town, case):
    dismiss(town.post.leader, at=THURSDAY + HOUR)
    assert hand_over(at=THURSDAY + 2 * HOUR) == 0
    assert fresh(case).holder_grid == town.grid.one

    heir = appoint(town.user.member, Role.GRID_LEADER, grid=town.grid.one, at=THURSDAY + 5 * HOUR)

    assert hand_over(at=THURSDAY + 6 * HOUR) == 1
    assert fresh(case).holder_post == heir


def test_the_claim_of_a_dispatcher_who_has_left_is_free_again(town):
    case = actions.claim(town.report(at=THURSDAY), by=town.post.dispatcher, at=THURSDAY)
    dismiss(town.post.dispatcher, at=THURSDAY + HOUR)

    hand_over(at=THURSDAY + HOUR)

    assert fresh(case).holder_post is None
    assert fresh(case).step == Step.REPORTED


def test_an_officer_of_a_department_is_followed_by_its_head(town):
    case = walk(town, town.report(at=THURSDAY), THURSDAY, until=Step.HANDLING)
    answering = case.holder_post
    dismiss(answering, at=THURSDAY + HOUR)

    hand_over(at=THURSDAY + HOUR)

    heir = fresh(case).holder_post
    assert heir != answering
    assert heir.department == town.department.chengguan


def test_the_sweep_does_it(town, case):
    heir = succeed(town)
    with machine_at(THURSDAY + 3 * HOUR) as now:
        actions.keep_time(at=now, host=now)

    assert fresh(case).holder_post == heir
