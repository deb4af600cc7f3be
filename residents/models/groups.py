"""Special groups (特殊群体): the types there are, the file of a person in one, and everything that happened to it.

Who may see which file is asked of `GroupFileQuerySet.seen_by`, and of nothing else.
"""

from datetime import date

from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gridgov.kit.masking import Kind
from gridgov.kit.sealing import SealedField, Sealing
from grids.enums import Level, Right
from grids.models import Department, InGrid, Post
from grids.scopes import GridScopedQuerySet, Scope

from ..enums import CloseReason, FileChange, FileState, Risk, Sensitivity
from .people import Resident
from .places import by_scope

OPEN = Q(state=FileState.OPEN)
STANDING = Q(state__in=(FileState.PROPOSED, FileState.OPEN))
DECIDED = Q(reviewed_by__isnull=False, reviewed_at__isnull=False)


class GroupTypeQuerySet(models.QuerySet):
    def active(self) -> "GroupTypeQuerySet":
        return self.filter(is_active=True)


class GroupType(models.Model):
    """One kind of special group: how its people are visited, who leads it, what its files hold."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=40)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=100)
    sensitivity = models.CharField(
        _("sensitivity"), max_length=10, choices=Sensitivity, default=Sensitivity.HIGH
    )
    is_sensitive = models.BooleanField(
        _("shown to named roles only"), default=False,
        help_text=_("For everybody else files of this type do not exist."),
    )  # fmt: skip
    low_days = models.PositiveSmallIntegerField(_("days between visits at low risk"), default=90)
    medium_days = models.PositiveSmallIntegerField(_("days between visits at medium risk"), default=30)
    high_days = models.PositiveSmallIntegerField(_("days between visits at high risk"), default=7)
    lead = models.SlugField(
        _("leading department"), max_length=30, blank=True, help_text=_("The duty code of the department.")
    )
    fields = models.JSONField(
        _("own fields"), default=list, blank=True,
        help_text=_("A list of fields, each with name, label, kind, choices and required."),
    )  # fmt: skip
    source = models.CharField(_("where it comes from"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords()
    objects = GroupTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("type of special group")
        verbose_name_plural = _("types of special groups")
        ordering = ["position", "code"]
        constraints = [
            CheckConstraint(
                name="grouptype_visits_oftener_the_higher_the_risk",
                condition=Q(high_days__gte=1, medium_days__gte=F("high_days"), low_days__gte=F("medium_days")),
                violation_error_message=_("The higher the risk, the oftener the visits; at least one day."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def days(self) -> dict[Risk, int]:
        """Days between two visits, by risk."""
        return {Risk.LOW: self.low_days, Risk.MEDIUM: self.medium_days, Risk.HIGH: self.high_days}


def departments_of(scope: Scope) -> list[Department]:
    """The departments through which somebody sees the files of the types they lead."""
    held = scope.departments(Right.GROUPS)
    return [post.department for post in scope.posts if post.department and post.department_id in held]


class GroupFileQuerySet(GridScopedQuerySet):
    def open(self) -> "GroupFileQuerySet":
        return self.filter(OPEN)

    def waiting(self) -> "GroupFileQuerySet":
        """Those a second pair of eyes has yet to look at."""
        return self.filter(state=FileState.PROPOSED)

    def standing(self) -> "GroupFileQuerySet":
        """Open, or about to be: a person has one of each type at most."""
        return self.filter(STANDING)

    def due(self, day: date) -> "GroupFileQuerySet":
        """Those whose next visit falls on that day or before."""
        return self.filter(OPEN, next_visit_due__lte=day)

    def overdue(self, day: date) -> "GroupFileQuerySet":
        """Those whose visit should have been before that day."""
        return self.filter(OPEN, next_visit_due__lt=day)

    def seen_by(self, scope: Scope) -> "GroupFileQuerySet":
        """The files that exist for a person: of her place, of types her role may know; or led by her department."""
        seen = scope.condition(self.model, Right.GROUPS) & Q(type__is_sensitive=False)
        seen |= scope.condition(self.model, Right.SENSITIVE) & Q(type__is_sensitive=True)
        for department in departments_of(scope):
            place = {f"{Level(department.grid.level).path_field}_id": department.grid_id}
            seen |= Q(type__lead=department.code, **place)
        return self.filter(seen)


class GroupFile(InGrid, Sealing):
    """The file of one person in one special group. It moves with her, and closes when she is gone."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="files", verbose_name=_("resident"))
    type = models.ForeignKey(GroupType, models.PROTECT, related_name="files", verbose_name=_("type"))
    state = models.CharField(_("state"), max_length=8, choices=FileState, default=FileState.PROPOSED)
    risk = models.PositiveSmallIntegerField(_("risk"), choices=Risk, default=Risk.LOW)
    basis = models.CharField(
        _("basis"), max_length=200, help_text=_("The document it rests on, with its number and day.")
    )
    details = SealedField(_("details"), kind=Kind.NOTE)  # JSON of the type's own fields
    proposed_by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    reviewed_by = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    review_note = models.CharField(_("what the review says"), max_length=200, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    close_reason = models.CharField(_("why closed"), max_length=12, choices=CloseReason, blank=True)
    close_note = models.CharField(_("note on closing"), max_length=200, blank=True)
    last_visited_on = models.DateField(_("last visit"), null=True, blank=True)
    next_visit_due = models.DateField(_("next visit"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["last_visited_on", "next_visit_due"])
    objects = GroupFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a special group")
        verbose_name_plural = _("files of special groups")
        indexes = [
            *by_scope("groupfile", STANDING),
            # read by the visits due in a grid and by those overdue up the levels
            Index(fields=["building", "next_visit_due"], condition=OPEN, name="groupfile_due_building"),
            Index(fields=["street", "next_visit_due"], condition=OPEN, name="groupfile_due_street"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="groupfile_once_per_person_and_type",
                fields=["resident", "type"],
                condition=STANDING,
                violation_error_message=_("She has a file of this type already, open or waiting for review."),
            ),
            CheckConstraint(
                name="groupfile_has_a_second_pair_of_eyes",
                condition=(DECIDED & ~Q(reviewed_by=F("proposed_by")))
                | Q(reviewed_by__isnull=True, reviewed_at__isnull=True),
                violation_error_message=_("Somebody else than the proposer decides."),
            ),
            CheckConstraint(
                name="groupfile_was_decided",
                condition=Q(state=FileState.OPEN, opened_on__isnull=False, next_visit_due__isnull=False) & DECIDED
                | Q(state=FileState.REFUSED, opened_on__isnull=True) & DECIDED
                | Q(state=FileState.PROPOSED, opened_on__isnull=True, reviewed_by__isnull=True)
                | Q(state=FileState.CLOSED),
            ),
            CheckConstraint(
                name="groupfile_closed_says_why",
                condition=Q(state=FileState.CLOSED, closed_on__isnull=False) & ~Q(close_reason="")
                | ~Q(state=FileState.CLOSED) & Q(closed_on__isnull=True, close_reason=""),
                violation_error_message=_("A file is closed for a reason."),
            ),
            CheckConstraint(name="groupfile_has_a_basis", condition=~Q(basis="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.type} {self.resident}"

    def get_absolute_url(self) -> str:
        return reverse("residents:group_file", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == FileState.OPEN

    def days_late(self, day: date) -> int:
        """How many days its visit is overdue on a day. A closed file keeps its day for past months, and asks for none."""
        late = (day - self.next_visit_due).days if self.is_open and self.next_visit_due else 0
        return max(late, 0)

    @property
    def is_waiting(self) -> bool:
        return self.state == FileState.PROPOSED


class GroupEvent(InGrid):
    """Something that happened to a file. Never changed, never taken out; holds no personal data."""

    file = models.ForeignKey(GroupFile, models.PROTECT, related_name="events")
    change = models.CharField(_("what happened"), max_length=10, choices=FileChange)
    at = models.DateTimeField(_("written down at"))
    by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("written down by")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    data = models.JSONField(default=dict)
    key = models.UUIDField(unique=True, null=True)  # none where it followed from something else

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of a file")
        verbose_name_plural = _("events of files")
        ordering = ["pk"]
        constraints = [*InGrid.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.at:%Y-%m-%d %H:%M}"
