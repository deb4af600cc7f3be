"""The courtyards of the demo street: a building for every number a grid's extent names, doors, premises."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import models

from grids.enums import GridKind, Management
from grids.models import Grid, Post, path_of

from ..actions.writing import note_history
from ..enums import Occupancy, OrganisationKind, PremisesKind, Risk
from ..models import Building, Dwelling, Organisation, Premises
from ..models.places import in_order
from ..rules.identity import ALPHABET
from ..rules.searching import squeezed
from .people import Inventor

EXTENT = re.compile(r"(?P<yard>\D*)(?P<first>\d+)至(?P<last>\d+)号楼")
ROWS = 8  # of a courtyard of bungalows, whose extent names no buildings
FLOORS, PER_LANDING = 6, 2

# kind                     names                                             risk     floor area from, to
SHOPS = (
    (PremisesKind.SHOP,       ("便民超市", "烟酒店", "五金店", "水果店", "理发店"), Risk.LOW,    20,  120),
    (PremisesKind.RESTAURANT, ("烩面馆", "早餐店", "小吃店", "火锅店"),            Risk.HIGH,   40,  260),
    (PremisesKind.CLINIC,     ("社区诊所", "大药房"),                            Risk.MEDIUM, 40,  150),
    (PremisesKind.OFFICE,     ("房产中介门店", "快递驿站", "打印店"),              Risk.LOW,    25,  120),
    (PremisesKind.LODGING,    ("快捷宾馆", "家庭旅馆"),                          Risk.HIGH,  200,  900),
    (PremisesKind.LEISURE,    ("棋牌室", "台球厅", "网吧"),                       Risk.HIGH,   60,  400),
    (PremisesKind.WORKSHOP,   ("汽车维修部", "铝合金加工部"),                     Risk.MEDIUM, 60,  300),
    (PremisesKind.SCHOOL,     ("幼儿园", "托管班"),                              Risk.HIGH,   80, 1200),
    (PremisesKind.STORAGE,    ("建材仓库", "货运仓库"),                          Risk.HIGH,  150, 2000),
)  # fmt: skip
WEIGHTS = (38, 18, 8, 12, 4, 6, 6, 5, 3)
FIRST, SECOND = "恒鼎瑞众明康百惠安顺福源盛华", "达新和诚泰宁民发通盛丰兴隆"
IN_COMMUNITY, IN_EXCLUSIVE = 5, 24  # premises of a grid where people live, and of one without


def enter(rows: Sequence[models.Model], *, by: Post | None, at: datetime) -> None:
    """Write rows as `save` would, and the first line of their history; all of one model."""
    if rows:
        model: Any = type(rows[0])
        model.objects.bulk_create(rows, batch_size=2000)
        note_history(model, [row.pk for row in rows], "+", by=by, at=at)


@dataclass(frozen=True)
class Yard:
    """The buildings of one grid: what their courtyard is called, and their numbers."""

    name: str
    numbers: tuple[str, ...]
    is_low: bool = False

    @classmethod
    def of(cls, grid: Grid) -> "Yard":
        """As the extent of a grid says: 康和苑1至8号楼. A courtyard without numbers has rows of bungalows."""
        assert grid.parent is not None
        if found := EXTENT.search(grid.scope_note):
            numbers = range(int(found["first"]), int(found["last"]) + 1)
            return cls(
                found["yard"] or f"{grid.parent.name.partition('社区')[0]}院", tuple(map(str, numbers))
            )
        return cls(grid.scope_note, tuple(f"{n}排" for n in range(1, ROWS + 1)), is_low=True)


def is_lived_in(grid: Grid) -> bool:
    """Markets, parks and the like are exclusive grids; nobody lives there."""
    return grid.kind == GridKind.COMMUNITY


@dataclass
class Town:
    """Builds what stands in the grids; all chance from one generator."""

    rng: Random
    inventor: Inventor
    at: datetime
    by: Post | None = None

    @property
    def today(self) -> date:
        return self.inventor.today

    def build(self, grid: Grid, most: int | None = None) -> list[Building]:
        """The buildings of a grid in walking order."""
        yard, path = Yard.of(grid), path_of(grid)
        houses = [self._house(path, yard, number, grid) for number in yard.numbers[:most]]
        enter(houses, by=self.by, at=self.at)
        return houses

    def doors(self, grid: Grid, houses: Sequence[Building]) -> list[Dwelling]:
        """Every door of these buildings, yet to be entered."""
        path = path_of(grid)
        return [door for house in houses for door in self._doors(path, house)]

    def _house(self, path: dict[str, Any], yard: Yard, number: str, grid: Grid) -> Building:
        is_kept = grid.management == Management.PROPERTY
        return Building(
            **path, name=yard.name, house_no=number, floors=1 if yard.is_low else FLOORS,
            units=None if yard.is_low else self.rng.choice((2, 3, 3, 3, 4)),
            built_year=self.rng.randrange(1998, 2012) if is_kept else self.rng.randrange(1965, 1997),
            management=grid.management, company="安居物业服务有限公司" if is_kept else "",
            sort_key=in_order(yard.name, number),
        )  # fmt: skip

    def _doors(self, path: dict[str, Any], house: Building) -> Iterator[Dwelling]:
        for unit_no, floor, room_no in _rooms(house):
            door = Dwelling(
                **path, house=house, unit_no=unit_no, floor=floor, room_no=room_no,
                area=self.rng.randrange(38 if house.units else 20, 118),
                sort_key=in_order(house.name, house.house_no, unit_no, room_no),
            )  # fmt: skip
            door.search_text = squeezed(f"{house.name}{door.door}")
            yield door

    def let(self, door: Dwelling) -> None:
        """Whoever lives there is not the owner, of whom something is known, too."""
        door.occupancy = Occupancy.LET
        door.owner_name, door.owner_phone = self.inventor.owner()

    # --- premises -----------------------------------------------------------------------------

    def open_shops(self, grid: Grid, houses: Sequence[Building]) -> int:
        """The shops, restaurants and companies of a grid, each third with the organisation that runs it."""
        number = IN_EXCLUSIVE if grid.kind == GridKind.EXCLUSIVE else IN_COMMUNITY
        path, shops = path_of(grid), []
        for place in range(1, number + 1):
            shops.append(self._shop(path, grid, place, self.rng.choice(houses) if houses else None))
        owners = [self._company(path, shop) if place % 3 == 0 else None for place, shop in enumerate(shops)]
        enter([owner for owner in owners if owner], by=self.by, at=self.at)
        for shop, owner in zip(shops, owners, strict=True):
            shop.organisation = owner
        enter(shops, by=self.by, at=self.at)
        return len(shops)

    def _shop(self, path: dict[str, Any], grid: Grid, place: int, house: Building | None) -> Premises:
        kind, words, risk, least, most = self.rng.choices(SHOPS, WEIGHTS)[0]
        trade = self.rng.choice(FIRST) + self.rng.choice(SECOND)
        keeper, phone = self.inventor.owner()
        return Premises(
            **path, name=f"{trade}{self.rng.choice(words)}", kind=kind, house=house, risk=risk,
            address=f"{house}底商{place}号" if house else f"{_strip(grid)}{place}号",
            floor="1", area=self.rng.randrange(least, most), keeper=keeper, phone=phone,
            licence=f"演示许可{self.rng.randrange(10**6):06d}",
            licence_until=self.today + timedelta(days=self.rng.randrange(-40, 1400)),
        )  # fmt: skip

    def _company(self, path: dict[str, Any], shop: Premises) -> Organisation:
        small = shop.kind in (PremisesKind.SHOP, PremisesKind.RESTAURANT)
        owner, phone = self.inventor.owner()
        return Organisation(
            **path, name=f"{shop.name}（个体工商户）" if small else f"{shop.name}有限公司",
            kind=OrganisationKind.INDIVIDUAL if small else OrganisationKind.COMPANY, code=self._code(),
            address=shop.address, representative=owner, phone=phone, staff=self.rng.randrange(2, 40),
            has_party=self.rng.random() < 0.1,
        )  # fmt: skip

    def _code(self) -> str:
        """A credit code with a right check character, of a division that does not exist."""
        first = f"91{self.rng.randrange(999900, 1_000_000)}" + "".join(self.rng.choices(ALPHABET, k=9))
        total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
        return first + ALPHABET[(31 - total % 31) % 31]


def _strip(grid: Grid) -> str:
    """What the numbers of an exclusive grid count: 小学周边18号; a street names its shop fronts itself."""
    is_along_a_street = grid.name.startswith("沿街")
    return grid.scope_note if is_along_a_street else grid.name.removesuffix("网格")


def _rooms(house: Building) -> Iterator[tuple[str, str, str]]:
    """Unit, floor and room of every door."""
    if not house.units:
        yield from (("", "1", str(room)) for room in range(1, 9))
        return
    for unit in range(1, house.units + 1):
        for floor in range(1, FLOORS + 1):
            for room in range(1, PER_LANDING + 1):
                yield str(unit), str(floor), f"{floor}{room:02d}"
