"""Visits (走访): who was at which door, when, whom she met, what was said; and the photos she took."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.kit.masking import Kind
from gridgov.kit.sealing import SealedField, Sealing
from grids.enums import Right
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet, Scope

from ..enums import Met, Purpose
from .groups import GroupFile
from .people import Household, Resident
from .photos import Photo
from .places import by_scope

SOMEBODY = ~Q(met=Met.NOBODY)


class VisitQuerySet(GridScopedQuerySet):
    def seen_by(self, scope: Scope, right: str = Right.REGISTER) -> "VisitQuerySet":
        """The visits of her place; of those to a special group the ones whose file exists for her."""
        seen = GroupFile.objects.seen_by(scope).values("pk")
        return self.within(scope, right).filter(Q(file__isnull=True) | Q(file__in=seen))

    def met(self) -> "VisitQuerySet":
        """Those on which somebody was at home."""
        return self.filter(SOMEBODY)


class Visit(InGrid, Sealing):
    """One time at a household's door. What was said lies sealed, and so does where the visitor stood."""

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="visits", verbose_name=_("household"), db_index=False
    )
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, related_name="visits", verbose_name=_("resident")
    )
    file = models.ForeignKey(
        GroupFile, models.PROTECT, null=True, related_name="visits", verbose_name=_("file of a special group")
    )
    done_at = models.DateTimeField(_("visited at"))
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("visited by"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    met = models.CharField(_("met"), max_length=8, choices=Met)
    what = SealedField(_("what was said and seen"), kind=Kind.NOTE)
    position = SealedField(_("position"), kind=Kind.NOTE)  # latitude,longitude,accuracy: a track of staff
    next_due = models.DateField(_("next visit agreed for"), null=True)
    # Decided when it was done: the due day it answered (none: one more than was due), and whether in time.
    due_on = models.DateField(_("was due on"), null=True)
    on_time = models.BooleanField(_("on time"), null=True)
    key = models.UUIDField(unique=True)  # the form's one-time key

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            *by_scope("visit"),
            Index(fields=["household", "-done_at"], name="visit_of_household"),  # read by the due list: the last one
            Index(fields=["street", "done_at"], name="visit_done_street"),  # figures of a month
            Index(fields=["street", "due_on"], name="visit_due_street"),
        ]  # fmt: skip
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="visit_on_time_belongs_to_a_due_day",
                condition=Q(due_on__isnull=True, on_time__isnull=True)
                | Q(due_on__isnull=False, on_time__isnull=False),
            ),
            CheckConstraint(
                name="visit_that_met_nobody_answers_nothing",
                condition=SOMEBODY | Q(due_on__isnull=True),
                violation_error_message=_("Where nobody was at home the visit is still due."),
            ),
            CheckConstraint(
                name="visit_to_a_file_names_its_person",
                condition=Q(file__isnull=True) | Q(resident__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.done_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("residents:visit", args=[self.uid])

    @property
    def has_met(self) -> bool:
        return self.met != Met.NOBODY

    @property
    def origin(self) -> str:
        """How a case names it as what it was found on."""
        return f"visit:{self.uid}"


class VisitPhoto(Photo):
    """A photo of a visit."""

    folder = "visits"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="photos")

    class Meta(Photo.Meta):
        verbose_name = _("photo of a visit")
        verbose_name_plural = _("photos of visits")
        constraints = [UniqueConstraint(fields=["visit", "sha256"], name="visitphoto_once")]

    def get_absolute_url(self) -> str:
        return reverse("residents:visit_photo", args=[self.pk])
