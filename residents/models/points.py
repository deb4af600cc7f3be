"""Community points (社区积分): dated rules, and a ledger in which nothing is ever changed."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.enums import Level
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import CorrectionState, PointKind
from .people import Resident

MOST_POINTS = 10_000


def _points(name: str, **options: object) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(name, validators=[MaxValueValidator(MOST_POINTS)], **options)


class PointRule(InGrid):
    """What earns points in a community or a district, and what they are redeemed for, from a moment on.

    Never changed: a newer row takes over. A community without rules does as its district.
    """

    level = models.PositiveSmallIntegerField(editable=False)
    since = models.DateTimeField(_("holds from"))
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(
        Post, models.PROTECT, related_name="+", editable=False, verbose_name=_("set by")
    )
    reason = models.CharField(_("reason"), max_length=200)
    hour_points = _points(_("points for an hour"))
    kind_points = models.JSONField(_("points for an hour of some kinds"), default=dict)
    report_points = _points(_("points for a reported problem that was verified"), default=0)
    keep_years = models.PositiveSmallIntegerField(
        _("points lapse at the end of so many years after they were earned"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )  # fmt: skip
    key = models.UUIDField(unique=True, editable=False)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of community points")
        verbose_name_plural = _("rules of community points")
        ordering = ["grid", "-since"]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="pointrule_one_per_place_and_moment",
                fields=["grid", "since"],
                violation_error_message=_("There are rules for this place from that moment already."),
            ),
            CheckConstraint(
                name="pointrule_of_a_district_or_community",
                condition=Q(level__in=[Level.DISTRICT, Level.COMMUNITY]),
                violation_error_message=_("Rules of points are set for districts and communities."),
            ),
            CheckConstraint(
                name="pointrule_is_not_set_for_the_past",
                condition=Q(since__gte=F("set_at")),
                violation_error_message=_("Rules cannot hold from a moment in the past."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.since:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("residents:point_rule", args=[self.grid.code])


class PointItem(models.Model):
    """Something that points are redeemed for under one rule; as immutable as the rule."""

    rule = models.ForeignKey(PointRule, models.PROTECT, related_name="items")
    name = models.CharField(_("item"), max_length=40)
    price = _points(_("price"))
    stock = _points(_("stock"))

    class Meta:
        verbose_name = _("item for points")
        verbose_name_plural = _("items for points")
        ordering = ["price", "pk"]
        constraints = [
            UniqueConstraint(
                name="pointitem_once_per_rule",
                fields=["rule", "name"],
                violation_error_message=_("An item stands in the list twice."),
            ),
            CheckConstraint(name="pointitem_has_a_price", condition=Q(price__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class PointEntry(InGrid):
    """One line of a person's points: what came or went, and what she had then. Append-only."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="points", db_index=False)
    seq = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what came or went"), max_length=8, choices=PointKind)
    amount = models.IntegerField(_("points"))
    balance_after = models.IntegerField(_("balance"))
    rule = models.ForeignKey(PointRule, models.PROTECT, null=True, related_name="entries")
    item = models.ForeignKey(PointItem, models.PROTECT, null=True, related_name="entries")
    pieces = models.SmallIntegerField(_("pieces"), default=0)  # that left the cupboard; taken back: negative
    source = models.CharField(
        _("source"), max_length=60, blank=True
    )  # participation:17; nothing counts twice
    by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    at = models.DateTimeField(_("at"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.UUIDField(unique=True)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of points")
        verbose_name_plural = _("entries of points")
        ordering = ["resident", "seq"]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(name="pointentry_numbered_in_order", fields=["resident", "seq"]),
            UniqueConstraint(
                name="pointentry_source_counts_once",
                fields=["source"],
                condition=~Q(source=""),
                violation_error_message=_("Points were given for this already."),
            ),
            CheckConstraint(
                name="pointentry_balance_is_never_negative",
                condition=Q(balance_after__gte=0),
                violation_error_message=_("The points do not suffice."),
            ),
            CheckConstraint(
                name="pointentry_comes_or_goes_by_its_kind",
                condition=Q(kind=PointKind.EARN, amount__gt=0)
                | Q(kind__in=[PointKind.REDEEM, PointKind.EXPIRE], amount__lt=0)
                | Q(kind=PointKind.CORRECT) & ~Q(amount=0),
            ),
            CheckConstraint(
                name="pointentry_begins_with_its_first_amount",
                condition=Q(seq__gt=1) | Q(seq=1, balance_after=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:+d}"

    @property
    def is_redeemed(self) -> bool:
        return self.kind == PointKind.REDEEM

    @property
    def can_be_taken_back(self) -> bool:
        """Whether somebody may ask for it: not what takes back itself, nor what was asked for before."""
        is_first_hand = self.kind in (PointKind.EARN, PointKind.REDEEM)
        return is_first_hand and all(one.is_refused for one in self.corrections.all())

    @property
    def of_participation(self) -> int | None:
        """The participation whose hours these points are for."""
        kind, _colon, number = self.source.partition(":")
        return int(number) if kind == "participation" else None


class PointCorrection(InGrid):
    """Somebody asks that an entry be taken back, in whole or in part; somebody else decides."""

    entry = models.ForeignKey(PointEntry, models.PROTECT, related_name="corrections")
    hours = models.DecimalField(_("right hours"), max_digits=4, decimal_places=1, null=True)
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(
        _("state"), max_length=8, choices=CorrectionState, default=CorrectionState.WAITING
    )
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for at"))
    decided_by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by the second person")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    key = models.UUIDField(unique=True)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of points")
        verbose_name_plural = _("corrections of points")
        indexes = [
            Index(fields=["entry"], condition=Q(state=CorrectionState.WAITING), name="correction_waiting"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="pointcorrection_once_per_entry",
                fields=["entry"],
                condition=~Q(state=CorrectionState.REFUSED),
                violation_error_message=_("A correction of this entry was asked for already."),
            ),
            CheckConstraint(
                name="pointcorrection_is_decided_by_another_post",
                condition=Q(state=CorrectionState.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=CorrectionState.WAITING) & Q(decided_at__isnull=False)
                & Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                violation_error_message=_("A second person decides."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.entry} {self.get_state_display()}"

    @property
    def is_refused(self) -> bool:
        return self.state == CorrectionState.REFUSED

    @property
    def is_waiting(self) -> bool:
        return self.state == CorrectionState.WAITING
