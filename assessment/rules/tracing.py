"""Through whose hands a case passed, what went wrong there, and what follows by rule (docs/rules/accountability.md).

The rule proposes; a person decides. The proposals beyond the published sentence about the grid leader are our own
defaults, and every page that shows one says so.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.enums import Action, Severity, Step
from grids.enums import DEPARTMENT, Level, Role

from ..enums import Finding, Gravity, Ground, Measure, Responsibility, ReviewState, Stage

HEARING_DAYS = 3  # working days to speak, from the opening on; our own default
APPEAL_DAYS = 3  # working days to appeal, from the decision on

F, G, M = Finding, Gravity, Measure

# --- the hands it passed through (§1) -----------------------------------------------------------------

STAGES = {
    Step.REPORTED: Stage.REPORT,
    Step.ASSIGNED: Stage.SOLVE,
    Step.HANDLING: Stage.SOLVE,
    Step.FED_BACK: Stage.CHECK,
    Step.VERIFIED: Stage.CHECK,
}


@dataclass(frozen=True)
class Moved:
    """One event of a case: who moved it, and in whose hands it was afterwards."""

    at: datetime
    action: Action
    step: Step
    grid: int | None
    department: int | None
    post: int | None  # of the holder
    by: int | None  # the post of whoever moved it; the clock has none
    due_at: datetime | None = None


@dataclass(frozen=True)
class Fault:
    """Something went wrong while the case was in a hand, and when."""

    finding: Finding
    at: datetime


@dataclass(frozen=True)
class Hand:
    """A unit and the post that answered for it, from one moment up to another; without an end it has it still."""

    stage: Stage
    grid: int | None
    department: int | None
    post: int | None
    since: datetime
    until: datetime | None = None
    due_at: datetime | None = None  # the limit that ran last while it was there
    faults: tuple[Fault, ...] = ()

    @property
    def is_late(self) -> bool:
        """Whether its limit ran out in this hand; who takes over what is late already is not late."""
        return any(fault.finding == F.LATE for fault in self.faults)


def hands(moves: Iterable[Moved], upheld: Collection[datetime] = ()) -> list[Hand]:
    """Every hand in turn, with what went wrong in it.

    `upheld` are the moments of those expiries about which an inquiry was upheld.
    """
    found: list[Hand] = []
    for move in moves:
        _blame(found, move, upheld)
        _pass_on(found, move)
    return found


def _blame(found: list[Hand], move: Moved, upheld: Collection[datetime]) -> None:
    """Put down to the right hand what this event says went wrong."""
    if move.action == Action.EXPIRE:
        _fault(found, Stage.SOLVE, F.LATE, move.at)
        if move.at in upheld:
            _fault(found, Stage.SOLVE, F.INQUIRY, move.at)
    elif move.action == Action.FAIL:
        _fault(found, Stage.SOLVE, F.REWORKED, move.at)
    elif move.action == Action.REOPEN:
        _fault(found, Stage.SOLVE, F.REOPENED, move.at)
        _fault(found, Stage.CHECK, F.REOPENED, move.at)


def _fault(found: list[Hand], stage: Stage, finding: Finding, at: datetime) -> None:
    for n in reversed(range(len(found))):
        if found[n].stage == stage:
            found[n] = replace(found[n], faults=(*found[n].faults, Fault(finding, at)))
            return


def _pass_on(found: list[Hand], move: Moved) -> None:
    """Go on with the hand that has it, or end it and begin the next."""
    if move.action == Action.REPORT:
        found.append(Hand(Stage.DISCOVER, move.grid, move.department, move.by, move.at, move.at))
    new = _hand_of(move)
    if found and found[-1].until is None:
        last = found[-1]
        if new and _place(last) == _place(new):
            found[-1] = replace(last, due_at=new.due_at or last.due_at)
            return
        # Who dispatched, verified or closed it is whoever ended that stay; who solved it is whoever held it.
        held = last.post if last.stage == Stage.SOLVE else move.by or last.post
        found[-1] = replace(last, post=held, until=move.at)
    if move.action == Action.SETTLE:  # reported with its result: solved in the same instant
        found.append(Hand(Stage.SOLVE, move.grid, move.department, move.post, move.at, move.at))
    if new:
        found.append(new)


def _hand_of(move: Moved) -> Hand | None:
    """None where the case has ended: nobody has it any more."""
    if move.step not in STAGES:
        return None
    stage = STAGES[move.step]
    due_at = move.due_at if stage == Stage.SOLVE else None
    return Hand(stage, move.grid, move.department, move.post, move.at, due_at=due_at)


def _place(hand: Hand) -> tuple[Stage, int | None, int | None, int | None]:
    """Outside of solving the person is known only when the stay is over."""
    return hand.stage, hand.grid, hand.department, hand.post if hand.stage == Stage.SOLVE else None


# --- what justifies a review (§2) ---------------------------------------------------------------------


def findings(passed: Iterable[Hand]) -> dict[Finding, list[datetime]]:
    """What went wrong with a case and when, in the order of the words; nothing, and there is nothing to review."""
    moments: dict[Finding, set[datetime]] = {finding: set() for finding in F}
    for hand in passed:
        for fault in hand.faults:
            moments[fault.finding].add(fault.at)
    return {finding: sorted(at) for finding, at in moments.items() if at}


# --- who answers for it (§3) --------------------------------------------------------------------------

COMMUNITY_LEADERS = (Role.COMMUNITY_FIRST, Role.COMMUNITY_DIRECT, Role.COMMUNITY_LEADER)

# where the work lay    joint: who of that place or the one above it       (primary: who held it)
JOINT: dict[Level | str, tuple[Level | str, tuple[Role, ...]]] = {
    Level.BUILDING:     (Level.COMMUNITY, COMMUNITY_LEADERS),
    Level.COMMUNITY:    (Level.COMMUNITY, COMMUNITY_LEADERS),
    Level.STREET:       (Level.STREET,    (Role.STREET_FIRST,)),
    Level.DISTRICT:     (Level.DISTRICT,  ()),
    DEPARTMENT:         (DEPARTMENT,      (Role.DEPARTMENT_HEAD,)),
}  # fmt: skip


@dataclass(frozen=True)
class Blamed:
    """A person by one of her posts, and how she answers."""

    post: int
    user: int
    responsibility: Responsibility


def blamed(primary: Iterable[tuple[int, int]], joint: Iterable[tuple[int, int]]) -> list[Blamed]:
    """Each person once, primary before joint; given as (post, user)."""
    found: dict[int, Blamed] = {}
    for posts, responsibility in ((primary, Responsibility.PRIMARY), (joint, Responsibility.JOINT)):
        for post, user in posts:
            found.setdefault(user, Blamed(post, user, responsibility))
    return list(found.values())


def decider_level(level: int, *, is_department: bool = False) -> int:
    """Up to which level a post must sit to decide on this one: above it; at the district, beside it."""
    return max(level + int(is_department) - 1, Level.DISTRICT)


# --- what is proposed (§4) ----------------------------------------------------------------------------

# finding         once       twice      three times and more
GRAVITIES: dict[Finding, tuple[Gravity, Gravity, Gravity]] = {
    F.LATE:       (G.LIGHT,  G.MEDIUM,  G.HEAVY),
    F.REWORKED:   (G.LIGHT,  G.MEDIUM,  G.HEAVY),
    F.REOPENED:   (G.MEDIUM, G.HEAVY,   G.GRAVE),
    F.INQUIRY:    (G.MEDIUM, G.HEAVY,   G.GRAVE),
}  # fmt: skip
RAISED = (Severity.URGENT, Severity.MAJOR)  # a case of these is one degree graver

# how grave       primary       joint
MEASURES: dict[Gravity, tuple[Measure, Measure]] = {
    G.LIGHT:      (M.TALK,      M.NONE),
    G.MEDIUM:     (M.INTERVIEW, M.TALK),
    G.HEAVY:      (M.NOTICE,    M.INTERVIEW),
    G.GRAVE:      (M.YELLOW,    M.NOTICE),
}  # fmt: skip

# finding         primary            joint
GROUNDS: dict[Finding, tuple[Ground, Ground]] = {
    F.LATE:       (Ground.UNSOLVED,  Ground.REMISS),
    F.REWORKED:   (Ground.INEPT,     Ground.REMISS),
    F.REOPENED:   (Ground.REMISS,    Ground.REMISS),
    F.INQUIRY:    (Ground.PASSIVE,   Ground.REMISS),
}  # fmt: skip


def gravity(finding: Finding, times: int, severity: Severity) -> Gravity:
    """How grave it is that this happened so often to a case of that severity."""
    degrees = list(G)
    of_times = degrees.index(GRAVITIES[finding][min(times, 3) - 1])
    return degrees[min(of_times + (severity in RAISED), len(degrees) - 1)]


def proposal(finding: Finding, grave: Gravity, responsibility: Responsibility) -> tuple[Ground, Measure]:
    """The ground and the measure that are proposed for one person."""
    column = list(Responsibility).index(responsibility)
    return GROUNDS[finding][column], MEASURES[grave][column]


# --- hearing, decision, appeal (§5) -------------------------------------------------------------------


def may_be_decided(spoke_at: datetime | None, hear_due_at: datetime, at: datetime) -> bool:
    """Nobody is judged unheard: she has spoken, or her time to speak has run out."""
    return spoke_at is not None or at >= hear_due_at


def may_follow(decided: Measure, ruled: Measure) -> bool:
    """An appeal makes nothing worse."""
    return ruled.weight <= decided.weight


@dataclass(frozen=True)
class Stand:
    """How far the charge of one person has come."""

    has_spoken: bool = False
    is_decided: bool = False
    has_appealed: bool = False
    is_ruled: bool = False


def standing(charges: Sequence[Stand]) -> ReviewState:
    """How the review stands, from how its charges stand: the slowest one counts."""
    if any(not one.is_decided for one in charges):
        is_heard = all(one.has_spoken or one.is_decided for one in charges)
        return ReviewState.HEARD if is_heard else ReviewState.OPENED
    if any(one.has_appealed and not one.is_ruled for one in charges):
        return ReviewState.APPEALED
    return ReviewState.SETTLED if any(one.is_ruled for one in charges) else ReviewState.DECIDED
