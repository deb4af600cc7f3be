"""When premises are inspected next, what is looked at, and which result fits (docs/rules/registers.md, premises)."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from ..enums import CheckAnswer, CheckItem, InspectionKind, InspectionResult, PremisesKind, Risk

# Our own defaults: no published rule of the field names a number.
# risk          days between two inspections
EVERY = {
    Risk.HIGH:    30,
    Risk.MEDIUM:  90,
    Risk.LOW:    180,
}  # fmt: skip
LONGEST = 180  # days that may be given for putting something right
LICENCE_DAYS = 30  # before its licence ends premises are marked

P = PremisesKind
SELLS = {P.SHOP, P.RESTAURANT, P.LODGING, P.WORKSHOP, P.LEISURE, P.STORAGE}
COOKS = {P.RESTAURANT, P.LODGING, P.SCHOOL}
ALL = set(PremisesKind)

# item                      premises it is for
ITEMS = {
    CheckItem.EXITS:         ALL,
    CheckItem.EXTINGUISHERS: ALL,
    CheckItem.WIRING:        ALL,
    CheckItem.CHARGING:      ALL,
    CheckItem.SLEEPING:      SELLS,
    CheckItem.GAS:           COOKS | {P.SHOP, P.WORKSHOP, P.OTHER},
    CheckItem.HYGIENE:       COOKS | {P.CLINIC, P.LEISURE},
    CheckItem.FOOD:          COOKS | {P.SHOP},
    CheckItem.LODGERS:       {P.LODGING},
    CheckItem.GUESTS:        {P.LODGING, P.LEISURE, P.PUBLIC, P.SCHOOL},
    CheckItem.HAZARDS:       {P.WORKSHOP, P.STORAGE, P.CLINIC, P.OTHER},
    CheckItem.MACHINES:      {P.WORKSHOP},
    CheckItem.CARE:          {P.SCHOOL},
    CheckItem.WASTE:         {P.CLINIC},
}  # fmt: skip


class Misfit(StrEnum):
    """Why an inspection cannot be written down as it was told."""

    ITEMS = "items"
    PASSED = "passed"
    UNSAID = "unsaid"
    DAY = "day"
    NO_DAY = "no_day"
    KIND = "kind"


def items_of(kind: str) -> list[CheckItem]:
    """What is looked at in premises of a kind, in the order of the record."""
    return [item for item, kinds in ITEMS.items() if kind in kinds]


def kinds(is_open: bool) -> tuple[InspectionKind, ...]:
    """While something is to be put right the next inspection looks at that; otherwise there is nothing to re-inspect."""
    return (InspectionKind.RECHECK,) if is_open else (InspectionKind.ROUTINE, InspectionKind.SPECIAL)


def next_due(risk: int, on: date, until: date | None = None) -> date:
    """The day of the next inspection: the one set for putting right, or by the risk after the last one."""
    return until or on + timedelta(days=EVERY[Risk(risk)])


def is_on_time(due: date, on: date) -> bool:
    """The day itself is still on time."""
    return on <= due


def misfit(
    premises: str, answers: Mapping[str, str], result: str, found: str, until: date | None, on: date
) -> Misfit | None:
    """What of an inspection on a day does not fit together; nothing when all does."""
    if set(answers) != set(items_of(premises)) or not set(answers.values()) <= set(CheckAnswer):
        return Misfit.ITEMS
    is_bad = CheckAnswer.BAD in answers.values()
    if result == InspectionResult.PASSED:
        return (Misfit.PASSED if is_bad else None) or (Misfit.NO_DAY if until else None)
    if not found:
        return Misfit.UNSAID
    if until is None or not on < until <= on + timedelta(days=LONGEST):
        return Misfit.DAY
    return None


def licence_ends(on: date) -> date:
    """A licence that ends on that day or before is marked."""
    return on + timedelta(days=LICENCE_DAYS)
