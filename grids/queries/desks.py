"""What waits for somebody in the rooms above the one that keeps the desk: a number each, and the way to its rows.

They call `put_on_desk` once, when the applications are ready. A desk opens all day long: the rooms name the rows,
and one query counts them all.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from gridgov.kit.listing import counted

from ..scopes import Scope


@dataclass(frozen=True)
class Pending:
    """So much is to be done, so much of it should have been before today, and where it is listed."""

    label: str
    number: int
    url: str
    late: int = 0


Rows = Mapping[str, QuerySet[Any]]
Ask = Callable[[Scope, datetime], Rows]
# How many rows there are by name (what has none is left out), of which rows, at which moment.
Say = Callable[[Mapping[str, int], Collection[str], datetime], list[Pending]]
_rooms: list[tuple[Ask, Say]] = []


def put_on_desk(ask: Ask, say: Say) -> None:
    """A room has something to say on desks: which rows to count, and what their numbers mean."""
    _rooms.append((ask, say))


def pending(scope: Scope, at: datetime) -> list[Pending]:
    """What all rooms say to this person; one query for all of them together."""
    asked = [ask(scope, at) for ask, _say in _rooms]
    every = {f"{room} {name}": rows for room, named in enumerate(asked) for name, rows in named.items()}
    numbers = counted(every)
    return [
        one
        for room, (_ask, say) in enumerate(_rooms)
        for one in say(_of(room, asked[room], numbers), asked[room].keys(), at)
    ]


def _of(room: int, asked: Rows, numbers: Mapping[str, int]) -> dict[str, int]:
    """The numbers of one room by its own names."""
    return {name: numbers[f"{room} {name}"] for name in asked if f"{room} {name}" in numbers}
