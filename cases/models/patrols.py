"""The daily patrol (日巡查) and the diary (民情日记) written on it."""

from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.models import InGrid, Post
from grids.rules import houses
from grids.scopes import GridScopedQuerySet

from .cases import Case
from .categories import Category


class PatrolQuerySet(GridScopedQuerySet):
    def under_way(self) -> "PatrolQuerySet":
        return self.filter(ended_at__isnull=True)

    def begun_between(self, start: datetime, end: datetime) -> "PatrolQuerySet":
        return self.filter(started_at__gte=start, started_at__lt=end)


class Patrol(InGrid):
    """One walk through a grid by one post-holder."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="patrols")
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    date = models.DateField(_("day"))
    weather = models.CharField(_("weather"), max_length=20, blank=True)
    route = models.CharField(_("route"), max_length=120, blank=True)
    key = models.UUIDField(unique=True)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        indexes = [
            Index(fields=["building", "date"], name="patrol_building_day"),  # days patrolled
            Index(fields=["street", "date"], name="patrol_street_day"),  # days patrolled, by street
            Index(fields=["post", "-id"], name="patrol_of_post"),  # my patrols
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="patrol_one_at_a_time",
                fields=["post"],
                condition=Q(ended_at__isnull=True),
                violation_error_message=_("Your patrol is under way already."),
            ),
            CheckConstraint(
                name="patrol_ends_after_it_began",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.grid_id}"

    def get_absolute_url(self) -> str:
        return reverse("cases:patrol_detail", args=[self.pk])

    @property
    def is_under_way(self) -> bool:
        return self.ended_at is None


class DiaryEntry(InGrid):
    """One line of the diary. It can become a case with one tap and stays linked to it."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    text = models.TextField(_("what was seen or said"), max_length=500)
    house_no = models.CharField(_("building"), max_length=20, blank=True)
    unit_no = models.CharField(_("unit"), max_length=20, blank=True)
    suggestion = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="diary_entry")
    key = models.UUIDField(unique=True)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("diary line")
        verbose_name_plural = _("diary lines")
        ordering = ["pk"]
        indexes = [
            Index(fields=["building", "at"], name="diary_building_at"),  # diaries per grid and month
            Index(fields=["street", "at"], name="diary_street_at"),
        ]
        constraints = [*InGrid.Meta.constraints]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def where(self) -> str:
        return " ".join(houses.said(self.house_no, self.unit_no))
