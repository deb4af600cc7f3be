"""Long work: asked for by a person, claimed by one worker, reported, finished, cleared away."""

from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ..enums import JobState
from ..models import Job, User

KEEP = timedelta(days=7)
# A worker that was killed leaves its job running; after this long without a sign of life another may take it.
# Every sheet and every query is shorter: a query is stopped by the database after one minute.
STALE = timedelta(minutes=2)
MAX_ATTEMPTS = 3
MAX_WAITING = 10  # of one person


class JobRefused(ValueError):
    """Why long work is not taken on, in words for the person who asked for it."""


@transaction.atomic
def ask_for_job(
    kind: str,
    title: str,
    params: dict[str, Any],
    *,
    key: UUID,
    by: User,
    at: datetime,
    keep: timedelta = KEEP,
) -> Job:
    """A person asks for long work; the same key again is the same job. Its result is kept as long as `keep`.

    `params` may name the `page` on which its result stands.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two clicks, one job
    known = Job.objects.filter(key=key).first()
    if known is None:
        return _new_job(kind, title, params, key, by, at, keep)
    if known.owner_id != by.pk:
        raise JobRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _new_job(
    kind: str, title: str, params: dict[str, Any], key: UUID, by: User, at: datetime, keep: timedelta
) -> Job:
    if Job.objects.of(by).unfinished().count() >= MAX_WAITING:
        raise JobRefused(
            _("%(n)d of your jobs are still waiting. Let them finish first.") % {"n": MAX_WAITING}
        )
    return Job.objects.create(
        kind=kind, title=title[:120], params=params, key=key, owner=by, created_at=at, expires_at=at + keep
    )


@transaction.atomic
def claim_job(kind: str, *, at: datetime) -> Job | None:
    """The oldest waiting job of a kind, or one whose worker has died; None when there is none."""
    waiting = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, seen_at__lte=at - STALE)
    job = Job.objects.select_for_update(skip_locked=True).filter(waiting, kind=kind).order_by("pk").first()
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
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(done=done, total=total, seen_at=at)
    )


@transaction.atomic
def finish_job(
    job: Job, *, at: datetime, content: bytes | BinaryIO | None = None, filename: str = "", error: str = ""
) -> Job:
    """The work is done and its file can be fetched, or it failed and says why.

    Of two workers the first to finish counts; what was cancelled meanwhile stays cancelled.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.is_over:
        return job
    job.state = JobState.FAILED if error else JobState.DONE
    job.finished_at, job.message, job.filename = at, error[:200], filename
    if content is not None and not error:
        file = ContentFile(content) if isinstance(content, bytes) else File(content)
        job.result.save(f"{job.key}.bin", file, save=False)
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
    """Results are kept for days; then file and row go."""
    gone = 0
    for job in Job.objects.expired(at).exclude(state=JobState.RUNNING).iterator():
        if job.result:
            job.result.delete(save=False)
        job.delete()
        gone += 1
    return gone
