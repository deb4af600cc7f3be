"""An empty database with every migration in it, of which each process of the tests takes a copy.

Migrating takes a minute, copying a second. It is made by whoever comes first and kept until a migration changes.
"""

from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection

PREFIX = "migrated_"
LOCK = 20_130_301  # whoever holds this advisory lock makes it, the others wait


def template() -> str:
    """The name of the database to copy."""
    name = PREFIX + _fingerprint()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        known = [found for (found,) in cursor.fetchall()]
        if name not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE "{old}"')
            _migrate(f"{name}_half")
            # Only what is whole has the name: a run that was killed leaves a half, which the next one drops.
            cursor.execute(f'ALTER DATABASE "{name}_half" RENAME TO "{name}"')
    return name


def _fingerprint() -> str:
    """Of every migration of every application, ours and others'."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    texts = [file.read_bytes() for folder in sorted(folders) for file in sorted(folder.glob("*.py"))]
    return sha256(b"\0".join([django.__version__.encode(), *texts])).hexdigest()[:16]


def _migrate(name: str) -> None:
    with _named(name):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()


@contextmanager
def _named(name: str):
    """Django names and opens the test database itself: for a moment that one is ours."""
    names, tests = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        yield
    finally:
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = names
        connection.settings_dict["TEST"]["NAME"] = tests
