"""The services every test stands on, and the cast that many of them share."""

import gc
import os
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from tests.migrated import template
from tests.snapshot import Snapshot
from tests.town import found_town, visit_town

pytest_plugins = ["gridgov.kit.testing"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Files that take minutes come first: begun last, one of them would keep the other process waiting.
LONG = (
    "tests/test_access",
    "tests/test_fuzz",
    "tests/cases/test_model",
    "tests/residents/test_nothing",
    "tests/faults",
)
APPEND_ONLY_TABLES = (
    "assessment_hintlook",
    "cases_caseevent",
    "cases_affairlist",
    "cases_affair",
    "cases_admission",
    "cases_admissionevent",
    "cases_commitment",
    "residents_registerevent",
    "residents_look",
    "residents_groupevent",
    "residents_registerpolicy",
    "residents_inspection",
    "residents_pointentry",
    "residents_pointrule",
    "residents_pointitem",
    "assessment_scheme",
    "assessment_indicator",
    "assessment_correction",
    "assessment_spotcheck",
    "assessment_spotitem",
    "assessment_rating",
    "assessment_periodrating",
    "assessment_mutualcheck",
    "assessment_pair",
    "assessment_reviewevent",
)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk through all of it again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def _quick_settings(settings, tmp_path):
    """Hashing passwords slowly and writing into var/ prove nothing here, nor does listing all static files per client."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_keepdb, django_db_blocker):
    """Each process copies one migrated database instead of migrating its own."""
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The threads of live servers keep their connections; the database cannot go while one is open."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def _flush_may_truncate():
    """Between tests that commit, Django empties every table; the append-only ones have to be asked."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self):
        _append_only("DISABLE TRIGGER USER")
        try:
            flush(self)
        finally:
            _rearm()

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = flush


def _append_only(change: str) -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY_TABLES:
            cursor.execute(f"ALTER TABLE {table} {change}")


def _rearm() -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY_TABLES:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')


@pytest.fixture
def at() -> datetime:
    """A Thursday morning before a holiday: 2026-09-24 09:00 in Zhengzhou."""
    return datetime(2026, 9, 24, 9, 0, tzinfo=SHANGHAI)


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop beside the ORM


TOWN = Snapshot(found_town)
CALENDAR = Snapshot(lambda: call_command("load_calendar", verbosity=0))


@pytest.fixture
def town(db):
    """Two streets with every post filled (tests/town.py)."""
    TOWN.restore()
    return visit_town()


@pytest.fixture
def calendar(db):
    """The official calendar as shipped."""
    caches["local"].clear()
    caches["shown"].clear()
    CALENDAR.restore()
