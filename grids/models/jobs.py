"""Long work that a page shows while it runs: exports, imports, scoring."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..enums import JobState


class JobQuerySet(models.QuerySet):
    def waiting(self, kind: str) -> "JobQuerySet":
        return self.filter(state=JobState.QUEUED, kind=kind)

    def of(self, user: settings.AUTH_USER_MODEL) -> "JobQuerySet":
        return self.filter(owner=user)

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def expired(self, at: datetime) -> "JobQuerySet":
        return self.filter(expires_at__lte=at)


class Job(models.Model):
    """One piece of long work, asked for by a person and done by a worker."""

    key = models.UUIDField(unique=True)  # the form's one-time key: the same POST twice is one job
    kind = models.CharField(max_length=40)
    title = models.CharField(_("title"), max_length=120)
    params = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=200, blank=True)
    result = models.FileField(upload_to="jobs/%Y/%m/", blank=True)
    filename = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # the worker's last sign of life
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            # read by claim_job
            models.Index(fields=["kind", "id"], condition=Q(state="queued"), name="job_waiting"),
            models.Index(fields=["owner", "-id"], name="job_of_owner"),  # read by the job list
        ]
        constraints = [
            CheckConstraint(
                name="job_end_belongs_to_its_state",
                condition=Q(state__in=["queued", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("grids:job", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def has_file(self) -> bool:
        return self.state == JobState.DONE and bool(self.result)

    @property
    def page(self) -> str:
        """Where its result is shown, of work that ends on a page and in no file."""
        return str(self.params.get("page", ""))

    @property
    def percent(self) -> int:
        return 100 if self.state == JobState.DONE else (100 * self.done // self.total if self.total else 0)
