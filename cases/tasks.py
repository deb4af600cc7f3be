"""Background work of this room."""

import logging

from celery import shared_task
from django.utils import timezone

from . import actions

log = logging.getLogger("gridgov.sweep")


@shared_task
def sweep_deadlines() -> None:
    """Whatever is due happens now. A nudge lost or doubled changes nothing: the rows say what is due."""
    now = timezone.now()
    try:
        actions.keep_time(at=now, host=now)
    except actions.SweepHeld as held:  # health says so, too, until somebody has looked
        log.error("the sweep is held: %s", held)
