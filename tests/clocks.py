"""The clock of a whole machine: of our process and of the database that runs beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine
from django.db import connection


@contextmanager
def machine_at(moment: datetime, *, database: datetime | None = None) -> Iterator[datetime]:
    """It is `moment` here and in the database, or another time there. Inside the transaction of a test."""
    with connection.cursor() as cursor:
        # Found before the built-in one, so that our SQL and our triggers see it.
        cursor.execute(
            "CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            f" AS $$ SELECT '{(database or moment).isoformat()}'::timestamptz $$;"
            " SET LOCAL search_path = public, pg_catalog"
        )
    with time_machine.travel(moment, tick=False):
        yield moment
