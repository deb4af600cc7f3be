"""Work given to a unit, its backward schedule, and the moments that must not be missed."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.models import Department, Grid, Post

from ..enums import DeadlineKind, DeadlineState, Outcome, Part, Unit
from ..rules.clock import Limit
from .cases import Case


class Assignment(models.Model):
    """One unit's duty to handle one case: the six ones (六个一) in one row.

    One problem, one lead leader, one direct responsible person, one grid leader, one backward
    schedule, followed through to the end.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    part = models.CharField(max_length=6, choices=Part, default=Part.LEAD)
    round = models.PositiveSmallIntegerField(default=1)
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")  # who answers for the unit
    leader = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("lead leader")
    )
    direct = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("direct responsible person")
    )
    grid_leader = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("grid leader")
    )
    instruction = models.TextField(_("instruction"), blank=True, max_length=500)

    limit_amount = models.PositiveSmallIntegerField(_("limit"))
    limit_unit = models.CharField(max_length=14, choices=Unit)
    extended = models.PositiveSmallIntegerField(default=0)  # granted on top of the limit, in its unit
    clock_from = models.DateTimeField()  # when the clock began; kept through returns
    calendar_version = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    sign_due_at = models.DateTimeField()

    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    fed_back_at = models.DateTimeField(null=True)
    fed_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    result = models.TextField(_("result"), blank=True, max_length=1000)
    on_time = models.BooleanField(null=True)  # of the last feedback, frozen then
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.OPEN)
    ended_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)  # the true due time, once the clock has recorded it

    # Where it came from, when it came up from a grid below; kept when the work is transferred.
    raised_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    raised_to = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+")  # who took it up

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [
            # read by the recount after a calendar was loaded
            Index(fields=["calendar_version"], condition=Q(ended_at__isnull=True), name="assignment_counted"),
            # what a unit assists with: its desk, and what it may see because of it
            *[
                Index(
                    fields=[unit],
                    condition=Q(part=Part.ASSIST, ended_at__isnull=True),
                    name=f"assist_of_{unit}",
                )
                for unit in ("grid", "department")
            ],
            # clocks begin in the order of the rows, so a few pages tell where a month lies: the rehearsal reads it
            BrinIndex(fields=["clock_from"], name="assignment_clock"),
        ]
        constraints = [
            UniqueConstraint(
                name="assignment_one_open_lead_per_case",
                fields=["case"],
                condition=Q(part=Part.LEAD, ended_at__isnull=True),
                violation_error_message=_("The case is assigned already."),
            ),
            UniqueConstraint(
                name="assignment_a_department_assists_once",
                fields=["case", "department"],
                condition=Q(part=Part.ASSIST, ended_at__isnull=True),
            ),
            UniqueConstraint(
                name="assignment_a_grid_assists_once",
                fields=["case", "grid"],
                condition=Q(part=Part.ASSIST, ended_at__isnull=True),
            ),
            CheckConstraint(
                name="assignment_goes_to_one_unit",
                condition=Q(grid__isnull=False, department__isnull=True)
                | Q(grid__isnull=True, department__isnull=False),
                violation_error_message=_("Work is given to one grid or one department."),
            ),
            CheckConstraint(
                name="assignment_end_belongs_to_its_outcome",
                condition=Q(outcome=Outcome.OPEN, ended_at__isnull=True)
                | (~Q(outcome=Outcome.OPEN) & Q(ended_at__isnull=False)),
            ),
            CheckConstraint(
                name="assignment_raised_from_and_to_go_together",
                condition=Q(raised_from__isnull=True, raised_to__isnull=True)
                | Q(raised_from__isnull=False, raised_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} → {self.unit}"

    @property
    def unit(self) -> Grid | Department:
        return self.grid or self.department

    @property
    def has_six_ones(self) -> bool:
        return bool(self.leader_id and self.direct_id and self.grid_leader_id)

    @property
    def limit(self) -> Limit:
        """How much it was given, with what has been granted on top."""
        return Limit(self.limit_amount + self.extended, Unit(self.limit_unit))

    def is_answered_for_by(self, post: Post) -> bool:
        """The unit, not one person of it: any of its posts."""
        if post.department_id:
            return post.department_id == self.department_id
        return post.grid_id == self.grid_id


class Milestone(models.Model):
    """A line of the backward schedule (倒排工作表): what must be done by when to keep the limit."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="milestones")
    seq = models.PositiveSmallIntegerField()
    task = models.CharField(_("task"), max_length=60)
    due_date = models.DateField(_("by"))
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        ordering = ["seq"]
        constraints = [UniqueConstraint(fields=["assignment", "seq"], name="milestone_numbered_once")]

    def __str__(self) -> str:
        return f"{self.due_date} {self.task}"


class DeadlineQuerySet(models.QuerySet):
    def due(self, at: datetime) -> "DeadlineQuerySet":
        """Pending, certain and past. Bounded by a value: with clock_timestamp() the index is of no use."""
        return self.filter(state=DeadlineState.PENDING, is_provisional=False, due_at__lte=at)

    def parked(self) -> "DeadlineQuerySet":
        """Given up after several tries: somebody has to look at them."""
        return self.filter(state=DeadlineState.PARKED)


class Deadline(models.Model):
    """A moment that something must happen at. The sweep reads this table and nothing else."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="deadlines", db_index=False)
    kind = models.CharField(max_length=8, choices=DeadlineKind)
    round = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    calendar_version = models.PositiveIntegerField()
    policy_version = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=DeadlineState, default=DeadlineState.PENDING)
    fired_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    # Since when the moment was known; where nobody says so the database does (migration 0009).
    set_at = models.DateTimeField(null=True, editable=False)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes = [
            # read by the sweep
            Index(fields=["due_at", "id"], condition=Q(state="pending"), name="deadline_due"),
            # read by the recount after a calendar was loaded
            Index(fields=["calendar_version"], condition=Q(state="pending"), name="deadline_counted"),
            Index(fields=["case"], name="deadline_of_case"),  # read by the actions that settle it
            Index(fields=["case"], condition=Q(state="parked"), name="deadline_parked"),  # read by health
        ]
        constraints = [
            UniqueConstraint(fields=["assignment", "kind", "round"], name="deadline_once_per_round"),
            CheckConstraint(
                name="deadline_fires_when_due",
                condition=Q(fired_at__isnull=True) | Q(fired_at__gte=F("due_at")),
            ),
            CheckConstraint(
                name="deadline_provisional_never_fires",
                condition=~Q(state=DeadlineState.FIRED) | Q(is_provisional=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_at:%Y-%m-%d %H:%M}"
