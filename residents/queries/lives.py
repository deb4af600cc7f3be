"""What happened to an entry, in words: its events and the changes of its fields as one story, the newest first."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from grids.enums import Right
from grids.scopes import Scope

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
    other: Resident | None = None  # the entry it happened to, where that was merged into this one

    def leads_to(self, scope: Scope) -> str:
        """The page of that entry, where the merge is undone; empty where this person does not reach it."""
        is_there = self.other and scope.covers(self.other, Right.REGISTER)
        return self.other.get_absolute_url() if self.other and is_there else ""


def life(resident: Resident) -> list[Moment]:
    """Everything on record of a person, also of the entries that were merged into hers."""
    merged = list(resident.merged.all())
    moments = [
        *_of(resident),
        *(replace(moment, other=entry) for entry in merged for moment in _of(entry)),
    ]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:MOST]


def _of(entry: Resident) -> list[Moment]:
    """Events, each with the fields that changed with it; then what was changed without an event."""
    edits = {change.at: change for change in changes(entry)}
    events = entry.events.select_related("by__user", "household__dwelling__house").order_by("-pk")[:MOST]
    told = [_event(event, edits.pop(event.at, None)) for event in events]
    return told + [_edit(change) for change in edits.values() if change.fields]


def _event(event: RegisterEvent, change: Changed | None) -> Moment:
    moment = Moment(
        at=event.at, who=str(event.by.user) if event.by else _("the system"), label=_label(event),
        on=event.on, place=event.household, note=event.note,
    )  # fmt: skip
    is_correction = event.change == Change.CORRECT and change
    return replace(moment, fields=tuple(change.fields)) if is_correction and change else moment


def _edit(change: Changed) -> Moment:
    return Moment(at=change.at, who=change.who, label=_("changed"), fields=tuple(change.fields))


def _label(event: RegisterEvent) -> str:
    """The event as a clerk says it; a merge says which of the two entries this is."""
    if event.change == Change.MERGE and event.data.get("into") != event.resident_id:
        return _("merged into another entry")
    return str(event.get_change_display())
