"""manage.py seed_register: put invented people behind the doors of the demo street and let ten weeks pass."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.demo.town import WEEKS, lived_day

from ... import demo


class Command(BaseCommand):
    help = "Fill the register of the demo district (docs/demo.md): 30,000 invented residents, ten weeks of their lives."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=11459, help="another number, other people")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the last day lived (default: yesterday)"
        )
        parser.add_argument("--weeks", type=int, default=WEEKS, help="no more than the demo has lived")
        parser.add_argument(
            "--size", choices=[size.value for size in demo.Size], default=demo.Size.FULL.value
        )
        parser.add_argument(
            "--once", action="store_true", help="not when it is there already, nor where there is no demo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"] and demo.is_seeded():
            return
        if not 3 <= options["weeks"] <= 26:
            raise CommandError("The demo lives 3 to 26 weeks.")
        try:
            tally = self._seed(**options)
        except demo.SeedingRefused as refusal:
            self._say_no(str(refusal), options["once"])
            return
        self.stdout.write(
            f"The register stands at {tally.until}: {tally.buildings} buildings, {tally.households} households, "
            f"{tally.residents} residents, {tally.premises} premises, {tally.files} files of special groups, "
            f"{tally.visits} visits, {tally.inspections} inspections, {tally.volunteers} volunteers, "
            f"{tally.activities} activities, {tally.points} entries of points."
        )

    def _seed(
        self, *, seed: int, until: date | None, weeks: int, size: str, verbosity: int, **_: Any
    ) -> demo.Tally:
        return demo.seed(
            seed=seed, until=until or lived_day(timezone.now()), weeks=weeks, size=demo.Size(size),
            progress=self.stderr.write if verbosity else lambda line: None,
        )  # fmt: skip

    def _say_no(self, reason: str, once: bool) -> None:
        """Whoever asks for the register is refused; a start that only makes sure of it goes on without."""
        if not once:
            raise CommandError(reason)
        self.stderr.write(f"No register here. {reason}")
