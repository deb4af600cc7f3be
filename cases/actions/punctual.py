"""What has fallen due for a case happens before anybody does anything else to it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from ..models import Case, Inquiry
from .sweep import settle_case

Move = TypeVar("Move", bound=Callable[..., Any])


def punctual(move: Move) -> Move:
    """A move that finds the case as a punctual sweep would have left it, whenever the sweep comes.

    What was due is written in a transaction of its own: it stands even if the move is then refused.
    """

    @wraps(move)
    def after_the_clock(row: Case | Inquiry, *args: Any, **facts: Any) -> Any:
        settle_case(row if isinstance(row, Case) else row.case, at=facts["at"])
        return move(row, *args, **facts)

    return cast(Move, after_the_clock)
