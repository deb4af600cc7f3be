"""Personal data comes under another key without being lost, whatever stops it half-way."""

from io import StringIO
from itertools import islice
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from gridgov.kit.sealing import outdated, sealed_models
from residents import actions
from residents.actions.keys import TracesRefused
from residents.models import Dwelling, Resident
from residents.queries.registers import by_person

from .people import household, id_number, resident

pytestmark = pytest.mark.django_db

NAMES = "一二三四五六七八九十千万"
PEOPLE = len(NAMES)


@pytest.fixture
def home(town, at):
    """A filled register: twelve people, a corrected phone each, the owner of the dwelling."""
    home = household(town, at)
    home.dwelling.owner_name = "程晓梅"
    home.dwelling.save()
    for number, letter in enumerate(NAMES):
        facts = {"name": f"程晓{letter}", "id_number": id_number("19850615", number), "relation": "90"}
        she = resident(home, at, phone=f"138000000{number:02}", **facts)
        actions.correct(she, by=None, at=at, key=uuid4(), facts={"phone": f"139000000{number:02}"})
    return home


@pytest.fixture
def new_key(settings):
    settings.DATA_KEYS = [(2, "n" * 40), *settings.DATA_KEYS]


def rotate(*arguments) -> str:
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


def read() -> list[tuple[str, str, str]]:
    people = [*Resident.objects.order_by("pk"), *Resident.history.order_by("history_id")]
    return [(one.name.open(), one.id_number.open(), one.phone.open()) for one in people]


def test_a_filled_register_is_the_same_under_the_new_key_alone(home, new_key, settings):
    before = read()

    said = rotate()
    settings.DATA_KEYS = settings.DATA_KEYS[:1]

    assert read() == before
    assert len(before) == 3 * PEOPLE
    assert Dwelling.objects.get().owner_name.open() == "程晓梅"
    assert f"residents_historicalresident: {6 * PEOPLE} / {6 * PEOPLE}" in said
    assert "旧密钥可以停用" in said


def test_every_table_with_a_sealed_value_is_among_them():
    tables = {model._meta.db_table for model in sealed_models()}

    assert {"residents_resident", "residents_historicalresident", "residents_historicaldwelling"} <= tables


def test_stopped_half_way_it_goes_on(home, new_key, settings):
    before = read()
    list(islice(actions.rotate_keys(), 2))

    assert read() == before  # under both keys meanwhile
    rotate()

    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert read() == before


def test_it_goes_on_from_the_other_cipher_too(home, settings):
    before = read()
    settings.DATA_CIPHER = "SM4"

    rotate()

    assert read() == before
    assert outdated(Resident) == {}


def test_a_value_that_does_not_open_is_named_by_its_row_and_keeps_the_old_key(home, new_key):
    first, second = Resident.objects.order_by("pk")[:2]
    Resident.objects.filter(pk=second.pk).update(phone=first.phone.token)

    with pytest.raises(CommandError, match=f"residents_resident.phone: {second.pk}$"):
        rotate()

    assert outdated(Resident) == {"phone": [second.pk]}


def test_with_another_index_key_people_are_found_again_and_stay_registered_once(home, settings, at):
    settings.INDEX_KEY = "another index key, for everything"
    wanted = ("晓四", id_number("19850615", 3), "13900000003")
    assert [by_person(Resident.objects.all(), term).count() for term in wanted] == [0, 0, 0]

    said = rotate("--index")

    found = [by_person(Resident.objects.all(), term).get().name.open() for term in wanted]
    assert found == ["程晓四"] * 3
    assert f"{PEOPLE}" in said
    with pytest.raises(actions.RegisterRefused):
        resident(home, at, id_number=id_number("19850615", 3), relation="90")
    assert actions.make_traces() == 0  # nothing is left to do


def test_traces_are_made_all_or_none(home, settings):
    before = list(Resident.objects.order_by("pk").values_list("name_traces", flat=True))
    last = Resident.objects.order_by("-pk").first()
    Resident.objects.filter(pk=last.pk).update(phone=last.name.token)
    settings.INDEX_KEY = "another index key, for everything"

    with pytest.raises(TracesRefused, match=f"residents_resident {last.pk}"):
        actions.make_traces()

    assert list(Resident.objects.order_by("pk").values_list("name_traces", flat=True)) == before
