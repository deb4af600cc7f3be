"""What waits for whom: the questions behind my desk and behind the list's `waiting` filter."""

import pytest

from cases import actions
from cases.enums import Waiting
from cases.queries.desk import kinds_for, sections, waiting, waiting_count
from cases.rules.clock import Limit
from grids.queries import scope_of

pytestmark = pytest.mark.usefixtures("calendar")


@pytest.fixture
def scope(town, at):
    return lambda person: scope_of(town.user[person], at)


@pytest.fixture
def assigned(town, at):
    """A case that the grid leader's own grid has been given."""
    case = town.report(at=at)
    return actions.assign(case, unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at)


def told(person_scope, at):
    return {section.kind: section.total for section in sections(person_scope, at)}


def test_a_reported_case_waits_for_the_dispatcher_and_is_the_reporters_own(town, at, scope):
    town.report(at=at)

    assert told(scope("dispatcher"), at) == {Waiting.DISPATCH: 1}
    assert told(scope("leader"), at) == {Waiting.MINE: 1}
    assert told(scope("far_dispatcher"), at) == {}


def test_a_case_in_another_dispatchers_hands_does_not_wait(town, at, scope):
    actions.claim(town.report(at=at), by=town.post.dispatcher2, at=at)

    assert told(scope("dispatcher"), at) == {}
    assert told(scope("dispatcher2"), at) == {Waiting.DISPATCH: 1}


def test_an_assigned_case_waits_for_everybody_of_the_unit_who_may_handle(assigned, at, scope):
    assert told(scope("leader"), at) == {Waiting.SIGN: 1, Waiting.MINE: 1}
    assert told(scope("member"), at) == {}
    assert told(scope("direct"), at) == {}


def test_a_department_has_its_own_work(town, at, scope):
    case = town.report(at=at)
    actions.assign(case, unit=town.department.chengguan, limit=Limit(2), by=town.post.dispatcher, at=at)

    assert told(scope("officer"), at) == {Waiting.SIGN: 1}
    assert told(scope("head"), at) == {Waiting.SIGN: 1}
    assert told(scope("plumber"), at) == {}


def test_who_fed_back_is_not_asked_to_verify(town, assigned, at, scope, photo):
    case = actions.sign(assigned, by=town.post.leader, at=at)
    actions.feed_back(case, result="已清运", photos=[photo], by=town.post.leader, at=at)

    assert Waiting.VERIFY not in told(scope("leader"), at)
    assert told(scope("direct"), at) == {Waiting.VERIFY: 1}


def test_a_verified_case_waits_to_be_closed(town, assigned, at, scope, photo):
    case = actions.sign(assigned, by=town.post.leader, at=at)
    case = actions.feed_back(case, result="已清运", photos=[photo], by=town.post.leader, at=at)
    actions.verify(case, passed=True, by=town.post.direct, at=at)

    assert told(scope("direct"), at) == {Waiting.CLOSE: 1}
    assert told(scope("inspector"), at) == {}


def test_a_declined_report_is_told_for_thirty_days(town, at, scope):
    case = actions.decline(town.report(at=at), note="不属于本街道", by=town.post.dispatcher, at=at)

    assert told(scope("leader"), at) == {Waiting.DECLINED: 1}
    assert told(scope("leader"), case.ended_at.replace(month=11)) == {}


def test_the_most_overdue_comes_first_and_the_count_is_of_all(town, at, scope):
    cases = [town.report(at=at) for _ in range(7)]
    for days, case in enumerate(reversed(cases), start=1):
        actions.assign(case, unit=town.grid.one, limit=Limit(days), by=town.post.dispatcher, at=at)

    section = sections(scope("leader"), at)[0]

    assert (section.kind, section.total) == (Waiting.SIGN, 7)
    assert [row.case for row in section.rows] == cases[:1:-1]


def test_the_question_of_a_section_gives_all_its_rows(town, at, scope):
    cases = [town.report(at=at) for _ in range(7)]

    assert list(waiting("dispatch", scope("dispatcher"), at)) == cases


def test_an_unknown_question_is_an_error(at, scope):
    with pytest.raises(ValueError, match="nothing"):
        waiting("nothing", scope("leader"), at)


def test_the_badge_counts_what_the_person_has_to_do(town, assigned, at, scope):
    town.report(at=at)

    assert waiting_count(scope("leader"), at) == 1
    assert waiting_count(scope("dispatcher"), at) == 1
    assert waiting_count(scope("official"), at) == 0


def test_rights_decide_what_is_asked(scope):
    assert kinds_for(scope("maintainer")) == [Waiting.MINE, Waiting.DECLINED]
    assert kinds_for(scope("volunteer")) == [Waiting.MINE, Waiting.DECLINED]
    assert kinds_for(scope("officer")) == [Waiting.SIGN, Waiting.HANDLE, Waiting.ASSIST]


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_two_queries_however_many_rows(town, at, scope, django_assert_num_queries, number):
    person = scope("dispatcher")
    for _ in range(number):
        town.report(at=at)
    sections(person, at)  # the calendar of lists is now at hand

    with django_assert_num_queries(2):
        sections(person, at)
