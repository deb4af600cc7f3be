"""The assessment of a month: the run, the score of each grid, who shares it, what was corrected and proposed."""

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.models import Grid, InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import Basis, Deduction, RunState, Section, Standing
from ..rules.rates import Period
from ..rules.scoring import Line
from .schemes import Scheme

PUBLISHED = Q(state=RunState.PUBLISHED)


def points(name: str = "", **options: object) -> models.DecimalField:
    """0.00 to 100.00."""
    return models.DecimalField(name, max_digits=5, decimal_places=2, **options)  # type: ignore[arg-type]


def _post() -> models.ForeignKey:
    return models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")


class Run(models.Model):
    """The assessment of one month of one district, from draft to published."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="runs", verbose_name=_("district"))
    month = models.DateField(_("month"))
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("scheme"))
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.DRAFT)
    cut_off = models.DateTimeField(_("counted up to"))  # the end of the month, of a draft perhaps earlier
    made_at = models.DateTimeField(_("computed at"))
    made_by = _post()  # empty: on the first, by itself
    calendar_version = models.PositiveIntegerField()
    peers = models.JSONField(default=dict)  # sums by level: what is too little is filled up with
    reviewed_at = models.DateTimeField(_("given to review"), null=True)
    reviewed_by = _post()
    appeals_at = models.DateTimeField(_("open to appeals since"), null=True)
    appeals_by = _post()
    appeals_until = models.DateTimeField(_("appeals until"), null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = _post()
    hash = models.BinaryField(max_length=32, null=True)  # over every score, once published

    class Meta:
        verbose_name = _("assessment of a month")
        verbose_name_plural = _("assessments of months")
        ordering = ["-month"]
        constraints = [
            UniqueConstraint(fields=["grid", "month"], name="run_once_per_month"),
            CheckConstraint(
                name="run_begins_with_its_month",
                condition=Q(month__day=1),
                violation_error_message=_("An assessment is of a whole month."),
            ),
            CheckConstraint(
                name="run_goes_its_way",
                condition=Q(state=RunState.DRAFT, reviewed_at__isnull=True, appeals_at__isnull=True, published_at__isnull=True)
                | Q(state=RunState.REVIEW, reviewed_at__isnull=False, appeals_at__isnull=True, published_at__isnull=True)
                | Q(state=RunState.APPEALS, appeals_at__isnull=False, appeals_until__isnull=False, published_at__isnull=True)
                | Q(state=RunState.PUBLISHED, appeals_until__isnull=False, published_at__isnull=False, hash__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.grid} {self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return f"{reverse('assessment:scores')}?month={self.month:%Y-%m}"

    @property
    def period(self) -> Period:
        return Period.of(self.month, self.cut_off)

    @property
    def is_published(self) -> bool:
        return self.state == RunState.PUBLISHED


class MonthlyScoreQuerySet(GridScopedQuerySet):
    def published(self) -> "MonthlyScoreQuerySet":
        return self.filter(run__state=RunState.PUBLISHED)


class MonthlyScore(InGrid):
    """The hundred points of one grid and month, with everything they were made of.

    Once its month is published the database refuses to change it; what is found wrong later is a correction
    beside it.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="scores", db_index=False)
    level = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)  # with the level its peer group
    counts = models.JSONField()  # Input → number
    lines = models.JSONField()  # as `packed` writes them, in the order of the scheme
    deducted = models.JSONField(default=dict)  # Deduction → points
    daily = points(_("Daily duties"))
    facilities = points(_("Facilities"))
    performance = points(_("Work performance"))
    computed = points(_("computed"))  # what the rules give
    corrected = models.DecimalField(_("corrected by"), max_digits=6, decimal_places=2, default=Decimal(0))
    final = points(_("score"))  # with the corrections made before it was published
    to_close = models.PositiveIntegerField()
    is_ranked = models.BooleanField(
        default=False
    )  # enough cases to be closed; the others are listed after them
    place = models.PositiveIntegerField(_("place"), null=True)  # within the level
    peer_place = models.PositiveIntegerField(_("place among its peers"), null=True)

    objects = MonthlyScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score of a month")
        verbose_name_plural = _("scores of months")
        indexes = [
            Index(
                fields=["run", "level", "-is_ranked", "-final", "-id"], name="score_places"
            ),  # the ranking of a level
            Index(fields=["grid", "-run"], name="score_of_grid"),  # one grid over the months
            Index(
                fields=["run", "street", "level", "-is_ranked", "-final", "-id"], name="score_of_street"
            ),  # the sheet of a street
            Index(
                fields=["run", "community", "level", "-is_ranked", "-final", "-id"], name="score_of_community"
            ),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(fields=["run", "grid"], name="score_once_per_grid_and_month"),
            CheckConstraint(
                name="score_lies_between_nothing_and_everything",
                condition=Q(final__gte=0, final__lte=100, computed__gte=0, computed__lte=100),
                violation_error_message=_("A score lies between 0 and 100."),
            ),
            CheckConstraint(
                name="score_sections_keep_to_their_weights",
                condition=Q(daily__lte=40, facilities__lte=10, performance__lte=50),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.final}"

    def get_absolute_url(self) -> str:
        return reverse("assessment:score", args=[self.pk])

    @property
    def rows(self) -> Iterator[Line]:
        """Its lines as the rules made them."""
        return map(unpacked, self.lines)

    @property
    def sections(self) -> dict[Section, Decimal]:
        return {section: getattr(self, section.value) for section in Section}

    @property
    def taken(self) -> dict[Deduction, Decimal]:
        return {Deduction(name): Decimal(points) for name, points in self.deducted.items()}


def packed(line: Line) -> list[str | int | list[int] | None]:
    """A line as a score keeps it."""
    return [
        line.code,
        str(line.points),
        line.basis.value,
        line.part,
        line.whole,
        line.need,
        list(line.peers),
        line.mark,
    ]


def unpacked(kept: list[object]) -> Line:
    """The line again."""
    code, earned, basis, part, whole, need, peers, mark = kept
    return Line(code, Decimal(earned), Basis(basis), part, whole, need, tuple(peers), mark)  # type: ignore[arg-type]


class Share(models.Model):
    """Who held a post of a grid in the month, for how many days: all of them share its score."""

    score = models.ForeignKey(MonthlyScore, models.PROTECT, related_name="shares")
    post = models.ForeignKey(Post, models.PROTECT, related_name="shares")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="shares", verbose_name=_("person")
    )
    days = models.PositiveSmallIntegerField(_("days"))

    class Meta:
        verbose_name = _("share in a score")
        verbose_name_plural = _("shares in scores")
        constraints = [UniqueConstraint(fields=["score", "post"], name="share_once_per_post")]

    def __str__(self) -> str:
        return f"{self.user} {self.days}"


