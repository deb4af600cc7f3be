"""What people say about a score: the entries of inspectors, and the appeals of grids."""

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import MarkState
from .scores import Correction, MonthlyScore

DECIDED = Q(decided_by__isnull=False, decided_at__isnull=False)
UNDECIDED = Q(decided_by__isnull=True, decided_at__isnull=True)


def _post(name: str, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(Post, models.PROTECT, null=null, related_name="+", verbose_name=name)


class MarkQuerySet(GridScopedQuerySet):
    def waiting(self) -> "MarkQuerySet":
        return self.filter(state=MarkState.PROPOSED)


class Mark(InGrid):
    """The points an inspector gave a grid for one inspected indicator: with reason, evidence and a second person.

    Never changed once decided; a later one takes its place.
    """

    indicator = models.SlugField(_("indicator"), max_length=20)
    month = models.DateField(_("month"))
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500)
    evidence = models.CharField(
        _("evidence"), max_length=200, help_text=_("The document, photo or record it rests on, and where it lies.")
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=8, choices=MarkState, default=MarkState.PROPOSED)
    proposed_by = _post(_("inspected by"))
    proposed_at = models.DateTimeField()
    decided_by = _post(_("approved by"), null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("what the approver says"), max_length=200, blank=True)
    key = models.UUIDField(unique=True)  # the form's one-time key

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of an inspector")
        verbose_name_plural = _("entries of inspectors")
        indexes = [
            Index(fields=["district", "month"], name="mark_of_month"),  # read by the scores of a month
            Index(fields=["grid", "indicator", "month"], name="mark_of_grid"),
            Index(fields=["street", "-id"], condition=Q(state="proposed"), name="mark_waiting"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(name="mark_is_of_a_month", condition=Q(month__day=1)),
            CheckConstraint(name="mark_is_not_negative", condition=Q(points__gte=0, points__lte=100)),
            CheckConstraint(name="mark_has_reason_and_evidence", condition=~Q(reason="") & ~Q(evidence="")),
            CheckConstraint(
                name="mark_has_a_second_pair_of_eyes",
                condition=Q(state=MarkState.PROPOSED) & UNDECIDED
                | ~Q(state=MarkState.PROPOSED) & DECIDED & ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("Somebody else than who inspected decides."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.points}"


class Appeal(InGrid):
    """A grid does not accept its score (申诉): one indicator, why, on which evidence; decided once."""

    score = models.ForeignKey(MonthlyScore, models.PROTECT, related_name="appeals")
    indicator = models.SlugField(_("indicator"), max_length=20)
    reason = models.TextField(_("what is not accepted, and why"), max_length=1000)
    evidence = models.CharField(_("evidence"), max_length=200)
    filed_by = _post(_("filed by"))
    filed_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=8, choices=MarkState, default=MarkState.PROPOSED)
    decided_by = _post(_("decided by"), null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(_("decision"), max_length=500, blank=True)
    correction = models.OneToOneField(Correction, models.PROTECT, null=True, related_name="appeal")
    key = models.UUIDField(unique=True)

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal against a score")
        verbose_name_plural = _("appeals against scores")
        ordering = ["pk"]
        indexes = [Index(fields=["district", "-id"], condition=Q(state="proposed"), name="appeal_waiting")]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                fields=["score", "indicator"],
                name="appeal_once_per_indicator",
                violation_error_message=_("This indicator has been appealed against already."),
            ),
            CheckConstraint(
                name="appeal_was_decided",
                condition=Q(state=MarkState.PROPOSED, correction__isnull=True) & UNDECIDED
                | Q(state=MarkState.REFUSED, correction__isnull=True) & DECIDED & ~Q(decision="")
                | Q(state=MarkState.APPROVED, correction__isnull=False) & DECIDED & ~Q(decision=""),
                violation_error_message=_(
                    "An appeal that is granted corrects the score; a refusal says why."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} {self.indicator}"
