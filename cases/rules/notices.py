"""Who is told of what, as one table (docs/rules/notices.md §1).

An action is told of in the transaction that takes it, whether a person takes it or the clock; a reminder when its
moment comes. What only adds to a desk that lists it anyway (a new report, a result to verify) is told to nobody.
"""

from dataclasses import dataclass

from ..enums import Action, DeadlineKind, NoticeKind, Severity, Told

A, D, N, T = Action, DeadlineKind, NoticeKind, Told


@dataclass(frozen=True)
class Telling:
    what: Action | DeadlineKind
    kind: NoticeKind
    to: Told


#           what happens   is told as      to whom
TELLINGS: tuple[Telling, ...] = (
    Telling(A.ASSIGN,      N.ASSIGNED,     T.HOLDER),
    Telling(A.TRANSFER,    N.ASSIGNED,     T.HOLDER),
    Telling(A.TRANSFER,    N.TAKEN,        T.FORMER),
    Telling(A.ESCALATE,    N.ASSIGNED,     T.HOLDER),
    Telling(A.REOPEN,      N.ASSIGNED,     T.HOLDER),
    Telling(A.RECALL,      N.TAKEN,        T.FORMER),
    Telling(A.RETURN,      N.RETURNED,     T.CENTRE),
    Telling(A.FAIL,        N.REWORK,       T.HOLDER),
    Telling(A.FAIL,        N.REWORK,       T.HANDLER),
    Telling(A.CLOSE,       N.CLOSED,       T.REPORTERS),
    Telling(A.DECLINE,     N.DECLINED,     T.REPORTERS),
    Telling(A.MERGE,       N.MERGED,       T.REPORTERS),
    Telling(A.SUPERVISE,   N.SUPERVISED,   T.HOLDER),
    Telling(A.FLAG,        N.SUPERVISED,   T.HOLDER),
    Telling(D.HALF,        N.HALF_TIME,    T.HOLDER),
    Telling(D.EVE,         N.LAST_DAY,     T.HOLDER),
    Telling(A.EXPIRE,      N.EXPIRED,      T.HOLDER),
    Telling(A.SIGN_LATE,   N.SIGN_LATE,    T.CENTRE),
    Telling(A.INVITE,      N.TO_ASSIST,    T.HELPER),
    Telling(A.EXTEND,      N.TO_PASS_ON,   T.CENTRE),
    Telling(A.SUSPEND,     N.TO_PASS_ON,   T.CENTRE),
    Telling(A.ENDORSE,     N.TO_GRANT,     T.ABOVE),
    Telling(A.GRANT,       N.GRANTED,      T.HOLDER),
    Telling(A.REFUSE,      N.REFUSED,      T.HOLDER),
    Telling(A.TURN_DOWN,   N.REFUSED,      T.HOLDER),
    Telling(A.RESUME,      N.RESUMED,      T.HOLDER),
    Telling(A.HAND_OVER,   N.HANDED_OVER,  T.HOLDER),
    Telling(A.GAIN,        N.MAY_ASK,      T.ASKER),
    Telling(A.ASK,         N.ASKED,        T.ANSWERER),
    Telling(A.ANSWER,      N.ANSWERED,     T.ASKER),
    Telling(A.ACCEPT,      N.ACCEPTED,     T.ANSWERER),
    Telling(A.OBJECT,      N.TO_DECIDE,    T.DECIDER),
    Telling(A.REPLY_LATE,  N.TO_DECIDE,    T.DECIDER),
    Telling(A.DECIDE,      N.DECIDED,      T.ASKER),
    Telling(A.DECIDE,      N.DECIDED,      T.ANSWERER),
)  # fmt: skip

BY_WHAT: dict[str, tuple[Telling, ...]] = {
    what: tuple(telling for telling in TELLINGS if telling.what == what)
    for what in {t.what for t in TELLINGS}
}

# Water, fire, a missing person: whoever is given such a case is told at once, also at night.
AT_ONCE = (Severity.URGENT, Severity.MAJOR)


def kind_for(telling: Telling, severity: Severity) -> NoticeKind:
    """What is given to somebody is urgent where the case is."""
    return N.URGENT if telling.kind == N.ASSIGNED and severity in AT_ONCE else telling.kind
