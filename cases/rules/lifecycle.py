"""The lifecycle of a case as one table: who may take which edge (docs/rules/lifecycle.md §1).

The table is read by the actions that move a case, by the page that offers the buttons, by the
diagram in the documentation and by the tests. Nothing else decides what is allowed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from grids.enums import Right

from ..enums import OPEN_STEPS, Action, ApplicationState, Grade, InquiryState, Refusal, Step, Who

A, S, R = Action, Step, Right

REOPEN_WITHIN = timedelta(days=30)
RETURNS_ALLOWED = 2
EXTENSIONS_ALLOWED = 2


class NotAllowed(Exception):
    """An action that the table or one of its guards refuses. Nothing has been written."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.label)
        self.refusal = refusal

    def __str__(self) -> str:
        return str(self.refusal.label)


@dataclass(frozen=True)
class Edge:
    action: Action
    source: Step | None
    target: Step
    right: Right | None  # None: the clock takes it, no person
    who: Who
    needs_note: bool

    @property
    def moves_on(self) -> bool:
        """Whether the case stands somewhere else afterwards: at another step, or with the level above."""
        return self.source != self.target or self.action == Action.ESCALATE


# action          from           to             right        who                   must say why
MOVES: tuple[Edge, ...] = (
    Edge(A.REPORT,    None,          S.REPORTED,    R.REPORT,    Who.ANYBODY,          False),
    Edge(A.CLAIM,     S.REPORTED,    S.REPORTED,    R.DISPATCH,  Who.ANYBODY,          False),
    Edge(A.ASSIGN,    S.REPORTED,    S.ASSIGNED,    R.DISPATCH,  Who.ANYBODY,          False),
    Edge(A.DECLINE,   S.REPORTED,    S.DECLINED,    R.DISPATCH,  Who.ANYBODY,          True),
    Edge(A.WITHDRAW,  S.REPORTED,    S.WITHDRAWN,   R.REPORT,    Who.REPORTER,         True),
    Edge(A.SETTLE,    S.REPORTED,    S.FED_BACK,    R.HANDLE,    Who.SETTLER,          True),
    Edge(A.SIGN,      S.ASSIGNED,    S.HANDLING,    R.HANDLE,    Who.HOLDER,           False),
    Edge(A.RETURN,    S.ASSIGNED,    S.REPORTED,    R.HANDLE,    Who.HOLDER,           True),
    Edge(A.RECALL,    S.ASSIGNED,    S.REPORTED,    R.DISPATCH,  Who.ANYBODY,          True),
    Edge(A.FEED_BACK, S.HANDLING,    S.FED_BACK,    R.HANDLE,    Who.HOLDER,           True),
    Edge(A.PASS,      S.FED_BACK,    S.VERIFIED,    R.VERIFY,    Who.NOT_THE_HANDLER,  False),
    Edge(A.FAIL,      S.FED_BACK,    S.HANDLING,    R.VERIFY,    Who.NOT_THE_HANDLER,  True),
    Edge(A.CLOSE,     S.VERIFIED,    S.CLOSED,      R.CLOSE,     Who.ANYBODY,          False),
    Edge(A.REOPEN,    S.CLOSED,      S.ASSIGNED,    R.REOPEN,    Who.ANYBODY,          True),
    Edge(A.ESCALATE,  S.HANDLING,    S.ASSIGNED,    R.HANDLE,    Who.GRID_HOLDER,      True),
    Edge(A.TRANSFER,  S.HANDLING,    S.ASSIGNED,    R.DISPATCH,  Who.ANYBODY,          True),
    Edge(A.MERGE,     S.REPORTED,    S.MERGED,      R.DISPATCH,  Who.ANYBODY,          True),
)  # fmt: skip

IN_WORK = (S.ASSIGNED, S.HANDLING)

# What leaves a case where it stands.
# action          at these steps  right        who                   must say why
SIDE_MOVES: tuple[tuple[Action, tuple[Step, ...], Right | None, Who, bool], ...] = (
    (A.RECATEGORISE, OPEN_STEPS,   R.DISPATCH,  Who.ANYBODY,          True),
    (A.FLAG,         OPEN_STEPS,   R.DISPATCH,  Who.ANYBODY,          True),
    (A.SUPERVISE,    OPEN_STEPS,   R.SUPERVISE, Who.ANYBODY,          True),
    (A.LIFT,         OPEN_STEPS,   R.SUPERVISE, Who.ANYBODY,          True),
    (A.ASK,          OPEN_STEPS,   R.INQUIRE,   Who.ASKER,            True),
    (A.ANSWER,       tuple(S),     R.HANDLE,    Who.ANSWERER,         True),
    (A.ACCEPT,       tuple(S),     R.INQUIRE,   Who.ASKER,            False),
    (A.OBJECT,       tuple(S),     R.INQUIRE,   Who.ASKER,            True),
    (A.DECIDE,       tuple(S),     R.SUPERVISE, Who.DECIDER,          True),
    (A.EXTEND,       (S.HANDLING,), R.HANDLE,   Who.HOLDER,            True),
    (A.SUSPEND,      (S.HANDLING,), R.HANDLE,   Who.HOLDER,            True),
    (A.ENDORSE,      (S.HANDLING,), R.DISPATCH, Who.NOT_THE_APPLICANT, False),
    (A.TURN_DOWN,    (S.HANDLING,), R.DISPATCH, Who.NOT_THE_APPLICANT, True),
    (A.GRANT,        (S.HANDLING,), R.APPROVE,  Who.ABOVE,             False),
    (A.REFUSE,       (S.HANDLING,), R.APPROVE,  Who.ABOVE,             True),
    (A.RESUME,       (S.HANDLING,), R.HANDLE,   Who.HOLDER,            True),
    (A.INVITE,       IN_WORK,      R.DISPATCH,  Who.ANYBODY,           True),
    (A.ASSIST,       OPEN_STEPS,   R.HANDLE,    Who.HELPER,            True),
    (A.RELEASE,      OPEN_STEPS,   R.DISPATCH,  Who.ANYBODY,           True),
)  # fmt: skip

