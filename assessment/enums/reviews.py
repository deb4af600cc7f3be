"""Accountability trace-back 责任倒追: findings, charges, measures, and how a review stands (docs/rules/accountability.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
