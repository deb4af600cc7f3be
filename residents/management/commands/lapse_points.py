"""Lets the points lapse that the rules keep no longer; once a year is enough, oftener does no harm."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import actions
from ...models import PointEntry, Resident


class Command(BaseCommand):
    help = "Lets points lapse that were earned longer ago than the rules keep them."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        accounts = Resident.objects.filter(pk__in=PointEntry.objects.values("resident")).order_by("pk")
        lapsed = sum(1 for account in accounts.iterator() if actions.lapse(account, at=at))
        self.stdout.write(_("Points of %d people have lapsed.") % lapsed)
