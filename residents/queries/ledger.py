"""What of a ledger the register knows already: doors, households, people. Read once, asked for each row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from grids.models import Grid

from ..enums import Relation, Whereabouts
from ..models import Building, Dwelling, Household, Resident
from ..rules.ledger import Person
from .tracing import id_trace

Door = tuple[int, str, str, str, str]  # grid, courtyard, building, unit, room
House = tuple[int, str, str]
BATCH = 20_000


@dataclass
class Known:
    """The register as a ledger finds it."""

    houses: dict[House, int] = field(default_factory=dict)
    doors: dict[Door, int] = field(default_factory=dict)
    homes: dict[int, list[Household]] = field(
        default_factory=lambda: defaultdict(list)
    )  # open ones, by dwelling
    heads: dict[int, int] = field(default_factory=dict)  # resident, by household
    by_number: dict[bytes, Resident] = field(default_factory=dict)
    nameless: dict[tuple[int, str, date | None], Resident] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Mapping[Grid, list[Person]], district: int) -> "Known":
        """Everything the rows of a ledger may be about; a handful of queries."""
        known, grids = cls(), [grid.pk for grid in people]
        for house in Building.objects.filter(grid__in=grids):
            known.houses[house.grid_id, house.name, house.house_no] = house.pk
        for door in Dwelling.objects.filter(grid__in=grids).select_related("house"):
            known.doors[door.grid_id, door.house.name, door.house.house_no, door.unit_no, door.room_no] = (
                door.pk
            )
        for home in Household.objects.filter(grid__in=grids).open():
            known.homes[home.dwelling_id].append(home)
        heads = Resident.objects.living().filter(grid__in=grids, relation=Relation.HEAD)
        known.heads = dict(heads.values_list("household", "pk"))
        known._find_people(people, grids, district)
        return known

    def _find_people(self, people: Mapping[Grid, list[Person]], grids: list[int], district: int) -> None:
        entries = Resident.objects.exclude(state=Whereabouts.MERGED).defer("name_traces")
        places: dict[int, Grid] = {}  # each grid once: a ledger that comes again is about all of its people
        numbers = [
            str(one.facts["id_number"])
            for rows in people.values()
            for one in rows
            if "id_number" in one.facts
        ]
        for some in _batches(numbers):
            traces = [id_trace(number) for number in some]
            for entry in entries.filter(district=district, id_trace__in=traces):
                if entry.grid_id not in places:
                    places[entry.grid_id] = entry.grid
                entry.grid = places[entry.grid_id]
                self.by_number[bytes(entry.id_trace)] = entry
        for entry in entries.filter(grid__in=grids, id_trace__isnull=True, household__isnull=False):
            self.nameless[entry.household_id, entry.name.open(), entry.birth_date] = entry

    def entry_of(self, person: Person, home: Household | None) -> Resident | None:
        """The entry of the person a row is about: by her number, or by name and birth date in the same household."""
        if number := person.facts.get("id_number"):
            return self.by_number.get(id_trace(str(number)))
        if home is None:
            return None
        born: Any = person.facts.get("birth_date")
        return self.nameless.get((home.pk, str(person.facts["name"]), born))

    def home_of(self, grid: Grid, person: Person) -> Household | None:
        """The household behind the door of a row; of several the one of its number."""
        homes = self.homes.get(self.doors.get((grid.pk, *person.door), 0), [])
        if person.household_no:
            numbered = [home for home in homes if home.number == person.household_no]
            return numbered[0] if numbered else None
        return homes[0] if homes else None


def _batches(rows: list[str]) -> Iterable[list[str]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
