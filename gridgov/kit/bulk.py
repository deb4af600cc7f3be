"""Writing many rows at once, each with values of its own: one statement, whatever their number."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> int:
    """Save these fields of these rows, all of one model, in one UPDATE; how many rows there were.

    `bulk_update` writes a CASE per field and row and takes three times as long.
    """
    if not rows:
        return 0
    meta = rows[0]._meta
    key: Any = meta.pk
    fields: list[Any] = [meta.get_field(name) for name in names]
    told = ", ".join(f"{field.column} = v.{field.column}" for field in fields)
    lists = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in (key, *fields))
    columns = ", ".join(field.column for field in (key, *fields))
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in (key, *fields)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {meta.db_table} t SET {told} FROM unnest({lists}) AS v ({columns}) "
            f"WHERE t.{key.column} = v.{key.column}",
            values,
        )
        return int(cursor.rowcount)
