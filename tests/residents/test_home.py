"""The front page of the registers says how much there is in each."""

import pytest
from django.test import Client

from grids.queries import scope_of
from residents.queries.home import counts

from .people import household, id_number, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(town, at):
    home = household(town, at)
    resident(home, at)
    resident(home, at, relation="20", id_number=id_number("20100301"))
    return home


def test_it_counts_each_register(town, home, at):
    household(town, at, grid="nine")

    assert counts(scope_of(town.user.leader, at), at) == {
        "residents": 2, "households": 1, "dwellings": 1, "buildings": 1, "premises": 0,
        "inspections": 0, "organisations": 0, "volunteers": 0,
    }  # fmt: skip


@pytest.mark.parametrize("person", ["leader", "direct", "secretary"])
def test_it_opens(town, home, person):
    client = Client()
    client.force_login(town.user[person])

    assert client.get("/registers/").status_code == 200
