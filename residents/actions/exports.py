"""Taking a register out as a file: asked for, released by somebody else, made, and on record before it can be fetched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grids.actions import JobRefused, NewNotice, ask_for_job, finish_job, notify
from grids.models import Grid, Job, Post, path_of

from ..enums import ExportState, LookKind, NoticeKind
from ..models import ExportRequest
from ..models.looks import REASON_LENGTH
from ..queries.exports import (
    KIND,
    asker_scope,
    exported,
    may_have,
    most,
    register_of,
    releasers,
    title_of,
    today_of,
)
from .looks import SHORTEST_REASON
from .writing import RegisterRefused

KEEP_MASKED, KEEP_UNMASKED = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: codes and names only, never a word somebody typed."""

    register: str
    grid: Grid
    choices: Mapping[str, str] = field(default_factory=dict)
    switches: Sequence[str] = ()
    is_unmasked: bool = False
    reason: str = ""


@transaction.atomic
def ask_for_export(wanted: Wanted, *, key: UUID, by: Post, at: datetime) -> ExportRequest:
    """A file of a register is asked for. Masked it is made at once, unmasked it waits for a release.

    The same key again is the same request. Raises RegisterRefused.
    """
    if known := ExportRequest.objects.filter(key=key, asked_by__user=by.user_id).first():
        return known
    request = ExportRequest(
        **path_of(wanted.grid), key=key, register=wanted.register, is_unmasked=wanted.is_unmasked,
        filters={"choices": dict(wanted.choices), "switches": list(wanted.switches)},
        reason=wanted.reason.strip() if wanted.is_unmasked else "", asked_by=by, asked_at=at,
        state=ExportState.WAITING if wanted.is_unmasked else ExportState.RELEASED,
    )  # fmt: skip
    _may_be_asked(request, at)
    request.save()
    if request.is_unmasked:
        _tell_releasers(request, at)
    else:
        _order(request, KEEP_MASKED, at)
    return request


@transaction.atomic
def release_export(request: ExportRequest, *, by: Post, at: datetime) -> ExportRequest:
    """Somebody other than the asker answers for it: the file is made."""
    request = _locked(request, by)
    _may_be_asked(request, at)
    _decide(request, ExportState.RELEASED, NoticeKind.EXPORT_RELEASED, by, at)
    _order(request, KEEP_UNMASKED, at)
    return request


@transaction.atomic
def refuse_export(request: ExportRequest, *, note: str, by: Post, at: datetime) -> ExportRequest:
    """It is not released; the asker reads why."""
    request = _locked(request, by)
    if not note.strip():
        raise RegisterRefused(_("Say why it is not released."))
    request.note = note.strip()
    _decide(request, ExportState.REFUSED, NoticeKind.EXPORT_REFUSED, by, at)
    return request


@transaction.atomic
def publish_export(
    request: ExportRequest, job: Job, file: BinaryIO, *, rows: int, people: Sequence[int], at: datetime
) -> bool:
    """The file can be fetched, and everybody whose data it holds in full has it on her record: both or neither.

    False when the job was cancelled or finished by another worker meanwhile.
    """
    if Job.objects.select_for_update().get(pk=job.pk).is_over:
        return False
    _look_at(people, request, at)
    request.rows = rows
    request.save(update_fields=["rows"])
    finish_job(
        job, at=at, content=file, filename=f"{title_of(request)} {request.number}.xlsx".replace("/", "-")
    )
    return True


# --- what they have in common -------------------------------------------------------------------------


def _may_be_asked(request: ExportRequest, at: datetime) -> None:
    """Whether the asker may have it now, and whether it is small enough to be needed."""
    scope = asker_scope(request, at)
    if not may_have(request, scope):
        raise RegisterRefused(_("Whoever asked may not have this export (any more)."))
    if request.is_unmasked:
        _may_be_unmasked(request, at)
    limit = most(request.is_unmasked)
    if exported(request, scope, today_of(at)).order_by()[: limit + 1].count() > limit:
        raise RegisterRefused(
            _("More than %(n)d entries are too many for one file. Choose a smaller place, or narrow it.")
            % {"n": limit}
        )


def _may_be_unmasked(request: ExportRequest, at: datetime) -> None:
    if not register_of(request).person:
        raise RegisterRefused(_("This register shows nobody's personal data: there is nothing to unmask."))
    if len(request.reason) < SHORTEST_REASON:
        raise RegisterRefused(_("Say in a few words what you need it for."))
    if not releasers(request, at).exists():
        raise RegisterRefused(_("Nobody above this place can release an export."))


def _tell_releasers(request: ExportRequest, at: datetime) -> None:
    notify(
        NewNotice(post.user_id, NoticeKind.EXPORT_TO_RELEASE, request.pk, f"export {request.pk} asked", at)
        for post in releasers(request, at)
    )


def _locked(request: ExportRequest, by: Post) -> ExportRequest:
    found = (
        ExportRequest.objects.select_for_update(of=("self",))
        .select_related("grid", "asked_by__user", "asked_by__grid")
        .get(pk=request.pk)
    )
    if not found.is_waiting:
        raise RegisterRefused(_("This export has been decided already."))
    if found.asked_by.user_id == by.user_id:
        raise RegisterRefused(_("Somebody else has to release it."))
    return found


def _decide(request: ExportRequest, state: ExportState, told: NoticeKind, by: Post, at: datetime) -> None:
    request.state, request.decided_by, request.decided_at = state, by, at
    request.save(update_fields=["state", "decided_by", "decided_at", "note"])
    notify([NewNotice(request.asked_by.user_id, told, request.pk, f"export {request.pk} decided", at)])


def _order(request: ExportRequest, keep: timedelta, at: datetime) -> None:
    """The job that makes the file; its title and its facts name nobody."""
    title = f"{title_of(request)} {request.number}"
    try:
        request.job = ask_for_job(
            KIND,
            title,
            {"language": get_language()},
            key=request.key,
            by=request.asked_by.user,
            at=at,
            keep=keep,
        )
    except JobRefused as refusal:
        raise RegisterRefused(str(refusal)) from refusal
    request.save(update_fields=["job"])


LOOKS = """
INSERT INTO residents_look (grid_id, building_id, community_id, street_id, district_id, resident_id,
                            kind, field, reason, at, user_id, post_id, address)
SELECT grid_id, building_id, community_id, street_id, district_id, id, %s, '', %s, %s, %s, %s, NULL
FROM residents_resident WHERE id = ANY(%s)
"""


def _look_at(people: Sequence[int], request: ExportRequest, at: datetime) -> None:
    """One look per person, in one statement."""
    everybody = sorted(set(people))
    if not everybody:
        return
    reason = f"{request.number} {request.reason}"[:REASON_LENGTH]
    facts: list[Any] = [LookKind.EXPORT.value, reason, at, request.asked_by.user_id, request.asked_by_id]
    with connection.cursor() as cursor:
        cursor.execute(LOOKS, [*facts, everybody])
        assert cursor.rowcount == len(everybody)
