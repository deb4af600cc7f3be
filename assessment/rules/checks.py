"""Who may look at a closed case again, what that says of its verifier, what may stand on a sheet (docs/rules/checks.md)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cases.enums import Action

from ..enums import Bar, Dimension, Satisfaction
from .rates import RANKED_FROM, share
from .rates import places as ranked

# move on the case, in any of its rounds   why whoever made it cannot look again
BARRING: dict[Action, Bar] = {
    Action.SIGN:      Bar.HANDLED,
    Action.SETTLE:    Bar.HANDLED,
    Action.FEED_BACK: Bar.HANDLED,
    Action.ASSIST:    Bar.HANDLED,
    Action.PASS:      Bar.VERIFIED,
    Action.FAIL:      Bar.VERIFIED,
    Action.CLOSE:     Bar.CLOSED,
}  # fmt: skip
# Who handled the case does not take down what its resident says of it; who verified or closed it may.
HANDLING = tuple(action for action, bar in BARRING.items() if bar is Bar.HANDLED)


def bar(moves: Iterable[str], barring: Collection[Action] = tuple(BARRING)) -> Bar | None:
    """Why the person who made these moves on a case has to leave it to somebody else, if she has."""
    made = set(moves)
    return next((BARRING[action] for action in BARRING if action in barring and action in made), None)


# --- the error rate of a verifier ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ErrorRate:
    """Of the results that somebody passed and others looked at again, those that were not so."""

    wrong: int
    checked: int  # confirmed and not confirmed; where nobody was reached nothing was found out

    @property
    def percent(self) -> Decimal | None:
        return share(self.wrong, self.checked)

    @property
    def is_ranked(self) -> bool:
        """Fewer say nothing about a person: listed, not ranked."""
        return self.checked >= RANKED_FROM


def places(rates: Iterable[ErrorRate]) -> list[int | None]:
    """Places by error rate as printed, the lowest first; equal rates share one, too few results have none."""
    percents = [rate.percent if rate.is_ranked else None for rate in rates]
    return ranked([None if percent is None else -percent for percent in percents])


# --- words and sheets of residents -----------------------------------------------------------------------------

A_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")


def names_a_number(text: str) -> bool:
    """Whether a text holds what could be somebody's telephone or identity number: seven digits or more."""
    return A_NUMBER.search(text) is not None


Sheets = Mapping[tuple[Dimension, Satisfaction], int]


class Odd(StrEnum):
    """What cannot be so about the sheets of an evaluation."""

    MORE_RETURNED = "more_returned"
    MORE_ANSWERED = "more_answered"
    NEGATIVE = "negative"


def odd(handed_out: int, returned: int, sheets: Sheets) -> Odd | None:
    """Why these counts cannot be so, or None. A sheet may leave a question open, so a sum may be smaller."""
    if min(handed_out, returned, *sheets.values()) < 0:
        return Odd.NEGATIVE
    if returned > handed_out:
        return Odd.MORE_RETURNED
    answered = {d: sum(sheets.get((d, grade), 0) for grade in Satisfaction) for d in Dimension}
    return Odd.MORE_ANSWERED if max(answered.values()) > returned else None
