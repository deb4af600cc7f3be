"""Two entries that became one, with what it takes to make them two again; and two that are two people."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from .people import Resident


class Merge(InGrid):
    """An entry that went into another one of the same person.

    `rows` names the rows of the history that say how both were before and after, and holds the stays (keys, days,
    codes) and the keys of what was moved. What identifies a person stays sealed in the history.
    """

    survivor = models.ForeignKey(Resident, models.PROTECT, related_name="merges", verbose_name=_("survivor"))
    other = models.ForeignKey(
        Resident, models.PROTECT, related_name="own_merges", verbose_name=_("merged entry")
    )
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("post"))
    rows = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="merge_once_at_a_time", fields=["other"], condition=Q(undone_at__isnull=True)
            ),
            CheckConstraint(name="merge_of_two", condition=~Q(survivor=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Apart(models.Model):
    """Two entries that look like one person, and of which a keeper of the register has said that they are two."""

    first = models.ForeignKey(Resident, models.PROTECT, related_name="+")  # the older one
    second = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name=_("post"))

    class Meta:
        verbose_name = _("pair of two people")
        verbose_name_plural = _("pairs of two people")
        constraints = [
            UniqueConstraint(name="apart_once", fields=["first", "second"]),
            CheckConstraint(name="apart_of_two", condition=Q(first__lt=F("second"))),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
