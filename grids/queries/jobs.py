"""What the file of a job is, and who may still fetch it: the room that made it says so.

The rooms above call `hand_out` once, when the applications are ready; a kind nobody speaks for is its owner's
as it lies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from ..enums import Right
from ..models import Job
from ..scopes import Scope


def _may(job: Job, scope: Scope) -> bool:
    """Figures go with the right to read those of the place: the post that asked may have ended."""
    place = job.params.get("grid")
    return not place or scope.covers_grid(place, Right.FIGURES)


def _opened(job: Job) -> BinaryIO:
    return cast(BinaryIO, job.result.open("rb"))


@dataclass(frozen=True)
class Handing:
    """How files of one kind of job are handed out."""

    may: Callable[[Job, Scope], bool] = _may
    opened: Callable[[Job], BinaryIO] = _opened


_handings: dict[str, Handing] = {}


def hand_out(kind: str, handing: Handing) -> None:
    """A room says how the files of a kind are handed out."""
    _handings[kind] = handing


def handing_of(job: Job) -> Handing:
    return _handings.get(job.kind, Handing())
