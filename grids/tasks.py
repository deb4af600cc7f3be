"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from . import actions
from .actions import heartbeats
from .enums import Recurring


@shared_task
def clear_expired_jobs() -> None:
    """Results that have been kept long enough go, file and row."""
    actions.clear_expired_jobs(at=timezone.now())


@shared_task
def heartbeat() -> None:
    """The worker of imports and workbooks gets through its queue, and beat has nudged it."""
    heartbeats.note_finished(Recurring.DEFAULT, Recurring.BEAT, at=timezone.now())


@shared_task
def heartbeat_clock() -> None:
    """The worker of deadlines and notices gets through its queue, and beat has nudged it."""
    heartbeats.note_finished(Recurring.CLOCK, Recurring.BEAT, at=timezone.now())


@shared_task
def deliver_notices() -> None:
    """What people are told goes out through the gateways that are switched on."""
    at = timezone.now()
    actions.deliver_notices(at=at)
    heartbeats.note_finished(Recurring.NOTICES, at=at)


@shared_task
def clear_read_notices() -> None:
    """What was read long ago goes."""
    actions.clear_read_notices(at=timezone.now())
