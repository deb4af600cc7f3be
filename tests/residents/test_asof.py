"""The register as of a day says who lived where on that day, within reach and masked."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from residents import actions
from residents.enums import Relation

from .people import household, id_number, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def she(home, at):
    return resident(home, at)


@pytest.fixture
def moved(she, town, at):
    there = household(town, at, grid="two", house_no="9")
    actions.move(she, there, relation=Relation.HEAD, on=date(2026, 3, 1), by=None, at=at, key=uuid4())
    return there


@pytest.fixture
def see(client, town, at, time_machine):
    time_machine.move_to(at)

    def ask(who="maintainer", page="as_of", **query):
        client.force_login(town.user[who])
        return client.get(reverse(f"residents:{page}"), query)

    return ask


def places(page):
    return [one.stay.household for one in page.context["lines"]]


def test_on_each_day_where_she_lived_then(see, she, home, moved):
    asked = {day: places(see(day=day)) for day in ("2025-12-31", "2026-02-28", "2026-03-01")}

    assert asked == {"2025-12-31": [], "2026-02-28": [home], "2026-03-01": [moved]}


@pytest.mark.parametrize("page", ["as_of", "as_of_paper"])
def test_names_are_masked(see, she, page):
    body = see(page=page, day="2026-02-28").content.decode()

    assert "程**" in body and "晓梅" not in body


def test_only_within_reach_and_no_link_to_where_she_has_gone(see, she, home, moved):
    before = see("leader", day="2026-02-28")

    assert [(one.name, one.url) for one in before.context["lines"]] == [("程**", "")]
    assert places(see("leader", day="2026-03-01")) == []
    assert places(see("far_leader", day="2026-02-28")) == []


def test_of_one_place_only(see, she, home, town, at):
    resident(household(town, at, house_no="8"), at, id_number=id_number("19700101"))

    for kind, place in (
        ("household", home),
        ("dwelling", home.dwelling),
        ("building", home.dwelling.house),
    ):
        assert places(see(day="2026-05-01", **{kind: place.pk})) == [home]


def test_a_place_out_of_reach_does_not_exist(see, moved):
    assert see("leader", household=moved.pk).status_code == 404


def test_of_one_grid_only(see, she, moved, town):
    assert places(see(day="2026-05-01", grid=town.grid.one.code)) == []
    assert places(see(day="2026-05-01", grid=town.grid.two.code)) == [moved]


@pytest.mark.parametrize("day", ["2026-09-25", "2026-13-01", "x", ""])
def test_nonsense_is_said_at_its_field_and_today_is_shown(see, she, home, day):
    page = see(day=day)

    assert (page.status_code, places(page)) == (200, [home])
    assert bool(page.context["form"].errors.get("day")) == bool(day)


def test_she_is_as_old_as_on_that_day(see, she):
    assert [one.age for one in see(day="2026-06-14").context["lines"]] == [40]
    assert [one.age for one in see(day="2026-06-15").context["lines"]] == [41]


def test_a_merged_entry_is_nobody_of_her_own(see, she, home, town, at):
    twin = resident(household(town, at, house_no="8"), at, id_number="", birth_date=date(1985, 6, 15))
    actions.merge(she, twin, taken=(), by=None, at=at, key=uuid4())

    assert places(see(day="2026-05-01")) == [home]


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(see, client, home, at, people, django_assert_num_queries):
    for number in range(people):
        relation = Relation.OTHER if number else Relation.HEAD
        resident(home, at, relation=relation, id_number=id_number(f"198{number}0101"))
    see(day="2026-05-01")

    with django_assert_num_queries(7):
        page = client.get(reverse("residents:as_of"), {"day": "2026-05-01"})
    assert len(places(page)) == people
