"""The demo district: its tree as shipped, two small neighbours, the departments with their duty codes."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from grids.actions.tree import edit_grid, load_tree
from grids.demo.town import COMMUNITY, STREET
from grids.enums import Level
from grids.imports import read_tree
from grids.models import Department, Grid
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

# The utilities of the district, with invented numbers; the property service is each community's own.
SERVICES = (
    ("自来水公司", "0371-0000-7901"), ("供电公司", "0371-0000-7902"), ("燃气公司", "0371-0000-7903"),
    ("热力公司", "0371-0000-7904"), ("派出所", "0371-0000-7905"),
)  # fmt: skip


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


def publish_services(grids: Iterable[Grid], at: datetime) -> None:
    """What stands on the contact cards of the inhabited communities beside their people."""
    communities = [grid for grid in grids if grid.level == Level.COMMUNITY]
    for number, community in enumerate(communities, start=1):
        numbers = [*SERVICES, ("物业服务中心", f"0371-0000-7{number:03}")]
        edit_grid(community, by=None, at=at, service_phones=[list(row) for row in numbers])


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