# What the clock does by itself.
# action          from these steps   to (None: stays)
CLOCK_MOVES: tuple[tuple[Action, tuple[Step, ...], Step | None], ...] = (
    (A.EXPIRE,     IN_WORK,           None),
    (A.ESCALATE,   IN_WORK,           S.ASSIGNED),
    (A.SUPERVISE,  IN_WORK,           None),
    (A.SIGN_LATE,  (S.ASSIGNED,),     None),
    (A.GAIN,       IN_WORK,           None),
    (A.ASK,        IN_WORK,           None),
    (A.REPLY_LATE, tuple(S),          None),
    (A.RECOUNT,    tuple(S),          None),
    (A.RESUME,     (S.HANDLING,),     None),
    (A.HAND_OVER,  OPEN_STEPS,        None),
)  # fmt: skip

EDGES = MOVES + tuple(
    Edge(action, step, step, right, who, needs_note)
    for action, steps, right, who, needs_note in SIDE_MOVES
    for step in steps
)
BY_STEP_AND_ACTION = {(edge.source, edge.action): edge for edge in EDGES}
BY_CLOCK: dict[tuple[Step, Action], Edge] = {
    (step, action): Edge(action, step, target or step, None, Who.CLOCK, False)
    for action, steps, target in CLOCK_MOVES
    for step in steps
}


@dataclass(frozen=True)
class Facts:
    """What the guards need to know about one person, one case and one moment."""

    at: datetime
    holds_right: bool
    is_reporter: bool = False
    is_holder: bool = False
    is_settler: bool = False
    handled_it: bool = False
    returns: int = 0
    was_assigned: bool = False
    closed_at: datetime | None = None
    is_grid_holder: bool = False
    is_asker: bool = False
    is_answerer: bool = False
    is_decider: bool = False
    inquiry: InquiryState | None = None  # of the inquiry that is under way
    was_answered: bool = False  # this inquiry
    grade: Grade | None = None  # of the supervision
    is_flagged: bool = False
    application: ApplicationState | None = None  # of the request that is not decided
    has_applied: bool = False  # this person, with that request
    is_above: bool = False  # at the level above the unit that has the case, and has not passed the request on
    extensions: int = 0  # granted to the clock that runs
    is_suspended: bool = False
    due_at: datetime | None = None  # when the clock that runs is out
    is_helper: bool = False  # of a unit that assists and has not fed back
    helpers: int = 0  # units that assist and have not fed back
    has_inquiry: bool = False  # a right or a paper about the case that is not settled


def transition(step: Step | None, action: Action) -> Edge:
    """The edge an action takes from a step; NotAllowed where the table has none."""
    try:
        return BY_STEP_AND_ACTION[step, action]
    except KeyError:
        raise NotAllowed(Refusal.WRONG_STEP) from None


def by_clock(step: Step, action: Action) -> Edge:
    """The edge the clock takes from a step; NotAllowed where there is none."""
    try:
        return BY_CLOCK[step, action]
    except KeyError:
        raise NotAllowed(Refusal.WRONG_STEP) from None


def edges_from(step: Step) -> Iterator[Edge]:
    return (edge for edge in EDGES if edge.source == step)


def refusal(edge: Edge, facts: Facts) -> Refusal | None:
    """Why this person may not take this edge now, or None when she may."""
    if not facts.holds_right:
        return Refusal.NO_RIGHT
    return _wrong_person(edge, facts) or _guard(edge, facts)


