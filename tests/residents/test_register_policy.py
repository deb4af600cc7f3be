"""The numbers of the registers: what holds where, setting them, and what then follows them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from grids.queries import scope_of
from residents import actions
from residents.actions import LooksExhausted, RegisterRefused
from residents.enums import Field
from residents.models import RegisterPolicy
from residents.queries.home import freshness
from residents.queries.policies import PolicyBook, holding, latest, policy_of
from residents.queries.registers import REGISTERS, Sought, found
from residents.rules.policy import MOST, SET, Policy, settle
from tests.residents.people import household, resident

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 24)
URL = "/registers/policy/"


def set_(town, at, place="street", by="secretary", since=TODAY, **numbers):
    facts = {"reason": "试行", "since": since, "key": uuid4(), **numbers}
    return actions.set_register_policy(town.grid[place], by=town.post[by], at=at, **facts)


def test_every_number_has_a_limit_and_a_default():
    assert list(MOST) == list(SET)
    assert settle([]) == Policy(7, 180, 30, 120)


def test_a_street_has_the_last_word_about_what_it_sets():
    assert settle(
        [{"fresh_days": 10, "ordinary_days": 90}, {"fresh_days": 5, "ordinary_days": None}]
    ) == Policy(5, 90)


def test_a_street_sets_its_own_and_another_does_as_the_district(town, at):
    set_(town, at, "district", "official", fresh_days=10)
    set_(town, at, fresh_days=5)

    days = [policy_of(town.grid[name], TODAY).fresh_days for name in ("one", "nine", "district")]

    assert days == [5, 10, 10]


def test_it_holds_from_its_day_on(town, at):
    set_(town, at, since=TODAY + timedelta(days=3), fresh_days=5)

    days = [policy_of(town.grid.street, TODAY + timedelta(days=n)).fresh_days for n in (0, 2, 3)]

    assert days == [7, 7, 5]


def test_of_two_from_one_day_the_later_holds(town, at):
    set_(town, at, fresh_days=5)
    set_(town, at, fresh_days=6)

    assert policy_of(town.grid.street, TODAY).fresh_days == 6


def test_every_number_says_where_it_comes_from(town, at):
    row = set_(town, at, "district", "official", ordinary_days=90)

    told = {number.name: (number.origin, number.is_official) for number in holding(town.grid.street, TODAY)}

    assert told["ordinary_days"] == (row, False)
    assert told["fresh_days"] == (None, True)
    assert told["looks_per_day"] == (None, False)


@pytest.mark.parametrize(
    ("place", "by", "numbers"),
    [
        ("street", "official", {"fresh_days": 5}),
        ("east", "first", {"fresh_days": 5}),
        ("street", "secretary", {"fresh_days": 0}),
        ("street", "secretary", {"fresh_days": 367}),
        ("street", "secretary", {"looks_per_day": 20}),
        ("street", "secretary", {"since": TODAY - timedelta(days=1)}),
        ("street", "secretary", {"reason": ""}),
        ("street", "secretary", {"seen": 999}),
    ],
)
def test_what_makes_no_sense_is_refused(town, at, place, by, numbers):
    with pytest.raises(RegisterRefused):
        set_(town, at, place, by, **numbers)

    assert RegisterPolicy.objects.count() == 0


def test_a_row_is_never_changed(town, at):
    set_(town, at, fresh_days=5)

    for sql in ("UPDATE residents_registerpolicy SET fresh_days = 1", "DELETE FROM residents_registerpolicy"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


# --- what follows ---------------------------------------------------------------------------------------


def test_a_household_is_fresh_for_as_long_as_its_street_says(town, at):
    home = household(town, at)
    actions.verify_household(home, on=TODAY - timedelta(days=6), by=town.post.leader, at=at)
    scope = scope_of(town.user.secretary, at)
    before = (freshness(scope, at)[0].fresh, stale(scope))

    set_(town, at, fresh_days=5)

    assert before == (1, 0)
    assert (freshness(scope, at)[0].fresh, freshness(scope, at)[0].days, stale(scope)) == (0, 5, 1)


def stale(scope):
    return found(REGISTERS["households"], Sought(switches=("stale",)), scope, "view_register", TODAY).count()


def test_a_new_household_is_first_visited_within_the_days_of_its_street(town, at):
    set_(town, at, ordinary_days=30)

    assert household(town, at).visit_due == TODAY + timedelta(days=30)


def test_looks_are_limited_by_what_the_street_has_set(town, at):
    set_(town, at, looks_per_hour=2)
    she = resident(household(town, at), at)
    for _ in range(2):
        actions.reveal(she, Field.NAME, reason="上门核实", by=town.post.leader, at=at)

    with pytest.raises(LooksExhausted):
        actions.reveal(she, Field.NAME, reason="上门核实", by=town.post.leader, at=at)


def test_what_holds_everywhere_is_one_query(town, at, django_assert_num_queries):
    set_(town, at, fresh_days=5)
    set_(town, at, "district", "official", fresh_days=9)

    with django_assert_num_queries(1):
        book = PolicyBook(TODAY)
        assert book.of(town.grid.district.pk, town.grid.street.pk).fresh_days == 5


# --- the page -------------------------------------------------------------------------------------------


@pytest.fixture
def secretary(client, town, at):
    client.force_login(town.user.secretary)
    with time_machine.travel(at, tick=False):
        yield client


def sent(town, **facts):
    place = town.grid.street
    return {"grid": place.code, "key": uuid4(), "seen": latest(place), "reason": "试行五天", **facts}


def test_the_page_sets_what_is_sent(secretary, town):
    answer = secretary.post(f"{URL}set/", sent(town, fresh_days=5), follow=True)

    row = RegisterPolicy.objects.get()
    assert (row.fresh_days, row.ordinary_days, row.since, row.set_by) == (5, None, TODAY, town.user.secretary)
    assert "试行五天" in answer.content.decode()


def test_the_same_form_twice_is_one_row(secretary, town):
    form = sent(town, fresh_days=5)

    statuses = [secretary.post(f"{URL}set/", form).status_code for _ in range(2)]

    assert (statuses, RegisterPolicy.objects.count()) == ([302, 302], 1)


@pytest.mark.parametrize(
    "wrong", [{"fresh_days": "x"}, {"fresh_days": 0}, {"reason": ""}, {"since": "2020-01-01"}, {"key": ""}, {"looks_per_day": 3}]
)  # fmt: skip
def test_nonsense_is_said_and_nothing_is_set(secretary, town, wrong):
    answer = secretary.post(f"{URL}set/", sent(town, **wrong))

    assert (answer.status_code, RegisterPolicy.objects.count()) == (422, 0)


def test_who_has_not_seen_the_last_row_sets_nothing(secretary, town, at):
    form = sent(town, fresh_days=5)
    set_(town, at, fresh_days=9)

    answer = secretary.post(f"{URL}set/", form)

    assert (answer.status_code, RegisterPolicy.objects.count()) == (422, 1)
    assert secretary.post(f"{URL}set/", {**form, **_again(answer)}).status_code == 302


def _again(answer):
    form = answer.context["form"]
    return {"seen": form["seen"].value(), "key": form["key"].value()}


def test_a_district_does_not_speak_for_a_street(client, town):
    client.force_login(town.user.official)

    page = client.get(URL, {"grid": town.grid.street.code})

    assert (page.status_code, page.context["form"]) == (200, None)
    assert client.post(f"{URL}set/", sent(town, fresh_days=5)).status_code == 403
