"""Filters of the list that a person keeps under a name of her own."""

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A name and the query string of the list it stands for. Nobody else sees it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=20)
    query = models.CharField(max_length=1000)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            UniqueConstraint(
                fields=["owner", "name"],
                name="filter_named_once_per_person",
                violation_error_message=_("You have a filter of that name."),
            )
        ]

    def __str__(self) -> str:
        return self.name
