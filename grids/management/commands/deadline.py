"""When does a limit run out? The due date first, then the days that were counted and skipped."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ...imports.calendar import calendar_of, shipped_notices
from ...queries.calendar import reason, work_calendar
from ...rules import workdays


def a_day(text: str) -> date:
    """A day as it is written on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a day like 2026-09-24") from error


class Command(BaseCommand):
    help = "Counts a limit in working days: deadline 2014-01-24 7 prints 2014-02-08 on its first line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("start", type=a_day, help="the day of the event, which is not counted")
        parser.add_argument("days", type=int, help="how many working days")

    def handle(self, *args: Any, start: date, days: int, **options: Any) -> None:
        calendar = work_calendar()
        loaded = bool(calendar.years)
        if not loaded:
            calendar = calendar_of(shipped_notices())
        try:
            count = workdays.count(calendar, start, days)
        except (ValueError, OverflowError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count.due_date}")
        self._explain(count)
        if count.provisional:
            self.stdout.write(
                self.style.WARNING(
                    _("Provisional: the official calendar ends with %(year)s. The date may change.")
                    % {"year": calendar.horizon}
                )
            )
        if not loaded:
            self.stdout.write(_("No calendar is loaded: counted with the shipped one."))

    def _explain(self, count: workdays.Count) -> None:
        number = 0
        for day in sorted(count.counted + count.skipped, key=lambda day: day.date):
            number += day.works
            place = f"{number:>4}" if day.works else "   -"
            self.stdout.write(f"{place}  {day.date}  {reason(day)}")
