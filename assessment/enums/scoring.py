"""What the hundred points of a grid and month are made of, and how the assessment of a month stands (docs/rules/scoring.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
