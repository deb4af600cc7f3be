"""Which affairs the grids of a district may be given (网格事项清单), and how an affair is admitted (准入)."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Index, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.models import Department, Grid, Post

from ..enums import UNDER_REVIEW, AdmissionChange, AdmissionState, AffairExit
from .categories import Category

LONGEST_TEXT = 1000
ONE_DAY = timedelta(days=1)


def _post(name: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=name, **options)


def _text(name: str, **options: object) -> models.TextField:
    return models.TextField(name, max_length=LONGEST_TEXT, **options)


def _point(column: str) -> Func:
    """A range that holds one number: exclusion constraints compare ranges without any extension."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


def _term() -> Func:
    return Func(F("since"), F("until"), Value("[)"), function="daterange")


class AffairList(models.Model):
    """The list of grid affairs of a district: from its day on, grids are given what stands on it and nothing else."""

    district = models.OneToOneField(
        Grid, models.PROTECT, related_name="affair_list", verbose_name=_("district")
    )
    since = models.DateField(_("list in force from"))
    basis = _text(_("basis of the list"))
    set_at = models.DateTimeField(_("put in force at"))
    set_by = _post(_("put in force by"))
    key = models.UUIDField(unique=True, editable=False)  # the form's one-time key

    class Meta:
        verbose_name = _("list of grid affairs")
        verbose_name_plural = _("lists of grid affairs")

    def __str__(self) -> str:
        return f"{self.district} {self.since:%Y-%m-%d}"


