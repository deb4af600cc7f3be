"""manage.py sweep_deadlines: the sweep without Celery and Redis, for cron and for the operator."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from ... import actions


class Command(BaseCommand):
    help = (
        "Works off every deadline that is due: limits that have passed, escalations, reminders, reply limits. "
        "Run as often as you like and beside Celery: nothing happens twice. Needs the database and no Redis."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at", metavar="MOMENT", help="as of an earlier moment, like 2026-10-13 or 2026-10-13T08:30"
        )
        parser.add_argument(
            "--allow-mass", action="store_true", help="once: also where far more is due than can be right"
        )
        parser.add_argument("--retry-parked", action="store_true", help="try once more what was given up")

    def handle(
        self, *args: Any, at: str | None, allow_mass: bool, retry_parked: bool, **options: Any
    ) -> None:
        now = timezone.now()
        moment = now if at is None else _moment(at, now)
        try:
            swept = actions.keep_time(at=moment, host=now, allow_mass=allow_mass, retry_parked=retry_parked)
        except actions.SweepHeld as held:
            raise CommandError(str(held)) from held
        self.stdout.write(
            _(
                "%(fired)d deadlines worked off: %(expired)d limits have passed, %(escalated)d cases went to the "
                "level above."
            )
            % vars(swept)
        )
        if swept.parked:
            raise CommandError(
                _("%(parked)d deadlines could not be worked off and are parked; the log says why.")
                % vars(swept)
            )


def _moment(text: str, now: datetime) -> datetime:
    """What was typed after --at: a moment that has been, in Zhengzhou's time unless it names another zone."""
    try:
        moment = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            _("%(text)s is no moment like 2026-10-13 or 2026-10-13T08:30.") % {"text": text}
        ) from error
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if moment > now:
        raise CommandError(_("%(text)s has not come yet: nothing fires before its time.") % {"text": text})
    return moment
