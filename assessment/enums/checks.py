"""Spot checks, mutual checks and what residents say (docs/rules/checks.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
