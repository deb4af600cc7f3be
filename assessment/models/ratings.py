"""Residents' evaluation (群众三评): of one closed case, and of a grid over a period by sheets."""

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from cases.models import Case, CaseEvent
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import Dimension, HeardBy, Satisfaction
from .spot_checks import SpotItem


class Rating(InGrid):
    """What a resident said of one closing of a case. Nothing about the resident is kept, and nothing is changed."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", verbose_name=_("case"))
    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="+")  # the closing it is about
    satisfaction = models.CharField(_("satisfaction"), max_length=12, choices=Satisfaction)
    words = models.CharField(_("what was said"), max_length=200, blank=True)
    how = models.CharField(_("how it came in"), max_length=10, choices=HeardBy)
    item = models.OneToOneField(SpotItem, models.PROTECT, null=True, related_name="rating")
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("taken down by"))
    at = models.DateTimeField(_("taken down at"))
    key = models.UUIDField(unique=True)  # the form's one-time key

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation of a case")
        verbose_name_plural = _("evaluations of cases")
        indexes = [
            Index(fields=["at"], name="rating_at"),  # read by satisfaction_by_grid
            *[
                Index(fields=[level, "-id"], name=f"rating_by_{level}")  # read by ratings_of
                for level in ("building", "community", "street", "district")
            ],
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="rating_of_a_spot_check_names_its_item",
                condition=Q(how=HeardBy.SPOT_CHECK, item__isnull=False)
                | ~Q(how=HeardBy.SPOT_CHECK) & Q(item__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_satisfaction_display()}"


def grade_column(dimension: Dimension, grade: Satisfaction) -> str:
    """The column that counts one grade of one dimension."""
    return f"{dimension.value}_{grade.value}"


GRADES = [(dimension, grade) for dimension in Dimension for grade in Satisfaction]


def _adds_up(sign: str) -> Q:
    """Sheets returned are some of those handed out, the answers to a question some of those returned."""
    holds = Q(**{f"handed_out__{sign}": F("returned")})
    for dimension in Dimension:
        columns = [F(grade_column(dimension, grade)) for grade in Satisfaction]
        holds &= Q(**{f"returned__{sign}": columns[0] + columns[1] + columns[2]})
    for name in ("handed_out", "returned", *(grade_column(*grade) for grade in GRADES)):
        holds &= Q(**{f"{name}__{sign}": 0})
    return holds


def _count(name: str) -> models.IntegerField:
    return models.IntegerField(name, default=0)


class PeriodRating(InGrid):
    """The sheets that residents of a grid filled in about it for a period, or the counter-entry of such a row.

    Only added to: what was wrong is taken back by a row with the same counts below zero, so that a sum over all
    rows is right at every moment.
    """

    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    seq = models.PositiveSmallIntegerField(_("number"))  # of this grid and period, from 1
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="counter")
    handed_out = _count(_("sheets handed out"))
    returned = _count(_("sheets returned"))
    attitude_very = _count(_("service attitude: very satisfied"))
    attitude_satisfied = _count(_("service attitude: satisfied"))
    attitude_dissatisfied = _count(_("service attitude: dissatisfied"))
    efficiency_very = _count(_("work efficiency: very satisfied"))
    efficiency_satisfied = _count(_("work efficiency: satisfied"))
    efficiency_dissatisfied = _count(_("work efficiency: dissatisfied"))
    result_very = _count(_("work result: very satisfied"))
    result_satisfied = _count(_("work result: satisfied"))
    result_dissatisfied = _count(_("work result: dissatisfied"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    at = models.DateTimeField(_("entered at"))
    key = models.UUIDField(unique=True)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation of a period")
        verbose_name_plural = _("evaluations of periods")
        indexes = [
            *[
                Index(fields=[level, "-id"], name=f"periodrating_by_{level}")  # read by the list of a scope
                for level in ("building", "community", "street", "district")
            ],
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(name="periodrating_numbered_in_order", fields=["grid", "since", "until", "seq"]),
            CheckConstraint(
                name="periodrating_ends_after_it_began",
                condition=Q(until__gte=F("since")),
                violation_error_message=_("The period ends before it begins."),
            ),
            CheckConstraint(
                name="periodrating_adds_up",
                condition=Q(corrects__isnull=True) & _adds_up("gte") | Q(corrects__isnull=False) & _adds_up("lte"),
                violation_error_message=_("The counts do not fit together."),
            ),
            CheckConstraint(
                name="periodrating_counter_entry_says_why",
                condition=Q(corrects__isnull=True) | ~Q(note=""),
                violation_error_message=_("Please give the reason."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.grid} {self.since:%Y-%m-%d}–{self.until:%Y-%m-%d}"

    @property
    def is_counter(self) -> bool:
        return self.corrects_id is not None

    @property
    def counts(self) -> dict[str, int]:
        """Every number of the row by its column."""
        return {name: getattr(self, name) for name in COUNTS}


COUNTS = ("handed_out", "returned", *(grade_column(*grade) for grade in GRADES))
