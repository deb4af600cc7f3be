"""A whole ledger into the register: everything or nothing, in a few statements; what is there already stays.

Used by the import and by the demo. A ledger never moves anybody: who is registered elsewhere in the district is a
problem of its row, for somebody to settle.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from gridgov.kit.bulk import insert_rows, new_keys, update_rows
from gridgov.kit.sealing import SealedField
from grids.models import PATH, Grid, Post, path_of
from grids.rules.workdays import local_date

from ..enums import Change, Occupancy, Registration, Relation, Sex, Whereabouts
from ..models import Building, Dwelling, Household, RegisterEvent, Resident, Stay
from ..models.places import in_order
from ..queries.ledger import Door, House, Known
from ..queries.policies import PolicyBook
from ..queries.tracing import id_trace, name_traces, phone_trace
from ..rules import visiting
from ..rules.ledger import PERSONAL, PLAIN, Fault, Person, Problem
from ..rules.searching import squeezed
from .writing import RegisterRefused, note_history

LOCK = 0x72656769  # "regi": with the district, one load at a time
HELD = {Whereabouts.LEFT: "left", Whereabouts.DEAD: "dead"}


@dataclass
class Load:
    """What a ledger would do to the register; `write` does it."""

    at: datetime
    by: Post | None
    paths: dict[int, dict[str, Any]]  # by grid
    known: Known
    problems: list[Problem] = field(default_factory=list)
    entered: list[tuple[Grid, Person]] = field(default_factory=list)
    changed: list[tuple[Resident, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0

    @property
    def total(self) -> int:
        return len(self.entered) + len(self.changed) + self.unchanged


def plan_load(people: Mapping[Grid, list[Person]], *, by: Post | None, at: datetime) -> Load:
    """What would be entered, changed and left as it is, and what stands in the way. Writes nothing.

    All grids lie in one district.
    """
    paths = {grid.pk: path_of(grid) for grid in people}
    districts = {path["district_id"] for path in paths.values()}
    if len(districts) != 1:
        raise RegisterRefused(_("A ledger is about one district."))
    load = Load(at, by, paths, Known.of(people, districts.pop()))
    for grid, rows in people.items():
        for person in rows:
            _plan_row(load, grid, person)
    load.problems += _headless(load)
    return load


def _plan_row(load: Load, grid: Grid, person: Person) -> None:
    home = load.known.home_of(grid, person)
    entry = load.known.entry_of(person, home)
    if entry is None:
        if person.is_head and home and home.pk in load.known.heads:
            load.problems.append(Problem(person.line, "relation", Fault.TWO_HEADS))
        load.entered.append((grid, person))
    elif not entry.is_living:
        load.problems.append(Problem(person.line, "id_number", Fault.HAS_LEFT, str(entry.grid)))
    elif home is None or entry.household_id != home.pk:
        load.problems.append(Problem(person.line, "id_number", Fault.ELSEWHERE, str(entry.grid)))
    elif news := _news(entry, person):
        load.changed.append((entry, news))
    else:
        load.unchanged += 1


def _news(entry: Resident, person: Person) -> dict[str, Any]:
    """The facts that a row says differently; a cell that is empty says nothing."""
    news = {}
    for name in (*PERSONAL, *PLAIN):
        said = person.facts.get(name)
        if said in (None, ""):
            continue
        held = getattr(entry, name)
        if said != (held.open() if name in PERSONAL and held else held):
            news[name] = said
    return news


def _headless(load: Load) -> list[Problem]:
    """A household that is entered with this ledger needs a head in it."""
    homes: dict[tuple[Any, ...], list[Person]] = defaultdict(list)
    for grid, person in load.entered:
        if load.known.home_of(grid, person) is None:
            homes[grid.pk, *person.home].append(person)
    return [
        Problem(members[0].line, "relation", Fault.NO_HEAD)
        for members in homes.values()
        if not any(person.is_head for person in members)
    ]


@transaction.atomic
def load_people(people: Mapping[Grid, list[Person]], *, by: Post | None, at: datetime, key: str = "") -> Load:
    """Enter a ledger, whole or not at all. Raises LoadRefused with every problem; nothing is written then."""
    _one_at_a_time(people)
    load = plan_load(people, by=by, at=at)
    if load.problems:
        raise LoadRefused(load.problems)
    _Writer(load).write()
    return load


class LoadRefused(RegisterRefused):
    """Why a ledger stays outside: a problem for each row that is in the way."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(_("%(n)d rows cannot be taken in.") % {"n": len(problems)})


