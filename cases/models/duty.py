"""The duty roster (值班表): who answers for what is urgent when nobody else is at work."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from grids.enums import Level
from grids.models import Grid, Post


class DutyShiftQuerySet(models.QuerySet):
    def running(self, at: datetime) -> "DutyShiftQuerySet":
        """The shifts under way at that moment, as far as their posts are still held: [since, until)."""
        held = Q(post__until__isnull=True) | Q(post__until__gt=at)
        return self.filter(held, since__lte=at, until__gt=at, post__since__lte=at)

    def between(self, start: datetime, end: datetime) -> "DutyShiftQuerySet":
        """The shifts that touch a span of time, in order."""
        return self.filter(since__lt=end, until__gt=start).order_by("since")


class DutyShift(models.Model):
    """One post-holder on duty for one district or street, from a moment to a moment."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="duty_shifts", verbose_name=_("on duty for"))
    level = models.PositiveSmallIntegerField(editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="duty_shifts", verbose_name=_("on duty"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+")

    history = HistoricalRecords()
    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        ordering = ["grid", "since"]
        constraints = [
            CheckConstraint(
                name="duty_ends_after_it_began",
                condition=Q(until__gt=F("since")),
                violation_error_message=_("A shift cannot end before it began."),
            ),
            CheckConstraint(
                name="duty_of_a_district_or_street",
                condition=Q(level__in=[Level.DISTRICT, Level.STREET]),
                violation_error_message=_("Districts and streets keep a duty roster."),
            ),
            # Also the index that finds who is on duty: a place and a moment.
            ExclusionConstraint(
                name="duty_one_at_a_time",
                expressions=[
                    (
                        Func(F("grid_id"), F("grid_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("since"), F("until"), Value("[)"), function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Somebody is on duty there at that time already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.since:%Y-%m-%d %H:%M} {self.post.user}"
