"""Two entries beside each other, what a merge takes along, and whether one can still be undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.rules.workdays import local_date

from ..enums import Field
from ..models import GroupFile, Merge, Resident, Visit, Volunteer
from ..rules.merging import undone_until
from .shown import NOTHING, Reader

HOME = "home"  # where she lives, among the things that are chosen
FACTS = (
    "name", "former_name", "id_number", "phone", "sex", "birth_date", "registration", "registered_address",
    "native_place", "marriage", "education", "politics", "occupation", "job", "employer", "arrival_reason",
    "permit_until", "note",
)  # fmt: skip


SAID_BY_NUMBER = frozenset({"birth_date", "sex"})


@dataclass(frozen=True)
class Dependant:
    """Rows that hang on a person and go along when her entry is merged into another."""

    model: type[models.Model]
    field: str
    called: Promise | None = None  # where the name of the model does not say what it is here

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def said(self) -> str:
        return str(self.called or self.model._meta.verbose_name_plural)


# What hangs on a person and comes along. Stays are woven together, and the record (events, looks, merges) stays
# where it was written: tests/residents/test_merging.py knows of every table that points at a person.
DEPENDANTS = (
    Dependant(Resident, "merged_into", gettext_lazy("entries merged earlier")),
    Dependant(GroupFile, "resident"),
    Dependant(Visit, "resident"),
    Dependant(Volunteer, "resident"),
)  # fmt: skip


def dependants_of(resident: Resident) -> Iterator[tuple[Dependant, QuerySet[Any]]]:
    for dependant in DEPENDANTS:
        yield dependant, dependant.model._default_manager.filter(**{dependant.field: resident})


@dataclass(frozen=True)
class Side:
    """One fact as the two entries have it, masked."""

    name: str
    label: str
    first: str
    second: str
    differs: bool

    @property
    def is_known_to_second_only(self) -> bool:
        return self.first == NOTHING


def side_by_side(first: Resident, second: Resident, reader: Reader) -> list[Side]:
    """Where she lives, then every fact that at least one of the entries knows."""
    home = Side(HOME, _("where she lives"), _home(first), _home(second), _lives(first) != _lives(second))
    said_by_number = SAID_BY_NUMBER if first.id_number or second.id_number else frozenset()
    facts = [_side(name, first, second, reader) for name in FACTS if name not in said_by_number]
    return [home, *(side for side in facts if (side.first, side.second) != (NOTHING, NOTHING))]


def _side(name: str, first: Resident, second: Resident, reader: Reader) -> Side:
    label = str(Resident._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return Side(
        name, label, _said(name, first, reader), _said(name, second, reader), _differ(name, first, second)
    )


def _said(name: str, resident: Resident, reader: Reader) -> str:
    if name in Field:
        return reader.sees(resident, Field(name))
    value = getattr(resident, name)
    shown = getattr(resident, f"get_{name}_display", None)
    return str(shown() if shown else value) if value else NOTHING


def _differ(name: str, first: Resident, second: Resident) -> bool:
    one, other = getattr(first, name), getattr(second, name)
    if name in Field and one and other:
        return bool(one.open() != other.open())
    return bool(one or other) and one != other


def _lives(resident: Resident) -> tuple[Any, ...]:
    return resident.state, resident.household_id, resident.relation, resident.ended_on


def _home(resident: Resident) -> str:
    if resident.household:
        return f"{resident.household}，{resident.get_relation_display()}"
    return f"{resident.get_state_display()} {resident.ended_on or ''}".strip()


def follows(other: Resident) -> list[tuple[str, int]]:
    """What comes along when this entry goes into another, and how much of it there is."""
    parts = [(_("stays"), other.stays.count()), (_("events of the entry"), other.events.count())]
    parts += [(dependant.said, rows.count()) for dependant, rows in dependants_of(other)]
    return [(what, number) for what, number in parts if number]


# --- undoing ------------------------------------------------------------------------------------------


def merge_of(resident: Resident) -> Merge | None:
    """The merge by which an entry went into another, unless it is undone."""
    found: Merge | None = (
        resident.own_merges.filter(undone_at__isnull=True).select_related("survivor", "other").first()
    )
    return found


def why_not_undone(merge: Merge, at: datetime) -> str:
    """Why a merge stands as it is, in words for a clerk; nothing when it can be undone."""
    last = undone_until(local_date(merge.at))
    if merge.undone_at:
        return _("The merge has been undone already.")
    if local_date(at) > last:
        return _("A merge can be undone for 30 days; this one could be until %(day)s.") % {"day": last}
    if not (_is_as_after(merge.survivor, merge, "survivor") and _is_as_after(merge.other, merge, "other")):
        return _("The entry has been changed since. Correct it instead of undoing the merge.")
    if said_of_stays(merge.survivor) != merge.rows["stays_after"]:
        return _("She has moved since. Correct the entry instead of undoing the merge.")
    return ""


def _is_as_after(resident: Resident, merge: Merge, side: str) -> bool:
    """Whether an entry still is what the merge made of it."""
    after = resident.history.filter(history_id=merge.rows["after"][side]).first()
    return after is not None and all(
        getattr(after, column.attname) == getattr(resident, column.attname) for column in after.tracked_fields
    )


def said_of_stays(resident: Resident) -> list[dict[str, Any]]:
    """Her stays as they can be written down and read again: keys, days and codes."""
    rows = resident.stays.order_by("pk").values()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
