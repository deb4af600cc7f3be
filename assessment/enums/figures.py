"""Figures, rates and headlines: what a report counts, and which two counts make a rate (docs/rules/figures.md).

The definitions page, the column comments of the workbook and the page of rules are all made from, or tested against,
the tables below.
"""

from django.db.models import IntegerChoices, TextChoices
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
    GIVEN_DOWN = "given_down", _("Times given down from above")
    CAME_UP = "came_up", _("Times come up from below")
    RETURNED = "returned", _("Times returned")
    EXTENDED = "extended", _("Extensions granted")
    SUSPENDED = "suspended", _("Suspensions granted")
    EXPIRED = "expired", _("Limits passed in the period")
    SUPERVISED = "supervised", _("Times put under supervision")
    ORDINARY = "ordinary", _("of which ordinary")
    YELLOW = "yellow", _("of which yellow")
    RED = "red", _("of which red")
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
    SOLVED = "solved", _("Taken on and solved")
    RATED = "rated", _("Evaluated by residents")
    SATISFIED = "satisfied", _("Satisfied residents")

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
    F.ASSIGNED, F.GIVEN_DOWN, F.CAME_UP, F.RETURNED, F.EXTENDED, F.SUSPENDED, F.EXPIRED, F.SUPERVISED, F.ORDINARY,
    F.YELLOW, F.RED, F.ASKED, F.ANSWERED, F.UNANSWERED, F.REWORKS, F.RATED, F.SATISFIED,
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
    F.GIVEN_DOWN: _("How often the command centre gave a case to a community or a building grid to handle."),
    F.CAME_UP: _("How often a case went up to the level above, by hand or because a limit passed."),
    F.RETURNED: _("How often a unit gave a case back as wrongly addressed."),
    F.EXTENDED: _("How often more time was granted to a unit."),
    F.SUSPENDED: _("How often the clock of a unit was granted to stand still."),
    F.EXPIRED: _("How often the limit of a unit passed; recorded once for each assignment, at its true moment."),
    F.SUPERVISED: _("How often a supervision order was issued, by a person or because nothing is above."),
    F.ORDINARY: _("Supervision orders of the ordinary grade."),
    F.YELLOW: _("Supervision orders of the yellow grade."),
    F.RED: _("Supervision orders of the red grade."),
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
    F.SOLVED: _("Of the new cases taken on, those closed by the cut-off. A reopening is another round."),
    F.RATED: _("Closings residents said something of, taken down within the period; each closing once."),
    F.SATISFIED: _("Of these, those whose residents were satisfied or very satisfied."),
}  # fmt: skip


class Side(IntegerChoices):
    """From which side a month is counted: GROUPING() of part, ledger, category, channel, a bit for each *not* grouped by."""

    TOTAL = 0b1111, _("Total")
    PART = 0b0111, _("By grid")
    LEDGER = 0b1011, _("By ledger")
    CATEGORY = 0b1001, _("By category")
    CHANNEL = 0b1110, _("By channel")


class Rate(TextChoices):
    """One figure divided by another."""

    DISPOSAL = "disposal_rate", _("Disposal rate")
    CLOSING = "closing_rate", _("Closing rate")
    ON_TIME = "on_time_rate", _("On-time closing rate")
    REWORK = "rework_rate", _("Rework rate")
    SOLVING = "solving_rate", _("Solving rate")
    SATISFACTION = "satisfaction_rate", _("Rate of satisfaction")
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
    Rate.SOLVING:       (F.SOLVED,    F.RECEIVED),
    Rate.SATISFACTION:  (F.SATISFIED, F.RATED),
    Rate.HANDLING_DAYS: (DAYS,        F.CLOSED),
}  # fmt: skip


class Headline(TextChoices):
    """What the dashboard follows over the months."""

    CLOSING = Rate.CLOSING.value, Rate.CLOSING.label
    ON_TIME = Rate.ON_TIME.value, Rate.ON_TIME.label
    REWORK = Rate.REWORK.value, Rate.REWORK.label
    HANDLING_DAYS = Rate.HANDLING_DAYS.value, Rate.HANDLING_DAYS.label
    NEW = Figure.NEW.value, Figure.NEW.label
    OVERDUE = Figure.OVERDUE.value, Figure.OVERDUE.label
    SCORE = "score", _("Score of published months")

    @property
    def rate(self) -> Rate | None:
        return Rate(self.value) if self.value in Rate.values else None

    @property
    def figure(self) -> Figure:
        """The rows a number of it leads to: those counted, or those a rate is of."""
        return RATES[self.rate][1] if self.rate else Figure(self.value)

    @property
    def more_is(self) -> int:
        """1 where more is better, -1 where more is worse, 0 where it is neither."""
        return MORE_IS[self]


MORE_IS = {
    Headline.CLOSING: 1, Headline.ON_TIME: 1, Headline.REWORK: -1, Headline.HANDLING_DAYS: -1, Headline.NEW: 0,
    Headline.OVERDUE: -1, Headline.SCORE: 1,
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
    Rate.SOLVING: _(
        "How much of what was newly taken on has been closed by the cut-off. Solved means closed, not merely dealt "
        "with; what is not yet due is in the denominator, so the rate of a young period is low."
    ),
    Rate.SATISFACTION: _("How many of the residents who said something were satisfied. Who was not asked is in neither."),
    Rate.HANDLING_DAYS: _(
        "Working days from the report (or the reopening) to the closing, counted like a limit: the "
        "first day is not counted. An average, not a share."
    ),
}  # fmt: skip


class GroupFigure(TextChoices):
    """One number of the sheet of special groups, of one type: files, or visits to them."""

    OPENING = "opening", _("Files at the beginning")
    CAME = "came", _("Files opened or moved in")
    GONE = "gone", _("Files closed or moved away")
    CLOSING = "closing", _("Files at the end")
    OWED = "owed", _("Visits owed")
    VISITED = "visited", _("Visited in time")

    @property
    def population(self) -> Promise:
        """Which files or due days are counted, in one sentence."""
        return GROUP_POPULATIONS[self]


GROUP_POPULATIONS: dict[GroupFigure, Promise] = {
    GroupFigure.OPENING: _("Files open in the place when the period began."),
    GroupFigure.CAME: _("Files opened in the place or moved into it within the period."),
    GroupFigure.GONE: _("Files closed in the place or moved out of it within the period."),
    GroupFigure.CLOSING: _("Files open in the place at the cut-off."),
    GroupFigure.OWED: _("Days within the period on which a visit was due, answered by one or not."),
    GroupFigure.VISITED: _("Of these, those answered by a visit on the day or before."),
}
