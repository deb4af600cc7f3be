"""A case remembers what it was found on: a visit, an inspection; and is found by it again."""

from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cases.actions import ReportRefused
from cases.models import Case
from cases.rules.origin import is_origin

pytestmark = pytest.mark.usefixtures("calendar")

VISIT = "visit:6f0a8e3e-0000-4000-8000-000000000001"


@pytest.fixture
def leader(client, town, at):
    client.force_login(town.user.leader)
    with time_machine.travel(at, tick=False):
        yield client


def sent(town, **changes):
    facts = {
        "key": uuid4(),
        "category": town.category("B0801").pk,
        "grid": town.grid.one.pk,
        "text": "楼道堆物",
    }
    return {**facts, "origin": VISIT, **changes}


@pytest.mark.parametrize(
    ("text", "names_one"),
    [
        (VISIT, True),
        (VISIT.replace("visit", "inspection"), True),
        (VISIT.replace("visit", "patrol"), False),
        (VISIT.upper(), False),
        (f"{VISIT}\n", False),
        (f"{VISIT}0", False),
        ("visit:", False),
        ("", False),
    ],
)
def test_only_a_visit_or_an_inspection_is_one(text, names_one):
    assert is_origin(text) is names_one


def test_the_form_begins_with_it_and_in_its_grid(leader, town):
    form = leader.get("/cases/new/", {"origin": VISIT, "grid": town.grid.one.pk}).context["form"]

    assert (form["origin"].value(), form["grid"].value()) == (VISIT, str(town.grid.one.pk))


def test_the_form_leaves_nonsense_aside(leader, town):
    form = leader.get("/cases/new/", {"origin": "visit:1' OR 1", "grid": town.grid.nine.pk}).context["form"]

    assert (form["origin"].value(), form["grid"].value()) == (None, town.grid.one.pk)


def test_it_is_kept_with_the_case(leader, town):
    leader.post("/cases/new/", sent(town))

    assert Case.objects.get().origin == VISIT


def test_the_page_of_the_case_says_it(leader, town):
    leader.post("/cases/new/", sent(town))

    assert "走访" in leader.get(Case.objects.get().get_absolute_url()).content.decode()


def test_what_names_nothing_is_refused_and_nothing_is_filed(leader, town):
    answer = leader.post("/cases/new/", sent(town, origin="visit:nowhere"))

    assert (answer.status_code, Case.objects.count()) == (422, 0)


def test_no_door_writes_another(town, at):
    with pytest.raises(ReportRefused):
        town.report(at=at, origin="patrol:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=town.report(at=at).pk).update(origin="patrol:1")


def test_the_list_finds_the_cases_of_one_visit(leader, town, at):
    mine, _other = town.report(at=at, origin=VISIT), town.report(at=at)

    page = leader.get("/cases/", {"origin": VISIT})

    assert [row.number for row in page.context["rows"]] == [mine.number]
    assert f'value="{VISIT}"' in page.content.decode()


def test_the_list_leaves_nonsense_aside(leader, town, at):
    town.report(at=at)

    assert len(leader.get("/cases/", {"origin": "nonsense"}).context["rows"]) == 1
