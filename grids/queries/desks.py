"""What waits for somebody in the rooms above the one that keeps the desk: a number each, and the way to its rows.

They call `put_on_desk` once, when the applications are ready.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..scopes import Scope


@dataclass(frozen=True)
class Pending:
    """So much is to be done, so much of it should have been before today, and where it is listed."""

    label: str
    number: int
    url: str
    late: int = 0


Say = Callable[[Scope, datetime], list[Pending]]
_rooms: list[Say] = []


def put_on_desk(say: Say) -> None:
    """A room has something to say on desks."""
    _rooms.append(say)


def pending(scope: Scope, at: datetime) -> list[Pending]:
    """What all rooms say to this person; one query for each room."""
    return [one for say in _rooms for one in say(scope, at)]
