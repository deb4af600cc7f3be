"""Households split and join, and everybody in them stays on record."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction

from residents import actions
from residents.actions import RegisterRefused
from residents.enums import Change, Relation
from residents.models import Household, RegisterEvent, Stay

from .people import door, household, id_number, resident

pytestmark = pytest.mark.django_db

SPRING = date(2026, 3, 1)


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def family(home, at):
    """A head, her husband, and their son."""
    return (
        resident(home, at),
        resident(home, at, relation=Relation.SPOUSE, id_number=id_number("19840101")),
        resident(home, at, relation=Relation.SON, id_number=id_number("20050303")),
    )


def split(home, leaving, at, *, behind=None, on=SPRING, key=None):
    leaving = {person.pk: relation for person, relation in leaving.items()}
    return actions.split(
        home, behind or home.dwelling, leaving=leaving, on=on, by=None, at=at, key=key or uuid4()
    )


def join(home, other, relations, at, *, on=date(2026, 5, 1), key=None):
    relations = {person.pk: relation for person, relation in relations.items()}
    return actions.join(home, other, relations=relations, on=on, by=None, at=at, key=key or uuid4())


def lived(day):
    return {(stay.resident, stay.household, stay.relation) for stay in Stay.objects.on(day)}


def refused(do):
    """It is refused, and nothing is left of it."""
    before = list(Household.objects.values()), list(Stay.objects.values()), RegisterEvent.objects.count()
    with pytest.raises(RegisterRefused) as no, transaction.atomic():
        do()
    assert (
        list(Household.objects.values()),
        list(Stay.objects.values()),
        RegisterEvent.objects.count(),
    ) == before
    return str(no.value)


def test_who_leaves_has_a_household_of_her_own(home, family, at):
    head, spouse, son = family

    new = split(home, {son: Relation.HEAD}, at)

    assert lived(SPRING) == {
        (head, home, Relation.HEAD),
        (spouse, home, Relation.SPOUSE),
        (son, new, Relation.HEAD),
    }
    assert lived(date(2026, 2, 28)) == {
        (head, home, Relation.HEAD),
        (spouse, home, Relation.SPOUSE),
        (son, home, Relation.SON),
    }
    assert (new.dwelling, new.opened_on, son.events.last().change) == (home.dwelling, SPRING, Change.SPLIT)


def test_it_may_lie_behind_another_door_of_the_district(home, family, town, at):
    there = door(town, at, grid="two", house_no="9")

    new = split(home, {family[2]: Relation.HEAD}, at, behind=there)

    family[2].refresh_from_db()
    assert (new.grid, family[2].building) == (town.grid.two, town.grid.two)


def test_several_leave_together_with_an_event_each(home, family, at):
    split(home, {family[1]: Relation.HEAD, family[2]: Relation.SON}, at)

    assert RegisterEvent.objects.filter(change=Change.SPLIT).count() == 2


def test_the_same_form_twice_is_one_split(home, family, at):
    key = uuid4()

    assert split(home, {family[2]: Relation.HEAD}, at, key=key) == split(
        home, {family[2]: Relation.HEAD}, at, key=key
    )
    assert Household.objects.count() == 2


@pytest.mark.parametrize(
    ("leaving", "why"),
    [
        ({}, "请选择"),
        ({0: Relation.SPOUSE}, "户主"),  # nobody heads the new one
        ({0: Relation.HEAD}, "户主"),  # the old one is left without a head
        ({1: Relation.HEAD, 2: Relation.HEAD}, "只能有一名户主"),
        ({0: Relation.HEAD, 1: Relation.SPOUSE, 2: Relation.SON}, "全户"),
    ],
)
def test_a_split_that_leaves_a_household_wrong_is_refused(home, family, at, leaving, why):
    chosen = {family[who]: relation for who, relation in leaving.items()}

    assert why in refused(lambda: split(home, chosen, at))


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 9, 25)])
def test_nobody_leaves_before_she_came_or_after_today(home, family, at, day):
    refused(lambda: split(home, {family[2]: Relation.HEAD}, at, on=day))


def test_a_stranger_does_not_leave(home, family, town, at):
    stranger = resident(household(town, at, house_no="8"), at, id_number=id_number("19700101"))

    assert "变动" in refused(lambda: split(home, {stranger: Relation.HEAD}, at))


def test_two_households_behind_one_door_become_one(home, family, at):
    head, spouse, son = family
    other = split(home, {son: Relation.HEAD}, at)

    join(home, other, {head: Relation.PARENT, spouse: Relation.PARENT, son: Relation.HEAD}, at)

    other.refresh_from_db()
    assert (other.is_open, other.closed_on) == (False, date(2026, 5, 1))
    assert lived(date(2026, 5, 1)) == {
        (head, home, Relation.PARENT),
        (spouse, home, Relation.PARENT),
        (son, home, Relation.HEAD),
    }
    assert lived(date(2026, 4, 30)) == {
        (head, home, Relation.HEAD),
        (spouse, home, Relation.SPOUSE),
        (son, other, Relation.HEAD),
    }
    assert RegisterEvent.objects.filter(change=Change.JOIN).count() == 3


@pytest.mark.parametrize(
    "relations",
    [
        (Relation.HEAD, Relation.SPOUSE, Relation.HEAD),
        (Relation.PARENT, Relation.PARENT, Relation.SON),
        (Relation.HEAD, Relation.SPOUSE),
    ],
)
def test_a_join_without_exactly_one_head_or_with_somebody_forgotten_is_refused(home, family, at, relations):
    other = split(home, {family[2]: Relation.HEAD}, at)

    refused(lambda: join(home, other, dict(zip(family, relations, strict=False)), at))


def test_households_behind_different_doors_do_not_join(home, family, town, at):
    other = split(home, {family[2]: Relation.HEAD}, at, behind=door(town, at, house_no="9"))

    refused(lambda: join(home, other, dict(zip(family, ("02", "10", "20"), strict=True)), at))


def test_nobody_joins_before_she_came(home, family, at):
    other = split(home, {family[2]: Relation.HEAD}, at)
    relations = dict(zip(family, (Relation.HEAD, Relation.SPOUSE, Relation.SON), strict=True))

    refused(lambda: join(home, other, relations, at, on=date(2026, 2, 1)))


def test_a_closed_household_keeps_its_history(home, family, at):
    other = split(home, {family[2]: Relation.HEAD}, at)
    relations = dict(zip(family, (Relation.HEAD, Relation.SPOUSE, Relation.SON), strict=True))

    join(home, other, relations, at)

    assert [stay.resident for stay in other.stays.all()] == [family[2]]
    assert other.history.count() == 2


def test_a_new_head_was_not_the_head_before(home, family, at):
    head, _spouse, son = family

    actions.make_head(son, former_as=Relation.PARENT, by=None, at=at, key=uuid4())

    assert {(who, relation) for who, _home, relation in lived(date(2026, 9, 23))} >= {
        (head, Relation.HEAD),
        (son, Relation.SON),
    }
    assert {(who, relation) for who, _home, relation in lived(date(2026, 9, 24))} >= {
        (head, Relation.PARENT),
        (son, Relation.HEAD),
    }


def test_who_became_something_else_today_may_still_have_moved_last_week(home, family, town, at):
    head, spouse, _son = family
    actions.make_head(spouse, former_as=Relation.SPOUSE, by=None, at=at, key=uuid4())
    there = household(town, at, house_no="9")

    head.refresh_from_db()
    actions.move(head, there, relation=Relation.HEAD, on=date(2026, 9, 17), by=None, at=at, key=uuid4())

    stays = [(stay.household, stay.since, stay.until) for stay in head.stays.order_by("since")]
    assert stays == [
        (home, date(2026, 1, 1), date(2026, 9, 17)),
        (there, date(2026, 9, 17), None),
    ]
