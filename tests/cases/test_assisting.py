"""One unit leads, others assist: nothing is fed back before all have, and nobody sees more than she helps with."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cases import actions
from cases.enums import Action, Outcome, Part, Refusal, Step, Waiting
from cases.models import Case
from cases.queries.chain import Inspection
from cases.queries.desk import waiting
from cases.rules.lifecycle import NotAllowed
from grids.queries import scope_of
from tests.cases.walks import photo, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(town, calendar, at) -> Case:
    """The city-management office leads, the municipal works assist."""
    case = walk(town, town.report(at=at), at, until=Step.HANDLING)
    return actions.invite(
        case, unit=town.department.shizheng, note="配合封路", by=town.post.dispatcher, at=at
    )


def fed_back(case, town, at):
    return actions.feed_back(case, result="已修复", photos=[photo()], by=town.post.officer, at=at)


def test_the_lead_stays_the_lead_and_keeps_its_limit(case, town):
    lead, helper = case.assignments.get(part=Part.LEAD), case.assignments.get(part=Part.ASSIST)

    assert (case.step, case.holder_department) == (Step.HANDLING, town.department.chengguan)
    assert (helper.due_at, helper.department) == (lead.due_at, town.department.shizheng)
    assert list(Inspection().breaks()) == []


def test_it_has_its_six_ones_and_a_schedule_like_every_assignment(case, town, at):
    lead, helper = case.assignments.get(part=Part.LEAD), case.assignments.get(part=Part.ASSIST)

    assert helper.has_six_ones
    assert (helper.leader, helper.grid_leader, helper.direct) == (lead.leader, lead.grid_leader, helper.post)
    dates = [list(one.milestones.values_list("due_date", flat=True)) for one in (lead, helper)]
    assert dates[0] == dates[1] != []


def test_it_has_the_time_that_the_lead_is_given_later(case, town, at):
    actions.extend(case, amount=5, note="材料未到", by=town.post.officer, at=at)
    actions.endorse(case, by=town.post.dispatcher, at=at)
    case = actions.grant(case, by=town.post.secretary, at=at)
    old = case.assignments.get(part=Part.ASSIST).due_at

    actions.assist(case, note="已封路", by=town.post.plumber, at=old + timedelta(hours=1))

    helper = case.assignments.get(part=Part.ASSIST)
    assert (helper.on_time, helper.due_at) == (True, case.due_at)
    assert not helper.milestones.filter(done_at=None).exists()


def test_nothing_is_fed_back_before_all_have(case, town, at):
    with pytest.raises(NotAllowed) as refused:
        fed_back(case, town, at)

    assert refused.value.refusal == Refusal.HELPERS_OPEN
    case = actions.assist(case, note="已封路", by=town.post.plumber, at=at)
    assert case.assignments.get(part=Part.ASSIST).outcome == Outcome.DONE
    assert fed_back(case, town, at).step == Step.FED_BACK


def test_a_released_unit_holds_nobody_up(case, town, at):
    actions.release(case, unit=town.department.shizheng, note="不需要了", by=town.post.dispatcher, at=at)

    assert fed_back(case, town, at).step == Step.FED_BACK


def test_a_case_with_open_assistance_is_not_declined(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    actions.invite(case, unit=town.department.shizheng, note="配合", by=town.post.dispatcher, at=at)
    case = actions.return_(case, note="不属本科", by=town.post.officer, at=at)

    with pytest.raises(NotAllowed) as refused:
        actions.decline(case, note="不予受理", by=town.post.dispatcher, at=at)

    assert refused.value.refusal == Refusal.HELPERS_OPEN


@pytest.mark.parametrize("unit", ["chengguan", "shizheng"])
def test_no_unit_has_a_case_twice(case, town, at, unit):
    with pytest.raises(actions.AssignmentRefused):
        actions.invite(case, unit=town.department[unit], note="再来", by=town.post.dispatcher, at=at)


@pytest.mark.parametrize("person", ["officer", "dispatcher"])
def test_only_a_unit_that_assists_says_what_it_has_done(case, town, at, person):
    with pytest.raises(NotAllowed) as refused:
        actions.assist(case, note="代填", by=town.post[person], at=at)

    assert refused.value.refusal in (Refusal.NOT_A_HELPER, Refusal.NO_RIGHT)


def sees(town, at) -> bool:
    return Case.objects.within(scope_of(town.user.plumber, at)).exists()


def test_it_sees_the_case_while_it_assists_and_no_longer(case, town, at, client):
    client.force_login(town.user.plumber)
    page = client.get(case.get_absolute_url())

    assert {move.action for move in page.context["moves"]} == {Action.ASSIST}
    assert list(waiting(Waiting.ASSIST, scope_of(town.user.plumber, at), at)) == [case]
    assert case.number in client.get(reverse("cases:list")).content.decode()

    actions.assist(case, note="已封路", by=town.post.plumber, at=at)

    assert not sees(town, at)
    assert client.get(case.get_absolute_url()).status_code == 404


def test_somebody_elses_case_stays_out_of_sight(case, town, at):
    other = walk(town, town.report(at=at), at, until=Step.HANDLING)

    assert other not in Case.objects.within(scope_of(town.user.plumber, at))
