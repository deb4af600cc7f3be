"""Compute the scores of a month by hand, for the operator."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import actions
from grids.enums import Level
from grids.models import Grid


class Command(BaseCommand):
    help = "Compute (again) the draft of a month in every district: score_month 2026-10"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", metavar="YYYY-MM")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = datetime.strptime(options["month"], "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
        except ValueError:
            raise CommandError(_("Please give the month as 2026-09.")) from None
        for district in Grid.objects.at(Level.DISTRICT).active().order_by("code"):
            try:
                run = actions.score_month(district, month, by=None, at=timezone.now())
            except actions.ScoringRefused as no:
                raise CommandError(str(no)) from no
            self.stdout.write(
                _("%(run)s: %(n)d scores computed.") % {"run": str(run), "n": run.scores.count()}
            )
