"""The visits of a place: which are due, which were done, and how the grids keep up with them.

What somebody sees of special groups is asked of `GroupFileQuerySet.seen_by` and `VisitQuerySet.seen_by`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.enums import Right
from grids.scopes import Scope

from ..enums import Field, Risk
from ..models import GroupFile, Household, Visit
from .shown import Reader

COMING = timedelta(days=7)  # what falls due so soon is shown, too: she is in the building anyway
MOST = 300  # of each kind on one page; who has more due has fallen behind by more than a page can mend


@dataclass(frozen=True)
class Due:
    """One visit that is to be done: to a household, or to somebody of a special group in it."""

    household: Household
    due: date | None  # None: none has been planned, so it is due
    today: date
    last: Visit | None = None
    visited_on: date | None = None
    file: GroupFile | None = None
    name: str = ""  # of whom the visit is to, as the reader may see it

    @property
    def days_over(self) -> int:
        return max((self.today - self.due).days, 0) if self.due else 0

    @property
    def is_ahead(self) -> bool:
        return self.due is not None and self.due > self.today

    @property
    def risk_tone(self) -> str:
        """The colour of her risk, as chips know it."""
        return RISK_TONES[Risk(self.file.risk)] if self.file else ""


RISK_TONES = {Risk.LOW: "closed", Risk.MEDIUM: "assigned", Risk.HIGH: "overdue"}


@dataclass(frozen=True)
class Section:
    """A part of the due list, its entries by building in walking order."""

    key: str
    title: Promise
    entries: list[Due]

    @property
    def buildings(self) -> list[tuple[str, list[Due]]]:
        by_building = groupby(self.entries, key=lambda one: one.household.dwelling.house)
        return [(str(house), list(entries)) for house, entries in by_building]


def walking_order(one: Due) -> Any:
    """Building after building, door after door, the highest risk first behind each."""
    dwelling = one.household.dwelling
    return (
        dwelling.house.sort_key,
        dwelling.house_id,
        dwelling.sort_key,
        -(one.file.risk if one.file else 0),
    )


def due_list(scope: Scope, reader: Reader, most: int = MOST) -> tuple[list[Section], bool]:
    """What is due where she visits, special groups first; and whether there was more than fits. Three queries."""
    until = reader.today + COMING
    homes = list(_households(scope).due(until).order_by("visit_due", "pk")[: most + 1])
    files = list(_files(scope).due(until).order_by("next_visit_due", "pk")[: most + 1])
    is_cut = len(homes) > most or len(files) > most
    last = last_visits({home.pk for home in homes} | {file.resident.household_id for file in files}, scope)
    entries = [
        *(_of_file(file, reader, last) for file in files[:most]),
        *(_of_household(home, reader, last) for home in homes[:most]),
    ]
    return [section for section in _sections(entries) if section.entries], is_cut


def _sections(entries: list[Due]) -> list[Section]:
    entries = sorted(entries, key=walking_order)
    now = [one for one in entries if not one.is_ahead]
    return [
        Section("groups", _("Special groups"), [one for one in now if one.file]),
        Section("ordinary", _("Households"), [one for one in now if not one.file]),
        Section("coming", _("Within the next seven days"), [one for one in entries if one.is_ahead]),
    ]


def _households(scope: Scope) -> Any:
    homes = Household.objects.within(scope, Right.VISIT).open()
    return homes.select_related("dwelling__house", "grid")


def _files(scope: Scope) -> Any:
    files: Any = GroupFile.objects.within(scope, Right.VISIT)
    return files.seen_by(scope).select_related("type", "grid", "resident__household__dwelling__house")


def _of_file(file: GroupFile, reader: Reader, last: dict[int, Visit]) -> Due:
    home: Any = file.resident.household
    return Due(
        home, file.next_visit_due, reader.today, last.get(home.pk), file.last_visited_on, file,
        reader.sees(file.resident, Field.NAME),
    )  # fmt: skip


def _of_household(home: Household, reader: Reader, last: dict[int, Visit]) -> Due:
    return Due(home, home.visit_due, reader.today, last.get(home.pk), home.visited_on)


def last_visits(households: Iterable[int | None], scope: Scope) -> dict[int, Visit]:
    """The last time somebody was at each of these doors, whether or not anybody opened; one query."""
    wanted = [pk for pk in households if pk]
    rows = Visit.objects.seen_by(scope, Right.VISIT).filter(household__in=wanted)
    newest = rows.order_by("household", "-done_at").distinct("household")
    return {visit.household_id: visit for visit in newest.select_related("by__user")}


def files_of(household: Household, scope: Scope) -> list[GroupFile]:
    """The open files of who lives there, as far as they exist for this person."""
    files: Any = GroupFile.objects.open().seen_by(scope).filter(resident__household=household)
    return list(files.select_related("type", "resident").order_by("-risk", "pk"))


def visits_of(household: Household, scope: Scope) -> QuerySet[Visit]:
    """What was done at this door, the newest first."""
    rows: QuerySet[Visit] = Visit.objects.seen_by(scope).filter(household=household)
    return rows.select_related("by__user", "file__type").order_by("-done_at")