def _one_at_a_time(people: Iterable[Grid]) -> None:
    """Two ledgers of one district would both enter the same person, and one of them fail at its end."""
    tree = {grid.tree_id for grid in people}
    with connection.cursor() as cursor:
        for number in sorted(tree):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, number])


# The columns that are copied; whatever is not named has a default in the database or may be empty.
BUILDING = (
    *PATH,
    "id",
    "house_no",
    "name",
    "address",
    "management",
    "company",
    "note",
    "sort_key",
    "is_active",
)
DWELLING = (
    *PATH, "id", "uid", "house_id", "unit_no", "floor", "room_no", "occupancy", "note", "sort_key", "search_text",
    "is_active",
)  # fmt: skip
HOUSEHOLD = (*PATH, "id", "dwelling_id", "number", "opened_on", "visit_due", "note")
RESIDENT = (
    *PATH, "id", "uid", "household_id", "state", "name", "name_traces", "former_name", "id_number", "id_trace", "phone",
    "phone_trace", "registered_address", *PLAIN,
)  # fmt: skip
STAY = (*PATH, "resident_id", "household_id", "relation", "since")
EVENT = (*PATH, "resident_id", "household_id", "change", "on", "at", "by_id", "note", "data", "key")

BLANKS = {
    "sex": Sex.UNKNOWN, "relation": Relation.OTHER, "registration": Registration.SAME, "birth_date": None,
    "permit_until": None,
}  # fmt: skip


