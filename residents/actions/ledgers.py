"""A ledger of households on its way into the register: brought, read in a way somebody chose, tried, taken in.

The file is kept for a day. Whatever is done with it is done by who brought it, from the post that keeps the
register of its grid; the worker asks for that post again.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from grids.actions import ask_for_job, cancel_job, finish_job
from grids.enums import JobState
from grids.models import Grid, Job, Post, path_of

from ..models import LedgerFile, LedgerTemplate
from ..rules.ledger import NEEDED, Person
from .loading import Load, load_people
from .writing import RegisterRefused

KEEP = timedelta(days=1)
CHECK, LOAD = "ledger_check", "ledger_load"


class LedgerWithdrawn(RegisterRefused):
    """The work on a ledger has been cancelled, or was done by another worker."""


@dataclass(frozen=True)
class Checked:
    """What a check found."""

    rows: int
    entered: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: int = 0
    doubts: list[dict[str, Any]] = field(default_factory=list)


@transaction.atomic
def receive_ledger(grid: Grid, content: bytes, *, key: UUID, by: Post, at: datetime) -> LedgerFile:
    """Somebody brings a ledger about a grid; the same form sent twice is one ledger."""
    known = LedgerFile.objects.select_for_update(of=("self",)).filter(key=key).first()
    if known is not None:
        return _own(known, by)
    ledger = LedgerFile(
        **path_of(grid), key=key, owner=by.user, sha256=hashlib.sha256(content).hexdigest(), created_at=at,
        expires_at=at + KEEP,
    )  # fmt: skip
    ledger.file.save(f"{ledger.uid}.sealed", ContentFile(ledger.sealed(content)), save=False)
    ledger.save()
    return ledger


def _own(ledger: LedgerFile, by: Post) -> LedgerFile:
    if ledger.owner_id != by.user_id:
        raise RegisterRefused(_("This form has been used by somebody else. Please open it again."))
    return ledger


@transaction.atomic
def order_check(
    ledger: LedgerFile, *, sheet: int, mapping: Mapping[int, str], fingerprint: str, language: str, page: str,
    key: UUID, by: Post, at: datetime,
) -> Job:  # fmt: skip
    """Say which column is which field, and have the ledger tried. The choice is remembered for the community.

    Raises RegisterRefused, JobRefused.
    """
    ledger = _locked(ledger)
    if ledger.is_loading:
        raise RegisterRefused(_("This ledger is being imported, or has been."))
    _mapping_will_do(ledger, mapping)
    _remember(ledger, mapping, fingerprint, by, at)
    _forget_remarks(ledger)
    ledger.sheet, ledger.mapping = sheet, {str(column): name for column, name in mapping.items()}
    ledger.check_job = _job(CHECK, _("Check of a ledger: %(grid)s"), ledger, language, page, key, by, at)
    ledger.load_job = None
    ledger.save()
    return ledger.check_job


def _locked(ledger: LedgerFile) -> LedgerFile:
    """Without its jobs: joined, they would be those from before the wait for the lock."""
    return LedgerFile.objects.select_for_update().get(pk=ledger.pk)


def _mapping_will_do(ledger: LedgerFile, mapping: Mapping[int, str]) -> None:
    names = [name for name in mapping.values() if name]
    if len(names) > len(set(names)):
        raise RegisterRefused(_("Two columns are held for the same. Choose one of them."))
    if not set(NEEDED) <= set(names):
        raise RegisterRefused(_("Say which columns hold the name, the building and the room."))
    if ledger.building_id is None and "grid" not in names:
        raise RegisterRefused(
            _("The ledger is about several grids: say which column names them, or choose one building grid.")
        )


def _remember(
    ledger: LedgerFile, mapping: Mapping[int, str], fingerprint: str, by: Post, at: datetime
) -> None:
    if ledger.community_id:
        LedgerTemplate.objects.update_or_create(
            community_id=ledger.community_id, fingerprint=fingerprint,
            defaults={"mapping": {str(column): name for column, name in mapping.items()}, "by": by, "at": at},
        )  # fmt: skip


def _forget_remarks(ledger: LedgerFile) -> None:
    if ledger.remarks:
        transaction.on_commit(partial(ledger.remarks.storage.delete, str(ledger.remarks)))
        ledger.remarks = ""


def _job(
    kind: str, title: str, ledger: LedgerFile, language: str, page: str, key: UUID, by: Post, at: datetime
) -> Job:
    params = {"ledger": ledger.pk, "language": language, "page": page}
    words = {"grid": ledger.grid.name}
    return ask_for_job(kind, title % words, params, key=key, by=by.user, at=at, keep=ledger.expires_at - at)


@transaction.atomic
def note_check(
    ledger: LedgerFile, job: Job, checked: Checked, *, remarks: bytes | None, by: Post, at: datetime
) -> LedgerFile:
    """The ledger has been tried: so much would be new, and here is what is wrong with it."""
    ledger = _locked(ledger)
    _still_wanted(job, ledger.check_job_id)
    for name in ("rows", "entered", "changed", "unchanged", "problems", "doubts"):
        setattr(ledger, name, getattr(checked, name))
    if remarks is not None:
        ledger.remarks.save(f"{uuid4()}.sealed", ContentFile(ledger.sealed(remarks)), save=False)
    ledger.save()
    finish_job(job, at=at)
    return ledger


def _still_wanted(job: Job, number: int | None) -> None:
    """Held until the end of the transaction: who cancels later is told that it had ended."""
    state = Job.objects.select_for_update().values_list("state", flat=True).get(pk=job.pk)
    if state != JobState.RUNNING or number != job.pk:
        raise LedgerWithdrawn(_("This work was cancelled."))


@transaction.atomic
def order_load(
    ledger: LedgerFile, *, sha256: str, language: str, page: str, key: UUID, by: Post, at: datetime
) -> Job:
    """Have a ledger taken in that was tried without problems. Confirmed twice it is one import."""
    ledger = _locked(ledger)
    if ledger.load_job is not None and ledger.is_loading:
        return ledger.load_job
    if sha256 != ledger.sha256:
        raise RegisterRefused(_("This is another file than the one that was checked. Check it again."))
    if not ledger.may_load:
        raise RegisterRefused(_("This ledger cannot be imported as it stands. Check it again."))
    ledger.load_job = _job(LOAD, _("Import of a ledger: %(grid)s"), ledger, language, page, key, by, at)
    ledger.save()
    return ledger.load_job


@transaction.atomic
def take_in(
    ledger: LedgerFile, job: Job, people: Mapping[Grid, list[Person]], *, by: Post, at: datetime
) -> LedgerFile:
    """Write a ledger into the register, whole, and say so, in one transaction. Raises LoadRefused, LedgerWithdrawn."""
    ledger = _locked(ledger)
    if ledger.loaded_at is not None:
        raise LedgerWithdrawn(_("This ledger has been imported already."))
    done: Load = load_people(people, by=by, at=at)
    # Last, so that her page can still be answered and her cancelling be heard while rows are written.
    _still_wanted(job, ledger.load_job_id)
    ledger.entered, ledger.changed, ledger.unchanged = len(done.entered), len(done.changed), done.unchanged
    ledger.loaded_at = at
    ledger.save()
    finish_job(job, at=at)
    return ledger


@transaction.atomic
def discard_ledger(ledger: LedgerFile, *, by: Post, at: datetime) -> None:
    """Who brought a ledger takes it away again, with the work on it. What was imported stays in the register."""
    ledger = _locked(ledger)
    for job in (ledger.check_job, ledger.load_job):
        if job is not None:
            cancel_job(job, by=by.user, at=at)
    _delete(ledger)


def _delete(ledger: LedgerFile) -> None:
    _forget_remarks(ledger)
    transaction.on_commit(partial(ledger.file.storage.delete, str(ledger.file)))
    ledger.delete()


def clear_expired_ledgers(*, at: datetime) -> int:
    """After a day a ledger goes, and all that was made of it outside the register."""
    numbers = list(LedgerFile.objects.filter(expires_at__lte=at).values_list("pk", flat=True))
    for number in numbers:
        with transaction.atomic():
            for ledger in LedgerFile.objects.select_for_update(skip_locked=True).filter(pk=number):
                _delete(ledger)
    return len(numbers)
