"""Who volunteers, in which teams, for which activities, and the hours that were given."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import ActivityKind, ActivityState, Skill
from .people import Resident
from .places import by_scope

MOST_WANTED = 500


class VolunteerQuerySet(GridScopedQuerySet):
    def open(self) -> "VolunteerQuerySet":
        """Those who volunteer now."""
        return self.filter(until__isnull=True)

    def with_names(self) -> "VolunteerQuerySet":
        """With what a page needs to name them and their doors."""
        return self.select_related("grid", "resident__household__dwelling__house")


class Volunteer(InGrid):
    """A resident who volunteers, for a time. A building head (楼栋长) is one of them."""

    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="volunteering", verbose_name=_("resident")
    )
    since = models.DateField(_("from the day on"))
    until = models.DateField(_("until"), null=True, blank=True)
    skills = ArrayField(
        models.CharField(max_length=10, choices=Skill), default=list, blank=True, verbose_name=_("skills")
    )
    is_building_head = models.BooleanField(_("building head"), default=False)
    post = models.ForeignKey(
        Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("post as building head")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    history = HistoricalRecords()
    objects = VolunteerQuerySet.as_manager()

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")
        indexes = by_scope("volunteer", Q(until__isnull=True))
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="volunteer_once_at_a_time",
                fields=["resident"],
                condition=Q(until__isnull=True),
                violation_error_message=_("She is entered as a volunteer already."),
            ),
            CheckConstraint(
                name="volunteer_ends_after_she_began",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                violation_error_message=_("The last day lies before the first."),
            ),
            CheckConstraint(
                name="volunteer_with_a_post_is_a_building_head",
                condition=Q(post__isnull=True) | Q(is_building_head=True),
                violation_error_message=_("Only a building head has a post as one."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.resident)

    def get_absolute_url(self) -> str:
        return reverse("residents:volunteer", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.until is None

    @property
    def skill_names(self) -> list[str]:
        return [str(Skill(skill).label) for skill in self.skills]


class Team(InGrid):
    """Volunteers of a community or a building grid who work together."""

    name = models.CharField(_("name of the team"), max_length=60)
    purpose = models.CharField(_("what the team is for"), max_length=200, blank=True)
    leader = models.ForeignKey(
        Volunteer, models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("team leader")
    )
    is_active = models.BooleanField(_("at work"), default=True)
    key = models.UUIDField(unique=True, editable=False)

    history = HistoricalRecords()
    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        indexes = by_scope("team")
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="team_once_per_grid",
                fields=["grid", "name"],
                violation_error_message=_("This grid has a team of that name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("residents:team", args=[self.pk])


class Membership(models.Model):
    """A volunteer in a team, for a time."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="memberships")
    since = models.DateField(_("from the day on"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")
        constraints = [
            UniqueConstraint(
                name="membership_once_at_a_time",
                fields=["team", "volunteer"],
                condition=Q(until__isnull=True),
                violation_error_message=_("She is in the team already."),
            ),
            CheckConstraint(
                name="membership_ends_after_it_began",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.since}"


class Activity(InGrid):
    """What volunteers come together for, at a place and a time."""

    title = models.CharField(_("title"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=ActivityKind)
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=80)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("team")
    )
    wanted = models.PositiveSmallIntegerField(
        _("people wanted"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WANTED)],
    )  # fmt: skip
    text = models.CharField(_("what is done"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=ActivityState, default=ActivityState.PLANNED, editable=False
    )
    key = models.UUIDField(unique=True, editable=False)

    history = HistoricalRecords()
    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            Index(fields=[level, "-begins_at", "-id"], name=f"activity_by_{level}")  # read by the list
            for level in ("building", "community", "street", "district")
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="activity_ends_after_it_began",
                condition=Q(ends_at__gt=F("begins_at")),
                violation_error_message=_("The activity ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("residents:activity", args=[self.pk])

    @property
    def is_planned(self) -> bool:
        return self.state == ActivityState.PLANNED

    @property
    def is_cancelled(self) -> bool:
        return self.state == ActivityState.CANCELLED


class Participation(InGrid):
    """One volunteer at one activity: signed up, and the hours she gave once somebody has confirmed them.

    It lies where the volunteer lives: her grid counts the hours.
    """

    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="participations")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="participations")
    signed_up_at = models.DateTimeField(_("signed up at"))
    signed_up_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1, null=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    confirmed_by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    key = models.UUIDField(unique=True)

    history = HistoricalRecords()
    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        indexes = [
            # read by the year's hours
            Index(fields=[level, "activity"], condition=Q(hours__isnull=False), name=f"hours_by_{level}")
            for level in ("building", "community", "street", "district")
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="participation_once_per_activity",
                fields=["activity", "volunteer"],
                violation_error_message=_("She has signed up already."),
            ),
            CheckConstraint(
                name="participation_hours_are_confirmed",
                condition=Q(hours__isnull=True, confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(hours__gte=0, confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.activity)
