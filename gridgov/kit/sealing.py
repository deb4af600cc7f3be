"""Model fields whose values lie sealed in the database and are masked wherever they become text.

`{{ resident.phone }}` is `138****5678` in every page, print, workbook, message and log line, because a
value of such a field is a `Sealed`, and that is how it reads as text. Only `Sealed.open` gives the value
itself; who calls it has asked for it, with a reason, and it is on record (residents.actions.looks).
"""

import base64
from collections.abc import Iterator
from typing import Any, NoReturn
from uuid import uuid4

from django.apps import apps
from django.db import connection, models
from django.db.models.query_utils import DeferredAttribute

from .crypto import SealBroken, keyring
from .masking import Kind, mask


class Sealed:
    """One personal value of one row. As text it is masked."""

    __slots__ = ("bound_to", "kind", "token")

    def __init__(self, token: bytes, bound_to: str, kind: Kind) -> None:
        self.token, self.bound_to, self.kind = token, bound_to, kind

    def open(self) -> str:
        """The value itself. Raises SealBroken."""
        return keyring().open(self.token, self.bound_to)

    def masked(self, kind: Kind | None = None) -> str:
        """As it may be shown, perhaps in a narrower or wider mask than usual."""
        return mask(kind or self.kind, self.open())

    def __str__(self) -> str:
        return self.masked()

    def __repr__(self) -> str:
        return f"<sealed {self.kind}>"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.token, self.bound_to) == (other.token, other.bound_to)

    def __hash__(self) -> int:
        return hash((self.token, self.bound_to))

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A sealed value is not written anywhere but into its row.")


class Sealing(models.Model):
    """A row with sealed values: they are bound to its `uid`, which never changes and may be shown."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class SealedAttribute(DeferredAttribute):
    """Gives a `Sealed`, whatever was put in: bytes from the database, or a text that is sealed at once."""

    field: "SealedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if value is None or isinstance(value, Sealed):
            return value
        sealed = self.field.sealed(instance, value)
        instance.__dict__[self.field.attname] = sealed
        return sealed

    def __set__(self, instance: Any, value: Any) -> None:
        """Sealed when it is asked for: the row's `uid` may be set after it."""
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A text that lies sealed. `kind` says how it is masked; empty is NULL.

    Assign a plain text to set it. It cannot be filtered by: keep a trace of it in another column.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        self.kind = kind
        self.bound_to = ""
        options.setdefault("null", True)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "kind": self.kind}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Remember the first table it stands in: the history of a row keeps the row's own seals."""
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract and not self.bound_to:
            self.bound_to = f"{cls._meta.db_table}.{name}"

    def sealed(self, instance: Any, value: Any) -> Sealed | None:
        """A value as the attribute gives it."""
        if isinstance(value, str):
            return self.seal(instance.uid, value)
        return self.lying(instance.uid, value)

    def lying(self, uid: Any, token: Any) -> Sealed:
        """The bytes as they lie in the row of this `uid`."""
        return Sealed(bytes(token), self._place(uid), self.kind)

    def seal(self, uid: Any, text: str) -> Sealed | None:
        """A text sealed for one row; nothing for an empty one."""
        if not text:
            return None
        return Sealed(keyring().seal(text, self._place(uid)), self._place(uid), self.kind)

    def _place(self, uid: Any) -> str:
        return f"{self.bound_to}:{uid}"

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str):
            raise TypeError(f"{self.name} lies sealed: assign it to its row, and find it by its trace.")
        return value.token if isinstance(value, Sealed) else super().get_prep_value(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.get_prep_value(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return base64.b64encode(value.token).decode("ascii") if value else ""


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def sealed_models() -> list[type[models.Model]]:
    """Every table with sealed values, the histories of rows among them."""
    return [model for model in apps.get_models() if sealed_fields(model) and model._meta.managed]


def reseal(model: type[models.Model], batch: int = 1000) -> Iterator[int]:
    """Seal with today's key what lies sealed with another; yields how many after each batch.

    Each batch stands by itself: stopped anywhere, the next run goes on. What somebody changed meanwhile
    was sealed with today's key by that. What does not open is left where it is: `outdated` finds it.
    """
    for field in sealed_fields(model):
        last = 0
        while rows := _old_seals(model, field, last, batch):
            yield _seal_anew(model, field, rows)
            last = rows[-1][0]


def outdated(model: type[models.Model]) -> dict[str, list[int]]:
    """What still lies sealed with another key or cipher: the keys of the rows, by column."""
    left = {
        str(field.column): [pk for pk, _value in _old_seals(model, field, 0, None)]
        for field in sealed_fields(model)
    }
    return {column: keys for column, keys in left.items() if keys}


def outdated_count(model: type[models.Model]) -> int:
    """How many values there are to seal anew; one query."""
    fields = sealed_fields(model)
    old = " + ".join(f"count(*) FILTER (WHERE {_is_old(field)})" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {old} FROM {model._meta.db_table}", [keyring().head] * len(fields))
        return int(cursor.fetchone()[0])


def _is_old(field: SealedField) -> str:
    return f"{field.column} IS NOT NULL AND substring({field.column} FROM 1 FOR 2) <> %s"


def _key_of(model: type[models.Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)


def _old_seals(
    model: type[models.Model], field: SealedField, after: int, at_most: int | None
) -> list[tuple[int, Sealed]]:
    """Values of one column that another key has sealed, in the order of the rows."""
    key, table = _key_of(model), model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, uid, {field.column} FROM {table} WHERE {key} > %s AND {_is_old(field)}"
            f" ORDER BY {key} LIMIT %s",
            [after, keyring().head, at_most],
        )
        return [(pk, field.lying(uid, token)) for pk, uid, token in cursor.fetchall()]


def _seal_anew(model: type[models.Model], field: SealedField, rows: list[tuple[int, Sealed]]) -> int:
    """Write the values anew where nobody has changed them meanwhile; returns how many were written."""
    new = [(pk, value.token, token) for pk, value in rows if (token := _sealed_anew(value))]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} t SET {field.column} = v.new"
            " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS v (pk, old, new)"
            f" WHERE t.{_key_of(model)} = v.pk AND t.{field.column} = v.old",
            [list(column) for column in zip(*new, strict=True)] or [[], [], []],
        )
        return int(cursor.rowcount)


def _sealed_anew(value: Sealed) -> bytes | None:
    try:
        return keyring().seal(value.open(), value.bound_to)
    except SealBroken:
        return None
