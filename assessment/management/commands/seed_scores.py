"""manage.py seed_scores: assess every month that the demo district has lived."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.demo.town import WEEKS, lived_day

from ... import demo


class Command(BaseCommand):
    help = "Assess the months of the demo district (docs/demo.md): scores, inspections, appeals, warnings."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=11459, help="another number, other inspections")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the last day lived (default: yesterday)"
        )
        parser.add_argument("--weeks", type=int, default=WEEKS, help="how long the demo has lived")
        parser.add_argument(
            "--once", action="store_true", help="not when it is there already, nor where there is no demo"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"] and demo.is_seeded():
            return
        try:
            tally = demo.seed(
                seed=options["seed"], until=options["until"] or lived_day(timezone.now()), weeks=options["weeks"],
                progress=self.stderr.write if options["verbosity"] else lambda line: None,
            )  # fmt: skip
        except demo.SeedingRefused as refusal:
            if not options["once"]:
                raise CommandError(str(refusal)) from refusal
            self.stderr.write(f"No scores here. {refusal}")
            return
        self.stdout.write(
            f"{tally.months} months assessed: {tally.scores} scores, {tally.marks} inspections, {tally.appeals} appeals, "
            f"{tally.proposals} proposals."
        )
