"""A city's register of residents, wholly invented: as many people as asked for behind the doors of its building grids.

Names are drawn from a vocabulary, so that some are in every tenth place and some in one of fifty thousand;
their traces are real. What nobody searches for (stays, events, histories) is not there.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

from django.core.management import call_command

from gridgov.kit.bulk import insert_rows
from grids.actions import load_tree
from grids.demo import names
from grids.models import Grid
from residents.actions.loading import BUILDING, DWELLING, HOUSEHOLD, RESIDENT
from residents.enums import Occupancy, Registration, Relation, Whereabouts
from residents.models import Building, Dwelling, Household, Resident
from residents.models.places import in_order
from residents.queries.tracing import id_trace, name_traces, phone_trace
from residents.rules.identity import check_digit
from residents.rules.searching import squeezed

from . import city as plan
from . import load
from .people import employ
from .server import City

TABLES = ("residents_building", "residents_dwelling", "residents_household", "residents_resident")
SOURCES = tuple(f"tests/bench/{name}.py" for name in ("city", "people", "register"))
PER_BUILDING = 36
MEMBERS = (1, 1, 2, 2, 3, 3, 3, 4, 4, 5)
YARDS = (
    "平安里",
    "幸福苑",
    "和谐家园",
    "老家属院",
    "东院",
    "西院",
    "康居小区",
    "锦绣园",
    "望湖苑",
    "春晖小区",
)
VERIFIED = date(2026, 11, 18)

RARE_NAME, RARE_EVERY = "欧阳夏荷", 50_000
RARE_INITIALS, COMMON_NAME, COMMON_PART, COMMON_INITIALS = "oyxh", "王", "秀英", "wxy"
SOME_YARD, SOME_DOOR = "平安里3号楼", "平安里3号楼2单元501"
MISSING_NAME = "鲸"


class People(City):
    """A database with a register and no cases."""

    def __init__(self, number: int) -> None:
        super().__init__(number, f"people_{number}")

    def fill(self) -> None:
        build(self.cases)


def ensure(city: People) -> None:
    load.ensure(city, city.fill, SOURCES, f"{city.cases:,} residents")


def build(number: int) -> None:
    """Tree and staff as in the city of cases, and behind the doors people."""
    load.begin()
    load_tree(plan.tree(), at=plan.FOUNDED)
    employ()
    call_command("load_registers", verbosity=0)
    with load.bare(TABLES):
        Author(number).write()
    load.settle(TABLES)


def id_number(number: int) -> str:
    """The number of the so-manieth resident: of a division that does not exist."""
    born = date(1936 + number % 88, 1 + number % 12, 1 + number % 28)
    first = f"{999900 + number // 1000 % 100}{born:%Y%m%d}{number % 1000:03d}"
    return first + check_digit(first)


@lru_cache(maxsize=100_000)
def traces(name: str) -> list[int]:
    return name_traces(name)


@dataclass
class Author:
    """Writes the register grid by grid, in no order, as communities hand in their ledgers."""

    number: int
    rng: Random = field(default_factory=lambda: Random(6))
    people: int = 0
    houses: int = 0
    homes: int = 0

    def write(self) -> None:
        paths = _paths()
        codes = list(paths)
        chosen = self.rng.choices(codes, cum_weights=plan.weights(codes), k=int(self.number / 2.8 * 1.02))
        homes = Counter(chosen)
        order = sorted(homes)
        self.rng.shuffle(order)
        for start in range(0, len(order), 200):
            if self.people < self.number:
                self._write([(paths[code], homes[code]) for code in order[start : start + 200]])

    def _write(self, grids: list[tuple[tuple[int, ...], int]]) -> None:
        rows: dict[Any, list[tuple[Any, ...]]] = {Building: [], Dwelling: [], Household: [], Resident: []}
        for path, homes in grids:
            self._grid(path, homes, rows)
        for model, columns in COLUMNS.items():
            insert_rows(model, columns, rows[model])
        load.progress(f"{self.people:,} residents")

    def _grid(self, path: tuple[int, ...], homes: int, rows: dict[Any, list[tuple[Any, ...]]]) -> None:
        yard = self.rng.choice(YARDS)
        for place in range(homes):
            if place % PER_BUILDING == 0:
                self.houses += 1
                house_no = str(place // PER_BUILDING + 1)
                rows[Building].append((
                    *path, self.houses, house_no, yard, "", "unknown", "", "", in_order(yard, house_no), True,
                ))  # fmt: skip
            self._home(path, yard, house_no, place % PER_BUILDING, rows)

    def _home(
        self,
        path: tuple[int, ...],
        yard: str,
        house_no: str,
        door: int,
        rows: dict[Any, list[tuple[Any, ...]]],
    ) -> None:
        self.homes += 1
        unit, floor, room = str(door // 12 + 1), door % 12 // 2 + 1, door % 2 + 1
        room_no = f"{floor}{room:02d}"
        rows[Dwelling].append((
            *path, self.homes, UUID(int=self.homes), self.houses, unit, str(floor), room_no, Occupancy.OWNER, "",
            in_order(yard, house_no, unit, room_no), squeezed(f"{yard}{house_no}号楼{unit}单元{room_no}室"), True,
        ))  # fmt: skip
        rows[Household].append((*path, self.homes, self.homes, "", VERIFIED, VERIFIED, ""))
        family = names.surname(self.rng)
        for member in range(self.rng.choice(MEMBERS)):
            rows[Resident].append(self._person(path, family, member))

    def _person(self, path: tuple[int, ...], family: str, member: int) -> tuple[Any, ...]:
        self.people += 1
        uid, number, phone = UUID(int=self.people), id_number(self.people), f"154{self.people:08d}"
        name = names.of_family(self.rng, family, bool(member % 2))
        if self.people % RARE_EVERY == RARE_EVERY // 2:
            name = RARE_NAME
        sealed = (
            SEALS[field].seal(uid, text).token
            for field, text in (("name", name), ("id_number", number), ("phone", phone))
        )
        name_token, number_token, phone_token = sealed
        return (
            *path, self.people, uid, self.homes, Whereabouts.LIVING, name_token, traces(name), number_token,
            id_trace(number), phone_token, phone_trace(phone), None, str(1 + member % 2), VERIFIED.replace(year=1980),
            Relation.HEAD if member == 0 else Relation.OTHER, Registration.SAME, "", "", "", "", "",
        )  # fmt: skip


COLUMNS = {Building: BUILDING, Dwelling: DWELLING, Household: HOUSEHOLD, Resident: RESIDENT}
SEALS: dict[str, Any] = {name: Resident._meta.get_field(name) for name in ("name", "id_number", "phone")}


def _paths() -> dict[str, tuple[int, ...]]:
    """Of each building grid its own key, then those of building, community, street and district."""
    keys = dict(Grid.objects.values_list("code", "pk"))
    return {
        code: (keys[code], *(keys[code[:width]] for width in (15, 12, 9, 6)))
        for code in sorted(keys)
        if len(code) == 15
    }
