"""A ledger goes into the register whole or not at all, and the second time changes nothing."""

from datetime import date

import pytest

from residents import actions
from residents.actions.loading import LoadRefused, load_people
from residents.models import Building, Dwelling, Household, RegisterEvent, Resident, Stay
from residents.rules.ledger import Fault, read

from .people import id_number

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 24)
HEAD = {
    "house_name": "平安里", "house_no": "3", "unit_no": "2", "room_no": "501", "relation": "户主", "name": "程晓梅",
    "id_number": id_number("19850615", 2), "phone": "13812345678", "registered_address": "二七区某街5号",
    "education": "本科",
}  # fmt: skip
SON = {
    **HEAD,
    "relation": "儿子",
    "name": "程小宝",
    "id_number": id_number("20120303"),
    "phone": "",
    "education": "",
}
NEIGHBOUR = {
    **HEAD,
    "room_no": "502",
    "name": "贺子安",
    "id_number": "",
    "birth_date": "1950-01-01",
    "sex": "男",
}
LEDGER = [HEAD, SON, NEIGHBOUR]


def understood(rows):
    ledger = read(enumerate(rows, start=3), TODAY, lambda text: date.fromisoformat(text) if text else None)
    assert ledger.problems == []
    return ledger.people


@pytest.fixture
def load(town, at):
    def load(rows, grid="one"):
        return load_people({town.grid[grid]: understood(rows)}, by=town.post.leader, at=at)

    return load


def rows_of(model):
    return list(model.objects.order_by("pk").values())


def everything():
    return [
        rows_of(model)
        for model in (Building, Dwelling, Household, Resident, Stay, RegisterEvent, Resident.history.model)
    ]


def test_it_enters_places_households_and_people(load, town):
    done = load(LEDGER)

    assert (len(done.entered), len(done.changed), done.unchanged) == (3, 0, 0)
    assert [str(home) for home in Household.objects.order_by("pk")] == [
        "平安里 3号楼2单元501室",
        "平安里 3号楼2单元502室",
    ]
    she = Resident.objects.get(name_traces__contains=[], relation="02", birth_date=date(1985, 6, 15))
    assert (she.name.open(), she.id_number.open(), she.phone.open()) == (
        "程晓梅",
        HEAD["id_number"],
        "13812345678",
    )
    assert (she.sex, she.education, she.building, she.street) == ("2", "20", town.grid.one, town.grid.street)
    assert [event.change for event in she.events.all()] == ["register"]
    assert (she.stays.get().household, she.history.count()) == (she.household, 1)


def test_an_entry_by_ledger_is_like_one_by_hand(load, town, at):
    load(LEDGER)
    by_ledger = Resident.objects.get(relation="20")
    home = Household.objects.get(pk=by_ledger.household_id)

    by_hand = actions.register(
        home, relation="20", on=TODAY, by=town.post.leader, at=at, key="6f0a8e3e-0000-4000-8000-000000000001",
        facts={"name": "程小宝", "id_number": id_number("20120303", 5), "registered_address": "二七区某街5号"},
    )  # fmt: skip

    own = {"id", "uid", "name", "id_number", "id_trace", "registered_address"}
    one, other = (Resident.objects.filter(pk=row.pk).values().get() for row in (by_ledger, by_hand))
    assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in other.items() if k not in own}
    for row in (by_ledger, by_hand):
        row.full_clean(exclude=["key"])


def test_a_household_from_a_ledger_is_visited_like_one_opened_by_hand(load, town, at):
    load(LEDGER)
    by_ledger = Household.objects.first()

    by_hand = actions.open_household(by_ledger.dwelling, on=TODAY, by=town.post.leader, at=at)

    own = {"id", "opened_on"}
    one, other = (Household.objects.filter(pk=row.pk).values().get() for row in (by_ledger, by_hand))
    assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in other.items() if k not in own}


def test_the_second_time_changes_nothing(load):
    load(LEDGER)
    before = everything()

    done = load(LEDGER)

    assert (len(done.entered), len(done.changed), done.unchanged) == (0, 0, 3)
    assert everything() == before


def test_what_a_ledger_says_differently_is_corrected_and_what_it_leaves_out_stays(load):
    load(LEDGER)

    done = load([{**HEAD, "phone": "13999999999", "education": "", "name": "程晓眉"}])

    she = Resident.objects.get(relation="02", birth_date=date(1985, 6, 15))
    assert (she.name.open(), she.phone.open(), she.education, len(done.changed)) == (
        "程晓眉",
        "13999999999",
        "20",
        1,
    )
    assert she.events.last().data == {"fields": ["name", "phone"]}
    assert she.history.count() == 2


def test_who_is_registered_elsewhere_is_not_moved(load):
    load(LEDGER)
    before = everything()

    with pytest.raises(LoadRefused) as refused:
        load([{**HEAD, "room_no": "601"}], grid="two")

    assert [(problem.line, problem.fault) for problem in refused.value.problems] == [(3, Fault.ELSEWHERE)]
    assert everything() == before


def test_one_bad_row_keeps_all_of_it_outside(load):
    load([HEAD])
    before = everything()

    with pytest.raises(LoadRefused):
        load([{**NEIGHBOUR}, {**HEAD, "name": "又一户主", "id_number": id_number("19700101")}])

    assert everything() == before


def test_a_new_household_needs_its_head(load):
    with pytest.raises(LoadRefused) as refused:
        load([SON])

    assert [problem.fault for problem in refused.value.problems] == [Fault.NO_HEAD]


def test_a_newcomer_joins_the_household_that_is_there(load):
    load([HEAD])

    load([SON])

    assert Household.objects.get().members.count() == 2


def test_two_households_behind_one_door_are_told_apart_by_their_numbers(load):
    load([{**HEAD, "household_no": "1"}, {**NEIGHBOUR, "room_no": "501", "household_no": "2"}])

    assert sorted(Household.objects.values_list("number", "dwelling__room_no")) == [
        ("1", "501"),
        ("2", "501"),
    ]
