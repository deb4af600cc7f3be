"""Mutual checks (互查互评): grids of one level check each other, paired by lot."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.enums import Level, Right
from grids.models import Grid, InGrid, Post
from grids.scopes import GridScopedQuerySet, Scope

from .spot_checks import is_a_seed

FULL_SCORE = 100
NOT_DONE = Q(done_at__isnull=True)


class MutualCheck(InGrid):
    """One round: all grids of a level below a place, paired by a seed for a month. Never changed."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    month = models.DateField(_("month"))  # its first day
    seed = models.CharField(_("seed"), max_length=32, validators=[is_a_seed])
    note = models.CharField(_("note"), max_length=200, blank=True)
    drawn_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    drawn_at = models.DateTimeField(_("drawn at"))
    key = models.UUIDField(unique=True)  # the form's one-time key

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mutual check")
        verbose_name_plural = _("mutual checks")
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="mutualcheck_once_a_month",  # its index is read by the list of a scope, too
                fields=["grid", "level", "month"],
                violation_error_message=_("These grids have been paired for that month already."),
            ),
            CheckConstraint(name="mutualcheck_month_is_its_first_day", condition=Q(month__day=1)),
            CheckConstraint(
                name="mutualcheck_of_communities_or_building_grids",
                condition=Q(level__in=[Level.COMMUNITY, Level.BUILDING]),
                violation_error_message=_("Communities check communities, building grids building grids."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.get_level_display()} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("assessment:mutual_check", args=[self.pk])


class PairQuerySet(GridScopedQuerySet):
    def open(self) -> Self:
        return self.filter(NOT_DONE)

    def seen_by(self, scope: Scope, right: str = Right.FIGURES) -> Self:
        """Both sides see a pair, and so does whoever is above one of them."""
        allowed = scope.condition(self.model, right)
        for span in scope.spans(right):
            allowed |= Q(checker__code__startswith=span.code)
        return self.filter(allowed)


class Pair(InGrid):
    """One grid checks another: `grid` is the one that is checked. Done once."""

    mutual_check = models.ForeignKey(MutualCheck, models.PROTECT, related_name="pairs", db_index=False)
    checker = models.ForeignKey(Grid, models.PROTECT, related_name="+", verbose_name=_("checking grid"))
    score = models.PositiveSmallIntegerField(
        _("score"), null=True, validators=[MaxValueValidator(FULL_SCORE)]
    )
    findings = models.CharField(_("findings"), max_length=500, blank=True)
    done_by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("checked by")
    )
    done_at = models.DateTimeField(_("checked at"), null=True)
    key = models.UUIDField(unique=True, null=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("pair of a mutual check")
        verbose_name_plural = _("pairs of mutual checks")
        ordering = ["mutual_check", "checker__code"]
        indexes = [
            Index(fields=["checker"], condition=NOT_DONE, name="pair_open_checker"),  # read by desks
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(name="pair_each_checks_once", fields=["mutual_check", "checker"]),
            UniqueConstraint(name="pair_each_is_checked_once", fields=["mutual_check", "grid"]),
            CheckConstraint(
                name="pair_nobody_checks_herself",
                condition=~Q(checker=F("grid")),
                violation_error_message=_("A grid does not check itself."),
            ),
            CheckConstraint(
                name="pair_done_is_done_whole",
                condition=Q(score=None, findings="", done_by=None, done_at=None, key=None)
                | ~Q(findings="")
                & Q(score__isnull=False, done_by__isnull=False, done_at__isnull=False, key__isnull=False),
            ),
            CheckConstraint(
                name="pair_score_out_of_100",
                condition=Q(score=None) | Q(score__lte=FULL_SCORE),
                violation_error_message=_("A score lies between 0 and 100."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.checker} → {self.grid}"

    def get_absolute_url(self) -> str:
        return reverse("assessment:pair", args=[self.pk])

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
