"""The registers on somebody's desk: visits, inspections and reviews, as many as she can do something about."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from grids.actions import ensure_auditor_group
from residents import actions
from residents.actions import Wanted
from residents.enums import Field
from residents.models import Household, Premises
from tests.factories import make_user

from .groups import opened, proposed
from .people import household, id_number, resident, shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def desk(town, client):
    """`desk(person)`: what her desk says besides cases, number and late ones by the page they lead to."""

    def look(person):
        client.force_login(town.user[person])
        answer = client.get("/")
        page = answer.content.decode()
        assert all(f'href="{one.url}"' in page and one.label in page for one in answer.context["pending"])
        assert ("其中逾期" in page) == any(one.late for one in answer.context["pending"])
        return {one.url: (one.number, one.late) for one in answer.context["pending"]}

    return look


VISITS, INSPECTIONS = reverse("residents:visits"), reverse("residents:inspections")
REVIEWS, EXPORTS = reverse("residents:groups") + "?state=proposed", reverse("residents:exports")


def test_visits_of_households_and_of_people_are_counted_together_and_the_late_ones_told(town, desk, now):
    home = household(town, now)
    opened(town, resident(home, now), now - timedelta(days=60), "DB")
    Household.objects.update(visit_due=timezone.localdate(now))

    assert desk("leader") == {VISITS: (2, 1)}
    assert desk("leader2") == {VISITS: (0, 0)}  # another grid: nothing is due there, and that is said


def test_premises_that_are_due_lead_to_their_inspections(town, desk, now):
    shop(town, now)
    Premises.objects.update(inspection_due=timezone.localdate(now))

    assert desk("leader")[INSPECTIONS] == (1, 0)


def test_a_proposed_file_waits_with_whoever_may_review_it_and_did_not_propose_it(town, desk, now):
    she = resident(household(town, now), now)
    proposed(town, she, now, "ZB", by="direct")

    assert REVIEWS not in desk("direct")
    assert desk("first")[REVIEWS] == (1, 0)
    assert REVIEWS not in desk("leader")


def test_a_child_waits_with_her_own_community_only(town, desk, now):
    born = timezone.localdate(now) - timedelta(days=8 * 365)
    child = resident(household(town, now), now, name="程小宝", id_number=id_number(f"{born:%Y%m%d}"), on=born)
    proposed(town, child, now, "LSET")

    assert [desk(name).get(REVIEWS) for name in ("first", "direct", "secretary")] == [(1, 0), (1, 0), None]


def test_an_unmasked_export_waits_with_whoever_releases_it(town, desk, now):
    wanted = Wanted("residents", town.grid.one, is_unmasked=True, reason="入户核查打印")
    actions.ask_for_export(wanted, key=uuid4(), by=town.post.leader, at=now)

    assert desk("secretary")[EXPORTS] == (1, 0)
    assert EXPORTS not in desk("leader")


def test_the_auditor_is_led_to_the_looks_of_today(town, desk, now):
    town.user["auditor"] = make_user("auditor", username="auditor")
    town.user["auditor"].groups.add(ensure_auditor_group())
    she = resident(household(town, now), now, phone="13812345678")
    actions.reveal(she, Field.PHONE, reason="核实低保材料", by=town.post.leader, at=now - timedelta(days=1))
    looks = f"{reverse('residents:looks')}?since={timezone.localdate(now)}"

    before = desk("auditor")
    actions.reveal(she, Field.PHONE, reason="核实低保材料", by=town.post.leader, at=now)

    assert (before, desk("auditor")) == ({looks: (0, 0)}, {looks: (1, 0)})
    assert looks not in desk("leader")


def test_who_has_nothing_to_do_with_the_registers_reads_nothing_of_them(town, desk, now):
    opened(town, resident(household(town, now), now), now - timedelta(days=60), "DB")

    assert [desk(person) for person in ("official", "dispatcher", "officer")] == [{}, {}, {}]
