"""A case, what happened to it, and what was seen."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gridgov.kit.pictures import path_by_content
from gridgov.kit.text import Bigrams
from grids.enums import Right
from grids.models import Department, Grid, InGrid, Post
from grids.rules import houses
from grids.scopes import GridScopedQuerySet, Scope

from ..enums import (
    OPEN_STEPS,
    UNDECIDED,
    Action,
    Channel,
    Concern,
    Evaluation,
    EvidenceStage,
    Grade,
    Ledger,
    Part,
    Step,
)  # fmt: skip
from ..rules import origin
from ..rules.inquiry import ADVERSE
from .categories import Category

if TYPE_CHECKING:
    from .applications import Application
    from .assignments import Assignment

STILL_OPEN = Q(ended_at__isnull=True)
# What happens to a case in the hands of a post: it is given to it, or a limit passes there.
IN_HAND = (
    Action.ASSIGN, Action.REOPEN, Action.ESCALATE, Action.TRANSFER, Action.HAND_OVER, Action.EXPIRE, Action.SIGN_LATE,
)  # fmt: skip


class CaseQuerySet(GridScopedQuerySet):
    def within(self, scope: Scope, right: str = Right.VIEW) -> Self:
        """What lies in the scope; a department also has what it assists with, while that is open."""
        allowed = scope.condition(self.model, right)
        if helped := scope.remember(f"helped {right}", lambda: self._helped_by(scope.departments(right))):
            allowed |= Q(pk__in=helped)
        return self.filter(allowed)

    def _helped_by(self, departments: Collection[int]) -> list[int]:
        """Looked up first: as one more condition it would keep the planner from walking the department's index."""
        if not departments:
            return []
        running = {"assignments__part": Part.ASSIST, "assignments__ended_at__isnull": True}
        found = self.model.objects.filter(assignments__department__in=departments, **running)
        return list(found.order_by("pk").values_list("pk", flat=True))

    def open(self) -> "CaseQuerySet":
        return self.filter(ended_at__isnull=True)

    def at_step(self, *steps: Step) -> "CaseQuerySet":
        return self.filter(step__in=steps)

    def overdue(self, at: datetime) -> "CaseQuerySet":
        """Open, and the limit that runs has passed."""
        return self.open().filter(due_at__lte=at)

    def due_before(self, moment: datetime) -> "CaseQuerySet":
        return self.open().filter(due_at__lte=moment)

    def newest_first(self) -> "CaseQuerySet":
        return self.order_by("-pk")

    def lock(self, pk: int) -> "Case":
        """The case, held until the end of the transaction: every action begins with this."""
        path = ("category", "building", "community", "street", "district")
        return self.select_for_update(of=("self",)).select_related(*path).get(pk=pk)


