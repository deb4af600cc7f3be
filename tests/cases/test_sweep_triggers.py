"""The sweep is set off by beat's worker and by cron, says when it has finished, and never runs ahead."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from cases import actions, tasks
from cases.models import Case, Deadline
from gridgov.celery import app
from grids.models import Heartbeat
from tests.cases.test_seven_days import COMMUNITY_DUE, at_the_community
from tests.clocks import machine_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


def sweep_by_hand(*words: str) -> str:
    said = StringIO()
    call_command("sweep_deadlines", *words, stdout=said)
    return said.getvalue()


def last_finished():
    return Heartbeat.objects.get(name="sweep").at


@pytest.fixture
def now(db):
    """Half a minute after the limit of the community."""
    with machine_at(COMMUNITY_DUE + timedelta(seconds=30)) as moment:
        yield moment


def test_beat_nudges_it_twice_a_minute_in_the_queue_that_imports_cannot_block():
    entry = app.conf.beat_schedule["deadlines"]

    assert (entry["task"], entry["schedule"]) == (tasks.sweep_deadlines.name, 30)
    assert app.amqp.router.route({}, entry["task"])["queue"].name == "clock"


def test_the_task_works_off_what_is_due_and_says_that_it_has_finished(town, now):
    case = at_the_community(town)

    tasks.sweep_deadlines()

    assert Case.objects.get(pk=case.pk).holder_grid == town.grid.street
    assert last_finished() == now


def test_a_sweep_that_breaks_down_is_no_sign_of_life(town, now):
    at_the_community(town)

    def refuse(execute, sql, *rest):
        if "cases_deadline" in sql:
            raise OperationalError("the server closed the connection")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse), pytest.raises(OperationalError):
        tasks.sweep_deadlines()

    assert not Heartbeat.objects.exists()


def test_the_command_says_in_numbers_what_it_did(town, now):
    at_the_community(town)

    assert "超期 1 项" in sweep_by_hand()
    assert "超期 0 项" in sweep_by_hand()


def test_the_command_sweeps_as_of_an_earlier_moment(town, now):
    case = at_the_community(town)

    sweep_by_hand("--at", "2026-10-12T23:59")
    before = Case.objects.get(pk=case.pk).expiries
    sweep_by_hand("--at", "2026-10-13")

    assert (before, Case.objects.get(pk=case.pk).expiries) == (0, 1)


def test_a_sweep_as_of_an_earlier_moment_does_not_set_the_sign_of_life_back(town, now):
    sweep_by_hand()

    sweep_by_hand("--at", "2026-10-01")

    assert last_finished() == now


def test_a_clock_that_was_ahead_and_is_right_again_does_not_look_alive_for_ever(town, now):
    with machine_at(now + timedelta(days=9)) as ahead:
        actions.keep_time(at=ahead, host=ahead)

    with machine_at(now):
        actions.keep_time(at=now, host=now)

    assert last_finished() == now


@pytest.mark.parametrize("words", ["昨天", "2026-13-01", "2026-02-30T08:00", ""])
def test_a_moment_that_is_none_is_refused_in_a_sentence(now, words):
    with pytest.raises(CommandError, match="不是"):
        sweep_by_hand(f"--at={words}")


def test_the_future_is_refused(town, now):
    case = at_the_community(town)

    with pytest.raises(CommandError, match="还没有到"):
        sweep_by_hand("--at", "2026-10-14")

    assert Case.objects.get(pk=case.pk).expiries == 0


def test_a_row_that_always_fails_is_set_aside_after_three_sweeps_and_blocks_nobody(town, now):
    spoilt, sound = at_the_community(town), at_the_community(town)
    Case.objects.filter(pk=spoilt.pk).update(step="verified")  # the table has no way to expire from there

    swept = [actions.sweep(at=now) for _sweep in range(4)]

    assert [(s.expired, s.parked > 0) for s in swept] == [(1, False), (0, False), (0, True), (0, False)]
    assert Case.objects.get(pk=sound.pk).holder_grid == town.grid.street
    assert "NotAllowed" in Deadline.objects.parked().filter(case=spoilt).latest("pk").last_error
    Case.objects.filter(pk=spoilt.pk).update(step="assigned")  # the database checks it at the end
