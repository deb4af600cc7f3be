"""Count the months that are over for every grid and keep the figures, by hand; or compare what is kept with a count."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import actions
from assessment.queries.recount import differing
from assessment.queries.rollups import closed_months
from grids.enums import Level
from grids.models import Grid


class Command(BaseCommand):
    help = "Count months that are over for every grid (rollup_months 2026-10), without one: those that are missing or stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("months", nargs="*", metavar="YYYY-MM")
        parser.add_argument(
            "--compare",
            action="store_true",
            help="write nothing; count every grid again and compare, bit for bit",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        months, at = [_month(text) for text in options["months"]], timezone.now()
        districts = Grid.objects.at(Level.DISTRICT).order_by("code")
        if options["compare"]:
            self._compare(districts, months, at)
            return
        for district in districts:
            for month in _rolled_up(district, months, at):
                self.stdout.write(
                    _("%(grid)s %(month)s: counted.") % {"grid": district, "month": f"{month:%Y-%m}"}
                )

    def _compare(self, districts: Any, months: Sequence[date], at: datetime) -> None:
        wrong = 0
        for district in districts:
            for month in months or closed_months(district, at):
                for grid in differing(district, month, at):
                    wrong += 1
                    self.stdout.write(f"{month:%Y-%m} {grid.code} {grid.name}")
        if wrong:
            raise CommandError(
                _("%(n)d grids and months are kept otherwise than they are counted now.") % {"n": wrong}
            )
        self.stdout.write(_("What is kept is what is counted."))


def _rolled_up(district: Grid, months: Sequence[date], at: datetime) -> Sequence[date]:
    if not months:
        return actions.keep_rollups(district, by=None, at=at)
    try:
        for month in months:
            actions.roll_up(district, month, by=None, at=at)
    except (actions.NotOver, ValueError):
        raise CommandError(_("Only a month that is over can be kept.")) from None
    return months


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise CommandError(_("Please give the month as 2026-09.")) from None
