"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from . import actions
from .actions import heartbeats


@shared_task
def clear_expired_jobs() -> None:
    """Results that have been kept long enough go, file and row."""
    actions.clear_expired_jobs(at=timezone.now())


@shared_task
def heartbeat() -> None:
    """The worker of imports and workbooks gets through its queue."""
    heartbeats.note_finished("worker-default", at=timezone.now())


@shared_task
def heartbeat_clock() -> None:
    """The worker of deadlines and notices gets through its queue."""
    heartbeats.note_finished("worker-clock", at=timezone.now())
