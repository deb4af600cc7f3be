"""A person is in the register once, and everything that happens to her entry stays on record."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from residents import actions
from residents.actions import RegisterRefused
from residents.enums import Change, Relation, Sex, Whereabouts
from residents.models import RegisterEvent, Resident, Stay

from .people import door, household, id_number, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(town, at):
    return household(town, at)


@pytest.fixture
def other(town, at):
    return household(town, at, house_no="4")


def test_the_id_number_gives_birth_date_and_sex(home, at):
    she = resident(home, at)

    assert (she.birth_date, she.sex) == (date(1985, 6, 15), Sex.FEMALE)


def test_nobody_is_registered_twice_in_a_district(home, other, at):
    resident(home, at)

    with pytest.raises(RegisterRefused, match="登记"):
        resident(other, at)

    assert Resident.objects.count() == 1


def test_the_same_form_twice_is_one_entry(home, at):
    key = uuid4()

    assert resident(home, at, key=key) == resident(home, at, key=key)
    assert RegisterEvent.objects.count() == 1


def test_a_household_has_one_head(home, at):
    resident(home, at)

    with pytest.raises(RegisterRefused):
        resident(home, at, id_number=id_number("19900101"))

    assert home.members.count() == 1


def test_a_head_who_is_not_alone_does_not_just_leave(home, at):
    head = resident(home, at)
    resident(home, at, relation=Relation.SPOUSE, id_number=id_number("19860202"))

    with pytest.raises(RegisterRefused):
        actions.leave(head, change=Change.MOVE_OUT, on=date(2026, 5, 1), by=None, at=at, key=uuid4())


def test_moving_takes_her_path_and_her_stay_along(home, town, at):
    she = resident(home, at)
    there = household(town, at, grid="two", house_no="9")

    actions.move(she, there, relation=Relation.HEAD, on=date(2026, 3, 1), by=None, at=at, key=uuid4())

    she.refresh_from_db()
    home.refresh_from_db()
    assert (she.building, she.household, home.closed_on) == (town.grid.two, there, date(2026, 3, 1))
    stays = [(stay.household, stay.since, stay.until) for stay in she.stays.order_by("pk")]
    assert stays == [(home, date(2026, 1, 1), date(2026, 3, 1)), (there, date(2026, 3, 1), None)]


def test_the_register_can_be_read_as_of_any_day(home, town, at):
    she = resident(home, at)
    there = household(town, at, grid="two", house_no="9")
    actions.move(she, there, relation=Relation.HEAD, on=date(2026, 3, 1), by=None, at=at, key=uuid4())

    def where(day):
        return [stay.household for stay in Stay.objects.on(day)]

    assert [where(day) for day in (date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 1))] == [
        [],
        [home],
        [there],
    ]


def test_the_last_one_to_leave_closes_the_household(home, at):
    she = resident(home, at)

    actions.leave(she, change=Change.DIE, on=date(2026, 5, 1), by=None, at=at, key=uuid4())

    she.refresh_from_db()
    home.refresh_from_db()
    assert (she.state, she.household, home.is_open) == (Whereabouts.DEAD, None, False)


def test_the_dead_do_not_move_in_again(home, other, at):
    she = actions.leave(
        resident(home, at), change=Change.DIE, on=date(2026, 5, 1), by=None, at=at, key=uuid4()
    )

    with pytest.raises(RegisterRefused):
        actions.move(she, other, relation=Relation.HEAD, on=date(2026, 6, 1), by=None, at=at, key=uuid4())


def test_who_comes_back_has_one_entry(home, other, at):
    she = actions.leave(
        resident(home, at), change=Change.MOVE_OUT, on=date(2026, 5, 1), by=None, at=at, key=uuid4()
    )

    actions.move(she, other, relation=Relation.HEAD, on=date(2026, 6, 1), by=None, at=at, key=uuid4())

    she.refresh_from_db()
    assert (she.is_living, list(she.events.values_list("change", flat=True))) == (
        True,
        [Change.REGISTER, Change.MOVE_OUT, Change.MOVE_IN],
    )


@pytest.mark.parametrize(
    "number",
    ["99990019850615002", "99990019851315002X", "999900198506150021", "99990020990101001X", "ABC", "１"],
)
def test_an_impossible_number_is_refused_and_leaves_no_trace(home, at, number):
    with pytest.raises(RegisterRefused):
        resident(home, at, id_number=number)

    assert Resident.objects.count() == RegisterEvent.objects.count() == 0


def test_a_correction_says_which_facts_changed_and_nothing_of_them(home, at):
    she = resident(home, at, employer="一中")

    actions.correct(she, by=None, at=at, key=uuid4(), facts={"employer": "二中", "note": ""})

    event = she.events.get(change=Change.CORRECT)
    assert event.data == {"fields": ["employer"]}
    assert she.history.count() == 2


def test_a_new_head_makes_the_former_something_else(home, at):
    head = resident(home, at)
    son = resident(home, at, relation=Relation.SON, id_number=id_number("20050303"))

    actions.make_head(son, former_as=Relation.PARENT, by=None, at=at, key=uuid4())

    head.refresh_from_db()
    son.refresh_from_db()
    assert (head.relation, son.relation) == (Relation.PARENT, Relation.HEAD)


def test_the_record_is_only_ever_added_to(home, at):
    resident(home, at)

    for sql in ("UPDATE residents_registerevent SET note = 'x'", "DELETE FROM residents_registerevent"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_door_that_somebody_lives_behind_stays_in_use(home, at):
    resident(home, at)

    with pytest.raises(RegisterRefused):
        actions.correct_place(home.dwelling, by=None, at=at, is_active=False)


def test_the_same_door_is_entered_once(town, at):
    place = door(town, at)

    with pytest.raises(RegisterRefused):
        actions.register_dwelling(place.house, unit_no="2", room_no="501", by=None, at=at)
