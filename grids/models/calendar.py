"""The working-day calendar as it was published, year by year."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year whose official notice is loaded. Years without a row are provisional."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    notice_number = models.CharField(_("notice number"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    # One address per line: a year that was amended has two notices.
    source_urls = models.TextField(_("published at"), blank=True)
    published_date = models.DateField(_("date of the notice"), null=True, blank=True)
    # Counts the loads of the whole calendar; the highest is the version a deadline was counted with.
    version = models.PositiveIntegerField(_("calendar version"), unique=True, editable=False)
    loaded_at = models.DateTimeField(_("loaded at"), editable=False)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("loaded by"),
    )

    class Meta:
        ordering = ["-year"]
        verbose_name = _("calendar year")
        verbose_name_plural = _("working-day calendar")
        constraints = [
            CheckConstraint(
                name="calendar_year_plausible",
                condition=Q(year__range=(1949, 2200)),
                violation_error_message=_("This is not a year of the working-day calendar."),
            )
        ]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that an official notice names: off, or worked to make up for another."""

    class Kind(models.TextChoices):
        OFF = "off", _("day off")
        WORK = "work", _("make-up workday")

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    holiday = models.CharField(_("holiday"), max_length=40, blank=True)
    year = models.ForeignKey(
        CalendarYear,
        models.CASCADE,
        to_field="year",
        related_name="days",
        verbose_name=_("notice for the year"),
    )

    class Meta:
        ordering = ["date"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [
            CheckConstraint(
                name="calendar_day_kind",
                condition=Q(kind__in=["off", "work"]),
                violation_error_message=_("A day of the calendar is either off or worked."),
            ),
            # New Year's holiday may begin in December: the notice for 2019 named 29 to 31 December 2018.
            CheckConstraint(
                name="calendar_day_in_its_year",
                condition=Q(year=ExtractYear("date")) | Q(year=ExtractYear("date") + 1, date__month=12),
                violation_error_message=_("The day does not lie in the year of the notice."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"
