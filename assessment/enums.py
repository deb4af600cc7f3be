"""The words of a report: what is counted, and which two counts make a rate.

The definitions page, the column comments of the workbook and docs/rules/figures.md are all made from, or
tested against, the tables below.
"""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Figure(TextChoices):
    """One number of a report: how many rounds, or how many moves, of the cases of a place and period."""

    OPENING = "opening", _("Brought forward")
    NEW = "new", _("New")
    NEW_KEY = "new_key", _("of which key-domain ledger")
    NEW_CIVIC = "new_civic", _("of which civic affairs")
    REOPENED = "reopened", _("Reopened")
    ASSIGNED = "assigned", _("Times assigned")
    RETURNED = "returned", _("Times returned")
    EXPIRED = "expired", _("Limits passed in the period")
    SUPERVISED = "supervised", _("Times put under supervision")
    ASKED = "asked", _("Inquiries issued")
    ANSWERED = "answered", _("Inquiries answered")
    UNANSWERED = "unanswered", _("Inquiries not answered in time")
    TO_CLOSE = "to_close", _("To be closed")
    CLOSED = "closed", _("Closed in the period")
    ON_TIME = "closed_on_time", _("Closed on time")
    OVERDUE = "overdue_open", _("Overdue, not closed")
    TO_DISPOSE = "to_dispose", _("To be dealt with")
    DISPOSED = "disposed", _("Dealt with")
    REWORKS = "reworks", _("Times sent back for rework")
    REWORKED = "reworked", _("Closed or overdue after rework")
    WITHDRAWN = "withdrawn", _("Withdrawn in the period")
    DECLINED = "declined", _("Declined in the period")
    MERGED = "merged", _("Merged in the period")
    CLOSING = "closing", _("Open at the end")
    RECEIVED = "received", _("Taken on")
    DISPATCHED = "dispatched", _("Dispatched")
    ESCALATED = "escalated", _("Escalated to the level above")
    WAITING = "waiting", _("Waiting to be dispatched")

    @property
    def counts_moves(self) -> bool:
        """Whether one case may count several times because the same move was made several times."""
        return self in COUNT_MOVES

    @property
    def population(self) -> Promise:
        """Which rounds or moves are counted, in one sentence."""
        return POPULATIONS[self]


F = Figure

COUNT_MOVES = (
    F.ASSIGNED, F.RETURNED, F.EXPIRED, F.SUPERVISED, F.ASKED, F.ANSWERED, F.UNANSWERED, F.REWORKS,
)  # fmt: skip

POPULATIONS: dict[Figure, Promise] = {
    F.OPENING: _("Rounds that were open when the period began."),
    F.NEW: _("Cases reported within the period."),
    F.NEW_KEY: _("New cases of the key-domain ledger."),
    F.NEW_CIVIC: _("New cases of the civic-affairs ledger."),
    F.REOPENED: _("Closed cases opened again within the period; each begins a new round with a new clock."),
    F.ASSIGNED: _(
        "How often a case was given to a unit to handle, those settled at once, escalated, transferred and "
        "reopened included."
    ),
    F.RETURNED: _("How often a unit gave a case back as wrongly addressed."),
    F.EXPIRED: _("How often the limit of a unit passed; recorded once for each assignment, at its true moment."),
    F.SUPERVISED: _("How often a supervision order was issued, by a person or because nothing is above."),
    F.ASKED: _("How often a grid formally questioned the level above, about cases open within the period."),
    F.ANSWERED: _("How often an inquiry was answered, about cases open within the period."),
    F.UNANSWERED: _("How often the reply limit of an inquiry passed without an answer."),
    F.TO_CLOSE: _(
        "Rounds closed within the period, and rounds still open at the cut-off whose limit has "
        "passed."
    ),
    F.CLOSED: _("Rounds closed within the period."),
    F.ON_TIME: _("Rounds closed within the period whose accepted result came in before the limit ran out."),
    F.OVERDUE: _(
        "Rounds open at the cut-off whose limit has passed, even if a result is in and not yet "
        "verified."
    ),
    F.TO_DISPOSE: _(
        "Rounds whose result was accepted within the period, and rounds without an accepted result at "
        "the cut-off whose limit has passed."
    ),
    F.DISPOSED: _("Rounds whose result was accepted within the period."),
    F.REWORKS: _("How often a result was refused and sent back for rework."),
    F.REWORKED: _("Of the rounds to be closed, those that were sent back for rework at least once."),
    F.WITHDRAWN: _("Cases their reporters took back within the period."),
    F.DECLINED: _("Cases the command centre did not take on within the period."),
    F.MERGED: _("Cases merged into another within the period."),
    F.CLOSING: _("Rounds open at the cut-off."),
    F.RECEIVED: _("New cases that were neither withdrawn, declined nor merged before a unit had them."),
    F.DISPATCHED: _("New cases given to a unit by the cut-off and not escalated from it."),
    F.ESCALATED: _("New cases that had gone up to the level above by the cut-off."),
    F.WAITING: _("New cases that no unit has been given by the cut-off."),
}  # fmt: skip


