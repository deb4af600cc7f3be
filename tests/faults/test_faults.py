"""A thousand cases are due and everything goes wrong: each expires once, goes up once, and none too early.

Real processes on a PostgreSQL and a Redis of their own. `make chaos` does the same for minutes.
"""

import time

import pytest

from tests.faults.installation import once_each, opened, tally, wait_until

NUMBER = 1000


@pytest.fixture(scope="module")
def staged():
    with opened(NUMBER) as site:
        yield site


@pytest.fixture
def site(staged):
    staged.reset()
    yield staged
    staged.clear()
    assert "Every chain holds" in chains(staged)


def chains(site) -> str:
    done = site.run("-c", VERIFY)
    return done.stdout + done.stderr


VERIFY = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "gridgov.settings"
django.setup()
from cases.queries.chain import Inspection
print([str(found) for found in Inspection().breaks()] or "Every chain holds")
"""


def is_over(site) -> bool:
    return site.due() == 0


def test_a_worker_is_killed_in_the_middle_of_a_sweep(site):
    site.beat()
    for name in ("one", "two"):
        worker = site.worker(name)
        assert wait_until(site.is_sweeping, pause=0.01)
        site.kill(worker)

    site.worker("three")

    assert wait_until(lambda: is_over(site))
    assert tally(site) == once_each(NUMBER)


def test_two_beats_three_workers_and_cron_sweep_at_once(site):
    for _beat in range(2):
        site.beat()
    for name in ("one", "two", "three"):
        site.worker(name)
    assert wait_until(site.is_sweeping, pause=0.01)

    assert site.cron().returncode == 0

    assert wait_until(lambda: is_over(site))
    assert tally(site) == once_each(NUMBER)


def test_redis_forgets_everything_and_dies_and_cron_does_without(site):
    site.beat()
    site.worker()
    assert wait_until(site.is_sweeping, pause=0.01)
    site.redis.client().flushall()
    site.redis.kill()

    swept = site.cron()
    site.redis.start()

    assert swept.returncode == 0, swept.stderr
    assert wait_until(lambda: is_over(site))
    assert tally(site) == once_each(NUMBER)


def test_after_redis_has_come_back_beat_and_worker_go_on_by_themselves(site):
    site.beat()
    site.worker()
    wait_until(site.is_sweeping, pause=0.01)
    wait_until(lambda: is_over(site))
    site.redis.kill()
    time.sleep(1)
    site.redis.start()
    began = site.ask("SELECT now()")

    heard = f"SELECT count(*) FROM grids_heartbeat WHERE name = 'sweep' AND at > '{began}'"

    assert wait_until(lambda: site.ask(heard))


def test_postgres_is_killed_in_the_middle_of_a_transaction(site):
    site.beat()
    site.worker()
    for _crash in range(2):
        if wait_until(site.is_sweeping, seconds=15, pause=0.01):
            site.kill_postgres()
        wait_until(lambda: site.ask("SELECT 1"))

    assert wait_until(lambda: is_over(site))
    assert tally(site) == once_each(NUMBER)


def test_a_clock_that_jumps_over_a_holiday_fires_nothing_and_back_again_everything_once(site):
    jumped = site.run("-m", "tests.faults.jumped", "9", "-9")

    assert (jumped.returncode, jumped.stdout.count("数据库时钟")) == (0, 2)
    assert tally(site).expiries == 0

    for _time in range(2):
        assert site.cron().returncode == 0

    assert tally(site) == once_each(NUMBER)
