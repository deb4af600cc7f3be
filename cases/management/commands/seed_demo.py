"""manage.py seed_demo: put the demo district into an empty database and let it live ten weeks."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.demo.town import WEEKS, lived_day
from grids.models import CalendarYear

from ... import demo
from ...models import Category


class Command(BaseCommand):
    help = "Build the demo district (docs/demo.md): 1 street, 14 communities, 59 building grids, ten weeks of work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=11459, help="another number, another town")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the last day lived (default: yesterday)"
        )
        parser.add_argument("--weeks", type=int, default=WEEKS)
        parser.add_argument(
            "--size", choices=[size.value for size in demo.Size], default=demo.Size.FULL.value
        )
        parser.add_argument(
            "--once", action="store_true", help="not when it is there already, nor where other data are"
        )
        parser.add_argument(
            "--yes-i-know", action="store_true",
            help="also where TLS is on: the demo's accounts have a password that everybody can read",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"] and demo.is_seeded():
            return
        self._refuse_short_life(options["weeks"])
        try:
            self._refuse_production(options["yes_i_know"])
            tally = self._seed(**options)
        except demo.SeedingRefused as refusal:
            self._say_no(str(refusal), options["once"])
            return
        self.stdout.write(
            f"The demo has lived until {tally.until}: {tally.grids} grids, {tally.posts} posts, {tally.patrols} patrols, "
            f"{tally.diary_lines} diary lines, {tally.cases} cases, {tally.open_cases} of them open."
        )

    def _seed(
        self, *, seed: int, until: date | None, weeks: int, size: str, verbosity: int, **_: Any
    ) -> demo.Tally:
        if not (Category.objects.exists() and CalendarYear.objects.exists()):
            call_command("load_reference", verbosity=0, stdout=self.stderr)
        return demo.seed(
            seed=seed, until=until or lived_day(timezone.now()), weeks=weeks, size=demo.Size(size),
            progress=self.stderr.write if verbosity else lambda line: None,
        )  # fmt: skip

    def _say_no(self, reason: str, once: bool) -> None:
        """Whoever asks for the demo is refused; a start that only makes sure of it goes on without."""
        if not once:
            raise CommandError(reason)
        self.stderr.write(f"No demo here. {reason}")

    def _refuse_production(self, known: bool) -> None:
        if settings.TLS and not known:
            raise demo.SeedingRefused(
                "TLS is on, so this looks like a real installation, and the demo's password is public. "
                "Say --yes-i-know if it is not."
            )

    def _refuse_short_life(self, weeks: int) -> None:
        if not 3 <= weeks <= 26:
            raise CommandError("The demo lives 3 to 26 weeks: its stories alone take two.")
