"""Rows that many tests begin with: made once through the real actions, copied back in milliseconds."""

from collections.abc import Callable
from io import StringIO
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import connection, models, transaction

ROOMS = ("auth", "sessions", "grids", "residents", "cases", "assessment")


class Snapshot:
    """What `make` adds to the tables of our own rooms and changes in them, as PostgreSQL's own COPY text.

    The first `restore` runs `make`, inside the transaction of the test that asked; the later ones only
    copy. Foreign keys are checked at commit, so the order of the tables does not matter. After a test
    that commits, Django makes the permissions anew with other numbers: then it is `make` again.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make
        self.added: dict[type[models.Model], list[str]] = {}
        self.changed: dict[type[models.Model], list[str]] = {}  # keys of rows that are no longer as before
        self.permissions: list[int] = []

    def restore(self) -> None:
        permissions = list(Permission.objects.order_by("pk").values_list("pk", flat=True))
        if self.added and permissions == self.permissions:
            self._write()
            return
        self.permissions = permissions
        before = _read()
        self.make()
        after = _read()
        self.changed = {
            model: [line.split("\t", 1)[0] for line in old]
            for model, lines in before.items()
            if (old := set(lines) - set(after[model]))
        }
        self.added = {
            model: new
            for model, lines in after.items()
            if (new := [x for x in lines if x not in set(before[model])])
        }

    @transaction.atomic  # also in a test that commits: until then foreign keys wait for each other
    def _write(self) -> None:
        with connection.cursor() as cursor:
            for model, keys in self.changed.items():
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute(f"DELETE FROM {table} WHERE {key}::text = ANY(%s)", [keys])
            # What hangs on a row comes before it: rows that are frozen refuse what is added to them.
            for model, lines in reversed(self.added.items()):
                cursor.copy_expert(f"COPY {model._meta.db_table} FROM STDIN", StringIO("".join(lines)))
                _advance(cursor, model)


def _read() -> dict[type[models.Model], list[str]]:
    found = {}
    with connection.cursor() as cursor:
        for room in ROOMS:
            for model in apps.get_app_config(room).get_models(include_auto_created=True):
                text = StringIO()
                cursor.copy_expert(f"COPY {model._meta.db_table} TO STDOUT", text)
                found[model] = text.getvalue().splitlines(keepends=True)
    return found


def _advance(cursor: Any, model: type[models.Model]) -> None:
    """The next row of a copied table gets a number that is free."""
    table, key = model._meta.db_table, model._meta.pk.column
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
    if series := cursor.fetchone()[0]:
        cursor.execute(f"SELECT setval('{series}', greatest(nextval('{series}'), max({key}))) FROM {table}")
