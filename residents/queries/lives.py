"""What happened to an entry, in words: its events and the changes of its fields as one story, the newest first."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from ..enums import Change
from ..models import Household, RegisterEvent, Resident
from .entries import Changed, changes

MOST = 100  # moments of one entry


@dataclass(frozen=True)
class Moment:
    """One thing that happened: on which day, where, and who wrote it down when. Never what stood in a field."""

    at: datetime
    who: str
    label: str
    on: date | None = None
    place: Household | None = None
    note: str = ""
    fields: tuple[str, ...] = ()
    of_other: bool = False  # of an entry that was merged into this one


def life(resident: Resident) -> list[Moment]:
    """Everything on record of a person, also of the entries that were merged into hers."""
    merged = list(resident.merged.all())
    moments = [moment for entry in (resident, *merged) for moment in _of(entry, entry != resident)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:MOST]


def _of(entry: Resident, of_other: bool) -> list[Moment]:
    """Events, each with the fields that changed with it; then what was changed without an event."""
    edits = {change.at: change for change in changes(entry)}
    events = entry.events.select_related("by__user", "household__dwelling__house").order_by("-pk")[:MOST]
    told = [_event(event, edits.pop(event.at, None), of_other) for event in events]
    return told + [_edit(change, of_other) for change in edits.values() if change.fields]


def _event(event: RegisterEvent, change: Changed | None, of_other: bool) -> Moment:
    moment = Moment(
        at=event.at, who=str(event.by.user) if event.by else _("the system"), label=_label(event),
        on=event.on, place=event.household, note=event.note, of_other=of_other,
    )  # fmt: skip
    is_correction = event.change == Change.CORRECT and change
    return replace(moment, fields=tuple(change.fields)) if is_correction and change else moment


def _edit(change: Changed, of_other: bool) -> Moment:
    return Moment(
        at=change.at, who=change.who, label=_("changed"), fields=tuple(change.fields), of_other=of_other
    )


def _label(event: RegisterEvent) -> str:
    """The event as a clerk says it; a merge says which of the two entries this is."""
    if event.change == Change.MERGE and event.data.get("into") != event.resident_id:
        return _("merged into another entry")
    return str(event.get_change_display())
