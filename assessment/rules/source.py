"""What the source articles print, and what their own counts come to (docs/rules/figures.md §4).

Facts only: the counts and the figure as printed, the rate by our rule, and why the two differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from ..enums import Printed, Source, Why
from . import rates


@dataclass(frozen=True)
class Statement:
    """One published figure: a part of a whole with its rate, parts of a sum, or a plain count."""

    source: Source
    measure: Printed
    numbers: tuple[int, ...]
    printed: str = ""  # the rate or the sum, as it was printed
    why: Why | None = None  # it does not agree

    @property
    def right(self) -> Decimal | None:
        """By our rule, from the counts themselves; a plain count has nothing to be checked by."""
        return worked_out(self.measure, self.numbers)

    @property
    def rounded(self) -> Decimal | None:
        """What should have been printed, with as many decimals as were."""
        if not (self.printed and self.measure.is_share):
            return self.right
        part, whole = self.numbers
        return (Decimal(100 * part) / whole).quantize(Decimal(self.printed), ROUND_HALF_UP)

    @property
    def agrees(self) -> bool | None:
        """Whether what was printed follows from the counts; None where nothing was printed or can be checked."""
        if not self.printed or self.right is None:
            return None
        return self.rounded == Decimal(self.printed)

    @property
    def needed(self) -> int | None:
        """The least part of the whole for which the printed rate would be right."""
        if not (self.printed and self.measure.is_share):
            return None
        half_a_step = Decimal(5).scaleb(-1 - len(self.printed.partition(".")[2]))
        least = (Decimal(self.printed) - half_a_step) * self.numbers[1] / 100
        return int(least.to_integral_value(ROUND_CEILING))


def worked_out(measure: Printed, numbers: Iterable[int]) -> Decimal | None:
    """The rate of a part and a whole, the sum of parts; None of a plain count."""
    numbers = tuple(numbers)
    if measure.is_share:
        part, whole = numbers
        return rates.share(part, whole)
    return Decimal(sum(numbers)) if len(numbers) > 1 else None


M, S = Printed, Source

STATEMENTS = (
    #         source           measure          counts             printed   why it does not agree
    Statement(S.STREET_2013,   M.KEY_CLOSED,    (3130, 3134),      "99.59",  Why.COPIED),
    Statement(S.STREET_2013,   M.CIVIC_CLOSED,  (1209, 1214),      "99.59"),
    Statement(S.STREET_2013,   M.BOTH_CLOSED,   (4339, 4348)),
    Statement(S.DISTRICT_2015, M.DISPOSED,      (105803, 108372),  "97.7",   Why.ROUNDED),
    Statement(S.STREET_2014,   M.TAKEN_ON,      (80331, 2584),     "82915"),
    Statement(S.STREET_2013,   M.GRIDS,         (1, 14, 59)),
    Statement(S.STREET_2014,   M.POINTS,        (40, 10, 50),      "100"),
    Statement(S.DISTRICT_2015, M.MEETINGS,      (59,)),
    Statement(S.DISTRICT_2015, M.OPERATIONS,    (31,)),
    Statement(S.DISTRICT_2015, M.INSPECTIONS,   (23,)),
)  # fmt: skip
