"""Files of special groups: proposed, decided by somebody else, changed, visited and closed.

A file follows its person: it moves with her, and closes when she leaves or dies.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from grids.models import PATH, Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import CloseReason, FileChange, FileState, Risk
from ..models import GroupEvent, GroupFile, GroupType, Resident
from ..queries.groups import held_in, visit_due
from .writing import RegisterRefused, save

SHORTEST_REASON = 2


@transaction.atomic
def load_group_types(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> int:
    """Add the types that are not there yet; how many were added. What an administrator has changed stays."""
    known = set(GroupType.objects.values_list("code", flat=True))
    born = [GroupType(code=code, **fields) for code, fields in rows if code not in known]
    return len(bulk_create_with_history(born, GroupType))


@transaction.atomic
def propose(
    resident: Resident, type_: GroupType, *, risk: Risk, basis: str, details: Mapping[str, str], by: Post,
    at: datetime, key: UUID,
) -> GroupFile:  # fmt: skip
    """Somebody is proposed for a special group; until another person has agreed the file is not open.

    The same key again is the same file. Raises RegisterRefused.
    """
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident.pk)
    if known := _done(key):
        return known.file
    if not resident.is_living:
        raise RegisterRefused(_("She does not live here any more."))
    if not type_.is_active:
        raise RegisterRefused(_("%(type)s is no longer in use.") % {"type": type_})
    _needs(basis, _("Say on which document it rests, with its number."))
    file = GroupFile(
        **path_of_row(resident), resident=resident, type=type_, risk=risk, basis=basis, proposed_by=by, proposed_at=at
    )  # fmt: skip
    file.details = _packed(type_, details)
    save(file, by=by, at=at)
    _record(file, FileChange.PROPOSED, by=by, at=at, key=key)
    return file


@transaction.atomic
def open_file(file: GroupFile, *, note: str = "", by: Post, at: datetime, key: UUID) -> GroupFile:
    """A second person agrees; the first visit is due after the days of the type and the risk."""
    file = _locked(file)
    if _done(key):
        return file
    _may_decide(file, by)
    today = local_date(at)
    file.state, file.opened_on = FileState.OPEN, today
    file.reviewed_by, file.reviewed_at, file.review_note = by, at, note
    file.next_visit_due = visit_due(file, today)
    save(file, by=by, at=at)
    _record(file, FileChange.OPENED, by=by, at=at, key=key, note=note)
    return file


@transaction.atomic
def refuse(file: GroupFile, *, note: str, by: Post, at: datetime, key: UUID) -> GroupFile:
    """A second person does not agree, and says why. It can be proposed anew."""
    file = _locked(file)
    if _done(key):
        return file
    _may_decide(file, by)
    _needs(note, _("Say why it is refused."))
    file.state = FileState.REFUSED
    file.reviewed_by, file.reviewed_at, file.review_note = by, at, note
    save(file, by=by, at=at)
    _record(file, FileChange.REFUSED, by=by, at=at, key=key, note=note)
    return file


@transaction.atomic
def change(
    file: GroupFile, *, risk: Risk, details: Mapping[str, str], reason: str, by: Post, at: datetime, key: UUID
) -> GroupFile:
    """Risk or details are other ones now; the next visit is counted again from the last one."""
    file = _locked(file)
    if _done(key):
        return file
    _must_be_open(file)
    _needs(reason, _("Say why it changes."))
    before, was = held_in(file), Risk(file.risk)
    file.details, file.risk = _packed(file.type, details), risk
    changed = sorted(name for name in {*before, *details} if before.get(name) != details.get(name))
    if not changed and was == risk:
        raise RegisterRefused(_("Nothing has changed."))
    file.next_visit_due = visit_due(file, file.last_visited_on or file.opened_on or local_date(at))
    save(file, by=by, at=at)
    what = FileChange.CHANGED if changed else FileChange.RISK
    data = {"fields": changed, "risk": [was, risk]}
    _record(file, what, by=by, at=at, key=key, note=reason, **data)
    return file


@transaction.atomic
def close(
    file: GroupFile, *, reason: CloseReason, note: str, on: date, by: Post, at: datetime, key: UUID
) -> GroupFile:
    """The file ends, for a reason; no visit is due any more."""
    file = _locked(file)
    if _done(key):
        return file
    _must_be_open(file)
    if on > local_date(at):
        raise RegisterRefused(_("The day is yet to come."))
    if file.opened_on and on < file.opened_on:
        raise RegisterRefused(_("The file was opened only on %(day)s.") % {"day": file.opened_on})
    _close(file, reason, on, note, by=by, at=at, key=key)
    return file


@transaction.atomic
def visited(file: GroupFile, *, on: date, by: Post, at: datetime, agreed: date | None = None) -> GroupFile:
    """Somebody has seen her on that day; the next visit is due after the days her risk asks for, or as agreed.

    A visit that is written down late, after a newer one, moves nothing.
    """
    file = _locked(file)
    _must_be_open(file)
    if on > local_date(at):
        raise RegisterRefused(_("The day is yet to come."))
    if file.last_visited_on is None or file.last_visited_on < on:
        due = visit_due(file, on)
        file.last_visited_on, file.next_visit_due = on, min(due, agreed) if agreed else due
        file.save(update_fields=["last_visited_on", "next_visit_due"])
    _record(file, FileChange.VISITED, by=by, at=at, on=on.isoformat())
    return file


def take_along(resident: Resident, *, by: Post | None, at: datetime) -> None:
    """Her files go with her: who looks after the new place sees them from now on, who did before no more."""
    for file in _standing(resident):
        if path_of_row(file) == path_of_row(resident):
            continue
        for name in PATH:
            setattr(file, name, getattr(resident, name))
        save(file, by=by, at=at)
        _record(file, FileChange.MOVED, by=by, at=at)


def close_all(resident: Resident, reason: CloseReason, *, on: date, by: Post | None, at: datetime) -> None:
    """She has moved away or died: what stands open or waits for review closes with that reason."""
    for file in _standing(resident):
        _close(file, reason, max(on, file.opened_on or on), "", by=by, at=at, key=None)


# --- what they have in common -------------------------------------------------------------------------


def _done(key: UUID) -> GroupEvent | None:
    """The event this form has caused before."""
    return GroupEvent.objects.filter(key=key).select_related("file").first()


def _files() -> Any:
    return GroupFile.objects.select_for_update(of=("self",)).select_related(
        "type", "resident", "proposed_by", "grid"
    )


def _locked(file: GroupFile) -> GroupFile:
    found: GroupFile = _files().get(pk=file.pk)
    return found


def _standing(resident: Resident) -> list[GroupFile]:
    return list(_files().standing().filter(resident=resident).order_by("pk"))


def _may_decide(file: GroupFile, by: Post) -> None:
    if not file.is_waiting:
        raise RegisterRefused(_("This file was decided on already."))
    if file.proposed_by.user_id == by.user_id:
        raise RegisterRefused(_("Somebody else than the proposer decides."))


def _must_be_open(file: GroupFile) -> None:
    if not file.is_open:
        raise RegisterRefused(_("This file is not open."))


def _needs(text: str, sentence: str) -> None:
    if len(text.strip()) < SHORTEST_REASON:
        raise RegisterRefused(sentence)


def _packed(type_: GroupType, details: Mapping[str, str]) -> str:
    """The type's own fields as they lie sealed: what it knows, and nothing it asks for missing."""
    known = {row["name"]: row for row in type_.fields}
    if unknown := sorted(set(details) - set(known)):
        raise RegisterRefused(_("%(type)s has no field %(name)s.") % {"type": type_, "name": unknown[0]})
    for name, row in known.items():
        if row.get("required") and not details.get(name):
            raise RegisterRefused(_("%(field)s is needed.") % {"field": row["label"]})
    said = {name: details[name] for name in known if details.get(name)}
    return json.dumps(said, ensure_ascii=False)


def _close(
    file: GroupFile,
    reason: CloseReason,
    on: date,
    note: str,
    *,
    by: Post | None,
    at: datetime,
    key: UUID | None,
) -> None:
    file.state, file.close_reason, file.closed_on, file.close_note = FileState.CLOSED, reason, on, note
    save(file, by=by, at=at)
    _record(file, FileChange.CLOSED, by=by, at=at, key=key, note=note, reason=reason)


def _record(
    file: GroupFile, what: FileChange, *, by: Post | None, at: datetime, key: UUID | None = None, note: str = "",
    **data: Any,
) -> GroupEvent:  # fmt: skip
    """One event in the life of a file; never any personal data in it."""
    return GroupEvent.objects.create(
        **path_of_row(file), file=file, change=what, at=at, by=by, note=note, key=key, data=data
    )