class Admission(models.Model):
    """One application of a department that its affair be admitted to the grids (准入审批表). What was asked for stays."""

    number = models.CharField(_("number of the application"), max_length=150, unique=True)
    district = models.ForeignKey(Grid, models.PROTECT, related_name="+", verbose_name=_("district"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="+", verbose_name=_("applicant department")
    )
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    name = models.CharField(_("name of the affair"), max_length=100)
    basis = _text(_("basis of the affair"))
    work = _text(_("content and time limit of the work"))
    task = _text(_("what the grids are to do"))
    powers = _text(_("powers delegated with it"), blank=True)
    means = _text(_("funds and people that come with it"))
    wanted_since = models.DateField(_("wanted from"))
    wanted_until = models.DateField(_("wanted until"), null=True)  # its last day; None: without end
    applied_at = models.DateTimeField(_("applied at"))
    applied_by = _post(_("applied by"))

    state = models.CharField(
        _("state"), max_length=9, choices=AdmissionState, default=AdmissionState.SUBMITTED
    )
    met_on = models.DateField(_("day of the joint meeting"), null=True)
    decided_at = models.DateTimeField(_("decided on the admission at"), null=True)
    decided_by = _post(_("decided on the admission by"), null=True)
    decision = _text(_("conditions or reason"), blank=True)

    class Meta:
        verbose_name = _("application for admission")
        verbose_name_plural = _("applications for admission")
        indexes = [
            # the list of a district and that of a department, newest first
            Index(fields=["district", "-id"], name="admission_of_district"),
            Index(fields=["department", "-id"], name="admission_of_department"),
            # what waits on a desk
            Index(fields=["district"], condition=Q(state__in=UNDER_REVIEW), name="admission_under_review"),
        ]
        constraints = [
            CheckConstraint(
                name="admission_wanted_for_a_term",
                condition=Q(wanted_until__isnull=True) | Q(wanted_until__gte=F("wanted_since")),
                violation_error_message=_("The last day lies before the first one."),
            ),
            CheckConstraint(
                name="admission_decided_in_full",
                condition=Q(state__in=[AdmissionState.ADMITTED, AdmissionState.REFUSED])
                & Q(decided_at__isnull=False, decided_by__isnull=False, met_on__isnull=False)
                & (~Q(decision="") | Q(state=AdmissionState.ADMITTED))
                | ~Q(state__in=[AdmissionState.ADMITTED, AdmissionState.REFUSED])
                & Q(decided_at__isnull=True, decided_by__isnull=True, decision=""),
                violation_error_message=_("A decision names who decided, and a refusal its reason."),
            ),
            CheckConstraint(
                name="admission_decided_by_somebody_else",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("applied_by")),
                violation_error_message=_("Whoever applied does not decide on it."),
            ),
            CheckConstraint(
                name="admission_in_meeting_has_its_day",
                condition=~Q(state=AdmissionState.MEETING) | Q(met_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:admission", args=[self.pk])

    @property
    def is_under_review(self) -> bool:
        return self.state in UNDER_REVIEW


class AdmissionEvent(models.Model):
    """Who did what to an application, and when; an opinion of the joint meeting with whose it is."""

    admission = models.ForeignKey(Admission, models.PROTECT, related_name="events")
    change = models.CharField(_("what happened"), max_length=9, choices=AdmissionChange)
    at = models.DateTimeField()
    by = _post(_("done by"))
    day = models.DateField(null=True)  # of the meeting, or from which on it is on or off the list
    who = models.CharField(_("whose opinion"), max_length=60, blank=True)
    agrees = models.BooleanField(_("agrees"), null=True)
    note = _text(_("words"), blank=True)
    key = models.UUIDField(unique=True)  # the form's one-time key

    class Meta:
        verbose_name = _("event of an application for admission")
        verbose_name_plural = _("events of applications for admission")
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                name="admissionevent_opinion_is_whole",
                condition=Q(change=AdmissionChange.OPINION, agrees__isnull=False, day__isnull=False)
                & ~Q(who="")
                | ~Q(change=AdmissionChange.OPINION) & Q(agrees__isnull=True, who=""),
                violation_error_message=_("An opinion says whose it is and whether they agree."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.at:%Y-%m-%d %H:%M}"


class AffairQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> "AffairQuerySet":
        """What stands on the list on a day."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Affair(models.Model):
    """One category on a list for a term: put there with the list, or admitted on application. Only its end changes."""

    on_list = models.ForeignKey(AffairList, models.PROTECT, related_name="affairs")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    admission = models.OneToOneField(Admission, models.PROTECT, null=True, related_name="affair")
    since = models.DateField(_("on the list from"))
    until = models.DateField(null=True)  # the first day on which it is off the list; None: without end
    left_at = models.DateTimeField(_("taken off at"), null=True)
    left_by = _post(_("taken off by"), null=True)
    left_how = models.CharField(_("how it left the list"), max_length=7, choices=AffairExit, blank=True)
    left_because = _text(_("why it left the list"), blank=True)
    left_key = models.UUIDField(null=True, unique=True, editable=False)  # the form's one-time key

    objects = AffairQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid affair")
        verbose_name_plural = _("grid affairs")
        indexes = [
            Index(
                fields=["on_list", "category", "since"], name="affair_on_a_day"
            ),  # asked by every assignment
        ]
        constraints = [
            CheckConstraint(
                name="affair_has_a_term",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message=_("The last day lies before the first one."),
            ),
            CheckConstraint(
                name="affair_left_in_full",
                condition=Q(left_at__isnull=True, left_by__isnull=True, left_how="", left_because="")
                | Q(left_at__isnull=False, left_by__isnull=False, until__isnull=False)
                & ~Q(left_how="") & ~Q(left_because=""),
                violation_error_message=_("An exit has its day, its reason and who decided on it."),
            ),
            ExclusionConstraint(
                name="affair_once_on_the_list",
                expressions=[
                    (_point("on_list"), RangeOperators.OVERLAPS),
                    (_point("category"), RangeOperators.OVERLAPS),
                    (_term(), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This category is on the list within that time already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.category)

    @property
    def last_day(self) -> date | None:
        """The last day on the list, as people say it."""
        return self.until - ONE_DAY if self.until else None

    @property
    def name(self) -> str:
        return self.admission.name if self.admission else self.category.name
