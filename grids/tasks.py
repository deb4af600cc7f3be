"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from . import actions


@shared_task
def clear_expired_jobs() -> None:
    """Results that have been kept long enough go, file and row."""
    actions.clear_expired_jobs(at=timezone.now())
