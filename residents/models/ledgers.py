"""Ledgers on their way into the register: the file, how its columns are read, what it would do."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Index, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.kit.crypto import keyring
from gridgov.kit.sealing import Sealing
from grids.enums import JobState
from grids.models import Grid, InGrid, Job, Post, User
from grids.scopes import GridScopedQuerySet


class LedgerQuerySet(GridScopedQuerySet):
    def of(self, user: User) -> "LedgerQuerySet":
        return self.filter(owner=user)

    def kept(self, at: datetime) -> "LedgerQuerySet":
        """Those whose day has not passed."""
        return self.filter(expires_at__gt=at)


class LedgerFile(InGrid, Sealing):
    """A ledger that somebody brought, for a day. It is full of personal data: both files lie sealed."""

    key = models.UUIDField(unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="ledgers")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="ledgers/%Y/%m/")
    remarks = models.FileField(
        upload_to="ledgers/%Y/%m/", blank=True
    )  # the same ledger with what is wrong in it
    sheet = models.PositiveSmallIntegerField(default=0)
    mapping = models.JSONField(default=dict)  # number of the column: field, or ""
    check_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    load_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    problems = models.PositiveIntegerField(default=0)
    doubts = models.JSONField(default=list)  # columns that look like another: field, column, percent
    created_at = models.DateTimeField(_("at"))
    loaded_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger of households")
        verbose_name_plural = _("ledgers of households")
        indexes = [Index(fields=["owner", "-id"], name="ledger_of_owner")]  # read by the page of the import
        constraints = [*InGrid.Meta.constraints]

    def __str__(self) -> str:
        return str(self.grid)

    def get_absolute_url(self) -> str:
        return reverse("residents:ledger", args=[self.pk])

    @property
    def is_checked(self) -> bool:
        return self.check_job is not None and self.check_job.state == JobState.DONE

    @property
    def may_load(self) -> bool:
        """Whether the check found something to write and nothing in its way."""
        return (
            self.is_checked
            and not self.problems
            and bool(self.entered + self.changed)
            and not self.is_loading
        )

    @property
    def is_loading(self) -> bool:
        """Whether it is on its way into the register, or there already."""
        return self.loaded_at is not None or (self.load_job is not None and not self.load_job.is_over)

    @property
    def job(self) -> Job | None:
        """The work that its page shows."""
        return self.load_job or self.check_job

    def sealed(self, content: bytes) -> bytes:
        return keyring().seal_bytes(content, f"{self._meta.db_table}:{self.uid}")

    def opened(self, file: Any) -> bytes:
        """What one of its files holds."""
        with file.open("rb") as sealed:
            return keyring().open_bytes(sealed.read(), f"{self._meta.db_table}:{self.uid}")


class LedgerTemplate(models.Model):
    """How a community's ledgers with the same titles were read the last time."""

    community = models.ForeignKey(Grid, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("form of a ledger")
        verbose_name_plural = _("forms of ledgers")
        constraints = [
            UniqueConstraint(name="ledger_form_once_per_community", fields=["community", "fingerprint"])
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.at:%Y-%m-%d}"
