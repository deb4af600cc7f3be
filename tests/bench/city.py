"""A city as large as Zhengzhou and wholly invented: 19,035 grids, everybody who works in them, where problems arise.

Always the same: nothing here depends on the day or the machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from zoneinfo import ZoneInfo

from grids.enums import Role
from grids.rules.codes import GridRow

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2023, 1, 3, 9, tzinfo=SHANGHAI)
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=SHANGHAI)  # the moment at which the city is looked at

DISTRICTS, STREETS, COMMUNITIES, BUILDINGS = 15, 208, 3306, 15506

DISTRICT_SHARE = 0.35  # of all cases happen in the first district, a sixth of those in its first street
FIRST, SECOND = "春夏秋冬东南西北长永安和平兴福祥", "河山林湖桥门亭园台井泉岗坡"
STREET_NAMES = [first + second for second in SECOND for first in FIRST]
DISTRICT_NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"

# duty codes of the departments that every street has; the others sit at the district
OF_STREET = {"chengguan": "城市管理科", "huanwei": "环境卫生所", "minzheng": "民政办公室", "sifa": "司法所"}
OF_DISTRICT = {
    "anjian": "区应急安监局", "gongshang": "区市场监管局", "guihua": "区规划分局", "xinfang": "区信访局",
    "dangjian": "区委组织部", "shiyao": "区食药监所", "huanbao": "区环保分局", "shizheng": "区市政所",
    "yuanlin": "区园林局", "gongan": "公安分局", "yingji": "区应急办",
}  # fmt: skip

FAMILY, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"


def _spread(total: int, over: int) -> list[int]:
    """`total` in `over` parts that differ by one at most."""
    return [total // over + (n < total % over) for n in range(over)]


def tree(prefix: str = "4101") -> list[GridRow]:
    """Every grid of the city, districts first; another prefix is another city of the same shape."""
    above = [
        GridRow(f"{prefix}{n:02}", "district", f"{name}区")
        for n, name in enumerate(DISTRICT_NAMES[:DISTRICTS], start=1)
    ]
    rows = list(above)
    for level, total, name in (
        ("street", STREETS, ""),
        ("community", COMMUNITIES, "社区"),
        ("building", BUILDINGS, "网格"),
    ):
        above = list(_below(above, level, total, name))
        rows += above
    return rows


def _below(above: list[GridRow], level: str, total: int, name: str) -> Iterator[GridRow]:
    streets = iter(STREET_NAMES)
    for parent, number in zip(above, _spread(total, len(above)), strict=True):
        for n in range(1, number + 1):
            own = f"{next(streets)}街道" if level == "street" else f"{parent.name[:2]}{n}{name}"
            yield GridRow(f"{parent.code}{n:03}", level, own, parent.code)


def weights(buildings: list[str]) -> list[float]:
    """How often something happens in each building grid, added up: a few streets have most of it."""
    of_district = [DISTRICT_SHARE] + [(1 - DISTRICT_SHARE) / (DISTRICTS - 1)] * (DISTRICTS - 1)
    of_street: dict[str, float] = {}
    number_of_buildings: dict[str, int] = {}
    for code in buildings:
        of_street[code[:9]] = of_district[int(code[4:6]) - 1] / (int(code[6:9]) + 1)
        number_of_buildings[code[:9]] = number_of_buildings.get(code[:9], 0) + 1
    return list(accumulate(of_street[code[:9]] / number_of_buildings[code[:9]] for code in buildings))


def person_name(number: int) -> str:
    return FAMILY[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]


@dataclass(frozen=True)
class Viewer:
    """Somebody whose pages are measured: a post, and where it sits."""

    name: str
    role: Role
    place: str  # code of a grid, or "code/duty" of a department


DISTRICT, STREET, COMMUNITY, BUILDING = "410101", "410101001", "410101001001", "410101001001001"

VIEWERS = (
    Viewer("official", Role.DISTRICT_OFFICIAL, DISTRICT),
    Viewer("dispatcher", Role.DISPATCHER, STREET),
    Viewer("direct", Role.COMMUNITY_DIRECT, COMMUNITY),
    Viewer("leader", Role.GRID_LEADER, BUILDING),
    Viewer("officer", Role.DEPARTMENT_OFFICER, f"{STREET}/chengguan"),
)
