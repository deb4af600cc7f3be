"""Load the working-day calendar: the shipped years, or one year from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...actions.calendar import CalendarRefused, YearNotice, load_year
from ...imports.calendar import decode, read_file, read_notice, shipped_notices
from ...models import CalendarYear
from ...queries.calendar import work_calendar


class Command(BaseCommand):
    help = (
        "Loads the shipped official calendars. With --year and --file: one year from a CSV file "
        "(date,kind,holiday) or from the text of the notice. Loading again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int)
        parser.add_argument("--file", type=Path)

    def handle(self, *args: Any, year: int | None, file: Path | None, **options: Any) -> None:
        at = timezone.now()
        before = work_calendar().version
        try:
            for notice in self._notices(year, file):
                load_year(notice, by=None, at=at)
        except CalendarRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self._report(before)

    def _notices(self, year: int | None, file: Path | None) -> list[YearNotice]:
        if file is None:
            # What an administrator has loaded since is newer than what was shipped: it stays.
            own = set(CalendarYear.objects.filter(loaded_by__isnull=False).values_list("year", flat=True))
            wanted = [notice for notice in shipped_notices() if year in (None, notice.year)]
            if not wanted:
                raise CommandError(f"No calendar of {year} is shipped: name a --file.")
            return [notice for notice in wanted if notice.year not in own]
        if year is None:
            raise CommandError("Say with --year for which year the file is.")
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        if file.suffix == ".csv":
            return [read_file(content, YearNotice(year=year, days=()))]
        return [read_notice(decode(content), year=year)]

    def _report(self, before: int) -> None:
        calendar = work_calendar()
        for year in sorted(calendar.years):
            self.stdout.write(f"{year}: {len(calendar.worked(year))} working days")
        changed = "unchanged" if calendar.version == before else f"was {before}"
        self.stdout.write(f"calendar version {calendar.version} ({changed})")