class Rate(TextChoices):
    """One figure divided by another."""

    DISPOSAL = "disposal_rate", _("Disposal rate")
    CLOSING = "closing_rate", _("Closing rate")
    ON_TIME = "on_time_rate", _("On-time closing rate")
    REWORK = "rework_rate", _("Rework rate")
    HANDLING_DAYS = "handling_days", _("Average handling time (working days)")

    @property
    def is_share(self) -> bool:
        """A part of a whole, in per cent; the other kind is an average."""
        return self is not Rate.HANDLING_DAYS


# The average's numerator: a sum over the closed rounds, not a number of cases.
DAYS = "days"

# rate                 numerator    denominator
RATES: dict[Rate, tuple[Figure | str, Figure]] = {
    Rate.DISPOSAL:      (F.DISPOSED,  F.TO_DISPOSE),
    Rate.CLOSING:       (F.CLOSED,    F.TO_CLOSE),
    Rate.ON_TIME:       (F.ON_TIME,   F.TO_CLOSE),
    Rate.REWORK:        (F.REWORKED,  F.TO_CLOSE),
    Rate.HANDLING_DAYS: (DAYS,        F.CLOSED),
}  # fmt: skip

RATE_NOTES: dict[Rate, Promise] = {
    Rate.DISPOSAL: _(
        "How much of what had to be dealt with has an accepted result. Closing it is not asked."
    ),
    Rate.CLOSING: _("How much of what had to be closed has been closed, in time or not."),
    Rate.ON_TIME: _(
        "How much of what had to be closed was closed and handled in time. Open cases that are not "
        "yet due are not in the denominator."
    ),
    Rate.REWORK: _("How much of what had to be closed was refused at verification at least once."),
    Rate.HANDLING_DAYS: _(
        "Working days from the report (or the reopening) to the closing, counted like a limit: the "
        "first day is not counted. An average, not a share."
    ),
}  # fmt: skip


# --- Accountability trace-back (责任倒追) --------------------------------------------------------------


class Stage(TextChoices):
    """The stations a case is traced back along; the last one is our own addition."""

    DISCOVER = "discover", _("Discovery")
    REPORT = "report", _("Reporting and dispatch")
    SOLVE = "solve", _("Solving")
    CHECK = "check", _("Verification and closing")


class Finding(TextChoices):
    """What went wrong with a case, each of them a reason to trace it back."""

    LATE = "late", _("A limit passed")
    REWORKED = "reworked", _("Result sent back")
    REOPENED = "reopened", _("Closed wrongly")
    INQUIRY = "inquiry", _("Inquiry upheld")


class Responsibility(TextChoices):
    PRIMARY = "primary", _("Primary responsibility")
    JOINT = "joint", _("Joint responsibility")


class Ground(TextChoices):
    """The five grounds of the articles."""

    PASSIVE = "passive", _("Passive at work")
    REMISS = "remiss", _("Duties not fully performed")
    UNSOLVED = "unsolved", _("Not solved what should have been solved")
    INEPT = "inept", _("Handled without effect")
    SHIRKED = "shirked", _("Shirked and passed on, with bad consequences")


class Gravity(TextChoices):
    """How grave a matter is: what decides which measure is proposed."""

    LIGHT = "light", _("Light")
    MEDIUM = "medium", _("Medium")
    HEAVY = "heavy", _("Heavy")
    GRAVE = "grave", _("Grave")


class Measure(TextChoices):
    """What is done about it, from the mildest on. The last one is named in the decision and never proposed."""

    NONE = "none", _("No measure")
    TALK = "talk", _("Admonitory talk")
    INTERVIEW = "interview", _("Formal interview")
    NOTICE = "notice", _("Written notice")
    YELLOW = "yellow", _("Yellow card")
    FURTHER = "further", _("Further measure, named in the reasons")

    @property
    def weight(self) -> int:
        return list(Measure).index(self)


class ReviewState(TextChoices):
    """How a review stands: as far as the slowest of those it concerns."""

    OPENED = "opened", _("To be heard")
    HEARD = "heard", _("To be decided")
    DECIDED = "decided", _("Review decided")
    APPEALED = "appealed", _("Under appeal")
    SETTLED = "settled", _("Decided on appeal")


# A review that somebody still has to act on.
UNDER_WAY = (ReviewState.OPENED, ReviewState.HEARD, ReviewState.APPEALED)


class ReviewChange(TextChoices):
    """What happened in a review."""

    OPENED = "opened", _("Review opened")
    SPOKEN = "spoken", _("Statement made")
    DECIDED = "decided", _("Measure decided")
    APPEALED = "appealed", _("Appeal lodged")
    RULED = "ruled", _("Appeal decided")


class ReviewNotice(TextChoices):
    """What people are told of a review; the label is the word for many of a kind."""

    TO_ANSWER = "review_to_answer", _("Review about you")
    TO_DECIDE = "review_to_decide", _("Measure to decide")
    DECIDED = "review_decided", _("Measure about you decided")
    TO_RULE = "review_to_rule", _("Appeal to decide")
    RULED = "review_ruled", _("Appeal about you decided")
