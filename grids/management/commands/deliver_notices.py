"""manage.py deliver_notices: the second trigger, for cron; it needs no broker and no worker."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ... import actions
from ...actions import heartbeats
from ...enums import Recurring


class Command(BaseCommand):
    help = "Send what waits through every gateway that is switched on."

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        done = actions.deliver_notices(at=at)
        heartbeats.note_finished(Recurring.NOTICES, at=at)
        self.stdout.write(
            f"{done.sent} messages sent, {done.failed} not taken, {done.dropped} notices no longer needed"
        )
