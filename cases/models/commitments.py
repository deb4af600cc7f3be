"""What departments promise (服务承诺): how soon they sign for what they are given, and how soon they have done it."""

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.models import Department, Post

from ..enums import Unit
from ..rules.clock import Limit
from .categories import Category


class CommitmentQuerySet(models.QuerySet[Any]):
    def newest_first(self) -> "CommitmentQuerySet":
        return self.order_by("department__grid__code", "department_id", "category__code", "-since", "-pk")


class Commitment(models.Model):
    """One promise of a department from a day on, for a category or for all. Never changed: a later one replaces it."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="commitments", verbose_name=_("department that promises")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )  # None: for whatever has no promise of its own
    sign_hours = models.PositiveSmallIntegerField(_("signs within (working hours)"), null=True)
    finish_days = models.PositiveSmallIntegerField(_("has done it within (working days)"), null=True)
    words = models.TextField(_("words of the promise"), max_length=500)
    since = models.DateField(_("promise holds from"))
    set_at = models.DateTimeField(_("promised at"))
    set_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("promised by"))
    key = models.UUIDField(unique=True, editable=False)  # the form's one-time key

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("service commitment")
        verbose_name_plural = _("service commitments")
        constraints = [
            # also the index by which a report finds the promises of a department
            UniqueConstraint(
                name="commitment_one_per_day",
                fields=["department", "category", "since"],
                nulls_distinct=False,
                violation_error_message=_("There is a promise for this from that day already."),
            ),
            CheckConstraint(
                name="commitment_promises_something",
                condition=Q(sign_hours__isnull=False, sign_hours__gte=1)
                | Q(finish_days__isnull=False, finish_days__gte=1),
                violation_error_message=_("Promise by when you sign, by when you have done it, or both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.since:%Y-%m-%d}"

    @property
    def to_sign(self) -> Limit | None:
        return Limit(self.sign_hours, Unit.WORKING_HOURS) if self.sign_hours else None

    @property
    def to_finish(self) -> Limit | None:
        return Limit(self.finish_days, Unit.WORKING_DAYS) if self.finish_days else None
