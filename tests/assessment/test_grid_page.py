"""The page of a grid: who is there, what is open."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.enums import Step
from tests.cases.walks import walk

pytestmark = pytest.mark.django_db


def page_of(client, town, person, place, name="grid"):
    client.force_login(town.user[person])
    return client.get(reverse(f"assessment:{name}", args=[town.grid[place].code]))


def test_it_counts_what_is_open_in_it_and_below(town, calendar, at, client):
    town.report(at=at)
    town.report(at=at, by="leader3", grid="three")
    walk(town, town.report(at=at), at, until=Step.CLOSED)

    page = page_of(client, town, "secretary", "street")

    assert page.context["open"].open == 2
    assert [(row.grid.name, row.open.open) for row in page.context["children"]] == [
        ("东街社区", 1),
        ("西街社区", 1),
    ]


def test_every_number_leads_to_exactly_its_rows(town, calendar, at, client, time_machine):
    now = at
    time_machine.move_to(at + timedelta(hours=1), tick=False)
    for step in (Step.REPORTED, Step.ASSIGNED, Step.HANDLING, Step.CLOSED, Step.CLOSED):
        walk(town, town.report(at=now), now, until=step)
    walk(town, town.report(at=now - timedelta(days=100)), now - timedelta(days=100), until=Step.ASSIGNED)

    page = page_of(client, town, "secretary", "street").content.decode()

    stats = re.findall(r'<a class="stat[^"]*" href="([^"]+)">.*?<b>(\d+)</b>', page, re.S)
    shown = [(int(value), len(client.get(unescape(url)).context["rows"])) for url, value in stats]
    assert len(shown) == 5
    assert [value for value, rows in shown] == [rows for value, rows in shown]
    assert shown[0] == (4, 4)
    assert shown[1] == (1, 1)


def test_it_costs_the_same_whatever_it_holds(town, calendar, at, client):
    town.report(at=at)
    page_of(client, town, "secretary", "street")
    with CaptureQueriesContext(connection) as few:
        page_of(client, town, "secretary", "street")
    for grid, by in (("one", "leader"), ("two", "leader2"), ("three", "leader3")) * 4:
        town.report(at=at, grid=grid, by=by)

    with CaptureQueriesContext(connection) as many:
        page_of(client, town, "secretary", "street")

    assert len(many) == len(few)


def test_a_grid_outside_the_subtree_does_not_exist(town, calendar, client):
    answers = {
        page_of(client, town, "leader", place).status_code for place in ("two", "east", "street", "nine")
    }

    assert answers == {404}


def test_it_leads_to_its_contact_card_and_a_district_has_none(town, calendar, client):
    offered = {
        place: reverse("grids:card", args=[town.grid[place].code])
        in page_of(client, town, "official", place).content.decode()
        for place in ("one", "east", "street", "district")
    }

    assert offered == {"one": True, "east": True, "street": True, "district": False}


def test_a_person_without_a_place_is_told_what_to_do(town, calendar, client):
    client.force_login(town.outsider)

    page = client.get(reverse("assessment:grids"))

    assert page.status_code == 200
    assert page.context["menu"] is not None
