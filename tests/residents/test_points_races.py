"""Many redeem at once: no balance below nothing, no piece handed out twice, no entry lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from residents import actions
from residents.actions import RegisterRefused
from residents.models import PointEntry
from residents.queries.points import balance, flaws, left_of

from .givers import activity, came, neighbour, rules, volunteer
from .people import household, resident

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave or raised, all begun in the same instant on connections of their own."""
    line = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            line.wait(timeout=60)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def made(answers):
    refused = [answer for answer in answers if isinstance(answer, RegisterRefused)]
    entries = [answer for answer in answers if isinstance(answer, PointEntry)]
    assert len(refused) + len(entries) == len(answers), answers
    return entries


@pytest.fixture
def rich(town, at):
    """Thirty-six points in one account, five for a soap."""
    she = resident(household(town, at), at)
    giver = volunteer(town, at, she)
    rules(town, at - timedelta(days=1), ("肥皂", 5, 100), ("大米", 1, 7))
    for _thrice in range(3):
        came(town, at, activity(town, at, hours=6), giver, hours=6)
    return she


def redeem(town, person, item, at, key=None):
    return lambda: actions.redeem(person, item, pieces=1, by=town.post.leader, at=at, key=key or uuid4())


def item_of(person, name):
    return person.points.first().rule.items.get(name=name)


def test_twenty_at_once_never_overdraw_an_account(town, rich, at):
    soap = item_of(rich, "肥皂")

    answers = at_once(*[redeem(town, rich, soap, at) for _n in range(MANY)])

    assert (len(made(answers)), balance(rich), left_of(soap)) == (7, 1, 93)
    assert list(flaws()) == []


def test_the_same_form_sent_twenty_times_at_once_hands_out_once(town, rich, at):
    key, soap = uuid4(), item_of(rich, "肥皂")

    answers = at_once(*[redeem(town, rich, soap, at, key=key) for _n in range(MANY)])

    assert ({entry.pk for entry in made(answers)}, balance(rich)) == ({answers[0].pk}, 31)


def test_the_last_pieces_go_to_whoever_was_first(town, rich, at):
    rice = item_of(rich, "大米")
    people = [rich]
    for series in range(1, 10):
        one = neighbour(rich.household, at, series)
        came(town, at, activity(town, at, hours=6), volunteer(town, at, one), hours=6)
        people.append(one)

    answers = at_once(*[redeem(town, person, rice, at) for person in people * 2])

    assert (len(made(answers)), left_of(rice)) == (7, 0)
    assert list(flaws()) == []
