"""The words of a report: what is counted, and which two counts make a rate.

The definitions page, the column comments of the workbook and docs/rules/figures.md are all made from, or
tested against, the tables below.
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


# --- scoring (docs/rules/scoring.md) ------------------------------------------------------------------


class Section(TextChoices):
    """The three parts of the hundred points. Their weights are the articles', and the database enforces them."""

    DAILY = "daily", _("Daily duties")
    FACILITIES = "facilities", _("Facilities")
    PERFORMANCE = "performance", _("Work performance")

    @property
    def weight(self) -> int:
        return WEIGHTS[self]


WEIGHTS = {Section.DAILY: 40, Section.FACILITIES: 10, Section.PERFORMANCE: 50}


class Input(TextChoices):
    """One number about a grid and month that a score is made of; each leads to the records it counts."""

    DUTY_DAYS = "duty_days", _("Grid-days to be patrolled")
    PATROL_DAYS = "patrol_days", _("Grid-days patrolled")
    DIARY_DAYS = "diary_days", _("Grid-days with a diary line")
    VISITS_OWED = "visits_owed", _("Visits due in the month")
    VISITS_IN_TIME = "visits_in_time", _("Visits made in time")
    HOUSEHOLDS = "households", _("Households")
    FRESH = "fresh", _("Households verified lately")
    TO_SIGN = "to_sign", _("Assignments to be signed for")
    SIGNED = "signed", _("Signed for in time")
    TO_CLOSE = "to_close", _("Cases to be closed")
    CLOSED = "closed", _("Closed")
    ON_TIME = "closed_on_time", _("Cases closed on time")
    UNREWORKED = "not_reworked", _("To be closed, never sent back")
    RATED = "rated", _("Evaluated by residents")
    SATISFIED = "satisfied", _("Satisfied residents")
    TO_REPLY = "to_reply", _("Inquiries to be answered")
    REPLIED = "replied", _("Inquiries answered in time")
    YELLOW = "yellow", _("Yellow supervision orders")
    RED = "red", _("Red supervision orders")
    UPHELD = "upheld", _("Inquiries upheld against it")
    REPLY_LATE = "reply_late", _("Inquiries not answered in time")


class Formula(TextChoices):
    """The library of computed indicators. `rules/formulas.py` says what each divides by what."""

    PATROL = "patrol", _("Patrol days kept")
    VISITS = "visits", _("Visits in time")
    FRESHNESS = "freshness", _("Freshness of the register")
    DIARY = "diary", _("Diary")
    SIGNING = "signing", _("Signing for in time")
    CLOSING = "closing", _("Closing rate")
    ON_TIME = "on_time", _("On-time closing rate")
    NO_REWORK = "no_rework", _("Without rework")
    SATISFACTION = "satisfaction", _("Satisfaction of residents")
    REPLIES = "replies", _("Inquiries answered in time")


class Deduction(TextChoices):
    """What is taken off the hundred points, so much for each time."""

    YELLOW = "yellow", _("Yellow supervision")
    RED = "red", _("Red supervision")
    UPHELD = "upheld", _("Inquiry upheld")
    REPLY_LATE = "reply_late", _("Inquiry not answered in time")


class RunState(TextChoices):
    """How the assessment of a month stands; it only goes on, never back."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPEALS = "appeals", _("Open to appeals")
    PUBLISHED = "published", _("Published")


class Basis(TextChoices):
    """What an indicator's points rest on; the page of a score says it in a sentence."""

    MEASURED = "measured", _("measured")
    FILLED = "filled", _("filled up with the average of its peers")
    NOTHING = "nothing", _("nothing to measure anywhere: full points")
    MARKED = "marked", _("inspected")
    UNMARKED = "unmarked", _("not inspected: full points")


class MarkState(TextChoices):
    """How the entry of an inspector, or the appeal of a grid, stands."""

    PROPOSED = "proposed", _("Waiting for a second person")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


class Standing(TextChoices):
    """What a published month proposes for a grid; a person decides (docs/rules/scoring.md §8)."""

    BEST = "best", _("Among the best")
    LAST = "last", _("Last place")
    YELLOW = "yellow", _("Yellow warning")
    RED = "red", _("Red warning")


# --- checks and evaluation (docs/rules/checks.md) ---------------------------------------------------------


class SpotMethod(TextChoices):
    """How a closed case was looked at again."""

    CALL_BACK = "call_back", _("Called back")
    REVISIT = "revisit", _("Revisited")