class Case(InGrid):
    """One problem, from report to closing. Changed by `cases.actions` only, one event per change."""

    number = models.CharField(_("case number"), max_length=40, unique=True)
    version = models.PositiveIntegerField(default=0)  # = number of its events; checked at commit
    step = models.CharField(_("step"), max_length=10, choices=Step, default=Step.REPORTED)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    ledger = models.CharField(_("ledger"), max_length=8, choices=Ledger)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    external_id = models.CharField(_("outside number"), max_length=60, blank=True)
    origin = models.CharField(_("found on"), max_length=50, blank=True)  # rules.origin
    text = models.TextField(_("what was found"), max_length=1000)
    place = models.CharField(_("place"), max_length=120, blank=True)
    house_no = models.CharField(_("building"), max_length=20, blank=True)
    unit_no = models.CharField(_("unit"), max_length=20, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy = models.PositiveIntegerField(_("accuracy in metres"), null=True, blank=True)
    search_text = models.TextField(editable=False)

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("reported by")
    )
    reporter_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    reported_at = models.DateTimeField(_("reported at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    step_since = models.DateTimeField(_("stands there since"))  # at this step, with this level
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    is_provisional = models.BooleanField(default=False)  # due in a year whose calendar is not out
    suspended_until = models.DateTimeField(
        _("suspended until"), null=True, blank=True
    )  # its clock stands still

    # Custody: who has it now.
    holder_grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+", db_index=False)
    holder_department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False
    )
    holder_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    # The department that had it last: what makes the case visible to the department.
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+", db_index=False)

    returns = models.PositiveSmallIntegerField(_("returns"), default=0)
    reworks = models.PositiveSmallIntegerField(_("reworks"), default=0)
    reopenings = models.PositiveSmallIntegerField(_("reopenings"), default=0)
    on_time = models.BooleanField(_("handled in time"), null=True)  # frozen when the result is passed
    evaluation = models.CharField(_("evaluation"), max_length=6, choices=Evaluation, blank=True)

    expiries = models.PositiveSmallIntegerField(_("limits passed"), default=0)  # of the round under way
    grade = models.CharField(_("supervision"), max_length=8, choices=Grade, blank=True)
    concern = models.CharField(_("common or major"), max_length=6, choices=Concern, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name=_("merged into")
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            # the list of a scope, newest first: equality on one column, walked by id
            *[
                Index(fields=[place, "-id"], name=f"case_list_{place}")
                for place in ("building", "community", "street", "district", "department")
            ],
            # counters of what is open: index-only, whatever has been closed before
            # and since when it stands there: the workflow monitor
            *[
                Index(
                    fields=[place, "step", "due_at"],
                    include=["step_since"],
                    condition=STILL_OPEN,
                    name=f"case_open_{place}",
                )
                for place in ("building", "department")
            ],
            # the same, with the place below: the page of a grid counts by child
            *[
                Index(
                    fields=[place, "step", "due_at"],
                    include=[child, "step_since"],
                    condition=STILL_OPEN,
                    name=f"case_open_{place}",
                )
                for place, child in (
                    ("community", "building"),
                    ("street", "community"),
                    ("district", "street"),
                )
            ],
            # what waits for a unit: my desk
            Index(fields=["holder_grid", "step"], condition=STILL_OPEN, name="case_held_by_grid"),
            Index(fields=["holder_department", "step"], condition=STILL_OPEN, name="case_held_by_department"),
            # what is supervised: few, so one index serves every level
            Index(
                fields=["district", "street", "community"],
                condition=STILL_OPEN & ~Q(grade=""),
                name="case_supervised",
            ),
            Index(fields=["reporter", "-id"], name="case_of_reporter"),  # the reports of one person
            Index(fields=["street", "reported_at"], name="case_reported_street"),  # figures of a month
            Index(fields=["street", "ended_at"], name="case_ended_street"),  # figures of a month
            Index(
                fields=["origin"], condition=~Q(origin=""), name="case_by_origin"
            ),  # from a visit to its cases
            # search: rare words by their pairs of characters
            GinIndex(Bigrams("search_text"), name="case_search"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="case_end_belongs_to_its_step",
                condition=Q(step__in=OPEN_STEPS, ended_at__isnull=True)
                | (~Q(step__in=OPEN_STEPS) & Q(ended_at__isnull=False)),
                violation_error_message=_("A case that has ended has an end, an open one has none."),
            ),
            CheckConstraint(
                name="case_being_handled_has_a_holder",
                condition=~Q(step__in=[Step.ASSIGNED, Step.HANDLING])
                | Q(holder_grid__isnull=False, holder_department__isnull=True)
                | Q(holder_grid__isnull=True, holder_department__isnull=False),
                violation_error_message=_("A case in work is held by exactly one grid or department."),
            ),
            CheckConstraint(
                name="case_runs_or_is_suspended",
                condition=Q(suspended_until__isnull=True) | Q(step=Step.HANDLING, due_at__isnull=True),
                violation_error_message=_("A suspended case is being handled and has no limit that runs."),
            ),
            CheckConstraint(
                name="case_merged_has_gone_somewhere",
                condition=Q(step=Step.MERGED, merged_into__isnull=False)
                | (~Q(step=Step.MERGED) & Q(merged_into__isnull=True)),
                violation_error_message=_("A merged case names the case it went into, no other does."),
            ),
            UniqueConstraint(
                name="case_outside_number_once_per_channel",
                fields=["channel", "external_id"],
                condition=~Q(external_id=""),
                violation_error_message=_("This channel has delivered that number before."),
            ),
            CheckConstraint(
                name="case_origin_names_one", condition=Q(origin="") | Q(origin__regex=origin.PATTERN)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.pk])

    @cached_property
    def helpers(self) -> "list[Assignment]":
        """The units that assist and have not fed back (协办)."""
        found = self.assignments.filter(part=Part.ASSIST, ended_at__isnull=True)
        return list(found.select_related("grid", "department").order_by("pk"))

    @property
    def shared_with(self) -> frozenset[int]:
        """The departments that see it because they assist."""
        return frozenset(helper.department_id for helper in self.helpers if helper.department_id)

    @cached_property
    def undecided(self) -> "Application | None":
        """The request of the unit that waits for a decision, with who has had a hand in it."""
        wishes = self.applications.filter(state__in=UNDECIDED)
        return wishes.select_related("asked_by", "endorsed_by").first()

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def where(self) -> str:
        """The place as people say it: 三号楼 2单元, 桐柏路12号, 3号楼2单元."""
        return " ".join(filter(None, (self.place, *houses.said(self.house_no, self.unit_no))))


class CaseEvent(models.Model):
    """One thing that happened to a case, and how the case stood after it.

    The database refuses to change or delete one. Each carries the hash of the one before it, so
    `manage.py verify_chain` names the first that was tampered with. Because an event holds the state
    that followed, a report as of a cut-off reads each case's last event before it.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=12, choices=Action)
    step_before = models.CharField(max_length=10, choices=Step, blank=True)
    step_after = models.CharField(max_length=10, choices=Step)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    key = models.UUIDField(null=True, unique=True)  # the form's one-time key

    # How the case stood afterwards.
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", db_index=False)
    holder_grid = models.ForeignKey(Grid, models.PROTECT, null=True, related_name="+", db_index=False)
    holder_department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", db_index=False
    )
    holder_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)

    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["case", "seq"]
        indexes = [
            Index(fields=["at"], name="event_at"),  # read by the monthly figures
            Index(fields=["post", "action", "at"], name="event_by_post"),  # read by dossiers
            # read by dossiers: what a post answered for
            Index(fields=["holder_post", "at"], condition=Q(action__in=IN_HAND), name="event_in_hand"),
            # read by what is watched after an inquiry; few events are of this kind
            Index(fields=["post", "at"], condition=Q(action__in=ADVERSE), name="event_adverse"),
        ]
        constraints = [UniqueConstraint(fields=["case", "seq"], name="event_numbered_once")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.get_action_display()}"


def evidence_path(evidence: "Evidence", _filename: str) -> str:
    return path_by_content("evidence", evidence.sha256)


class Evidence(models.Model):
    """A photo of a case, cleaned of everything but its pixels. Served through a permission check."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    seq = models.PositiveIntegerField()  # of the event that brought it
    stage = models.CharField(max_length=6, choices=EvidenceStage)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=evidence_path)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField(null=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    similarity = models.BigIntegerField(null=True)  # perceptual hash, for "the same photo as before"
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]
        constraints = [UniqueConstraint(fields=["case", "stage", "sha256"], name="evidence_once_per_stage")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.sha256[:8]}"

    def get_absolute_url(self) -> str:
        return reverse("cases:photo", args=[self.pk])


class NumberSeries(models.Model):
    """The last running number of a place and day, or of a place's papers of a year.

    Places of the same name share one series.
    """

    prefix = models.CharField(max_length=140, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.prefix}: {self.last}"
