"""What a unit asks of its clock: more time (延期), or that it stands still (挂账)."""

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.models import Post

from ..enums import UNDECIDED, ApplicationKind, ApplicationState
from ..rules.clock import Pause
from .assignments import Assignment
from .cases import Case


def _post() -> models.ForeignKey:
    return models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")


class ApplicationQuerySet(models.QuerySet):
    def suspensions(self) -> "ApplicationQuerySet":
        """Those that were granted."""
        return self.filter(kind=ApplicationKind.SUSPENSION, state=ApplicationState.GRANTED)

    def extensions(self) -> "ApplicationQuerySet":
        """Those that were granted."""
        return self.filter(kind=ApplicationKind.EXTENSION, state=ApplicationState.GRANTED)


class Application(models.Model):
    """A request in two steps: the dispatcher passes it on, the leader in charge at the level above decides."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="applications", db_index=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="applications")
    kind = models.CharField(max_length=10, choices=ApplicationKind)
    state = models.CharField(max_length=8, choices=ApplicationState, default=ApplicationState.ASKED)
    amount = models.PositiveSmallIntegerField(null=True)  # of an extension, in the unit of the limit
    until = models.DateTimeField(_("until"), null=True)  # of a suspension
    reason = models.TextField(_("reason"), max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    endorsed_by = _post()
    decided_at = models.DateTimeField(null=True)  # granted, refused or turned down; of a grant: when it began
    decided_by = _post()
    ended_at = models.DateTimeField(null=True)  # when a granted suspension was over

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [Index(fields=["case", "asked_at"], name="application_of_case")]
        constraints = [
            UniqueConstraint(
                name="application_one_undecided_per_case",
                fields=["case"],
                condition=Q(state__in=UNDECIDED),
                violation_error_message=_("A request about this case is not decided yet."),
            ),
            UniqueConstraint(
                name="application_one_suspension_at_a_time",
                fields=["case"],
                condition=Q(
                    kind=ApplicationKind.SUSPENSION, state=ApplicationState.GRANTED, ended_at__isnull=True
                ),
                violation_error_message=_("The case is suspended already."),
            ),
            CheckConstraint(
                name="application_asks_for_one_thing",
                condition=Q(kind=ApplicationKind.EXTENSION, amount__isnull=False, until__isnull=True)
                | Q(kind=ApplicationKind.SUSPENSION, amount__isnull=True, until__isnull=False),
                violation_error_message=_("An extension has an amount, a suspension has an end."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"

    @property
    def pause(self) -> Pause | None:
        """The time a suspension that is over has taken out of the clock."""
        if self.decided_at is None or self.ended_at is None:
            return None
        return Pause(self.decided_at, self.ended_at)