class SpotResult(TextChoices):
    """What looking again showed."""

    CONFIRMED = "confirmed", _("Confirmed")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed")
    NOT_REACHABLE = "not_reachable", _("Nobody reached")

    @property
    def is_error(self) -> bool:
        """Whether what the verifier had passed was not so."""
        return self is SpotResult.NOT_CONFIRMED

    @property
    def counts(self) -> bool:
        """Whether it says anything about the verifier at all."""
        return self is not SpotResult.NOT_REACHABLE


class Bar(TextChoices):
    """Why somebody cannot look at a case again herself."""

    HANDLED = "handled", _("You handled this case, so somebody else has to look at it.")
    VERIFIED = "verified", _("You verified this case, so somebody else has to look at it.")
    CLOSED = "closed", _("You closed this case, so somebody else has to look at it.")


class Satisfaction(TextChoices):
    """What a resident says of how her problem was dealt with."""

    VERY = "very", _("Very satisfied")
    SATISFIED = "satisfied", _("Satisfied")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")

    @property
    def is_satisfied(self) -> bool:
        return self is not Satisfaction.DISSATISFIED


class HeardBy(TextChoices):
    """How the evaluation of a resident came in."""

    CALL_BACK = "call_back", _("Called back")
    VISIT = "visit", _("Visit")
    SPOT_CHECK = "spot_check", _("Spot check")


class Dimension(TextChoices):
    """What the sheets of the residents' evaluation ask about. The three names are ours."""

    ATTITUDE = "attitude", _("Service attitude")
    EFFICIENCY = "efficiency", _("Work efficiency")
    RESULT = "result", _("Work result")


# --- Dossiers (履职档案) --------------------------------------------------------------------------------


class Chapter(TextChoices):
    """The parts of a dossier that count traces."""

    PATROLS = "patrols", _("Patrols and diary")
    CASES = "cases", _("Cases")
    INQUIRIES = "inquiries", _("Inquiries")
    VISITS = "visits", _("Visits and registers")
    CHECKS = "checks", _("Spot checks and mutual checks")


class Trace(TextChoices):
    """One number of a dossier: how many traces of a kind a person left, or had to answer for."""

    PATROLS = "patrols", _("Patrols begun")
    PATROL_DAYS = "patrol_days", _("Days with a patrol")
    DUTY_WALKED = "duty_walked", _("Days of duty with a patrol")
    DIARY = "diary", _("Diary lines")
    DIARY_CASES = "diary_cases", _("Diary lines that became a case")
    CASES = "cases", _("Cases she had a hand in")
    REPORTED = "reported", _("Cases reported")
    DISPATCHED = "dispatched", _("Cases given to a unit")
    GIVEN = "given", _("Cases she answered for")
    SIGNED = "signed", _("Signed for")
    SIGNED_IN_TIME = "signed_in_time", _("Signed for by her in time")
    SIGN_LATE = "sign_late", _("Sign limits passed with her")
    RETURNED = "returned", _("Given back as wrongly addressed")
    RESULTS = "results", _("Results handed in")
    RESULTS_IN_TIME = "results_in_time", _("Results handed in in time")
    EXPIRED = "expired", _("Limits passed with her")
    REWORKED = "reworked", _("Results of hers sent back")
    ASSISTED = "assisted", _("Assistance fed back")
    VERIFIED = "verified", _("Results verified by her")
    CLOSED = "closed", _("Cases closed by her")
    SUPERVISED = "supervised", _("Supervision orders issued by her")
    ASKED = "asked", _("Inquiries issued by her")
    ANSWERED = "answered", _("Inquiries answered by her")
    ANSWERED_IN_TIME = "answered_in_time", _("Inquiries she answered in time")
    DECIDED = "decided", _("Inquiries decided by her")
    UPHELD = "upheld", _("Inquiries upheld against her unit")
    HOME_VISITS = "home_visits", _("Visits to households")
    GROUP_VISITS = "group_visits", _("Visits to special groups")
    VISITS_DUE = "visits_due", _("Visits that answered a due day")
    VISITS_IN_TIME = "visits_in_time", _("Due visits made in time")
    VERIFICATIONS = "verifications", _("Households found as registered")
    INSPECTIONS = "inspections", _("Inspections of premises")
    RESULTS_CHECKED = "results_checked", _("Results of hers looked at again")
    RESULTS_WRONG = "results_wrong", _("Results of hers not confirmed")
    VERDICTS_CHECKED = "verdicts_checked", _("Verifications of hers looked at again")
    VERDICTS_WRONG = "verdicts_wrong", _("Verifications of hers not confirmed")
    SPOT_CHECKS = "spot_checks", _("Cases she looked at again")
    MUTUAL_CHECKS = "mutual_checks", _("Grids she checked")


# What a dossier divides by what; the days of duty are days of the calendar and no trace.
DUTY_DAYS = "duty_days"

