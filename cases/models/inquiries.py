"""The inquiry (质询): what the level below may ask of the level that has not dealt with its case in time."""

from django.db import models
from django.db.models import CheckConstraint, Exists, Index, OuterRef, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.models import Grid, InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import DeadlineKind, InquiryState, Verdict
from .assignments import Assignment, Deadline
from .cases import Case

NOT_ISSUED = [InquiryState.RIGHT, InquiryState.LAPSED]


def _post() -> models.ForeignKey:
    return models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")


class InquiryQuerySet(GridScopedQuerySet):
    def issued(self) -> "InquiryQuerySet":
        """Those that are papers, with a number and a clock."""
        return self.exclude(state__in=NOT_ISSUED)

    def unanswered(self) -> "InquiryQuerySet":
        """Issued, and the other side has not said anything yet; also after its limit."""
        return self.filter(state__in=[InquiryState.ISSUED, InquiryState.OBJECTED], answered_at__isnull=True)

    def with_limit(self) -> "InquiryQuerySet":
        """Each with `is_provisional`: whether its limit is counted in a year whose calendar is not out."""
        limit = Deadline.objects.filter(assignment=OuterRef("assignment"), kind=DeadlineKind.REPLY)
        return self.annotate(is_provisional=Exists(limit.filter(is_provisional=True)))

    def newest_first(self) -> "InquiryQuerySet":
        return self.order_by("-pk")


class Inquiry(InGrid):
    """A right first, then a numbered paper with a clock of its own. Every move on it is an event of its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="inquiries")
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="inquiry"
    )  # the one that expired
    asker = models.ForeignKey(Grid, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    answerer = models.ForeignKey(Grid, models.PROTECT, related_name="+", verbose_name=_("asked of"))
    decider = models.ForeignKey(Grid, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    state = models.CharField(_("state"), max_length=8, choices=InquiryState, default=InquiryState.RIGHT)
    number = models.CharField(_("number"), max_length=150, blank=True)

    gained_at = models.DateTimeField(_("right since"))
    lapsed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(_("issued"), null=True)
    issued_by = _post()  # empty when policy has it issued by itself
    question = models.TextField(_("what is asked"), blank=True, max_length=1000)
    reply_due_at = models.DateTimeField(_("to be answered by"), null=True)
    watched_until = models.DateTimeField(
        null=True, editable=False
    )  # what is done to the asker so long is listed
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = _post()
    progress = models.TextField(_("how the problem stands"), blank=True, max_length=1000)
    cause = models.TextField(_("why it was not dealt with in time"), blank=True, max_length=1000)
    measures = models.TextField(_("what is done next, and by when"), blank=True, max_length=1000)
    is_late = models.BooleanField(_("answered late or not at all"), default=False)
    judged_at = models.DateTimeField(null=True)  # accepted or objected
    judged_by = _post()
    objection = models.TextField(_("objection"), blank=True, max_length=1000)
    decided_at = models.DateTimeField(null=True)
    decided_by = _post()
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict, blank=True)
    decision = models.TextField(_("decision"), blank=True, max_length=1000)

    objects = InquiryQuerySet.as_manager()
    is_provisional: bool  # of those that come from `with_limit`

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        indexes = [
            Index(fields=["asker", "state"], name="inquiry_of_asker"),  # the asker's desk
            Index(fields=["answerer", "state"], name="inquiry_of_answerer"),  # the desk of who must answer
            Index(fields=["decider", "state"], name="inquiry_of_decider"),  # the desk of who decides
            Index(fields=["case"], name="inquiry_of_case"),
            # the list of a scope, newest first: equality on one column, walked by id
            *[
                Index(fields=[place, "-id"], name=f"inquiry_list_{place}")
                for place in ("building", "community", "street", "district")
            ],
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="inquiry_issued_has_its_number",
                condition=Q(state__in=NOT_ISSUED, number="")
                | (
                    ~Q(state__in=NOT_ISSUED)
                    & ~Q(number="")
                    & Q(reply_due_at__isnull=False, watched_until__isnull=False)
                ),
                violation_error_message=_("An issued inquiry has a number and a limit."),
            ),
            UniqueConstraint(name="inquiry_numbered_once", fields=["number"], condition=~Q(number="")),
            CheckConstraint(
                name="inquiry_decided_has_its_verdict",
                condition=Q(state=InquiryState.DECIDED) ^ Q(verdict=""),
                violation_error_message=_("A decided inquiry has its verdict, no other does."),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.case} {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("cases:inquiry", args=[self.pk])
