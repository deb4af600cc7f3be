"""Posts (任职): duty follows the post, so "who was responsible on that day" always has an answer."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from ..enums import DEPARTMENT, Level, Right, Role
from .tree import Department, Grid

SEATED = [role for role in Role if role.seats]


def _point(column: str) -> Func:
    """A range that holds one number: exclusion constraints compare ranges without any extension."""
    return Func(F(column), F(column), Value("[]"), function="int8range")


def _period() -> Func:
    return Func(F("since"), F("until"), Value("[)"), function="tstzrange")


def _role_sits_in_its_place() -> Q:
    allowed = Q()
    for role in Role:
        if role.place == DEPARTMENT:
            allowed |= Q(role=role, department__isnull=False, grid__isnull=True, level__isnull=True)
        else:
            allowed |= Q(role=role, department__isnull=True, grid__isnull=False, level=role.place)
    return allowed


class PostQuerySet(models.QuerySet):
    def current(self, at: datetime) -> "PostQuerySet":
        """The posts held at that moment: [since, until)."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=at), since__lte=at)

    def of_grid(self, grid: Grid) -> "PostQuerySet":
        return self.filter(grid=grid)


class Post(models.Model):
    """A person in a role at a place for a time. Written by `appoint` and `dismiss` only."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("grid")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("department")
    )
    level = models.PositiveSmallIntegerField(_("level"), null=True, blank=True, editable=False)
    seat = models.PositiveSmallIntegerField(_("seat"), default=1, editable=False)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    history = HistoricalRecords()
    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            models.Index(fields=["user", "until"], name="post_of_person"),  # read by scope_of
        ]
        constraints = [
            CheckConstraint(
                name="post_sits_where_its_role_belongs",
                condition=_role_sits_in_its_place(),
                violation_error_message=_("This role does not exist at that place."),
            ),
            CheckConstraint(
                name="post_ends_after_it_began",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message=_("A post cannot end before it began."),
            ),
            *[
                CheckConstraint(
                    name=f"post_{role.value}_seats",
                    condition=~Q(role=role) | Q(seat__gte=1, seat__lte=role.seats),
                    violation_error_message=_("All seats of this role are taken."),
                )
                for role in SEATED
            ],
            *[
                ExclusionConstraint(
                    name=f"post_{role.value}_one_per_seat",
                    expressions=[
                        (
                            _point("department_id" if role.place == DEPARTMENT else "grid_id"),
                            RangeOperators.OVERLAPS,
                        ),
                        (_point("seat"), RangeOperators.OVERLAPS),
                        (_period(), RangeOperators.OVERLAPS),
                    ],
                    condition=Q(role=role),
                    violation_error_message=_("All seats of this role are taken."),
                )
                for role in SEATED
            ],
            models.UniqueConstraint(
                name="post_person_once_per_role_and_place",
                fields=["user", "role", "grid", "department"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                violation_error_message=_("This person already holds that post."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place_name} {self.get_role_display()} {self.user}"

    @property
    def place_name(self) -> str:
        place = self.grid or self.department
        return place.name if place else ""

    @property
    def path_column(self) -> str:
        """The column of an `InGrid` row that says whether it lies in this post's grid; "" for departments."""
        return "" if self.level is None else f"{Level(self.level).path_field}_id"

    @property
    def rights(self) -> frozenset[Right]:
        return Role(self.role).rights

    def is_current(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class GridGrant(UserObjectPermissionBase):
    """A right on a grid, held by guardian; a foreign key, so a grant never outlives its grid."""

    content_object = models.ForeignKey(Grid, models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("grant on a grid")
        verbose_name_plural = _("grants on grids")


class DepartmentGrant(UserObjectPermissionBase):
    """A right on what a department handles."""

    content_object = models.ForeignKey(Department, models.CASCADE, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("grant on a department")
        verbose_name_plural = _("grants on departments")