# part of a whole
TRACE_RATES: dict[Trace, "Trace | str"] = {
    Trace.DUTY_WALKED:      DUTY_DAYS,
    Trace.SIGNED_IN_TIME:   Trace.SIGNED,
    Trace.RESULTS_IN_TIME:  Trace.RESULTS,
    Trace.ANSWERED_IN_TIME: Trace.ANSWERED,
    Trace.VISITS_IN_TIME:   Trace.VISITS_DUE,
    Trace.RESULTS_WRONG:    Trace.RESULTS_CHECKED,
    Trace.VERDICTS_WRONG:   Trace.VERDICTS_CHECKED,
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


class Hint(TextChoices):
    """What is worth a look by a person. A hint proves nothing and costs no points."""

    LAST_MINUTES = "last_minutes", _("Fed back in the last minutes of the limit")
    BULK = "bulk", _("Many cases closed within minutes")
    PHOTO = "photo", _("Photo of the result used before")
    PAIR = "pair", _("Handler and verifier always the same two")
    AGAIN = "again", _("The same problem again at the same place")

    @property
    def words(self) -> Promise:
        """What is hinted at; the numbers are those of rules/hints.py."""
        return HINT_WORDS[self][0]

    @property
    def innocent(self) -> Promise:
        """What may explain it without anybody having done wrong."""
        return HINT_WORDS[self][1]


HINT_WORDS: dict[Hint, tuple[Promise, Promise]] = {
    Hint.LAST_MINUTES: (
        _("The result came in within the last %(minutes)d minutes before the limit ran out."),
        _("A limit is there to be used; the work may have taken just so long."),
    ),
    Hint.BULK: (
        _("One person closed %(closings)d cases or more within %(closing_minutes)d minutes."),
        _("Whoever closes once a day what others have verified closes many at once."),
    ),
    Hint.PHOTO: (
        _(
            "A photo of the result was the photo of the result of another case in the %(photo_days)d days before: the "
            "same, or one that differs in at most %(bits)d of 64 places."
        ),
        _("Two reports of one problem have one result; one bare wall looks like another."),
    ),
    Hint.PAIR: (
        _(
            "Of %(results)d results or more that one person handed in, the same person verified at least "
            "%(share)d percent within the month."
        ),
        _("Where one person verifies for the whole street, nobody else could have."),
    ),
    Hint.AGAIN: (
        _(
            "Within %(days)d days after a closing the case was opened again, or the same category was reported "
            "at the same address or within %(metres)d metres."
        ),
        _("Some problems come back by themselves: litter, parked cars, noise."),
    ),
}


class HintVerdict(TextChoices):
    """What a person found who looked at a hint."""

    EXPLAINED = "explained", _("Explained")
    WORRYING = "worrying", _("Remains worrying")


class Source(TextChoices):
    """The articles that published figures, by the numbers they came with."""

    DISTRICT_2015 = "000", _("Article 000: a district, 2015")
    STREET_2013 = "001", _("Article 001: a street, 2013")
    STREET_2014 = "003", _("Article 003: a street and its neighbours, up to January 2014")


class Printed(TextChoices):
    """What a published figure counts."""

    KEY_CLOSED = "key_closed", _("Key-domain ledger: solved of found")
    CIVIC_CLOSED = "civic_closed", _("Civic affairs: solved of found")
    BOTH_CLOSED = "both_closed", _("Both ledgers together: solved of found")
    DISPOSED = "disposed", _("Dealt with of entered")
    TAKEN_ON = "taken_on", _("Taken on: dispatched + escalated (+ waiting)")
    GRIDS = "grids", _("Grids of the three levels")
    POINTS = "points", _("Points: daily work + facilities + work performance")
    MEETINGS = "meetings", _("Joint meetings in a year")
    OPERATIONS = "operations", _("Joint operations in a year")
    INSPECTIONS = "inspections", _("Inspections in a year")

    @property
    def is_share(self) -> bool:
        """A part of a whole, in per cent."""
        return self in SHARES


SHARES = (Printed.KEY_CLOSED, Printed.CIVIC_CLOSED, Printed.BOTH_CLOSED, Printed.DISPOSED)


class Why(TextChoices):
    """Why a printed figure does not follow from its own counts."""

    COPIED = "copied", _("The rate printed is that of the other ledger.")
    ROUNDED = "rounded", _("Rounded wrongly: for the printed rate it takes a larger count.")


class Pledge(TextChoices):
    """What a department promises of the cases it is given (服务承诺)."""

    SIGN = "sign", _("to sign for it")
    FINISH = "finish", _("to have done it")
