"""Long lists in pages that cost the same wherever they stand.

Keyset paging: a page begins after the last row of the one before, found by index, so page two
thousand is as quick as page one. Counts stop at a cap ("1000+"): nobody reads on, and an exact
count of millions costs more than the page.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Count, Model, Q, QuerySet, Value
from django.http import QueryDict

PAGE_SIZE = 50
COUNT_CAP = 1000
MAX_CURSOR = 500

Row = TypeVar("Row")


class BadCursor(ValueError):
    """The cursor is not one of ours, or belongs to a list in another order."""


class Direction(StrEnum):
    """Which way a page lies from its cursor."""

    NEXT = "n"
    PREVIOUS = "p"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in list order, and the cursors of the pages on either side (None: there is none)."""

    rows: list[Row] = field(default_factory=list)
    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True)
class CappedCount:
    """A number of rows, counted no further than somebody reads."""

    n: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.n}+" if self.more else str(self.n)


def capped_count(queryset: QuerySet[Any, Any], cap: int = COUNT_CAP) -> CappedCount:
    """How many rows there are, up to the cap; one query."""
    found = queryset.order_by().values("pk")[: cap + 1].count()
    return CappedCount(min(found, cap), found > cap)


def counted(parts: Mapping[str, QuerySet[Any, Any]]) -> dict[str, int]:
    """How many rows each of several querysets has; one query for all of them. What has none is left out."""
    counts = [
        found.order_by()
        .annotate(counted_kind=Value(kind))  # a name that no model has for a field
        .values("counted_kind")
        .annotate(n=Count("*"))
        .values_list("counted_kind", "n")
        for kind, found in parts.items()
    ]
    return dict(counts[0].union(*counts[1:], all=True)) if counts else {}


def page(
    queryset: QuerySet[Any, Row],
    *,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
    order: Sequence[str] = ("-id",),
    is_strict: bool = False,
) -> Page[Row]:
    """One page of a queryset, in one query.

    `order` names columns that are never NULL and, together, unique (end it with the key); with
    `.values()` they must be among the values. A cursor that is none of ours gives the first page,
    or raises BadCursor if `is_strict`. The way (next, previous) is part of the cursor.
    """
    try:
        direction, keys = decode(cursor, order) if cursor else (Direction.NEXT, None)
        return _page(queryset, direction, keys, size, order)
    except BadCursor:
        if is_strict:
            raise
        return _page(queryset, Direction.NEXT, None, size, order)


def _page(
    queryset: QuerySet[Any, Row],
    direction: Direction,
    keys: list[Any] | None,
    size: int,
    order: Sequence[str],
) -> Page[Row]:
    backwards = direction is Direction.PREVIOUS
    sorting = [_reversed(name) for name in order] if backwards else list(order)
    rows = _fetch(queryset.order_by(*sorting), sorting, keys, size)
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page()
    has_next = backwards or has_more
    has_previous = has_more if backwards else keys is not None
    return Page(
        rows,
        encode(Direction.NEXT, rows[-1], order) if has_next else None,
        encode(Direction.PREVIOUS, rows[0], order) if has_previous else None,
    )


def _fetch(
    queryset: QuerySet[Any, Row], sorting: Sequence[str], keys: list[Any] | None, size: int
) -> list[Row]:
    """One row more than the page, to know whether there is another page."""
    if keys is None:
        return list(queryset[: size + 1])
    try:
        return list(queryset.filter(_beyond(sorting, keys))[: size + 1])
    except (ValueError, TypeError, OverflowError, ValidationError, FieldError) as error:
        raise BadCursor("The cursor does not fit the list.") from error


def _beyond(sorting: Sequence[str], keys: Sequence[Any]) -> Q:
    """Rows after the keys: (a, b) > (x, y) is a >= x and (a > x or (a = x and b > y))."""
    name, key = sorting[0], keys[0]
    column = name.removeprefix("-")
    after = Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": key})
    if len(sorting) == 1:
        return after
    # The bound on the first column alone is what lets the index be used.
    bound = Q(**{f"{column}__{'lte' if name.startswith('-') else 'gte'}": key})
    return bound & (after | (Q(**{column: key}) & _beyond(sorting[1:], keys[1:])))


def _reversed(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


# --- cursors -------------------------------------------------------------------------------


def encode(direction: Direction, row: Any, order: Sequence[str]) -> str:
    """An opaque text for the place before or after a row, fit for a URL."""
    keys = [_written(_read(row, name.removeprefix("-"))) for name in order]
    text = json.dumps([direction.value, ",".join(order), *keys], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, order: Sequence[str]) -> tuple[Direction, list[Any]]:
    """Direction and keys of a cursor made for the same order; raises BadCursor for anything else."""
    if len(cursor) > MAX_CURSOR:
        raise BadCursor("The cursor is too long.")
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        direction, names, *keys = json.loads(raw)
        way = Direction(direction)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise BadCursor("The cursor cannot be read.") from error
    if names != ",".join(order) or len(keys) != len(order) or not all(map(_is_key, keys)):
        raise BadCursor("The cursor belongs to another list.")
    return way, keys


def _is_key(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and value.isprintable()
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _written(value: Any) -> int | str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return int(value) if isinstance(value, int) else str(value)  # yes and no travel as 1 and 0


def _read(row: Any, path: str) -> Any:
    if isinstance(row, Mapping):
        return row[path]
    for name in path.split("__"):
        row = getattr(row, name)
    return row.pk if isinstance(row, Model) else row


# --- links that keep the filters --------------------------------------------------------------


def query_string(query: QueryDict, **changes: Any) -> str:
    """The query of a page with some parameters set anew; None or "" takes one out.

    A change of anything but the cursor begins the list anew. The result starts with "?".
    """
    changed = query.copy()
    if "cursor" not in changes:
        changed.pop("cursor", None)
    for name, value in changes.items():
        if value is None or value == "":
            changed.pop(name, None)
        elif isinstance(value, list | tuple):
            changed.setlist(name, [str(item) for item in value])
        else:
            changed[name] = str(value)
    return f"?{changed.urlencode()}"


def around(query: QueryDict, page: Page[Any]) -> dict[str, str]:
    """The links to the pages on either side, as templates/ui/pager.html takes them; "" where there is none."""
    cursors = {"next_url": page.next_cursor, "previous_url": page.previous_cursor}
    return {name: query_string(query, cursor=cursor) if cursor else "" for name, cursor in cursors.items()}
