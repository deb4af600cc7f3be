"""Asking for a register, or part of it, as a file: masked for the work, unmasked only when somebody else releases it."""

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.models import InGrid, Job, Post
from grids.scopes import GridScopedQuerySet

from ..enums import ExportState
from .looks import REASON_LENGTH


class ExportRequest(InGrid):
    """One file asked for: of which register and place, how narrowed, masked or not, by whom, and who decided."""

    key = models.UUIDField(unique=True)  # the form's one-time key: the same POST twice is one request
    register = models.CharField(_("register"), max_length=30)  # its name in the table of registers
    filters = models.JSONField(
        default=dict
    )  # codes of choices and names of switches, never a word somebody typed
    is_unmasked = models.BooleanField(_("unmasked"), default=False)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for at"))
    state = models.CharField(_("state"), max_length=8, choices=ExportState)
    decided_by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("released or refused by")
    )
    decided_at = models.DateTimeField(_("released or refused at"), null=True)
    note = models.CharField(_("note"), max_length=REASON_LENGTH, blank=True)
    # The job goes after some days, and its file with it; the request stays.
    job = models.OneToOneField(Job, models.SET_NULL, null=True, related_name="export_request")
    rows = models.PositiveIntegerField(_("entries"), null=True)  # in the file, once it was made

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of a register")
        verbose_name_plural = _("exports of registers")
        indexes = [
            # read by who releases
            Index(fields=["street", "-id"], condition=Q(state=ExportState.WAITING), name="export_waiting"),
            Index(fields=["asked_by", "-id"], name="export_of_post"),  # read by "my exports"
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="export_unmasked_has_a_reason",
                condition=Q(is_unmasked=False) | ~Q(reason=""),
                violation_error_message=_("Say in a few words what you need it for."),
            ),
            CheckConstraint(
                name="export_unmasked_is_released_by_another",
                condition=Q(is_unmasked=False, state=ExportState.RELEASED)
                | Q(is_unmasked=True, state=ExportState.WAITING, decided_by__isnull=True)
                | Q(is_unmasked=True, decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Somebody else has to release it."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("residents:export_request", args=[self.pk])

    @property
    def number(self) -> str:
        """What stands on every page of the file and in the record of looks."""
        return f"DC-{self.asked_at:%Y}-{self.pk:06}"

    @property
    def is_waiting(self) -> bool:
        return self.state == ExportState.WAITING
