"""The real Celery of gridgov, with a beat that has no patience: what takes days in service is seen in seconds."""

from gridgov.celery import BEAT, app

BEAT["deadlines"] = ("cases.tasks.sweep_deadlines", 0.5)

__all__ = ["app"]
