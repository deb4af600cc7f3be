"""A personal value shows masked wherever it becomes text, and plain nowhere but where somebody opens it."""

import copy
import pickle

import pytest
from django.core import serializers
from django.db import connection
from django.template import Context, Template

from gridgov.kit.crypto import SealBroken
from gridgov.kit.sealing import Sealed, reseal, sealed_fields
from residents import actions
from residents.models import Resident
from residents.queries.tracing import name_traces, wanted_trace

from .people import household, id_number, resident

pytestmark = pytest.mark.django_db

NUMBER = id_number("19850615", 2)


@pytest.fixture
def she(town, at):
    return Resident.objects.get(pk=resident(household(town, at), at, phone="13812345678").pk)


def test_it_opens_again_as_it_was(she):
    assert [she.name.open(), she.id_number.open(), she.phone.open()] == ["程晓梅", NUMBER, "13812345678"]


def test_as_text_it_is_masked(she):
    texts = [str(she.name), f"{she.phone}", format(she.id_number), repr(she.phone), str(she)]

    assert texts == ["程**", "138****5678", "9***************" + NUMBER[-2:], "<sealed phone>", "程**"]


def test_in_a_template_it_is_masked(she):
    drawn = Template("{{ she }} {{ she.phone }} {{ she.id_number|safe }}").render(Context({"she": she}))

    assert "13812345678" not in drawn and NUMBER not in drawn and "晓梅" not in drawn


def test_serialised_it_stays_sealed(she):
    assert "晓梅" not in serializers.serialize("json", [she])
    with pytest.raises(TypeError):
        pickle.dumps(she.name)


def test_a_copy_of_the_row_is_not_unsealed(she):
    assert isinstance(copy.deepcopy(she).name, Sealed)


def test_nothing_plain_lies_in_the_table_or_its_history(she, at):
    actions.correct(
        she, by=None, at=at, key="6f0a8e3e-0000-4000-8000-000000000001", facts={"phone": "13912345678"}
    )

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r::text FROM residents_resident r UNION ALL SELECT h::text FROM residents_historicalresident h"
        )
        rows = " ".join(row[0] for row in cursor.fetchall())
    for plain in ("程晓梅", NUMBER, "13812345678", "13912345678"):
        assert plain not in rows and plain.encode().hex() not in rows
    assert [row.phone.open() for row in she.history.order_by("history_id")] == ["13812345678", "13912345678"]


def test_a_value_moved_to_another_row_by_hand_does_not_open(she, town, at):
    other = resident(household(town, at, house_no="8"), at, id_number=id_number("19700101"))
    Resident.objects.filter(pk=other.pk).update(phone=she.phone.token)

    with pytest.raises(SealBroken):
        Resident.objects.get(pk=other.pk).phone.open()


def test_it_is_not_found_by_its_value(she):
    with pytest.raises(TypeError):
        Resident.objects.filter(phone="13812345678").exists()


@pytest.mark.parametrize("term", ["程", "晓梅", "程晓梅", "cxm", "CXM", "xm"])
def test_a_name_is_found_by_any_part_and_by_its_initials(she, term):
    assert Resident.objects.filter(name_traces__contains=[wanted_trace(term)]).get() == she


@pytest.mark.parametrize("term", ["程梅", "cm", "王", "chengxiaomei"])
def test_and_by_nothing_else(she, term):
    assert not Resident.objects.filter(name_traces__contains=[wanted_trace(term)]).exists()


def test_a_character_of_several_sounds_is_found_by_each():
    traces = name_traces("单小明")

    assert all(wanted_trace(spelling) in traces for spelling in ("sxm", "dxm", "cxm"))


def test_rotation_seals_everything_anew_and_loses_nothing(she, settings):
    settings.DATA_KEYS = [(2, "n" * 40), *settings.DATA_KEYS]
    history = Resident.history.model

    done = sum(reseal(Resident, batch=2)) + sum(reseal(history, batch=2))

    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    again = Resident.objects.get(pk=she.pk)
    assert (again.name.open(), again.phone.open(), again.history.get().name.open()) == (
        "程晓梅",
        "13812345678",
        "程晓梅",
    )
    assert done == 6
    assert sum(reseal(Resident)) == 0


def test_every_sealed_field_knows_its_place():
    places = {field.bound_to for field in sealed_fields(Resident)}

    assert "residents_resident.phone" in places
    assert {field.bound_to for field in sealed_fields(Resident.history.model)} == places
