"""The numbers of the clock as the district has set them, and as a street has changed them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.enums import Level
from grids.models import Grid

DAYS = [MinValueValidator(1), MaxValueValidator(60)]


def _days(name: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, null=True, blank=True, validators=DAYS)


def _choice(name: str) -> models.BooleanField:
    return models.BooleanField(name, null=True, blank=True)


class Policy(models.Model):
    """What holds in a district or street from a moment on. Never changed: a newer row takes over.

    An empty field is not set here: a street then does as its district, a district as the product's default.
    A clock that runs keeps the numbers it was started with.
    """

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="policies", verbose_name=_("holds in"))
    level = models.PositiveSmallIntegerField(editable=False)
    since = models.DateTimeField(_("holds from"))
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("set by"),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200)
    key = models.UUIDField(null=True, unique=True, editable=False)  # the form's one-time key

    community_days = _days(_("limit of a community for what comes up (working days)"))
    street_days = _days(_("limit of a street for what comes up (working days)"))
    district_days = _days(_("limit of the district for what comes up (working days)"))
    reply_days = _days(_("limit to answer an inquiry (working days)"))
    watch_days = _days(_("watch over who has asked, after an inquiry (calendar days)"))
    building_escalates = _choice(_("a building grid's expired work goes up by itself"))
    community_escalates = _choice(_("a community's expired work goes up by itself"))
    street_escalates = _choice(_("a street's expired work goes up by itself"))
    department_escalates = _choice(_("a department's expired work goes up by itself"))
    inquiry_automatic = _choice(_("an inquiry is issued by itself"))
    remind_half = _choice(_("remind at half time"))
    remind_eve = _choice(_("remind one day before"))
    working_hours = models.CharField(_("working hours"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["grid", "-since"]
        constraints = [
            UniqueConstraint(
                name="policy_one_per_place_and_moment",
                fields=["grid", "since"],
                violation_error_message=_("There is a policy for this place from that moment already."),
            ),
            CheckConstraint(
                name="policy_of_a_district_or_street",
                condition=Q(level__in=[Level.DISTRICT, Level.STREET]),
                violation_error_message=_("Policies are set by districts and streets."),
            ),
            CheckConstraint(
                name="policy_is_not_set_for_the_past",
                condition=Q(since__gte=models.F("set_at")),
                violation_error_message=_("A policy cannot hold from a moment in the past."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.since:%Y-%m-%d %H:%M}"
