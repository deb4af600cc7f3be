"""Likely duplicates are found by name with birth date or phone, within reach of whoever keeps both."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from grids.queries import scope_of
from residents import actions
from residents.enums import Change, Relation
from residents.queries.duplicates import duplicates, duplicates_of

from .people import household, id_number, resident

pytestmark = pytest.mark.django_db

BORN = {"id_number": "", "birth_date": date(1985, 6, 15)}


@pytest.fixture
def keeper(town, at):
    return scope_of(town.user.maintainer, at=at)


@pytest.fixture
def she(town, at):
    return resident(household(town, at), at, phone="13812345678")


def again(town, at, *, grid="two", **facts):
    return resident(household(town, at, grid=grid, house_no="9"), at, **facts)


def pairs(scope):
    return [(pair.first, pair.second) for pair in duplicates(scope).pairs]


def test_the_same_name_and_birth_date_without_a_number(town, she, keeper, at):
    twin = again(town, at, **BORN)

    assert pairs(keeper) == [(she, twin)]


def test_the_same_name_and_phone_whatever_the_birth_date(town, she, keeper, at):
    twin = again(town, at, id_number="", birth_date=date(1958, 6, 15), phone="13812345678")

    assert pairs(keeper) == [(she, twin)]


def test_a_number_with_a_slip_in_it(town, she, keeper, at):
    twin = again(town, at, id_number=id_number("19850615", 4))

    assert pairs(keeper) == [(she, twin)]


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "程晓", **BORN},
        {"name": "程晓枚", **BORN},
        {"id_number": "", "birth_date": date(1985, 6, 16)},
        {"name": "王晓梅", "id_number": "", "phone": "13812345678"},
        {"id_number": id_number("19850615", 468)},  # another person of that name born on that day
    ],
)
def test_others_are_not_taken_for_her(town, she, keeper, at, facts):
    again(town, at, **facts)

    assert pairs(keeper) == []


def test_a_pair_of_which_one_lies_elsewhere_is_only_counted(town, she, at):
    again(town, at, **BORN)

    found = duplicates(scope_of(town.user.leader, at=at))

    assert (found.pairs, found.outside) == ([], 1)


def test_nobody_without_the_right_to_keep_is_told_anything(town, she, at):
    again(town, at, **BORN)

    found = duplicates(scope_of(town.user.member, at=at))

    assert (found.pairs, found.outside) == ([], 0)


def test_who_has_moved_away_counts_and_who_is_merged_does_not(town, she, keeper, at):
    twin = again(town, at, **BORN)
    actions.leave(twin, change=Change.MOVE_OUT, on=date(2026, 5, 1), by=None, at=at, key=uuid4())
    assert pairs(keeper) == [(she, twin)]

    actions.merge(she, twin, taken=(), by=None, at=at, key=uuid4())

    assert pairs(keeper) == []


def test_of_one_entry_only_its_own_pairs(town, she, keeper, at):
    twin = again(town, at, **BORN)
    home = household(town, at, house_no="11")
    someone = resident(home, at, name="王强", id_number=id_number("19700101"), relation=Relation.HEAD)

    assert [pair.first for pair in duplicates_of(twin, keeper).pairs] == [she]
    assert duplicates_of(someone, keeper).pairs == []


@pytest.mark.parametrize("entries", [2, 8])
def test_finding_them_costs_the_same_however_many_there_are(
    town, keeper, at, entries, django_assert_num_queries
):
    home = household(town, at, grid="two", house_no="20")
    for _number in range(entries):
        resident(home, at, relation=Relation.OTHER, **BORN)

    with django_assert_num_queries(3):
        duplicates(keeper)


def test_two_people_who_look_alike_leave_the_list_and_can_come_back(town, she, keeper, at):
    twin = again(town, at, **BORN)

    for _twice in range(2):
        actions.tell_apart(twin, she, by=town.post.maintainer, at=at)
    apart = duplicates(keeper)
    actions.suspect_again(she, twin)

    assert (apart.pairs, [(pair.first, pair.second) for pair in apart.apart]) == ([], [(she, twin)])
    assert pairs(keeper) == [(she, twin)]
    assert duplicates_of(she, keeper).apart == []


def test_one_entry_is_not_two_people(she, at):
    with pytest.raises(actions.RegisterRefused):
        actions.tell_apart(she, she, by=None, at=at)


def test_the_keeper_of_both_says_so_on_the_page(town, she, at, client):
    twin = again(town, at, **BORN)
    client.force_login(town.user.maintainer)
    page = client.get(reverse("residents:merge", args=[she.pk, twin.pk])).content.decode()
    listed = client.post(reverse("residents:tell_apart", args=[she.pk, twin.pk]), follow=True)

    assert ("这是两个人" in page, listed.context["pairs"], len(listed.context["apart"])) == (True, [], 1)
    assert "1对" in listed.content.decode()
