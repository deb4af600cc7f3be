"""Running numbers without holes."""

from django.db import connection


def next_running(prefix: str) -> int:
    """The next number of a series. The row lock makes it unique; a rollback gives it back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_numberseries (prefix, last) VALUES (%s, 1) "
            "ON CONFLICT (prefix) DO UPDATE SET last = cases_numberseries.last + 1 RETURNING last",
            [prefix],
        )
        (running,) = cursor.fetchone()
    return int(running)
