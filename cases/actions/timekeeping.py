"""The sweep as its two triggers call it: beat's worker and cron, side by side and unaware of each other."""

from datetime import datetime

from grids.actions import heartbeats
from grids.enums import Recurring
from grids.models import Heartbeat

from .sweep import Swept, sweep


def keep_time(*, at: datetime, host: datetime) -> Swept:
    """Everything due by `at` happens; once all of it is done, health is told so.

    `host` is what the clock of this machine says. An operator may sweep as of an earlier `at`: that proves
    nothing about what fell due since, so it is no sign of life.
    """
    swept = sweep(at=at)
    if not Heartbeat.objects.filter(name=Recurring.SWEEP, at__gt=at, at__lte=host).exists():
        heartbeats.note_finished(Recurring.SWEEP, at=at)
    return swept
