"""A place reads as people say it, however it was typed."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases import actions
from cases.enums import Step
from grids.rules import houses
from tests.cases.walks import walk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("house", "unit", "said"),
    [
        ("3",     "2",     "3号楼2单元"),
        ("3",     "",      "3号楼"),
        ("",      "2",     "2单元"),
        ("3号楼",  "2",     "3号楼2单元"),
        ("3",     "东门洞", "3号楼东门洞"),
        ("3号楼",  "2单元", "3号楼 2单元"),
        ("三号楼", "",      "三号楼"),
        ("甲3",   "",      "甲3"),
        ("3-1",   "",      "3-1"),
        ("",      "",      ""),
    ],
)  # fmt: skip
def test_a_bare_number_gets_its_word(house, unit, said):
    assert " ".join(houses.said(house, unit)) == said


@pytest.fixture(autouse=True)
def _it_is_that_thursday(at):
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def sign_in(client, town):
    def enter(name: str):
        client.force_login(town.user[name])
        return client

    return enter


@pytest.fixture
def numbered(town, at):
    return town.report(at=at, place="桐柏路12号院", house_no="3", unit_no="2")


def test_a_case_says_it_everywhere(town, at, numbered, sign_in):
    walk(town, numbered, at, until=Step.ASSIGNED)
    pages = [
        reverse("cases:detail", args=[numbered.pk]),
        reverse("cases:order", args=[numbered.pk, numbered.assignments.get().pk]),
        reverse("cases:list"),
    ]

    for address in pages:
        assert "桐柏路12号院 3号楼2单元" in sign_in("dispatcher").get(address).content.decode(), address
    assert "3号楼2单元" in numbered.search_text


def test_a_line_of_the_diary_says_it_on_its_page_and_on_paper(town, at, sign_in):
    patrol = actions.start_patrol(by=town.post.leader, at=at, key=uuid4())
    actions.write_diary(
        patrol, text="门口堆放杂物", house_no="3", unit_no="2", by=town.post.leader, at=at, key=uuid4()
    )

    for address in (patrol.get_absolute_url(), reverse("cases:diary_sheet", args=[patrol.pk])):
        assert "3号楼2单元" in sign_in("leader").get(address).content.decode()
