"""Admission of grid affairs (准入), docs/rules/admission.md: what may be pushed down, and who moves an application on."""

from dataclasses import dataclass
from datetime import date, timedelta

from ..enums import UNDER_REVIEW, Action, AdmissionChange, AdmissionRefusal, AdmissionState, AffairStand

SOON = timedelta(days=30)

# --- what may be pushed down (§2) -----------------------------------------------------------------------

# move              asks the list when it gives a case to a grid below whoever gives it
ASKS_THE_LIST = {
    Action.ASSIGN:    True,
    Action.TRANSFER:  True,
    Action.INVITE:    True,
    Action.SETTLE:    False,  # the grid's own work
    Action.ESCALATE:  False,  # goes up
    Action.FAIL:      False,  # back to whoever gave the result
    Action.REOPEN:    False,  # back to whoever gave the result
}  # fmt: skip


def pushes_down(giver: int | None, unit: int | None) -> bool:
    """Whether work goes to a grid below the level that gives it; a department (None) is no grid below anybody."""
    return unit is not None and (giver is None or unit > giver)


# --- the list (§1) --------------------------------------------------------------------------------------


def stand(since: date, until: date | None, day: date) -> AffairStand:
    """How an affair stands on a day; `until` is the first day on which it is off the list."""
    if until is not None and until <= max(day, since):
        return AffairStand.ENDED
    if day < since:
        return AffairStand.AHEAD
    return AffairStand.ENDING if until is not None and until <= day + SOON else AffairStand.IN_TERM


def term_refusal(since: date, last: date | None, today: date) -> AdmissionRefusal | None:
    """Why a term cannot hold: nothing is put on the list for the past, and no term ends before it begins."""
    if since < today:
        return AdmissionRefusal.PAST
    return AdmissionRefusal.NO_TERM if last is not None and last < since else None


def exit_refusal(since: date, until: date | None, leaves: date, today: date) -> AdmissionRefusal | None:
    """Why an affair cannot leave the list on a day: the list of a past day stays as it was."""
    if leaves < max(today, since):
        return AdmissionRefusal.PAST
    return AdmissionRefusal.ENDED if until is not None and until <= leaves else None


# --- an application (§3) --------------------------------------------------------------------------------

S, C = AdmissionState, AdmissionChange
DISTRICT, DEPARTMENT = "district", "department"


@dataclass(frozen=True)
class Move:
    """From which states, to which one, and whose move it is."""

    sources: tuple[AdmissionState, ...]
    target: AdmissionState
    side: str


# what happens         from                        to             whose move
MOVES = {
    C.CONVENED:  Move(UNDER_REVIEW,               S.MEETING,     DISTRICT),
    C.OPINION:   Move((S.MEETING,),               S.MEETING,     DISTRICT),
    C.ADMITTED:  Move((S.MEETING,),               S.ADMITTED,    DISTRICT),
    C.REFUSED:   Move((S.MEETING,),               S.REFUSED,     DISTRICT),
    C.WITHDRAWN: Move(UNDER_REVIEW,               S.WITHDRAWN,   DEPARTMENT),
}  # fmt: skip
DECIDES = (C.ADMITTED, C.REFUSED)


@dataclass(frozen=True)
class Facts:
    """What the table has to know about an application and who would move it on."""

    state: AdmissionState
    sides: frozenset[str]  # which sides this person acts for
    is_applicant: bool
    has_met: bool  # the day of the meeting has come
    opinions: int


def refusal(change: AdmissionChange, facts: Facts) -> AdmissionRefusal | None:
    """Why this person may not do this to the application now; None when she may."""
    move = MOVES[change]
    if move.side not in facts.sides:
        return AdmissionRefusal.NO_RIGHT
    if facts.state not in move.sources:
        early = facts.state == S.SUBMITTED
        return AdmissionRefusal.NOT_CONVENED if early else AdmissionRefusal.DECIDED
    if change == C.CONVENED:
        return AdmissionRefusal.HAS_OPINIONS if facts.opinions else None
    if change == C.WITHDRAWN:
        return None
    if not facts.has_met:
        return AdmissionRefusal.NOT_MET
    return _decision_refusal(facts) if change in DECIDES else None


def _decision_refusal(facts: Facts) -> AdmissionRefusal | None:
    """A person decides, after the meeting was heard, and never on what she applied for herself."""
    if facts.is_applicant:
        return AdmissionRefusal.OWN
    return None if facts.opinions else AdmissionRefusal.NO_OPINION