def _wrong_person(edge: Edge, facts: Facts) -> Refusal | None:
    # who may take the edge    the fact that must hold     what to say when it does not
    claims = {
        Who.ANYBODY:         (True,                      None),
        Who.REPORTER:        (facts.is_reporter,         Refusal.NOT_THE_REPORTER),
        Who.HOLDER:          (facts.is_holder,           Refusal.NOT_THE_HOLDER),
        Who.SETTLER:         (facts.is_settler,          Refusal.NOT_A_SETTLER),
        Who.NOT_THE_HANDLER: (not facts.handled_it,      Refusal.HANDLED_IT),
        Who.GRID_HOLDER:     (facts.is_grid_holder,      Refusal.NOT_THE_HOLDER),
        Who.ASKER:           (facts.is_asker,            Refusal.NOT_THE_ASKER),
        Who.ANSWERER:        (facts.is_answerer,         Refusal.NOT_THE_ANSWERER),
        Who.DECIDER:         (facts.is_decider,          Refusal.NOT_THE_DECIDER),
        Who.HELPER:          (facts.is_helper,           Refusal.NOT_A_HELPER),
        Who.NOT_THE_APPLICANT: (not facts.has_applied,   Refusal.APPLIED),
        Who.ABOVE:           (facts.is_above,            Refusal.NOT_ABOVE),
    }  # fmt: skip
    holds, sentence = claims[edge.who]
    return None if holds else sentence


def _guard(edge: Edge, facts: Facts) -> Refusal | None:
    """The few rules that depend on the case's past and do not fit in a column."""
    if edge.action in (A.WITHDRAW, A.SETTLE) and facts.was_assigned:
        return Refusal.ALREADY_ASSIGNED
    if edge.action == A.RETURN and facts.returns >= RETURNS_ALLOWED:
        return Refusal.RETURNED_TWICE
    if edge.action == A.REOPEN and facts.closed_at and facts.at - facts.closed_at > REOPEN_WITHIN:
        return Refusal.TOO_OLD_TO_REOPEN
    return _clock_guard(edge, facts) or _side_guard(edge, facts)


# The state a request must be in for a move on it.
APPLICATION_AT = {
    A.ENDORSE: ApplicationState.ASKED,
    A.TURN_DOWN: ApplicationState.ASKED,
    A.GRANT: ApplicationState.ENDORSED,
    A.REFUSE: ApplicationState.ENDORSED,
}
APPLY = (A.EXTEND, A.SUSPEND)
WAIT = (A.FEED_BACK, A.ESCALATE, A.TRANSFER, *APPLY)  # not while the clock stands still


def _clock_guard(edge: Edge, facts: Facts) -> Refusal | None:
    """What may be done to the clock of the unit that works: extended twice, stopped, set going again."""
    if edge.action in APPLICATION_AT and facts.application != APPLICATION_AT[edge.action]:
        return Refusal.NO_APPLICATION
    if edge.action in WAIT and facts.is_suspended:
        return Refusal.SUSPENDED
    if edge.action == A.RESUME and not facts.is_suspended:
        return Refusal.NOT_SUSPENDED
    return _application_guard(facts, edge.action) if edge.action in APPLY else None


def _application_guard(facts: Facts, action: Action) -> Refusal | None:
    if facts.application is not None:
        return Refusal.APPLICATION_OPEN
    if facts.due_at is not None and facts.at >= facts.due_at:
        return Refusal.LIMIT_PASSED
    if action == A.EXTEND and facts.extensions >= EXTENSIONS_ALLOWED:
        return Refusal.EXTENDED_TWICE
    return None


# The state an inquiry must be in for a move on it.
INQUIRY_AT = {
    A.ASK: (InquiryState.RIGHT,),
    A.ANSWER: (InquiryState.ISSUED, InquiryState.OBJECTED),
    A.ACCEPT: (InquiryState.ANSWERED,),
    A.OBJECT: (InquiryState.ANSWERED,),
    A.DECIDE: (InquiryState.OBJECTED,),
}


ENDS_UNHANDLED = (A.DECLINE, A.MERGE)


def _side_guard(edge: Edge, facts: Facts) -> Refusal | None:
    if edge.action in INQUIRY_AT and facts.inquiry not in INQUIRY_AT[edge.action]:
        return Refusal.NO_INQUIRY
    if edge.action == A.ANSWER and facts.was_answered:
        return Refusal.NO_INQUIRY
    if edge.action in (A.FEED_BACK, *ENDS_UNHANDLED) and facts.helpers:
        return Refusal.HELPERS_OPEN
    if edge.action == A.RELEASE and not facts.helpers:
        return Refusal.NO_HELPERS
    if edge.action in ENDS_UNHANDLED and facts.has_inquiry:
        return Refusal.INQUIRY_OPEN
    if edge.action == A.LIFT and facts.grade is None:
        return Refusal.NOT_SUPERVISED
    if edge.action == A.SUPERVISE and facts.grade == Grade.RED:
        return Refusal.SUPERVISED
    if edge.action == A.FLAG and facts.is_flagged:
        return Refusal.ALREADY_FLAGGED
    return None


def may_become(grade: Grade | None, wanted: Grade) -> bool:
    """Supervision only becomes stricter: a second ordinary one is refused, yellow never follows red."""
    return grade is None or wanted.weight > grade.weight
