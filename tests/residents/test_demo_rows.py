"""What the demo writes by the hundred is what the actions write, row by row."""

import json
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from grids.rules.workdays import local_date
from residents.actions import groups, visits
from residents.actions.writing import path_of_row
from residents.demo.people import Inventor
from residents.demo.rounds import Pace, Rounds
from residents.demo.special import Files
from residents.demo.staff import Staff
from residents.enums import Risk
from residents.models import Building, GroupEvent, GroupFile, Household

from .groups import DETAILS, kind, load_types
from .people import household, id_number, neighbours, resident

pytestmark = pytest.mark.django_db


def same(one: Any, other: Any, *own: str) -> bool:
    """Whether two rows hold the same, but for their keys and what is their own."""
    left, right = (type(row).objects.filter(pk=row.pk).values().get() for row in (one, other))
    differing = {name for name in left if left[name] != right[name]}
    return differing <= {"id", "uid", "key", "household_id", "resident_id", "file_id", "dwelling_id", *own}


@pytest.fixture
def two(town, at):
    """Two people of one age, each at home alone, next door to each other."""
    home = household(town, at)
    return resident(home, at), resident(neighbours(home, at), at, id_number=id_number("19850615", 4))


def test_a_file_is_like_one_opened_by_two_people(two, town, at):
    load_types()
    by_demo, by_hand = two
    rng, today = Random(1), local_date(at)
    files = Files(rng, Inventor(rng, today), Staff.of_street(), today)
    written = GroupFile(
        **path_of_row(by_demo),
        resident=by_demo,
        type=kind("CJ"),
        basis="残疾人证登记表",
        details=json.dumps(DETAILS["CJ"]),
    )
    files.write([written])

    file = groups.propose(
        by_hand, kind("CJ"), risk=Risk.LOW, basis="残疾人证登记表", details=DETAILS["CJ"], by=written.proposed_by,
        at=written.proposed_at, key=uuid4(),
    )  # fmt: skip
    groups.open_file(file, by=written.reviewed_by, at=written.reviewed_at, key=uuid4())

    assert same(written, file, "details")
    assert same(*(GroupEvent.objects.get(file=one, change="proposed") for one in (written, file)))
    assert same(*(GroupEvent.objects.get(file=one, change="opened") for one in (written, file)))
    told = [
        one.history.values_list("history_type", "history_date", "history_user", "state")
        for one in (written, file)
    ]
    assert list(told[0]) == list(told[1])
    GroupFile.objects.get(pk=written.pk).full_clean()


def test_a_visit_is_like_one_written_down_at_the_door(two, town, at):
    by_demo, by_hand = (person.household for person in two)
    rng, monday = Random(1), local_date(at)
    staff = Staff.of_street()
    rounds = Rounds(
        rng, staff, Files(rng, Inventor(rng, monday), staff, monday), {town.grid.one.pk: Pace(1, 1)}
    )
    Household.objects.filter(pk=by_demo.pk).update(visit_due=monday + timedelta(days=5))
    Household.objects.filter(pk=by_hand.pk).update(visit_due=None)

    rounds.week(monday)
    written = by_demo.visits.get(due_on__isnull=False)
    Household.objects.filter(pk=by_hand.pk).update(visit_due=monday + timedelta(days=5))
    visit = visits.visit(
        by_hand, purpose=written.purpose, met=written.met, by=written.by, at=written.done_at, key=uuid4(),
        what=written.what.open(),
    )  # fmt: skip

    assert same(written, visit, "what")
    assert same(*(Household.objects.get(pk=home.pk) for home in (by_demo, by_hand)))


def test_a_database_without_the_demo_is_refused(town, capsys):
    with pytest.raises(CommandError, match="not in this database"):
        call_command("seed_register", "--verbosity=0")

    call_command("seed_register", "--once", "--verbosity=0")
    assert capsys.readouterr().err.startswith("No register here.")
    assert not Building.objects.exists()