class _Writer:
    """Writes a load in the order in which rows lean on each other."""

    def __init__(self, load: Load) -> None:
        self.load, self.known, self.at, self.by = load, load.known, load.at, load.by
        self.today = local_date(load.at)
        self.book = PolicyBook(self.today)
        self.sealed = {name: _sealed_field(name) for name in PERSONAL}

    def write(self) -> None:
        self._write_houses()
        self._write_doors()
        self._enter(self._write_homes())
        self._change()

    def _write_houses(self) -> None:
        missing = self._missing_houses()
        keys = dict(zip(missing, new_keys(Building, len(missing)), strict=True))
        insert_rows(Building, BUILDING, (
            (*self._path(house[0]), keys[house], house[2], house[1], "", "unknown", "", "", in_order(house[1], house[2]), True)
            for house in missing
        ))  # fmt: skip
        self.known.houses |= keys
        note_history(Building, list(keys.values()), "+", by=self.by, at=self.at)

    def _missing_houses(self) -> list[House]:
        wanted = {(grid.pk, person.door[0], person.door[1]): None for grid, person in self.load.entered}
        return [house for house in wanted if house not in self.known.houses]

    def _write_doors(self) -> None:
        wanted: dict[Door, None] = {(grid.pk, *person.door): None for grid, person in self.load.entered}
        missing = [door for door in wanted if door not in self.known.doors]
        keys = dict(zip(missing, new_keys(Dwelling, len(missing)), strict=True))
        insert_rows(Dwelling, DWELLING, (self._door_row(door, keys[door]) for door in missing))
        self.known.doors |= keys
        note_history(Dwelling, list(keys.values()), "+", by=self.by, at=self.at)

    def _door_row(self, door: Door, key: int) -> tuple[Any, ...]:
        grid, courtyard, house_no, unit_no, room_no = door
        shown = Dwelling(house=Building(name=courtyard, house_no=house_no), unit_no=unit_no, room_no=room_no)
        return (
            *self._path(grid), key, uuid4(), self.known.houses[grid, courtyard, house_no], unit_no, "", room_no,
            Occupancy.OWNER, "", in_order(courtyard, house_no, unit_no, room_no), squeezed(f"{courtyard}{shown.door}"), True,
        )  # fmt: skip

    def _write_homes(self) -> dict[tuple[Any, ...], int]:
        """The household of each group of rows: the one that is there, or a new one."""
        homes: dict[tuple[Any, ...], int] = {}
        missing: dict[tuple[Any, ...], date] = {}
        for grid, person in self.load.entered:
            group = (grid.pk, *person.home)
            if home := self.known.home_of(grid, person):
                homes[group] = home.pk
            else:
                missing[group] = min(missing.get(group, self.today), person.since or self.today)
        keys = dict(zip(missing, new_keys(Household, len(missing)), strict=True))
        insert_rows(Household, HOUSEHOLD, (
            (*self._path(group[0]), keys[group], self.known.doors[group[:5]], group[5], since, self._visit_due(group[0]), "")
            for group, since in missing.items()
        ))  # fmt: skip
        note_history(Household, list(keys.values()), "+", by=self.by, at=self.at)
        return homes | keys

    def _visit_due(self, grid: int) -> date:
        """When a household that is new in the register is visited at the latest."""
        path = self.load.paths[grid]
        days = self.book.of(path["district_id"], path["street_id"]).ordinary_days
        return visiting.next_due(self.today, days)

    def _enter(self, homes: dict[tuple[Any, ...], int]) -> None:
        entered = self.load.entered
        keys = new_keys(Resident, len(entered))
        at_home = [homes[grid.pk, *person.home] for grid, person in entered]
        told = list(zip(entered, keys, at_home, strict=True))
        insert_rows(Resident, RESIDENT, (self._person_row(g, p, key, home) for (g, p), key, home in told))
        insert_rows(Stay, STAY, (
            (*self._path(g.pk), key, home, p.facts.get("relation") or Relation.OTHER, p.since or self.today)
            for (g, p), key, home in told
        ))  # fmt: skip
        insert_rows(RegisterEvent, EVENT, (
            self._event(self._path(g.pk), key, home, Change.REGISTER, p.since or self.today, {})
            for (g, p), key, home in told
        ))  # fmt: skip
        note_history(Resident, keys, "+", by=self.by, at=self.at)

    def _person_row(self, grid: Grid, person: Person, key: int, home: int) -> tuple[Any, ...]:
        uid, facts = uuid4(), person.facts
        number, phone = facts.get("id_number"), facts.get("phone")
        return (
            *self._path(grid.pk), key, uid, home, Whereabouts.LIVING, self._seal("name", uid, facts["name"]),
            name_traces(str(facts["name"])), self._seal("former_name", uid, facts.get("former_name")),
            self._seal("id_number", uid, number), id_trace(str(number)) if number else None,
            self._seal("phone", uid, phone), phone_trace(str(phone)) if phone else None,
            self._seal("registered_address", uid, facts.get("registered_address")),
            *(facts.get(name) or BLANKS.get(name, "") for name in PLAIN),
        )  # fmt: skip

    def _change(self) -> None:
        """Each entry with its news; what changed is told by name, never by value."""
        rows = [entry for entry, _news in self.load.changed]
        for entry, news in self.load.changed:
            for name, value in news.items():
                setattr(entry, name, value)
            if "name" in news:
                entry.name_traces = name_traces(news["name"])
            if "phone" in news:
                entry.phone_trace = phone_trace(news["phone"])
        update_rows(rows, CHANGEABLE)
        insert_rows(RegisterEvent, EVENT, (
            self._event(
                [getattr(entry, name) for name in PATH], entry.pk, entry.household_id, Change.CORRECT, self.today,
                {"fields": sorted(news)},
            )
            for entry, news in self.load.changed
        ))  # fmt: skip
        note_history(Resident, [entry.pk for entry in rows], "~", by=self.by, at=self.at)

    def _event(
        self,
        path: Iterable[Any],
        resident: int,
        home: int | None,
        change: Change,
        on: date,
        data: dict[str, Any],
    ) -> tuple[Any, ...]:
        by = self.by.pk if self.by else None
        return (*path, resident, home, change, on, self.at, by, "", data, uuid4())

    def _path(self, grid: int) -> tuple[Any, ...]:
        return tuple(self.load.paths[grid].get(name) for name in PATH)

    def _seal(self, name: str, uid: Any, text: Any) -> bytes | None:
        sealed = self.sealed[name].seal(uid, str(text)) if text else None
        return sealed.token if sealed else None


CHANGEABLE = (*PERSONAL, *PLAIN, "name_traces", "phone_trace")


def _sealed_field(name: str) -> SealedField:
    found = Resident._meta.get_field(name)
    assert isinstance(found, SealedField)
    return found
