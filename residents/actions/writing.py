"""How a row of a register is written: checked by its model, with whoever wrote it in its history."""

from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from grids.models import Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import Change
from ..models import Household, RegisterEvent, Resident

Row = TypeVar("Row", bound=models.Model)


class RegisterRefused(ValueError):
    """Why the register stays as it is, in words for a clerk."""


def not_ahead(on: date, at: datetime) -> None:
    """What is written down has happened."""
    if on > local_date(at):
        raise RegisterRefused(_("The day is yet to come."))


def save(row: Row, *, by: Post | None, at: datetime) -> Row:
    """Write a row and its history. What the model's constraints forbid is refused in their words."""
    try:
        row.validate_constraints()
    except ValidationError as error:
        raise RegisterRefused(" ".join(error.messages)) from error
    row._history_user = by.user if by else None  # type: ignore[attr-defined]  # read by simple-history
    row._history_date = at  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else was there a moment earlier
        raise RegisterRefused(_("Somebody else has just registered the same. Look at the list.")) from error
    return row


def record(
    resident: Resident, change: Change, *, on: Any, by: Post | None, at: datetime, key: UUID,
    household: Household | None = None, note: str = "", **data: Any,
) -> RegisterEvent:  # fmt: skip
    """One event in the life of an entry; never any personal data in it."""
    return RegisterEvent.objects.create(
        **path_of_row(resident), resident=resident, household=household, change=change, on=on, at=at, by=by,
        note=note, key=key, data=data,
    )  # fmt: skip


def note_history(model: Any, keys: list[int], kind: str, *, by: Post | None, at: datetime) -> None:
    """The history of rows that were written by the hundred: "+" entered, "~" changed."""
    history = model.history.model
    columns = [column.column for column in history.tracked_fields]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {history._meta.db_table} ({names}, history_date, history_type, history_user_id)"
            f" SELECT {names}, %s, %s, %s FROM {model._meta.db_table} WHERE id = ANY(%s) ORDER BY id",
            [at, kind, by.user_id if by else None, keys],
        )
