"""Health says in one word whether the platform can work, and tells only the administration why not."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.utils import timezone

from cases.enums import Step
from cases.models import Deadline
from gridgov import health
from grids.actions.heartbeats import note_finished
from grids.enums import Recurring
from grids.models import Heartbeat
from grids.tasks import heartbeat, heartbeat_clock
from tests.cases.walks import walk
from tests.clocks import machine_at
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch):
    """This process was started just now, however long the tests before it took."""
    monkeypatch.setattr(health, "STARTED", timezone.now())
    caches["local"].clear()
    yield
    caches["local"].clear()


@pytest.fixture
def keeper(client):
    client.force_login(make_user("管理员", is_staff=True))
    return client


def probe(client):
    answer = client.get("/health/")
    return answer.status_code, answer.content.decode()


def test_a_well_platform_says_ok_to_anybody(client):
    assert probe(client) == (200, "ok")
    assert not client.cookies


def test_a_place_for_files_that_cannot_be_written_is_noticed(client, settings, tmp_path):
    (tmp_path / "media").write_text("a file where the folder should be")

    assert probe(client) == (503, "unwell")


def test_waiting_migrations_are_noticed(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'cases'")

    assert probe(client) == (503, "unwell")


def test_a_cache_that_is_gone_is_noticed(client, settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere.sock",
        },
    }

    assert probe(client) == (503, "unwell")


def test_a_database_that_is_gone_is_an_answer_and_no_crash(client):
    def refuse(*args):
        raise OperationalError("secret host name")

    with connection.execute_wrapper(refuse):
        assert probe(client) == (503, "unwell")


def later(**passed):
    return machine_at(health.STARTED + timedelta(**passed))


def test_a_silent_worker_is_noticed_after_ten_minutes(client):
    everything_beats(health.STARTED)

    with later(minutes=9):
        assert probe(client) == (200, "ok")
    caches["local"].clear()
    with later(minutes=21):
        note_finished(*set(Recurring) - {Recurring.CLOCK}, at=timezone.now())
        assert probe(client) == (503, "unwell")


def test_a_worker_that_was_silent_before_we_started_has_time_to_come_back(client):
    note_finished("worker-clock", at=health.STARTED - timedelta(days=1))

    with later(minutes=5):
        assert probe(client) == (200, "ok")


def everything_beats(at):
    note_finished(*Recurring.values, at=at)


def test_a_web_process_alone_is_well_while_the_others_start_and_then_says_what_is_missing(keeper):
    with later(minutes=9):
        assert probe(keeper) == (200, "ok")
    caches["local"].clear()
    with later(minutes=10):
        assert probe(keeper) == (503, "unwell")
        page = keeper.get("/health/detail/").content.decode()

    assert "还没有完成过一次到期检查" in page
    assert "manage.py sweep_deadlines" in page
    assert (
        "尚未运行过：到期检查；消息发送；定时触发（beat）；处理时限和通知的进程；处理导入和报表的进程。"
        in page
    )


def test_workers_that_answer_are_no_excuse_for_a_sweep_that_does_not_finish(keeper):
    everything_beats(health.STARTED)
    with later(minutes=11):
        note_finished(Recurring.BEAT, Recurring.CLOCK, Recurring.DEFAULT, at=timezone.now())

        assert probe(keeper) == (503, "unwell")
        page = keeper.get("/health/detail/").content.decode()

    assert f"最近一次到期检查完成于 {timezone.localtime(health.STARTED):%Y-%m-%d %H:%M:%S}" in page


def test_a_sweep_that_keeps_finishing_is_well(client):
    with later(hours=3):
        everything_beats(timezone.now() - timedelta(minutes=9))

        assert probe(client) == (200, "ok")


def test_a_deadline_that_was_parked_is_noticed(keeper, town, calendar, at):
    walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    Deadline.objects.filter(kind="expiry").update(state="parked")

    assert probe(keeper) == (503, "unwell")
    assert "有 1 项到期事项多次处理失败" in keeper.get("/health/detail/").content.decode()


def test_both_workers_leave_one_heartbeat_each_and_one_for_the_beat_that_nudged_them(db):
    for _ in range(2):
        heartbeat()
        heartbeat_clock()

    assert sorted(Heartbeat.objects.values_list("name", flat=True)) == [
        "beat",
        "worker-clock",
        "worker-default",
    ]


def test_the_answer_is_kept_for_a_moment(client, django_assert_num_queries):
    probe(client)

    with django_assert_num_queries(0):
        probe(client)


def test_the_administration_reads_what_is_wrong(keeper, tmp_path):
    (tmp_path / "media").write_text("a file where the folder should be")
    note_finished("worker-clock", at=timezone.now())

    page = keeper.get("/health/detail/")

    assert page.status_code == 503
    assert [bool(problem) for _name, problem, _grave in page.context["findings"]] == [
        False,
        False,
        False,
        True,
        False,
        False,
        True,  # no calendar is loaded
    ]
    assert "处理时限和通知的进程" in page.content.decode()


def test_nobody_else_does(client):
    client.force_login(make_user("网格长"))

    assert client.get("/health/detail/").status_code == 403


@pytest.mark.parametrize(
    ("day", "missing"),
    [("2026-10-31", ""), ("2026-11-01", "2027"), ("2027-01-15", "2027"), ("2026-03-01", "")],
)
def test_from_november_on_the_calendar_of_the_next_year_is_missed_and_nobody_is_turned_away(
    client, calendar, day, missing
):
    with machine_at(datetime.fromisoformat(f"{day}T09:00:00+08:00")) as at:
        client.force_login(make_user("管理员", is_staff=True))
        everything_beats(at)
        page = client.get("/health/detail/")
        answer = probe(client)

    assert (page.status_code, answer) == (200, (200, "ok"))
    assert "Unavailable" not in page.content.decode()
    assert (f"{missing}年的放假安排还没有导入" in page.content.decode()) == bool(missing)