class Correction(models.Model):
    """A counter-entry: so many points more or less for one indicator, and why. A score is never edited.

    Made before its month is published it counts into the score; made after, it is an amendment that stands beside
    the published figure.
    """

    score = models.ForeignKey(MonthlyScore, models.PROTECT, related_name="corrections")
    indicator = models.SlugField(max_length=20)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    is_amendment = models.BooleanField(default=False)
    key = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("correction of a score")
        verbose_name_plural = _("corrections of scores")
        ordering = ["pk"]
        constraints = [
            CheckConstraint(
                name="correction_changes_something",
                condition=~Q(points=0),
                violation_error_message=_("A correction adds or takes off points."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.points:+}"


class Proposal(models.Model):
    """What a published month proposes for a grid, by rule: best, last, warned. A person decides (docs/rules/scoring.md §8)."""

    score = models.ForeignKey(MonthlyScore, models.PROTECT, related_name="proposals")
    standing = models.CharField(max_length=8, choices=Standing)
    is_confirmed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = _post()
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("proposal of a month")
        verbose_name_plural = _("proposals of months")
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(fields=["score", "standing"], name="proposal_once_per_score"),
            CheckConstraint(
                name="proposal_was_decided_by_somebody",
                condition=Q(is_confirmed__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(is_confirmed__isnull=False, decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason=""),
                violation_error_message=_("A decision has somebody who made it, and a reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_standing_display()
