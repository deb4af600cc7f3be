"""A notice reaches its person outside the house: late if it must be, in the morning, as a digest, or never silently lost."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction

from gridgov.kit import gateways
from gridgov.kit.gateways import Sms, Webhook, WeComRobot
from grids import tasks
from grids.actions import deliver_notices, mark_read, try_again
from grids.actions.deliveries import deliver_through, lay_out
from grids.enums import DeliveryState, Way
from grids.models import Delivery, Heartbeat, Notice
from grids.rules.notices import DIGEST_ABOVE, TRIES, wait_after
from tests.factories import make_user
from tests.gateways import counter, nobody_listens
from tests.telling import HIDDEN, URGENT, tell_of

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 9, 24, 12, 0, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 9, 24, 23, 30, tzinfo=SHANGHAI)
MORNING = datetime(2026, 9, 25, 8, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def sms():
    with counter() as server:
        yield server


@pytest.fixture
def person(db):
    return make_user(phone="13800000000")


def run(way, at=NOON):
    """One run of one gateway, as a beat would start it."""
    lay_out([way], at=at)
    return deliver_through(way, at=at)


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_every_gateway_has_its_word():
    assert set(Way) == set(gateways.WAYS)


def test_without_a_gateway_a_notice_is_laid_out_and_stays_in_the_house(person):
    tell_of(person, 1, at=NOON)

    done = deliver_notices(at=NOON)

    assert (done.sent, Delivery.objects.count(), Notice.objects.get().planned_at) == (0, 0, NOON)


def test_it_is_sent_once(person, sms):
    tell_of(person, 1, at=NOON)

    run(Sms(sms.url)), run(Sms(sms.url))

    assert sms.texts == ["第1件事"]
    assert (sms.told[0]["phone"], states()) == ("13800000000", [DeliveryState.SENT])


def test_where_the_site_has_a_name_the_message_carries_the_link(person, sms, settings):
    settings.SITE_URL = "https://grid.example.gov.cn"
    tell_of(person, 1, at=NOON)

    run(Sms(sms.url))

    assert sms.texts == ["第1件事 https://grid.example.gov.cn/cases/1/"]


def test_what_goes_out_to_a_program_are_ids(person, sms):
    (notice,) = tell_of(person, 1, at=NOON)

    run(Webhook(sms.url, "s"))

    assert sms.told[0]["person"] == person.pk
    assert sms.told[0]["notices"] == [
        {"id": notice.pk, "kind": "test_plain", "subject": 1, "at": NOON.astimezone(UTC).isoformat()}
    ]
    assert person.name not in str(sms.told)


@pytest.mark.parametrize("fields", [{"phone": ""}, {"phone": "13800000000", "is_active": False}])
def test_whom_a_gateway_cannot_reach_it_is_not_asked_to(fields, sms):
    tell_of(make_user(**fields), 1, at=NOON)

    run(Sms(sms.url))

    assert (sms.told, Delivery.objects.count()) == ([], 0)


def test_what_she_has_read_meanwhile_or_may_not_see_any_more_is_not_sent(person, sms):
    read, _hidden = tell_of(person, 1, HIDDEN, at=NOON)
    mark_read(read, by=person, at=NOON)

    run(Sms(sms.url))

    assert (sms.told, states()) == ([], [DeliveryState.DROPPED] * 2)


# --- A gateway that is down -----------------------------------------------------------------------


def test_a_gateway_that_is_down_loses_nothing(person, sms):
    tell_of(person, 1, 2, at=NOON)
    run(Sms(nobody_listens()))

    assert states() == [DeliveryState.WAITING] * 2

    run(Sms(sms.url), NOON + timedelta(minutes=1))
    assert sorted(sms.texts) == ["第1件事", "第2件事"]


def test_at_the_first_sign_that_it_is_down_its_run_ends(sms):
    for number in (1, 2, 3):
        tell_of(make_user(phone=f"1380000000{number}"), number, at=NOON)
    sms.status = 503

    done = run(Sms(sms.url))

    assert (done.failed, len(sms.told)) == (1, 1)
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_what_is_refused_holds_up_nothing_else(sms):
    for number in (1, 2, 3):
        tell_of(make_user(phone=f"1380000000{number}"), number, at=NOON)
    sms.status = 400

    assert run(Sms(sms.url)).failed == 3


def test_each_try_waits_longer_than_the_one_before(person):
    tell_of(person, 1, at=NOON)
    down, waits, at = Sms(nobody_listens()), [], NOON
    for _ in range(6):
        run(down, at)
        row = Delivery.objects.get()
        run(down, row.next_try_at - timedelta(microseconds=1))
        assert Delivery.objects.get().attempts == row.attempts  # nothing happens before its time
        waits.append(row.next_try_at - at)
        at = row.next_try_at

    assert [wait.total_seconds() / 60 for wait in waits] == [1, 2, 4, 8, 16, 32]


def test_after_the_last_try_it_is_dead_and_somebody_is_told(person, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("gridgov"), "propagate", True)
    tell_of(person, 1, at=NOON)
    lay_out([Sms("http://x")], at=NOON)
    Delivery.objects.update(attempts=TRIES - 1)

    deliver_through(Sms(nobody_listens()), at=NOON)

    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (DeliveryState.DEAD, TRIES)
    assert row.last_error == "Unreachable: ConnectionRefusedError"
    assert {record.message for record in caplog.records if record.levelname == "ERROR"} == {"given up"}


def test_it_takes_a_day_of_silence_to_give_up():
    silence = sum((wait_after(n) for n in range(1, TRIES)), timedelta())

    assert timedelta(hours=18) < silence < timedelta(hours=30)


def test_what_was_given_up_can_be_tried_again(person, sms):
    tell_of(person, 1, at=NOON)
    lay_out([Sms(sms.url)], at=NOON)
    Delivery.objects.update(state=DeliveryState.DEAD, attempts=TRIES)
    run(Sms(sms.url))
    assert sms.told == []

    number = try_again(Delivery.objects.all(), at=NOON)

    run(Sms(sms.url))
    assert (number, len(sms.told), states()) == (1, 1, [DeliveryState.SENT])


def test_only_what_was_given_up_is_tried_again(person, sms):
    tell_of(person, 1, at=NOON)
    run(Sms(sms.url))

    assert (try_again(Delivery.objects.all(), at=NOON), states()) == (0, [DeliveryState.SENT])


def test_a_robot_is_not_pressed(sms):
    for number in range(12):
        tell_of(make_user(phone=f"138000000{number:02}"), number, at=NOON)

    run(WeComRobot(sms.url))

    assert len(sms.told) == 10


# --- Night and digest -------------------------------------------------------------------------------


def test_at_night_only_what_is_urgent_is_sent(person, sms):
    tell_of(person, 1, at=NIGHT)
    tell_of(person, 2, at=NIGHT, kind=URGENT)

    run(Sms(sms.url), NIGHT)
    assert sms.texts == ["第2件事"]

    run(Sms(sms.url), MORNING - timedelta(seconds=1))
    assert sms.texts == ["第2件事"]

    run(Sms(sms.url), MORNING)
    assert sms.texts == ["第2件事", "第1件事"]


def test_without_quiet_hours_the_night_is_like_the_day(person, sms, settings):
    settings.NOTICE_QUIET_HOURS = ""
    tell_of(person, 1, at=NIGHT)

    run(Sms(sms.url), NIGHT)

    assert sms.texts == ["第1件事"]


def test_hundreds_after_a_holiday_are_one_message_a_person(person, sms):
    other = make_user(phone="13900000000")
    tell_of(person, *range(100, 500), at=NIGHT)
    tell_of(other, 1, at=NIGHT)

    run(Sms(sms.url), MORNING)

    assert sorted(sms.texts) == ["您有400条新通知：平常 400。", "第1件事"]
    assert set(states()) == {DeliveryState.SENT}


def test_a_few_are_sent_one_by_one(person, sms):
    tell_of(person, *range(1, DIGEST_ABOVE + 1), at=NOON)

    run(Sms(sms.url))

    assert sms.texts == ["第1件事", "第2件事", "第3件事"]


def test_what_is_urgent_comes_first_and_in_its_own_words(person, sms):
    tell_of(person, 21, 22, 23, 24, at=NOON)
    tell_of(person, 5, at=NOON, kind=URGENT)

    run(Sms(sms.url))

    assert sms.texts == ["第5件事", "您有4条新通知：平常 4。"]


def test_a_digest_that_was_not_taken_comes_again_as_one(person, sms):
    tell_of(person, 1, 2, 3, 4, at=NOON)
    run(Sms(nobody_listens()))

    run(Sms(sms.url), NOON + timedelta(minutes=1))

    assert len(sms.texts) == 1


# --- Side by side ------------------------------------------------------------------------------------


@pytest.fixture
def two_ways(settings, sms):
    """SMS on `sms`, a webhook on the one returned."""
    with counter() as hook:
        settings.GATEWAYS = {
            **settings.GATEWAYS, "sms": {"url": sms.url}, "webhook": {"url": hook.url, "secret": "s"},
        }  # fmt: skip
        yield hook


@pytest.mark.django_db(transaction=True)
def test_a_gateway_that_says_nothing_delays_nobody_else(person, sms, two_ways):
    with transaction.atomic():
        tell_of(person, 1, at=NOON)
    sms.gate.clear()  # it takes the call and thinks

    run_of_both = threading.Thread(target=deliver_notices, kwargs={"at": NOON})
    run_of_both.start()
    while not two_ways.told:
        run_of_both.join(0.02)
    assert (len(two_ways.told), sms.told) == (1, [])

    sms.gate.set()
    run_of_both.join()
    assert states() == [DeliveryState.SENT] * 2


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_everything_once(sms, settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "sms": {"url": sms.url}}
    with transaction.atomic():
        for number in range(20):
            tell_of(make_user(phone=f"138000000{number:02}"), number, at=NOON)

    runs = [threading.Thread(target=deliver_notices, kwargs={"at": NOON}) for _ in range(3)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()

    assert sorted(sms.texts) == sorted(f"第{number}件事" for number in range(20) if number != HIDDEN)


@pytest.mark.django_db(transaction=True)
def test_while_a_gateway_thinks_nothing_is_locked(person, sms, settings):
    settings.GATEWAYS = {**settings.GATEWAYS, "sms": {"url": sms.url}}
    with transaction.atomic():
        (notice,) = tell_of(person, 1, at=NOON)
    sms.gate.clear()

    sending = threading.Thread(target=deliver_notices, kwargs={"at": NOON})
    sending.start()
    while not Delivery.objects.filter(attempts=1).exists():
        sending.join(0.02)
    with transaction.atomic():
        held = Delivery.objects.select_for_update(nowait=True).get()
        Notice.objects.select_for_update(nowait=True).get(pk=notice.pk)

    sms.gate.set()
    sending.join()
    assert (held.attempts, states()) == (1, [DeliveryState.SENT])


# --- Doors -------------------------------------------------------------------------------------------


def test_the_task_says_when_it_was_done(person):
    tell_of(person, 1, at=NOON)

    tasks.deliver_notices()

    assert Heartbeat.objects.filter(name="notices").exists()
    assert Notice.objects.get().planned_at is not None


def test_the_command_needs_no_broker(person, capsys):
    call_command("deliver_notices")

    assert "0 messages sent" in capsys.readouterr().out
    assert Heartbeat.objects.filter(name="notices").exists()
