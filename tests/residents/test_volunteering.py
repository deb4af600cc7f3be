"""Volunteers are entered once, go where their people go, and their hours are confirmed when they were given."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from grids.actions import appoint
from grids.enums import Right, Role
from grids.queries import scope_of
from residents import actions
from residents.actions import RegisterRefused
from residents.enums import Change
from residents.models import Participation, RegisterEvent, Volunteer
from residents.queries.volunteers import hours_by_grid, hours_by_team, hours_in_all
from tests.factories import make_user

from .givers import activity, came, neighbour, volunteer
from .people import household, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def she(home, at):
    return resident(home, at)


@pytest.fixture
def giver(town, she, at):
    return volunteer(town, at, she)


@pytest.fixture
def by(town, at):
    return {"by": town.post.leader, "at": at}


def team(town, by, grid="one", name="平安巡逻队"):
    return actions.found_team(town.grid[grid], name=name, key=uuid4(), **by)


# --- volunteers ----------------------------------------------------------------------------------------


def test_nobody_volunteers_twice_at_a_time(town, she, giver, at):
    with pytest.raises(RegisterRefused, match="已登记为志愿者"):
        volunteer(town, at, she)

    assert Volunteer.objects.count() == 1


def test_the_same_form_twice_is_one_volunteer(she, by):
    key = uuid4()

    made = {actions.enlist(she, since=date(2026, 9, 1), key=key, **by).pk for _twice in range(2)}

    assert (len(made), RegisterEvent.objects.filter(change=Change.ENLIST).count()) == (1, 1)


def test_who_has_ended_may_begin_again(town, she, giver, by):
    actions.retire(giver, until=by["at"].date(), key=uuid4(), **by)

    again = volunteer(town, by["at"], she)

    assert list(Volunteer.objects.open()) == [again]


def test_a_building_head_may_have_the_post_of_her_own_grid(town, she, at):
    post = {
        where: appoint(make_user(where), Role.BUILDING_HEAD, at=at, grid=town.grid[where])
        for where in ("one", "two")
    }

    with pytest.raises(RegisterRefused, match="其他网格"):
        volunteer(town, at, she, is_building_head=True, post=post["two"])
    with pytest.raises(RegisterRefused, match="楼栋长"):
        volunteer(town, at, she, post=post["one"])
    assert volunteer(town, at, she, is_building_head=True, post=post["one"]).post == post["one"]


def test_who_moves_house_volunteers_in_her_new_grid(town, she, giver, by):
    there = household(town, by["at"], grid="two", house_no="9")

    actions.move(she, there, relation="02", on=date(2026, 9, 20), key=uuid4(), **by)

    giver.refresh_from_db()
    assert (giver.grid, giver.is_open) == (town.grid.two, True)


@pytest.mark.parametrize("change", [Change.MOVE_OUT, Change.DIE])
def test_who_has_gone_volunteers_no_more_and_leaves_her_teams(town, she, giver, by, change):
    group = team(town, by)
    actions.join_team(group, giver, since=date(2026, 9, 24), **by)

    actions.leave(she, change=change, on=date(2026, 9, 24), key=uuid4(), **by)

    giver.refresh_from_db()
    assert (giver.until, group.memberships.filter(until__isnull=True).count()) == (date(2026, 9, 24), 0)


# --- teams ---------------------------------------------------------------------------------------------


def test_only_a_member_leads_a_team_and_who_leaves_leads_no_more(town, giver, by):
    group = team(town, by)
    with pytest.raises(RegisterRefused, match="队员"):
        actions.amend_team(group, leader=giver, **by)
    member = actions.join_team(group, giver, since=date(2026, 9, 1), **by)
    actions.amend_team(group, leader=giver, **by)

    actions.leave_team(member, **by)

    group.refresh_from_db()
    assert group.leader is None


def test_a_team_takes_in_who_volunteers_in_its_grid(town, giver, by):
    with pytest.raises(RegisterRefused, match="本网格"):
        actions.join_team(team(town, by, grid="two"), giver, since=date(2026, 9, 1), **by)

    joined = [actions.join_team(team(town, by, "east", "社区队"), giver, since=date(2026, 9, 1), **by)]
    assert [member.volunteer for member in joined] == [giver]


# --- activities ----------------------------------------------------------------------------------------


def test_hours_are_confirmed_and_the_activity_was_held(town, giver, at):
    what = activity(town, at)

    row = came(town, at, what, giver, hours="2.5")

    what.refresh_from_db()
    assert (row.hours, row.confirmed_by, what.state) == (Decimal("2.5"), town.post.leader, "held")


@pytest.mark.parametrize("hours", ["3.5", "0", "-1", "1.2"])
def test_hours_are_no_more_than_it_lasted_and_halves(town, giver, at, hours):
    with pytest.raises(RegisterRefused, match="半小时"):
        came(town, at, activity(town, at), giver, hours=hours)

    assert Participation.objects.get().hours is None


def test_hours_are_not_confirmed_before_the_end(town, giver, at):
    what = activity(town, at + timedelta(hours=1))

    with pytest.raises(RegisterRefused, match="活动结束后"):
        came(town, at, what, giver, hours=1)


def test_what_is_confirmed_is_not_confirmed_otherwise(town, giver, at):
    what = activity(town, at)
    row = came(town, at, what, giver)

    with pytest.raises(RegisterRefused, match="更正"):
        actions.confirm_hours(what, {row.pk: Decimal(1)}, by=town.post.direct, at=at)


def test_one_wrong_line_confirms_nobody(town, home, giver, by):
    what, other = activity(town, by["at"]), volunteer(town, by["at"], neighbour(home, by["at"], 1))
    rows = [actions.sign_up(what, one, key=uuid4(), **by) for one in (giver, other)]

    with pytest.raises(RegisterRefused):
        actions.confirm_hours(what, {rows[0].pk: Decimal(1), rows[1].pk: Decimal(9)}, **by)

    assert Participation.objects.filter(hours__isnull=False).count() == 0


def test_no_more_sign_up_than_are_wanted(town, home, giver, by):
    what = activity(town, by["at"], wanted=1)
    actions.sign_up(what, giver, key=uuid4(), **by)

    with pytest.raises(RegisterRefused, match="已满"):
        actions.sign_up(what, volunteer(town, by["at"], neighbour(home, by["at"], 1)), key=uuid4(), **by)


def test_who_signs_off_is_off_the_list_unless_her_hours_are_confirmed(town, giver, by):
    what = activity(town, by["at"])
    actions.sign_off(actions.sign_up(what, giver, key=uuid4(), **by), **by)
    assert what.participations.count() == 0

    with pytest.raises(RegisterRefused):
        actions.sign_off(came(town, by["at"], what, giver), **by)


def test_what_was_called_off_takes_nobody_and_what_was_held_is_not_called_off(town, giver, by):
    off, held = activity(town, by["at"]), activity(town, by["at"])
    actions.call_off(off, **by)
    came(town, by["at"], held, giver)

    with pytest.raises(RegisterRefused, match="已取消"):
        actions.sign_up(off, giver, key=uuid4(), **by)
    with pytest.raises(RegisterRefused, match="已举办"):
        actions.call_off(held, **by)


# --- the year's hours ----------------------------------------------------------------------------------


def test_the_hours_of_a_year_by_grid_and_team(town, home, giver, by):
    at = by["at"]
    group = team(town, by, "east", "社区队")
    what = activity(town, at, grid="east", team=group)
    far = resident(household(town, at, grid="two", house_no="9"), at, id_number=None, name="安远")
    came(town, at, what, giver, hours=2)
    came(town, at, what, volunteer(town, at, far), hours=1)
    came(town, at, activity(town, at), giver, hours=3)
    came(town, at, activity(town, at - timedelta(days=365)), giver, hours=3)

    scope = scope_of(town.user.secretary, at)

    lines = [(one.name, one.hours, one.people, one.activities) for one in hours_by_grid(scope, 2026)]
    assert lines == [("一号网格", 5, 1, 2), ("二号网格", 1, 1, 1)]
    assert [(one.name, one.hours, one.people) for one in hours_by_team(scope, 2026)] == [("社区队", 3, 2)]
    assert (hours_in_all(scope, 2026).hours, hours_in_all(scope, 2026).people) == (6, 2)
    assert hours_by_grid(scope_of(town.user.leader3, at), 2026) == []
    assert Right.FIGURES in scope.rights
