"""manage.py apply_retention: what is past its time goes; without --yes it is only counted."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import actions


class Command(BaseCommand):
    help = "Counts the personal data that is past its time (docs/rules/registers.md); with --yes clears it for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="clear it; there is no way back but a backup")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        said = _("cleared: %(number)d %(told)s, older than %(years)d years")
        if not yes:
            said = _("to clear: %(number)d %(told)s, older than %(years)d years")
        for retained in actions.apply_retention(at=timezone.now(), is_rehearsal=not yes):
            self.stdout.write(said % vars(retained))
        if not yes:
            self.stdout.write(_("Nothing was changed. With --yes it is."))
