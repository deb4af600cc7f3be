"""The town many tests play in: two streets of a district, every post filled, one person per post.

中原区 ─ 三官庙街道 ─ 东街社区 ─ 一号网格, 二号网格
       │            └ 西街社区 ─ 三号网格
       └ 林山寨街道 ─ 南街社区 ─ 九号网格
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases import actions as case_actions
from cases.imports import read_categories
from cases.models import Case, Category
from grids.actions import appoint, load_tree
from grids.enums import Role
from grids.models import Department, Grid, Post, User
from grids.rules.codes import GridRow
from tests.factories import make_department, make_user

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2026, 1, 4, 9, 0, tzinfo=SHANGHAI)

# name in tests       code               level        name           parent
PLACES = (
    ("district",      "410102",          "district",  "中原区",       ""),
    ("street",        "410102006",       "street",    "三官庙街道",   "410102"),
    ("east",          "410102006001",    "community", "东街社区",     "410102006"),
    ("west",          "410102006002",    "community", "西街社区",     "410102006"),
    ("one",           "410102006001001", "building",  "一号网格",     "410102006001"),
    ("two",           "410102006001002", "building",  "二号网格",     "410102006001"),
    ("three",         "410102006002001", "building",  "三号网格",     "410102006002"),
    ("other_street",  "410102001",       "street",    "林山寨街道",   "410102"),
    ("south",         "410102001001",    "community", "南街社区",     "410102001"),
    ("nine",          "410102001001001", "building",  "九号网格",     "410102001001"),
)  # fmt: skip

# person              role                      place
PEOPLE = (
    ("official",      Role.DISTRICT_OFFICIAL,   "district"),
    ("inspector",     Role.DISTRICT_SUPERVISOR, "district"),
    ("secretary",     Role.STREET_FIRST,        "street"),
    ("dispatcher",    Role.DISPATCHER,          "street"),
    ("dispatcher2",   Role.DISPATCHER,          "street"),
    ("supervisor",    Role.STREET_SUPERVISOR,   "street"),
    ("first",         Role.COMMUNITY_FIRST,     "east"),
    ("direct",        Role.COMMUNITY_DIRECT,    "east"),
    ("maintainer",    Role.MAINTAINER,          "east"),
    ("west_direct",   Role.COMMUNITY_DIRECT,    "west"),
    ("leader",        Role.GRID_LEADER,         "one"),
    ("member",        Role.GRID_MEMBER,         "one"),
    ("volunteer",     Role.VOLUNTEER,           "one"),
    ("leader2",       Role.GRID_LEADER,         "two"),
    ("leader3",       Role.GRID_LEADER,         "three"),
    ("far_leader",    Role.GRID_LEADER,         "nine"),
    ("far_dispatcher", Role.DISPATCHER,         "other_street"),
    ("head",          Role.DEPARTMENT_HEAD,     "chengguan"),
    ("officer",       Role.DEPARTMENT_OFFICER,  "chengguan"),
    ("plumber",       Role.DEPARTMENT_OFFICER,  "shizheng"),
)  # fmt: skip


class Named(dict):
    """What is looked up by its name in tests, as an attribute."""

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(name)  # as whoever copies it expects
        return self[name]


@dataclass
class Town:
    """Places, posts and people by the names above; `post.leader`, `user.leader`, `grid.one`."""

    grid: Named = field(default_factory=Named)
    department: Named = field(default_factory=Named)
    user: Named = field(default_factory=Named)
    post: Named = field(default_factory=Named)
    outsider: User | None = None  # signs in, holds no post

    def category(self, code: str = "B0801") -> Category:
        return Category.objects.get(code=code)

    def report(
        self, *, at: datetime, by: str = "leader", grid: str = "one", code: str = "B0801", **facts: Any
    ) -> Case:
        """A case as it is born: reported by the grid leader in her own grid."""
        facts.setdefault("text", "楼道口堆放建筑垃圾")
        return case_actions.report(
            category=self.category(code), grid=self.grid[grid], by=self.post[by], at=at, **facts
        )


def found_town() -> None:
    """Load the tree and the categories, appoint everybody."""
    load_tree([GridRow(code, level, name, parent) for _, code, level, name, parent in PLACES], at=FOUNDED)
    case_actions.load_categories(read_categories())
    place = {key: Grid.objects.get(code=code) for key, code, *_ in PLACES}
    departments = {
        "chengguan": make_department(place["street"], "chengguan", "城市管理科"),
        "shizheng": make_department(place["district"], "shizheng", "区市政所"),
    }
    make_user("局外人", username="outsider")
    for key, role, where in PEOPLE:
        at_place = {"department": departments[where]} if where in departments else {"grid": place[where]}
        appoint(make_user(key, username=key), role, at=FOUNDED, **at_place)


def visit_town() -> Town:
    """The town as it lies in the database, by the names tests use."""
    codes = {code: key for key, code, *_ in PLACES}
    users = {user.username: user for user in User.objects.all()}
    town = Town(outsider=users["outsider"])
    for grid in Grid.objects.filter(code__in=codes):
        town.grid[codes[grid.code]] = grid
    town.department.update({department.code: department for department in Department.objects.all()})
    posts = {post.user.username: post for post in Post.objects.select_related("user", "grid", "department")}
    for key, *_ in PEOPLE:
        town.user[key], town.post[key] = posts[key].user, posts[key]
    return town
