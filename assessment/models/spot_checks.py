"""Spot checks (随机抽查): a sample of closed cases drawn by lot, and what looking again at each of them showed."""

from datetime import datetime
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Exists, Index, OuterRef, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseEvent
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import SpotMethod, SpotResult
from ..rules.checks import BARRING

MOST_DRAWN = 200
NOT_DONE = Q(done_at__isnull=True)

is_a_seed = RegexValidator(
    r"\A[0-9A-Za-z-]{1,32}\Z", _("A seed has up to 32 letters, digits and hyphens."), code="seed"
)


class SpotCheck(InGrid):
    """One drawing: from what, how many, by which seed. Never changed, so that anybody can draw again."""

    month = models.DateField(_("month"))  # its first day: the month in which the cases were closed
    population = models.PositiveIntegerField(_("closed cases to draw from"))
    wanted = models.PositiveSmallIntegerField(_("sample size"))
    seed = models.CharField(_("seed"), max_length=32, validators=[is_a_seed])
    note = models.CharField(_("note"), max_length=200, blank=True)
    drawn_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("drawn by"))
    drawn_at = models.DateTimeField(_("drawn at"))
    key = models.UUIDField(unique=True)  # the form's one-time key

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("spot check")
        verbose_name_plural = _("spot checks")
        indexes = [
            *[
                Index(fields=[level, "-id"], name=f"spotcheck_by_{level}")  # read by the list of a scope
                for level in ("building", "community", "street", "district")
            ],
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(name="spotcheck_month_is_its_first_day", condition=Q(month__day=1)),
            CheckConstraint(
                name="spotcheck_draws_some",
                condition=Q(population__gte=1, wanted__gte=1, wanted__lte=MOST_DRAWN),
                violation_error_message=_("A sample has at least one case."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("assessment:spot_check", args=[self.pk])


class SpotItemQuerySet(GridScopedQuerySet):
    def open(self) -> Self:
        return self.filter(NOT_DONE)

    def for_hands_of(self, user_id: int | None, at: datetime) -> Self:
        """What she may look at herself: nothing she had a hand in, nothing that was given to somebody else."""
        hers = CaseEvent.objects.filter(case=OuterRef("case"), actor=user_id, action__in=tuple(BARRING))
        in_post = Post.objects.current(at).filter(pk=OuterRef("checker"))
        return self.filter(~Exists(hers), Q(checker__user=user_id) | ~Exists(in_post))

    def lock(self, pk: int) -> "SpotItem":
        """The item, held until the end of the transaction, its case before it."""
        Case.objects.lock(self.values_list("case_id", flat=True).get(pk=pk))
        rows = self.select_for_update(of=("self",)).select_related(
            "case", "event", "checker__user", "done_by__user"
        )
        return rows.get(pk=pk)  # fmt: skip


class SpotItem(InGrid):
    """One closed case of a sample, where it happened: who had passed it, and what looking again showed. Done once."""

    spot_check = models.ForeignKey(SpotCheck, models.PROTECT, related_name="items", db_index=False)
    place = models.PositiveSmallIntegerField(_("number"))  # by lot, from 1
    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("case"))
    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="+")  # the closing that was drawn
    handler = models.ForeignKey(
        Post, models.PROTECT, related_name="+", verbose_name=_("handled by"), db_index=False
    )
    verifier = models.ForeignKey(
        Post, models.PROTECT, related_name="+", verbose_name=_("verified by"), db_index=False
    )
    checker = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("given to"))
    given_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True)
    method = models.CharField(_("how it was looked at"), max_length=9, choices=SpotMethod, blank=True)
    result = models.CharField(_("result of the check"), max_length=13, choices=SpotResult, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    done_by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("checked by")
    )
    done_at = models.DateTimeField(_("checked at"), null=True)
    key = models.UUIDField(unique=True, null=True)  # of the form with the result

    objects = SpotItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a spot check")
        verbose_name_plural = _("items of spot checks")
        ordering = ["spot_check", "place"]
        indexes = [
            *[
                # read by the work list and by desks: few are open
                Index(fields=[level], condition=NOT_DONE, name=f"spotitem_open_{level}")
                for level in ("building", "community", "street", "district")
            ],
            Index(fields=["done_at"], name="spotitem_done"),  # read by the error rates of a time
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(name="spotitem_numbered_once", fields=["spot_check", "place"]),
            UniqueConstraint(name="spotitem_closing_once", fields=["spot_check", "event"]),
            CheckConstraint(
                name="spotitem_done_is_done_whole",
                condition=Q(method="", result="", note="", done_by=None, done_at=None, key=None)
                | ~Q(method="") & ~Q(result="") & Q(done_by__isnull=False, done_at__isnull=False, key__isnull=False),
            ),
            CheckConstraint(
                name="spotitem_says_what_is_wrong",
                condition=~Q(result=SpotResult.NOT_CONFIRMED) | ~Q(note=""),
                violation_error_message=_("Say in a few words what is not so."),
            ),
            CheckConstraint(
                name="spotitem_given_by_somebody",
                condition=Q(checker=None) | Q(given_by__isnull=False, given_at__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case} ({self.place})"

    def get_absolute_url(self) -> str:
        return reverse("assessment:spot_item", args=[self.pk])

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def is_wrong(self) -> bool:
        return self.result == SpotResult.NOT_CONFIRMED
