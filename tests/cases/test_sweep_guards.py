"""Before it writes anything the sweep looks whether it can be right; where it cannot, it stops and asks."""

import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from cases import actions, tasks
from cases.enums import DeadlineState
from cases.models import Deadline
from cases.rules import guards
from grids.models import Heartbeat
from tests.cases.test_seven_days import COMMUNITY_DUE, THURSDAY, at_the_community
from tests.clocks import machine_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

NIGHT = COMMUNITY_DUE + timedelta(seconds=30)


def fired() -> int:
    return Deadline.objects.filter(state=DeadlineState.FIRED).count()


def many(town, number: int, **facts) -> None:
    """So many reminders of one case at a moment: the sweep only tells them."""
    case = at_the_community(town)
    lead = case.assignments.get(ended_at=None)
    Deadline.objects.bulk_create(
        Deadline(
            case=case, assignment=lead, kind="half", round=n, calendar_version=lead.calendar_version, **facts
        )
        for n in range(2, number + 2)
    )  # fmt: skip


@pytest.mark.parametrize("off", [timedelta(minutes=3), timedelta(days=9), -timedelta(minutes=3)])
def test_a_clock_that_differs_from_that_of_the_database_fires_nothing(town, off):
    at_the_community(town)

    with machine_at(NIGHT, database=NIGHT + off), pytest.raises(actions.SweepHeld, match="数据库"):
        actions.keep_time(at=NIGHT, host=NIGHT)

    assert (fired(), Heartbeat.objects.count()) == (0, 0)


def test_a_few_seconds_between_two_clocks_are_no_matter(town):
    at_the_community(town)

    with machine_at(NIGHT, database=NIGHT - timedelta(seconds=90)):
        assert actions.keep_time(at=NIGHT, host=NIGHT).expired == 1


def test_a_clock_that_is_set_back_fires_nothing_a_second_time(town):
    at_the_community(town)
    with machine_at(NIGHT):
        actions.keep_time(at=NIGHT, host=NIGHT)
    before = list(Deadline.objects.order_by("pk").values())

    for back in (timedelta(hours=1), timedelta(days=12), timedelta(0)):
        with machine_at(NIGHT - back) as at:
            assert actions.keep_time(at=at, host=at).fired == 0

    assert list(Deadline.objects.order_by("pk").values()) == before


def test_a_provisional_deadline_never_fires_however_late_it_gets(town):
    at_the_community(town)
    Deadline.objects.update(is_provisional=True)

    with machine_at(NIGHT + timedelta(days=900)) as at:
        assert actions.keep_time(at=at, host=at).fired == 0


# --- Far more than can be right --------------------------------------------------------------------


def test_what_an_outage_has_piled_up_passes_by_itself(town):
    many(town, 1000, due_at=COMMUNITY_DUE - timedelta(hours=1), set_at=THURSDAY)

    with machine_at(NIGHT + timedelta(days=3)) as at:
        assert actions.keep_time(at=at, host=at).fired >= 1000


def test_many_that_fall_due_at_the_same_midnight_pass_without_any_outage(town):
    with machine_at(COMMUNITY_DUE - timedelta(seconds=30)) as before:
        many(town, 1000, due_at=COMMUNITY_DUE, set_at=THURSDAY)
        actions.keep_time(at=before, host=before)

    with machine_at(NIGHT):
        assert actions.keep_time(at=NIGHT, host=NIGHT).fired > 0


def moved_by_hand(town, number=1000):
    """Somebody moves every deadline into the past with one statement."""
    many(town, number, due_at=COMMUNITY_DUE + timedelta(days=30), set_at=THURSDAY)
    Deadline.objects.update(due_at=NIGHT - timedelta(days=2))


def test_a_bulk_change_by_hand_is_stopped_before_anything_is_written(town, client):
    with machine_at(NIGHT):
        moved_by_hand(town)

        with pytest.raises(actions.SweepHeld, match="--allow-mass"):
            actions.keep_time(at=NIGHT, host=NIGHT)

        assert (fired(), Heartbeat.objects.count()) == (0, 0)
        assert client.get("/health/").status_code == 503


def test_the_task_that_is_held_says_so_in_the_log_and_does_not_crash(town, caplog):
    logging.getLogger("gridgov").propagate = True
    with machine_at(NIGHT):
        moved_by_hand(town)

        tasks.sweep_deadlines()

    logging.getLogger("gridgov").propagate = False
    assert "--allow-mass" in caplog.text


def test_the_operator_lets_them_through_once(town):
    with machine_at(NIGHT):
        moved_by_hand(town)
        with pytest.raises(CommandError, match="--allow-mass"):
            call_command("sweep_deadlines")

        call_command("sweep_deadlines", "--allow-mass")

        assert (fired() > 0, Deadline.objects.due(NIGHT).count()) == (True, 0)


def test_a_few_corrections_are_no_mass(town):
    with machine_at(NIGHT):
        moved_by_hand(town, 150)

        assert actions.keep_time(at=NIGHT, host=NIGHT).fired > 0


@pytest.mark.parametrize(
    ("sudden", "pending", "is_mass"),
    [(200, 200, False), (201, 201, True), (201, 4020, False), (5000, 100_000, False), (5001, 100_000, True)],
)
def test_what_counts_as_a_mass(sudden, pending, is_mass):
    assert guards.is_mass(sudden, pending) == is_mass


def test_what_was_given_up_is_tried_again_when_the_operator_says_so(town):
    at_the_community(town)
    Deadline.objects.filter(kind="expiry", state="pending").update(state="parked", attempts=3)

    with machine_at(NIGHT):
        call_command("sweep_deadlines")
        before = Deadline.objects.parked().count()
        call_command("sweep_deadlines", "--retry-parked")

    assert (before, Deadline.objects.parked().count()) == (1, 0)
