"""The demo's register: invented through and through, the same every time, and kept by the rules of the real one."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Max, Q

from grids.demo.names import DENYLIST
from grids.demo.town import COMMUNITY, GRID, clock
from grids.enums import JobState, Role
from residents.enums import (
    ActivityState,
    Change,
    CorrectionState,
    ExportState,
    FileState,
    InspectionResult,
    Met,
    Occupancy,
    PointKind,
    Registration,
    Relation,
)
from residents.models import (
    Activity,
    Dwelling,
    ExportRequest,
    GroupFile,
    Household,
    Inspection,
    Membership,
    Organisation,
    Participation,
    PointCorrection,
    PointEntry,
    PointRule,
    Premises,
    RegisterEvent,
    Resident,
    Stay,
    Team,
    Visit,
    Volunteer,
)
from residents.rules import inspecting
from residents.rules.identity import identity, is_credit_code

from .demo import UNTIL, furnished, seed

pytestmark = pytest.mark.django_db

TODAY = UNTIL + timedelta(days=1)  # as somebody sees it who comes on the morning after
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


def test_the_last_day_a_household_was_verified_on_is_the_last_that_was_written_down(lived):
    last = Household.objects.annotate(last=Max("verifications__on"))

    assert last.filter(verified_on__isnull=False).exists()
    assert (
        not last.exclude(verified_on__isnull=True, last__isnull=True).exclude(verified_on=F("last")).exists()
    )


# --- premises -------------------------------------------------------------------------------------


def test_premises_are_inspected_by_their_grid_leaders_with_every_result(lived):
    inspections = Inspection.objects.all()

    assert {result for (result,) in inspections.values_list("result")} >= {
        InspectionResult.PASSED,
        InspectionResult.RECTIFY,
    }
    assert set(inspections.values_list("by__role", flat=True)) == {Role.GRID_LEADER}
    assert not inspections.exclude(by__grid=F("grid")).exists()
    assert not inspections.filter(done_at__gte=clock(TODAY, 0)).exists()


def test_what_stands_open_and_when_the_next_is_due_follows_from_the_last_inspection(lived):
    for premises in Premises.objects.filter(inspected_on__isnull=False):
        last = premises.inspections.latest("pk")

        assert premises.rectify_until == last.rectify_until
        assert premises.inspection_due == inspecting.next_due(
            premises.risk, premises.inspected_on, last.rectify_until
        )


def test_nothing_is_due_on_one_day(lived):
    days = Premises.objects.values("inspection_due").annotate(number=Count("pk"))

    assert not Premises.objects.filter(inspection_due__isnull=True).exists()
    assert days.aggregate(most=Max("number"))["most"] <= Premises.objects.count() / 5


def test_the_visitors_grid_leader_has_something_to_inspect_of_each_kind(lived):
    hers = Premises.objects.filter(grid__code=GRID)

    assert hers.filter(inspection_due__lt=TODAY, rectify_until__isnull=True).exists()
    assert hers.filter(rectify_until__lt=TODAY).exists()
    assert hers.filter(rectify_until__gte=TODAY).exists()


# --- volunteers and points ------------------------------------------------------------------------


def test_volunteers_live_where_they_volunteer_and_teams_are_led_by_a_member(lived):
    leads = Membership.objects.filter(until__isnull=True).values_list("team", "volunteer")

    assert Volunteer.objects.filter(is_building_head=True).exists()
    assert not Volunteer.objects.open().exclude(grid=F("resident__grid")).exists()
    assert Team.objects.filter(grid__code=COMMUNITY).exists()
    assert set(Team.objects.filter(leader__isnull=False).values_list("pk", "leader")) <= set(leads)


def test_activities_were_held_and_others_are_coming_up_with_people_signed_up(lived):
    for place in (COMMUNITY, GRID):
        activities = Activity.objects.filter(grid__code=place)
        ahead = activities.filter(state=ActivityState.PLANNED, begins_at__gte=clock(TODAY, 0))

        assert activities.filter(state=ActivityState.HELD).exists()
        assert ahead.filter(participations__isnull=False).exists()
    assert not Participation.objects.filter(confirmed_at__lt=F("activity__ends_at")).exists()


def test_the_ledger_of_points_is_proven_and_follows_from_confirmed_hours(lived):
    said = StringIO()
    call_command("verify_points", stdout=said)
    paid = PointEntry.objects.filter(kind=PointKind.EARN).values_list("source", flat=True)
    given = Participation.objects.filter(hours__isnull=False).values_list("pk", flat=True)

    assert set(paid) == {f"participation:{pk}" for pk in given}
    assert PointEntry.objects.filter(kind=PointKind.REDEEM).exists()


def test_the_district_has_rules_of_points_and_one_community_its_own(lived):
    assert list(PointRule.objects.order_by("since").values_list("grid__code", flat=True)) == [
        COMMUNITY[:6],
        COMMUNITY,
    ]


def test_one_correction_is_made_and_one_waits_for_a_second_person(lived):
    states = PointCorrection.objects.order_by("asked_at").values_list("state", "entry__grid__code")

    assert list(states) == [(CorrectionState.MADE, GRID), (CorrectionState.WAITING, GRID)]


def test_one_file_of_a_register_is_ordered_and_one_waits_for_its_release(lived):
    masked, unmasked = ExportRequest.objects.order_by("is_unmasked")

    assert (masked.state, masked.job.state) == (ExportState.RELEASED, JobState.QUEUED)
    assert (unmasked.state, unmasked.is_unmasked) == (ExportState.WAITING, True)
