"""Who signs in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..enums import Force


class User(AbstractUser):
    """A person who signs in. What she may do follows from the posts she holds, never from the account."""

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("duty phone"), max_length=20, blank=True)
    force = models.CharField(_("force"), max_length=12, choices=Force, default=Force.STREET)
    home_unit = models.CharField(
        _("home unit"), max_length=60, blank=True, help_text=_("Where a seconded person comes from.")
    )

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    REQUIRED_FIELDS = ["name"]

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
