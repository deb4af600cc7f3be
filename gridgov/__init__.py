"""The project. Celery's app is made known here, so that every process publishes to the same broker."""

from gridgov.celery import app as celery_app

__all__ = ["celery_app"]
