"""The library of formulas that computed indicators are made of (docs/rules/scoring.md §3).

A formula is a part of a whole: one count divided by another. More is always better, and a part never exceeds
its whole, so that no score falls because a figure improved.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..enums import Deduction, Formula, Input


@dataclass(frozen=True)
class Recipe:
    """What a formula divides by what, in which unit, out of which records, and which text it comes from."""

    part: Input
    whole: Input
    unit: Promise
    source: Promise
    reference: str  # where the formula comes from


CASES, DAYS, DOORS, PAPERS, GIVEN = (
    _("cases"),
    _("grid-days"),
    _("households"),
    _("inquiries"),
    _("assignments"),
)
VISITS = _("visits")
EVENTS = _("what happened to the cases of the place, up to the end of the month")
WALKS, LINES = _("patrols begun on working days"), _("diary lines of working days")
DOOR_DAYS, SEEN = _("visits, and the days they were due on"), _("verifications of households")
SAID = _("what residents said of closed cases in the month")
SIGNS, ANSWERS = _("assignments and when they were signed"), _("inquiries and their answers")

N, D8 = Input, "reference.md D8"
RECIPES: dict[Formula, Recipe] = {
    # formula                   part              whole           unit    records    from
    Formula.PATROL:      Recipe(N.PATROL_DAYS,    N.DUTY_DAYS,   DAYS,   WALKS,     f"{D8}, C4"),
    Formula.VISITS:      Recipe(N.VISITS_IN_TIME, N.VISITS_OWED, VISITS, DOOR_DAYS, D8),
    Formula.FRESHNESS:   Recipe(N.FRESH,          N.HOUSEHOLDS,  DOORS,  SEEN,      D8),
    Formula.DIARY:       Recipe(N.DIARY_DAYS,     N.DUTY_DAYS,   DAYS,   LINES,     D8),
    Formula.SIGNING:     Recipe(N.SIGNED,         N.TO_SIGN,     GIVEN,  SIGNS,     "domain.md §7"),
    Formula.CLOSING:     Recipe(N.CLOSED,         N.TO_CLOSE,    CASES,  EVENTS,    f"{D8}, B4"),
    Formula.ON_TIME:     Recipe(N.ON_TIME,        N.TO_CLOSE,    CASES,  EVENTS,    f"{D8}, B4"),
    Formula.NO_REWORK:   Recipe(N.UNREWORKED,     N.TO_CLOSE,    CASES,  EVENTS,    f"{D8}, B4"),
    Formula.SATISFACTION: Recipe(N.SATISFIED,     N.RATED,       CASES,  SAID,      f"{D8}, B4"),
    Formula.REPLIES:     Recipe(N.REPLIED,        N.TO_REPLY,    PAPERS, ANSWERS,   "domain.md §4"),
}  # fmt: skip

# deduction             counted for each
TAKEN: dict[Deduction, Input] = {
    Deduction.YELLOW:     Input.YELLOW,
    Deduction.RED:        Input.RED,
    Deduction.UPHELD:     Input.UPHELD,
    Deduction.REPLY_LATE: Input.REPLY_LATE,
}  # fmt: skip
