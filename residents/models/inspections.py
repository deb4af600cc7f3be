"""Inspections of premises (检查): who looked, at what, what was found, and by when it is put right."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.kit.sealing import Sealing
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import CheckAnswer, CheckItem, InspectionKind, InspectionResult
from ..rules.inspecting import items_of
from .photos import Photo
from .places import by_scope
from .premises import Premises


class Inspection(InGrid, Sealing):
    """One look at premises. Never changed: what was put right is said by the re-inspection that answers it."""

    premises = models.ForeignKey(
        Premises, models.PROTECT, related_name="inspections", verbose_name=_("premises"), db_index=False
    )
    done_at = models.DateTimeField(_("inspected at"))
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("inspected by"))
    kind = models.CharField(_("kind of inspection"), max_length=8, choices=InspectionKind)
    result = models.CharField(_("result of the inspection"), max_length=8, choices=InspectionResult)
    looked_at = models.CharField(max_length=12)  # kind of the premises then: which items there were
    answers = models.JSONField(_("items"), default=dict)  # CheckAnswer by CheckItem
    found = models.CharField(_("findings"), max_length=500, blank=True)
    rectify_until = models.DateField(_("to be put right by"), null=True)
    answered = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="recheck", verbose_name=_("inspection it answers")
    )
    # Decided when it was done: the day it was due on, and whether it was in time.
    due_on = models.DateField(_("was due on"), null=True)
    on_time = models.BooleanField(_("on time"), null=True)
    key = models.UUIDField(unique=True)  # the form's one-time key

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        indexes = [
            *by_scope("inspection"),
            Index(fields=["premises", "-done_at"], name="inspection_of_premises"),  # read by their page
            Index(fields=["street", "done_at"], name="inspection_done_street"),  # figures of a month
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="inspection_sets_a_day_unless_passed",
                condition=Q(result=InspectionResult.PASSED, rectify_until__isnull=True)
                | ~Q(result=InspectionResult.PASSED) & Q(rectify_until__isnull=False),
            ),
            CheckConstraint(
                name="inspection_recheck_answers_another",
                condition=Q(kind=InspectionKind.RECHECK, answered__isnull=False)
                | ~Q(kind=InspectionKind.RECHECK) & Q(answered__isnull=True),
            ),
            CheckConstraint(
                name="inspection_on_time_belongs_to_a_due_day",
                condition=Q(due_on__isnull=True, on_time__isnull=True)
                | Q(due_on__isnull=False, on_time__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.done_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("residents:inspection", args=[self.uid])

    @property
    def has_passed(self) -> bool:
        return self.result == InspectionResult.PASSED

    @property
    def origin(self) -> str:
        """How a case names it as what it was found on."""
        return f"inspection:{self.uid}"

    @property
    def lines(self) -> list[tuple[CheckItem, CheckAnswer]]:
        """The items of the record and what was found of each, in their order."""
        items = [item for item in items_of(self.looked_at) if item in self.answers]
        return [(item, CheckAnswer(self.answers[item])) for item in items]


class InspectionPhoto(Photo):
    """What an inspection found, in a picture."""

    folder = "inspections"

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="photos")

    class Meta(Photo.Meta):
        verbose_name = _("photo of an inspection")
        verbose_name_plural = _("photos of inspections")
        constraints = [UniqueConstraint(fields=["inspection", "sha256"], name="inspectionphoto_once")]

    def get_absolute_url(self) -> str:
        return reverse("residents:inspection_photo", args=[self.pk])


class PremisesPhoto(Photo):
    """How premises look: the front, the sign, the exits."""

    folder = "premises"

    premises = models.ForeignKey(Premises, models.PROTECT, related_name="photos")

    class Meta(Photo.Meta):
        verbose_name = _("photo of premises")
        verbose_name_plural = _("photos of premises")
        constraints = [UniqueConstraint(fields=["premises", "sha256"], name="premisesphoto_once")]

    def get_absolute_url(self) -> str:
        return reverse("residents:premises_photo", args=[self.pk])
