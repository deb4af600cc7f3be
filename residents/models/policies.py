"""The numbers of the registers as the district has set them, and as a street has changed them."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Index, Q
from django.utils.translation import gettext_lazy as _

from grids.enums import Level
from grids.models import Grid

from ..rules.policy import MOST


def _number(name: str, label: str) -> models.PositiveSmallIntegerField:
    limits = [MinValueValidator(1), MaxValueValidator(MOST[name])]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=limits)


class RegisterPolicyQuerySet(models.QuerySet):
    def in_force(self, on: date) -> "RegisterPolicyQuerySet":
        """Of each place the row that holds on a day: of several from one day the one set last."""
        newest = ("grid", "-since", "-pk")
        return self.filter(since__lte=on).order_by(*newest).distinct("grid")


class RegisterPolicy(models.Model):
    """What holds in a district or street from a day on. Never changed: a newer row takes over.

    An empty field is not set here: a street then does as its district, a district as the product's default.
    """

    grid = models.ForeignKey(
        Grid, models.PROTECT, related_name="register_policies", verbose_name=_("holds in"), db_index=False
    )
    level = models.PositiveSmallIntegerField(editable=False)
    since = models.DateField(_("holds from"))
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name=_("set by")
    )
    reason = models.CharField(_("reason"), max_length=200)
    key = models.UUIDField(unique=True, editable=False)  # the form's one-time key

    fresh_days = _number("fresh_days", _("a household counts as fresh for (days)"))
    ordinary_days = _number("ordinary_days", _("every household is visited within (days)"))
    looks_per_hour = _number("looks_per_hour", _("values one person may see in full within an hour"))
    looks_per_day = _number("looks_per_day", _("values one person may see in full within a day"))

    objects = RegisterPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy of the registers")
        verbose_name_plural = _("policies of the registers")
        indexes = [
            Index(fields=["grid", "-since", "-id"], name="registerpolicy_in_force")  # asked by every list of households
        ]  # fmt: skip
        constraints = [
            CheckConstraint(
                name="registerpolicy_of_a_district_or_street",
                condition=Q(level__in=[Level.DISTRICT, Level.STREET]),
                violation_error_message=_("Policies are set by districts and streets."),
            ),
            CheckConstraint(name="registerpolicy_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.since}"
