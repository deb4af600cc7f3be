"""What people found who looked at a hint. Append-only: a later look stands in front of an earlier one."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q
from django.utils.translation import gettext_lazy as _

from cases.models import CaseEvent
from grids.models import Post

from ..enums import Hint, HintVerdict

NOTE_LENGTH = 300


class HintLook(models.Model):
    """One look at one hint, with what was found. It changes no figure and no score.

    A hint is named by its kind and the event it begins with: the feedback, the first closing of many, the
    first result of two people in the month, the report or reopening.
    """

    hint = models.CharField(_("hint"), max_length=12, choices=Hint)
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="+", db_index=False)
    verdict = models.CharField(_("verdict"), max_length=9, choices=HintVerdict)
    note = models.CharField(_("note"), max_length=NOTE_LENGTH)
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("looked at by"))
    at = models.DateTimeField(_("looked at"))
    key = models.UUIDField(unique=True)  # the form's one-time key

    class Meta:
        verbose_name = _("look at a hint")
        verbose_name_plural = _("looks at hints")
        indexes = [
            Index(fields=["event", "hint", "-id"], name="hintlook_of_hint")  # read by every page of hints
        ]
        constraints = [
            CheckConstraint(
                name="hintlook_says_why",
                condition=~Q(note=""),
                violation_error_message=_("Say in a few words what was found."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_hint_display()} {self.get_verdict_display()} {self.at:%Y-%m-%d %H:%M}"
