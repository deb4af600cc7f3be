"""The demo's register: invented through and through, the same every time, and kept by the rules of the real one."""

import json
import re
from collections.abc import Iterator

import pytest
from django.db.models import Count, F, Q

from grids.demo.names import DENYLIST
from grids.demo.town import clock
from residents.enums import Change, FileState, Met, Occupancy, Registration, Relation
from residents.models import (
    Dwelling,
    GroupFile,
    Household,
    Organisation,
    Premises,
    RegisterEvent,
    Resident,
    Stay,
    Visit,
)
from residents.rules.identity import identity, is_credit_code

from .demo import UNTIL, furnished, seed

pytestmark = pytest.mark.django_db

DEAD_NUMBER = re.compile(r"154\d{8}")


@pytest.fixture(scope="module")
def lived(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The small demo with its register; every test of this module looks at the same people."""
    with django_db_blocker.unblock(), furnished():
        seed()
        yield


# --- invented through and through -----------------------------------------------------------------


def test_every_number_is_right_and_nobodys(lived):
    numbers = [person.id_number.open() for person in Resident.objects.all()]

    assert len(set(numbers)) == len(numbers) > 500
    assert {number[:4] for number in numbers} == {"9999"}
    assert [identity(number, UNTIL).number for number in numbers] == numbers


def test_no_phone_can_ring(lived):
    phones = [person.phone for person in Resident.objects.all()]
    phones += [door.owner_phone for door in Dwelling.objects.all()]
    phones += [row.phone for model in (Premises, Organisation) for row in model.objects.all()]
    told = [json.loads(file.details.open()) for file in GroupFile.objects.all()]
    heard = [value for details in told for name, value in details.items() if name.endswith("phone")]
    opened = [phone.open() for phone in phones if phone] + heard

    assert len(opened) > 500
    assert [phone for phone in opened if not DEAD_NUMBER.fullmatch(phone)] == []


def test_nobody_of_the_articles_lives_here(lived):
    names = {person.name.open() for person in Resident.objects.all()}

    assert names & DENYLIST == set()


def test_companies_have_right_codes_of_nowhere(lived):
    codes = list(Organisation.objects.values_list("code", flat=True))

    assert codes
    assert all(is_credit_code(code) and code[2:6] == "9999" for code in codes)


# --- as a register has to be ----------------------------------------------------------------------


def test_every_household_has_one_head_and_somebody_in_it(lived):
    heads = Count("members", filter=Q(members__relation=Relation.HEAD))
    homes = Household.objects.open().annotate(heads=heads, size=Count("members"))

    assert homes.count() > 150
    assert homes.exclude(heads=1).count() == 0
    assert not Household.objects.filter(closed_on__isnull=False, members__isnull=False).exists()


def test_everybody_stays_where_the_register_says(lived):
    open_stays = Stay.objects.filter(until__isnull=True)
    elsewhere = open_stays.exclude(resident__household=F("household"), building=F("resident__building"))

    assert open_stays.count() == Resident.objects.living().count()
    assert elsewhere.count() == 0
    assert not Stay.objects.filter(since__lt=F("resident__birth_date")).exists()
    assert not Dwelling.objects.filter(occupancy=Occupancy.EMPTY, households__isnull=False).exists()


def test_children_are_younger_than_their_parents(lived):
    children = Resident.objects.filter(relation__in=(Relation.SON, Relation.DAUGHTER))
    heads = dict(Resident.objects.filter(relation=Relation.HEAD).values_list("household", "birth_date"))

    gaps = [
        (child.birth_date - heads[child.household_id]).days / 365 for child in children if child.is_living
    ]
    assert len(gaps) > 50
    assert min(gaps) > 17


def test_one_in_seven_has_come_from_outside(lived):
    share = Resident.objects.filter(registration=Registration.FLOATING).count() / Resident.objects.count()

    assert 0.08 < share < 0.22


def test_something_has_happened_to_people_since(lived):
    changes = set(RegisterEvent.objects.values_list("change", flat=True))

    assert {Change.REGISTER, Change.CORRECT} <= changes
    assert RegisterEvent.objects.exclude(change=Change.REGISTER).filter(by__isnull=True).count() == 0


def test_files_are_open_with_two_people_and_visits_are_in_the_past(lived):
    files = GroupFile.objects.filter(state=FileState.OPEN)

    assert files.count() > 15
    assert not files.filter(proposed_by__user=F("reviewed_by__user")).exists()
    assert Visit.objects.filter(done_at__gt=clock(UNTIL, 23)).count() == 0
    assert Visit.objects.exclude(met=Met.NOBODY).exists()
    assert not Household.objects.filter(verified_on__gt=UNTIL).exists()
