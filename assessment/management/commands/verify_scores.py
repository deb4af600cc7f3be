"""Compute a published month again from the records and compare every figure, bit for bit."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assessment.models import Run
from assessment.queries.runs import Verification, verified

SHOWN = 50


class Command(BaseCommand):
    help = "Recompute published months from the records and compare with what was published: verify_scores 2026-10"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("months", nargs="*", metavar="YYYY-MM", help="without one: every published month")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [_month(text) for text in options["months"]]
        runs = (
            Run.objects.exclude(published_at=None)
            .select_related("grid", "scheme")
            .order_by("month", "grid__code")
        )
        if wanted:
            runs = runs.filter(month__in=wanted)
        if not runs:
            raise CommandError(_("No month of these has been published."))
        results = [verified(run) for run in runs]
        for result in results:
            self._tell(result)
        if not all(result.is_clean for result in results):
            raise CommandError(_("Not everything is as it was published."))

    def _tell(self, result: Verification) -> None:
        said = {"run": str(result.run), "n": result.scores}
        if result.is_clean:
            self.stdout.write(_("%(run)s: %(n)d scores, all as published.") % said)
            return
        if not result.is_sealed:
            self.stdout.write(
                _("%(run)s: the seal is broken; published figures were changed in the database.") % said
            )
        for found in result.differences[:SHOWN]:
            self.stdout.write(f"  {found.code} {found.grid} {found.what}: {found.published} → {found.now}")
        if result.differences:
            more = _("%(run)s: %(n)d figures differ now; candidates for an amendment, nothing was changed.")
            self.stdout.write(more % {**said, "n": len(result.differences)})


def _month(text: str) -> Any:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise CommandError(_("Please give the month as 2026-09.")) from None
