"""The demo district: its tree as shipped, two small neighbours, the departments with their duty codes."""

from collections.abc import Iterable
from datetime import datetime
from itertools import starmap
from pathlib import Path
from typing import Any

from grids.actions.tree import edit_grid, load_tree
from grids.demo.town import COMMUNITY, STREET
from grids.enums import Level
from grids.imports import read_tree
from grids.models import Department, Grid
from grids.rules import cards
from grids.rules.cards import Contact, ServicePoint
from grids.rules.codes import GridRow

DATA = Path(__file__).resolve().parents[2] / "grids" / "data" / "divisions"
FILES = ("410102.csv", "sanguanmiao_communities.csv", "sanguanmiao_buildings.csv")
DISTRICT = "410102"

# Two neighbours with a little life, so that a comparison of streets has more than one row.
NEIGHBOURS = ("410102001002", "410102001003", "410102002001", "410102002003")

# duty code    at the street      at the district
DUTIES = (
    ("chengguan", "城市管理科",       "区城市管理局"),
    ("anjian",    "安监站",           "区安全生产监督管理局"),
    ("shizheng",  "市政养护所",       "区市政工程管理所"),
    ("huanwei",   "环卫所",           "区环境卫生管理处"),
    ("minzheng",  "民政科",           ""),
    ("sifa",      "司法所",           ""),
    ("gongan",    "派出所",           ""),
    ("xinfang",   "信访办公室",       ""),
    ("dangjian",  "党建工作办公室",   ""),
    ("yingji",    "应急管理办公室",   ""),
    ("gongshang", "",                 "区工商行政管理分局"),
    ("guihua",    "",                 "区规划分局"),
    ("shiyao",    "",                 "区食品药品监督管理局"),
    ("huanbao",   "",                 "区环境保护局"),
    ("yuanlin",   "",                 "区园林绿化所"),
)  # fmt: skip

# What the cards of a street say, for its communities and grids as well: invented numbers, in order.
SERVICES = ("自来水公司", "供电公司", "燃气公司", "热力公司", "派出所")
STREET_SERVICES = "低保、临时救助、残疾证、老年优待证的受理；劳动保障、计划生育、法律援助的咨询"
COMMUNITY_SERVICES = "开具证明、代办社保和老年优待证、调解邻里纠纷、登记空巢老人和困难户的需要"

# service point           where                          hours
POINTS = (
    ("便民服务站",        "{name}社区居委会院内一楼",    "周一至周五 8:30–12:00、14:00–17:30"),
    ("社区卫生服务站",    "{name}社区居委会东侧",        "每天 8:00–20:00"),
    ("便民菜店",          "{name}社区文化广场南门",      "每天 6:30–19:30"),
)  # fmt: skip
STREET_POINT = ("街道便民服务中心", "{name}街道办事处一楼大厅", "周一至周五 8:30–12:00、14:00–17:30")


def load_district(at: datetime) -> None:
    """中原区 whole by its official codes; 三官庙街道 as 1 street, 14 communities, 59 building grids."""
    rows = [row for name in FILES for row in read_tree((DATA / name).read_bytes(), name)]
    rows += [GridRow(f"{code}001", "building", "第一网格", code, "nobody") for code in NEIGHBOURS]
    load_tree(rows, at=at)


def found_departments(at: datetime) -> list[Department]:
    """The departments of the street and of the district, each with its duty phone."""
    owners = Grid.objects.get(code=STREET), Grid.objects.get(code=DISTRICT)
    wanted = [
        (grid, code, name)
        for code, *names in DUTIES
        for grid, name in zip(owners, names, strict=True)
        if name
    ]
    departments = []
    for number, (grid, code, name) in enumerate(wanted, start=1):
        department = Department(grid=grid, code=code, name=name, phone=f"0371-0000-8{number:03}")
        department._history_date = at  # type: ignore[attr-defined]
        department.save()
        departments.append(department)
    return departments


def publish_cards(grids: Iterable[Grid], at: datetime) -> None:
    """What stands on the contact cards of the inhabited grids beside their people."""
    said = {Level.STREET: _of_street, Level.COMMUNITY: _of_community, Level.BUILDING: _of_building}
    numbers = dict.fromkeys(said, 0)
    for grid in grids:
        level = Level(grid.level)
        numbers[level] += 1
        edit_grid(grid, by=None, at=at, **said[level](grid, numbers[level]))


def _of_street(street: Grid, number: int) -> dict[str, Any]:
    phones = [(name, f"0371-0000-79{number}{place}") for place, name in enumerate(SERVICES, start=1)]
    return {
        "scope_note": f"{street.name}所辖各社区",
        "services": STREET_SERVICES,
        "service_phones": cards.stored(starmap(Contact, phones)),
        "service_points": _points(street, [STREET_POINT]),
        "supervision_phone": f"0371-0000-79{number}0",
    }


def _of_community(community: Grid, number: int) -> dict[str, Any]:
    phones = [("物业服务中心", f"0371-0000-7{number:03}"), ("社区值班", f"0371-0000-6{number:03}")]
    return {
        "scope_note": f"{community.short_name}社区所辖各楼院网格",
        "services": COMMUNITY_SERVICES,
        "service_phones": cards.stored(starmap(Contact, phones)),
        "service_points": _points(community, POINTS),
    }


def _of_building(building: Grid, number: int) -> dict[str, Any]:
    """Where the shipped tree does not say how far a grid reaches, it is the whole of its courtyards."""
    return {"scope_note": building.scope_note or f"{building.parent.short_name}社区各楼院"}


def _points(grid: Grid, rows: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    points = [ServicePoint(name, where.format(name=grid.short_name), hours) for name, where, hours in rows]
    return cards.stored(points)


def inhabited(small: bool) -> list[Grid]:
    """The grids that have people: all of the demo street and a little of its neighbours, or one community."""
    ours = Grid.objects.filter(code__startswith=COMMUNITY if small else STREET)
    streets = Grid.objects.filter(code=STREET)
    found = list((streets | ours).order_by("code"))
    return found if small else [*found, *_neighbours()]


def _neighbours() -> Iterable[Grid]:
    codes = {code[: Level.STREET.code_length] for code in NEIGHBOURS} | set(NEIGHBOURS)
    codes |= {f"{code}001" for code in NEIGHBOURS}
    return Grid.objects.filter(code__in=codes).order_by("code")
