"""Long work: asked for by a person, claimed by one worker, reported, finished, cleared away."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ..enums import JobState
from ..models import Job, User

KEEP = timedelta(days=7)
# A worker that was killed leaves its job running; after this long without a sign of life another may take it.
STALE = timedelta(minutes=5)
MAX_ATTEMPTS = 3


def ask_for_job(
    kind: str, title: str, params: dict[str, Any], *, key: UUID, by: User, at: datetime
) -> Job:
    """A person asks for long work; the same key again is the same job."""
    job, _created = Job.objects.get_or_create(
        key=key,
        owner=by,
        defaults={
            "kind": kind, "title": title, "params": params, "created_at": at, "expires_at": at + KEEP,
        },
    )  # fmt: skip
    return job


@transaction.atomic
def claim_job(kind: str, *, at: datetime) -> Job | None:
    """The oldest waiting job of a kind, or one whose worker has died; None when there is none."""
    waiting = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, seen_at__lte=at - STALE)
    job = (
        Job.objects.select_for_update(skip_locked=True).filter(waiting, kind=kind).order_by("pk").first()
    )
    if job is None:
        return None
    if job.attempts >= MAX_ATTEMPTS:
        finish_job(job, at=at, error=_("Given up after several attempts."))
        return claim_job(kind, at=at)
    job.state, job.seen_at, job.attempts = JobState.RUNNING, at, job.attempts + 1
    job.started_at = job.started_at or at
    job.save(update_fields=["state", "started_at", "seen_at", "attempts"])
    return job


def report_progress(job: Job, done: int, total: int, *, at: datetime) -> bool:
    """How far the work is; also the sign of life. False when the person has cancelled it."""
    return bool(
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            done=done, total=total, seen_at=at
        )
    )


@transaction.atomic
def finish_job(
    job: Job, *, at: datetime, content: bytes | None = None, filename: str = "", error: str = ""
) -> Job:
    """The work is done and its file can be fetched, or it failed and says why."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_over:
        return job
    job.state = JobState.FAILED if error else JobState.DONE
    job.finished_at, job.message, job.filename = at, error[:200], filename
    if content is not None and not error:
        job.result.save(f"{job.key}.bin", ContentFile(content), save=False)
    job.save()
    return job


@transaction.atomic
def cancel_job(job: Job, *, by: User, at: datetime) -> Job:
    """The person who asked no longer wants it."""
    job = Job.objects.select_for_update().get(pk=job.pk, owner=by)
    if not job.is_over:
        job.state, job.finished_at = JobState.CANCELLED, at
        job.save(update_fields=["state", "finished_at"])
    return job


def clear_expired_jobs(*, at: datetime) -> int:
    """Results are kept a week; then file and row go."""
    gone = 0
    for job in Job.objects.expired(at).exclude(state=JobState.RUNNING).iterator():
        if job.result:
            job.result.delete(save=False)
        job.delete()
        gone += 1
    return gone
