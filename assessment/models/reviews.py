"""Accountability reviews (责任倒追): what went wrong with a case, whom it concerns, what was decided about her."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Inquiry
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import (
    UNDER_WAY,
    Finding,
    Gravity,
    Ground,
    Measure,
    Responsibility,
    ReviewChange,
    ReviewState,
)  # fmt: skip

LONGEST_TEXT = 1000
UNDECIDED = Q(decided_at__isnull=True, decided_by__isnull=True, decided_measure="", measure="")
PENDING = Q(decided_at__isnull=True) | Q(appealed_at__isnull=False, ruled_at__isnull=True)
UNRULED = Q(ruled_at__isnull=True, ruled_by__isnull=True, ruled_measure="")


def _post(name: str, **options: object) -> models.ForeignKey:
    return models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=name, **options)


class Review(InGrid):
    """One thing that went wrong with one case, traced back to those who answer for it."""

    number = models.CharField(_("number of the review"), max_length=150, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("case"))
    finding = models.CharField(_("finding"), max_length=8, choices=Finding)
    found_at = models.DateTimeField(_("happened at"))  # the latest time it did before the review was opened
    times = models.PositiveSmallIntegerField(_("times"))
    gravity = models.CharField(_("gravity"), max_length=6, choices=Gravity)
    inquiry = models.ForeignKey(Inquiry, models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=ReviewState, default=ReviewState.OPENED)
    note = models.TextField(_("circumstances"), max_length=LONGEST_TEXT, blank=True)
    opened_at = models.DateTimeField(_("review opened"))
    opened_by = _post(_("opened by"))

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("accountability review")
        verbose_name_plural = _("accountability reviews")
        indexes = [
            # the list of a scope, newest first: equality on one column, walked by id
            Index(fields=["street", "-id"], name="review_list_street"),
            Index(fields=["district", "-id"], name="review_list_district"),
            # what waits on a desk
            Index(fields=["street"], condition=Q(state__in=UNDER_WAY), name="review_under_way_street"),
            Index(fields=["district"], condition=Q(state__in=UNDER_WAY), name="review_under_way_district"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="review_one_under_way_per_case",
                fields=["case"],
                condition=Q(state__in=UNDER_WAY),
                violation_error_message=_("A review of this case is under way already."),
            ),
            UniqueConstraint(
                name="review_once_per_finding",
                fields=["case", "finding", "found_at"],
                violation_error_message=_("This has been reviewed already."),
            ),
            CheckConstraint(
                name="review_comes_after_what_it_reviews", condition=Q(found_at__lte=F("opened_at"))
            ),
            CheckConstraint(
                name="review_of_an_inquiry_names_it",
                condition=Q(inquiry__isnull=True) | Q(finding=Finding.INQUIRY),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("assessment:review", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


class ChargeQuerySet(models.QuerySet[Any]):
    def undecided(self) -> "ChargeQuerySet":
        return self.filter(decided_at__isnull=True)

    def ready(self, at: datetime) -> "ChargeQuerySet":
        """Nobody is judged unheard: those who have spoken, or whose time to speak has run out."""
        return self.undecided().filter(Q(spoke_at__isnull=False) | Q(hear_due_at__lte=at))

    def to_be_heard(self, at: datetime) -> "ChargeQuerySet":
        return self.undecided().filter(spoke_at__isnull=True, hear_due_at__gt=at)

    def appealed(self) -> "ChargeQuerySet":
        """Those about which somebody else has to decide anew."""
        return self.filter(appealed_at__isnull=False, ruled_at__isnull=True)

    def in_force(self, start: datetime, end: datetime) -> "ChargeQuerySet":
        """Measures that took effect within a period: their appeal was over, or its time had run out."""
        rows = self.exclude(measure__in=["", Measure.NONE])
        return rows.filter(in_force_from__gte=start, in_force_from__lt=end)


class Charge(models.Model):
    """One person of one review, by the post she held that day: heard, decided on, and heard again if she appeals."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="charges")
    post = _post(_("post of that day"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person concerned")
    )
    responsibility = models.CharField(_("responsibility"), max_length=7, choices=Responsibility)
    proposed_ground = models.CharField(_("proposed ground"), max_length=8, choices=Ground)
    proposed_measure = models.CharField(_("proposed measure"), max_length=9, choices=Measure)
    # Up to this level a post must sit to decide on her (rules.tracing.decider_level).
    decider_level = models.PositiveSmallIntegerField(editable=False)

    hear_due_at = models.DateTimeField(_("may speak until"))
    spoke_at = models.DateTimeField(_("spoke at"), null=True)
    statement = models.TextField(_("statement"), max_length=LONGEST_TEXT, blank=True)

    decided_at = models.DateTimeField(_("measure decided at"), null=True)
    decided_by = _post(_("measure decided by"), null=True)
    ground = models.CharField(_("ground"), max_length=8, choices=Ground, blank=True)
    decided_measure = models.CharField(_("decided measure"), max_length=9, choices=Measure, blank=True)
    reasons = models.TextField(_("reasons"), max_length=LONGEST_TEXT, blank=True)

    appeal_due_at = models.DateTimeField(_("may appeal until"), null=True)
    appealed_at = models.DateTimeField(_("appealed at"), null=True)
    appeal = models.TextField(_("appeal"), max_length=LONGEST_TEXT, blank=True)
    ruled_at = models.DateTimeField(_("appeal decided at"), null=True)
    ruled_by = _post(_("appeal decided by"), null=True)
    ruled_measure = models.CharField(_("measure after the appeal"), max_length=9, choices=Measure, blank=True)
    ruling = models.TextField(_("reasons after the appeal"), max_length=LONGEST_TEXT, blank=True)

    # What holds in the end, and from when on: empty while an appeal is open.
    measure = models.CharField(_("measure"), max_length=9, choices=Measure, blank=True)
    in_force_from = models.DateTimeField(_("in force from"), null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge of a review")
        verbose_name_plural = _("charges of reviews")
        ordering = ["review", "pk"]
        indexes = [
            Index(fields=["user", "in_force_from"], name="charge_of_person"),  # the dossier, and her own list
        ]
        constraints = [
            UniqueConstraint(name="charge_once_per_person", fields=["review", "user"]),
            CheckConstraint(
                name="charge_decided_in_full",
                condition=UNDECIDED & Q(appeal_due_at__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, appeal_due_at__isnull=False)
                & ~Q(decided_measure="") & ~Q(measure="") & ~Q(ground="") & ~Q(reasons=""),
                violation_error_message=_("A decision has a measure, a ground and its reasons."),
            ),
            CheckConstraint(
                name="charge_nobody_is_judged_unheard",
                condition=Q(decided_at__isnull=True)
                | Q(spoke_at__isnull=False, decided_at__gte=F("spoke_at"))
                | Q(decided_at__gte=F("hear_due_at")),
                violation_error_message=_("She has not been heard, and her time to speak has not run out."),
            ),
            CheckConstraint(
                name="charge_is_decided_by_somebody_else",
                condition=~Q(decided_by=F("post")) & ~Q(ruled_by=F("post")) & ~Q(ruled_by=F("decided_by")),
                violation_error_message=_("Somebody else decides."),
            ),
            CheckConstraint(
                name="charge_appealed_in_time",
                condition=Q(appealed_at__isnull=True, appeal="")
                | Q(decided_at__isnull=False, appealed_at__lt=F("appeal_due_at")) & ~Q(appeal=""),
                violation_error_message=_("The time to appeal has run out."),
            ),
            CheckConstraint(
                name="charge_ruled_in_full",
                condition=UNRULED
                | Q(ruled_at__isnull=False, ruled_by__isnull=False, appealed_at__isnull=False)
                & ~Q(ruled_measure="") & ~Q(ruling=""),
            ),
            CheckConstraint(
                name="charge_holds_when_nothing_is_open",
                condition=PENDING & Q(in_force_from__isnull=True) | ~PENDING & Q(in_force_from__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.review} {self.user}"

    def get_absolute_url(self) -> str:
        return f"{self.review.get_absolute_url()}#charge-{self.pk}"

    @property
    def is_decided(self) -> bool:
        return self.decided_at is not None

    @property
    def has_open_appeal(self) -> bool:
        return self.appealed_at is not None and self.ruled_at is None


class ReviewEvent(models.Model):
    """Who did what in a review, and when. The database refuses to change or delete one."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="events")
    charge = models.ForeignKey(Charge, models.PROTECT, null=True, related_name="events")
    change = models.CharField(_("what happened"), max_length=8, choices=ReviewChange)
    at = models.DateTimeField()
    by = _post(_("done by"))
    note = models.TextField(max_length=LONGEST_TEXT, blank=True)
    data = models.JSONField(default=dict)
    key = models.UUIDField(unique=True)  # the form's one-time key

    class Meta:
        verbose_name = _("event of a review")
        verbose_name_plural = _("events of reviews")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.at:%Y-%m-%d %H:%M}"
