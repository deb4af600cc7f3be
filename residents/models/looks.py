"""Who has seen whose personal data in full, and why. Append-only; the database refuses to change it."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Index, Q
from django.utils.translation import gettext_lazy as _

from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import Field, LookKind
from .groups import GroupFile
from .people import Resident
from .visits import Visit

REASON_LENGTH = 200


class Look(InGrid):
    """One look at one value or file, written in the transaction that showed it: no record, no look."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="looks")
    kind = models.CharField(_("kind"), max_length=8, choices=LookKind)
    field = models.CharField(_("what"), max_length=20, choices=Field, blank=True)
    file = models.ForeignKey(
        GroupFile, models.PROTECT, null=True, related_name="looks", verbose_name=_("file of a special group")
    )
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="looks", verbose_name=_("visit"))
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="looks", verbose_name=_("person")
    )
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("post"))
    address = models.GenericIPAddressField(_("from address"), null=True)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")
        permissions = [("read_looks", "read the record of looks at personal data")]
        indexes = [
            Index(fields=["user", "-at"], name="look_of_user"),  # read by the limit of looks
            Index(fields=["building", "-id"], name="look_by_building"),  # read by the grid leader
            Index(fields=["community", "-id"], name="look_by_community"),
            Index(fields=["street", "-id"], name="look_by_street"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(name="look_has_a_reason", condition=~Q(reason="")),
            CheckConstraint(
                name="look_at_a_file_names_it",
                condition=Q(kind=LookKind.FILE, file__isnull=False)
                | ~Q(kind=LookKind.FILE) & Q(file__isnull=True),
            ),
            CheckConstraint(
                name="look_at_a_visit_names_it",
                condition=Q(kind=LookKind.VISIT, visit__isnull=False)
                | ~Q(kind=LookKind.VISIT) & Q(visit__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
