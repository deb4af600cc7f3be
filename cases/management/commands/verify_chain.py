"""Proves that nothing was changed in what happened to the cases, or names where it was."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ...models import Case, CaseEvent
from ...queries.chain import Inspection

SHOWN = 100  # one hand leaves a few breaks, a lost key leaves as many as there are cases


def a_day(text: str) -> datetime:
    """The beginning of a day as it is written on the command line."""
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y-%m-%d"))  # noqa: DTZ007 - made aware here
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a day like 2026-09-24") from error


class Command(BaseCommand):
    help = "Verifies the chains of case events; names the first broken link of each case and exits with 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", metavar="NUMBER", help="only this case")
        parser.add_argument(
            "--since", metavar="DATE", type=a_day, help="only cases with events since this day"
        )
        parser.add_argument(
            "--media", action="store_true", help="read every photo and compare its fingerprint"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        inspection = Inspection(_chosen(options["case"], options["since"]), media=options["media"])
        broken = self._name(inspection)
        seconds = time.monotonic() - started
        self.stdout.write(
            _("%(events)d events of %(cases)d cases read in %(seconds).1f s.")
            % {"events": inspection.event_count, "cases": inspection.case_count, "seconds": seconds}
        )
        if options["media"]:
            self.stdout.write(_("%d photos compared.") % inspection.photo_count)
        if broken:
            raise CommandError(_("%d places do not hold.") % broken)
        self.stdout.write(self.style.SUCCESS(_("Every chain holds.")))

    def _name(self, inspection: Inspection) -> int:
        broken = 0
        for broken, found in enumerate(inspection.breaks(), start=1):
            if broken <= SHOWN:
                self.stdout.write(self.style.ERROR(str(found)))
        return broken


def _chosen(number: str | None, since: datetime | None) -> "QuerySet[Case] | None":
    """The cases to look at; None is all of them."""
    if number is None and since is None:
        return None
    cases = Case.objects.all()
    if number is not None:
        cases = cases.filter(number=number)
        if not cases.exists():
            raise CommandError(_("There is no case %s.") % number)
    if since is not None:
        cases = cases.filter(pk__in=CaseEvent.objects.filter(at__gte=since).values("case"))
    return cases
