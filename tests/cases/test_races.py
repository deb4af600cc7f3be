"""Many at once: one wins, the others are told, and nothing is half written."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import actions
from cases.enums import Action, Channel, DeadlineKind, Step
from cases.models import Assignment, Case, CaseEvent, Deadline, Evidence, Patrol
from cases.queries.chain import Inspection
from cases.rules.clock import Limit
from grids.actions import appoint
from grids.enums import Role
from tests.cases.walks import photo, walk
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave or raised, all begun in the same instant on connections of their own."""
    line = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            line.wait(timeout=30)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def kinds(answers: list[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


@pytest.fixture(autouse=True)
def _every_chain_holds_afterwards(transactional_db):
    yield

    assert list(Inspection(media=True).breaks()) == []


def test_of_two_dispatchers_one_assigns(town, calendar, at):
    case = town.report(at=at)

    def assign(by, unit):
        return lambda: actions.assign(
            case, unit=unit, limit=Limit(2), by=by, at=at, version=case.version, key=uuid4()
        )

    answers = at_once(
        assign(town.post.dispatcher, town.department.chengguan), assign(town.post.dispatcher2, town.grid.east)
    )

    assert kinds(answers) == {"Case": 1, "Clash": 1}
    winner = next(answer for answer in answers if isinstance(answer, Case))
    assignment = Assignment.objects.get(case=case)
    assert assignment.unit == winner.holder_department or assignment.unit == winner.holder_grid
    assert Deadline.objects.filter(case=case, kind=DeadlineKind.EXPIRY).count() == 1


def test_the_one_who_was_slower_is_told_who_was_faster(town, calendar, at):
    case = town.report(at=at)
    by = [town.post.dispatcher, town.post.dispatcher2]

    answers = at_once(
        *(lambda post=post: actions.claim(case, by=post, at=at, version=1, key=uuid4()) for post in by)
    )

    clash = next(answer for answer in answers if isinstance(answer, actions.Clash))
    assert clash.last.post_id == Case.objects.get(pk=case.pk).holder_post_id


def test_of_twenty_signatures_one_counts(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    by = [town.post.officer, town.post.head]

    answers = at_once(
        *(
            lambda n=n: actions.sign(case, by=by[n % 2], at=at, version=case.version, key=uuid4())
            for n in range(20)
        )
    )

    assert kinds(answers) == {"Case": 1, "Clash": 19}
    assert CaseEvent.objects.filter(case=case, action=Action.SIGN).count() == 1


def test_twenty_taps_of_one_button_are_one_signature(town, calendar, at):
    case, key = walk(town, town.report(at=at), at, until=Step.ASSIGNED), uuid4()

    answers = at_once(
        *[lambda: actions.sign(case, by=town.post.officer, at=at, version=case.version, key=key)] * 20
    )

    assert kinds(answers) == {"Case": 20}
    assert CaseEvent.objects.filter(case=case, action=Action.SIGN).count() == 1


def test_one_report_sent_by_ten_is_one_case(town, calendar, at):
    key = uuid4()

    answers = at_once(*[lambda: town.report(at=at, key=key, photos=[photo()])] * 10)

    assert {answer.pk for answer in answers} == {Case.objects.get().pk}
    assert (CaseEvent.objects.count(), Evidence.objects.count()) == (1, 1)


def test_the_same_outside_number_is_filed_once(town, calendar, at):
    facts = {"channel": Channel.MAYOR_LINE, "external_id": "410-77"}

    answers = at_once(*(lambda: town.report(at=at, by="dispatcher", key=uuid4(), **facts) for _ in range(8)))

    assert kinds(answers) == {"Case": 1, "ReportRefused": 7}
    assert Case.objects.count() == 1


def test_reports_of_one_street_and_day_are_numbered_without_a_gap(town, calendar, at):
    places = [("leader", "one"), ("leader2", "two"), ("leader3", "three")]

    answers = at_once(
        *(lambda n=n: town.report(at=at, by=places[n % 3][0], grid=places[n % 3][1]) for n in range(30))
    )

    assert kinds(answers) == {"Case": 30}
    assert sorted(case.number for case in answers) == [f"三官庙-20260924-{n:04d}" for n in range(1, 31)]


def test_a_report_that_fails_gives_its_number_back(town, calendar, at):
    def break_down():
        with transaction.atomic():
            town.report(at=at)
            raise RuntimeError("the power is gone")

    answers = at_once(*[break_down, lambda: town.report(at=at)] * 5)

    numbers = sorted(case.number for case in answers if isinstance(case, Case))
    assert numbers == [f"三官庙-20260924-{n:04d}" for n in range(1, 6)]


def test_one_patrol_at_a_time(town, calendar, at):
    answers = at_once(
        *(lambda: actions.start_patrol(by=town.post.leader, at=at, key=uuid4()) for _ in range(6))
    )

    assert kinds(answers) == {"Patrol": 1, "PatrolRefused": 5}
    assert Patrol.objects.count() == 1


def test_a_diary_line_tapped_by_two_fingers_is_one_case(town, calendar, at):
    patrol = actions.start_patrol(by=town.post.leader, at=at, key=uuid4())
    line = actions.write_diary(patrol, text="楼道堆物", by=town.post.leader, at=at, key=uuid4())

    answers = at_once(
        *[lambda: actions.raise_case(line, category=town.category(), by=town.post.leader, at=at)] * 6
    )

    assert {answer.pk for answer in answers} == {Case.objects.get().pk}


def test_passing_and_sending_back_do_not_both_happen(town, calendar, at):
    case = walk(town, town.report(at=at), at, until=Step.FED_BACK)

    def verify(by, passed):
        return lambda: actions.verify(
            case, passed=passed, note="看过", by=by, at=at, version=case.version, key=uuid4()
        )

    answers = at_once(verify(town.post.direct, True), verify(town.post.supervisor, False))

    assert kinds(answers) == {"Case": 1, "Clash": 1}
    assert Case.objects.get(pk=case.pk).version == case.version + 1


def test_a_case_somebody_else_is_busy_with_answers_503_and_asks_to_come_again(town, calendar):
    now = timezone.now()
    case = walk(town, town.report(at=now), now, until=Step.ASSIGNED)
    client = Client()
    client.force_login(town.user.officer)
    facts = {"key": uuid4(), "version": case.version}

    def press():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        return client.post(reverse("cases:sign", args=[case.pk]), facts)

    with transaction.atomic():
        Case.objects.lock(case.pk)
        (busy,) = at_once(press)
    (done,) = at_once(press)

    assert (busy.status_code, busy["Retry-After"]) == (503, "3")
    assert "再试" in busy.content.decode()
    assert done.status_code == 302
    assert CaseEvent.objects.filter(case=case, action=Action.SIGN).count() == 1


def test_of_a_hundred_people_with_the_same_page_one_wins_and_the_others_are_told(town, calendar):
    now = timezone.now()
    case = walk(town, town.report(at=now), now, until=Step.ASSIGNED)
    clients = [Client() for _person in range(100)]
    for client in clients:
        person = make_user()
        appoint(
            person, Role.DEPARTMENT_OFFICER, department=town.department.chengguan, at=now - timedelta(days=1)
        )
        client.force_login(person)

    def press(client):
        return client.post(reverse("cases:sign", args=[case.pk]), {"key": uuid4(), "version": case.version})

    # As many at once as there are connections to spare; all of them have seen the same version.
    answers = []
    for first in range(0, 100, 25):
        answers += at_once(*(lambda client=client: press(client) for client in clients[first : first + 25]))

    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: 99}
    assert CaseEvent.objects.filter(case=case, action=Action.SIGN).count() == 1


def test_the_lock_timeout_is_that_of_the_settings(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")

        assert cursor.fetchone() == ("3s",)
