"""Proves that every balance of the community points follows from the entries before it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ...models import PointEntry
from ...queries.points import flaws

SHOWN = 100  # one hand leaves a few flaws


class Command(BaseCommand):
    help = "Verifies numbers and balances of the ledger of points; names what does not hold and exits with 1."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for found, flaw in enumerate(flaws(), start=1):
            if found <= SHOWN:
                self.stdout.write(self.style.ERROR(str(flaw)))
        self.stdout.write(_("%d entries of points read.") % PointEntry.objects.count())
        if found:
            raise CommandError(_("%d entries do not hold.") % found)
        self.stdout.write(self.style.SUCCESS(_("Every balance holds.")))
