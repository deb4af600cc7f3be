"""The people of the demo: invented names, a post for each, accounts to sign in with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.contrib.auth.hashers import make_password
from pypinyin import lazy_pinyin
from simple_history.utils import bulk_create_with_history

from grids.actions import appoint, dismiss
from grids.actions.people import ADMIN_GROUP, AUDITOR_GROUP
from grids.demo.names import invented
from grids.demo.town import COMMUNITY, GRID, MARK, STREET
from grids.enums import Force, Level, Role
from grids.models import Department, Grid, Post, User

PASSWORD = "Demo-2026-zhongyuan"


@dataclass(frozen=True)
class Login:
    """An account of the demo that visitors sign in with."""

    username: str
    role: Role | None  # None: she holds no post, but belongs to a group
    place: str  # code of the grid, or of the department within the demo street
    title: str
    hint: str
    group: str = ""


# fmt: off
LOGINS = (
    Login("gridleader", Role.GRID_LEADER,        GRID,        "网格长",         "手机上开始巡查、写民情日记、一键转成案件"),
    Login("dispatcher", Role.DISPATCHER,         STREET,      "指挥中心调度员", "在调度台受理、交办、看时限"),
    Login("department", Role.DEPARTMENT_OFFICER, "chengguan", "城市管理科科员", "签收、退回、办理、反馈"),
    Login("community",  Role.COMMUNITY_DIRECT,   COMMUNITY,   "社区直接责任人", "签收社区的案件，认定网格的办理结果"),
    Login("verifier",   Role.COMMUNITY_FIRST,    COMMUNITY,   "社区第一责任人", "认定、退回返工、办结"),
    Login("official",   Role.DISTRICT_OFFICIAL,  "410102",    "区长效办",       "比较各街道，裁定质询，定时限规则，下载月报"),
    Login("supervisor", Role.STREET_SUPERVISOR,  STREET,      "街道督查",       "看超期和退办，督办，复核结果"),
    Login("secretary",  Role.STREET_FIRST,       STREET,      "街道第一责任人", "审批延期和挂账，督办，裁定质询"),
    Login("inspector",  Role.DISTRICT_SUPERVISOR, "410102",   "区督查",         "督办，裁定质询，抽查办理结果"),
    Login("head",       Role.DEPARTMENT_HEAD,    "chengguan", "城市管理科科长", "看本科室的案件"),
    Login("maintainer", Role.MAINTAINER,         COMMUNITY,   "信息平台维护员", "维护网格明白卡，替居民上报，看社区数字"),
    Login("leader",     Role.COMMUNITY_LEADER,   COMMUNITY,   "社区负责人",     "办理交给社区的案件"),
    Login("member",     Role.GRID_MEMBER,        GRID,        "网格协管员",     "巡查、上报"),
    Login("building",   Role.BUILDING_HEAD,      GRID,        "楼栋长",         "上报问题，查看自己报的案件"),
    Login("volunteer",  Role.VOLUNTEER,          GRID,        "志愿者",         "上报问题，查看自己报的案件"),
    Login("admin",      None,                    "",          "系统管理员",     "维护日历、网格、部门、分类；看不到案件",
          ADMIN_GROUP),
    Login("auditor",    None,                    "",          "安全审计员",     "查看谁看过、导出过居民的完整信息；看不到别的",
          AUDITOR_GROUP),
)
# fmt: on

Place = Grid | Department


def _key(place: Place) -> tuple[str, int]:
    return type(place).__name__, place.pk


class Names:
    """New names, each once; and the account that goes with a name."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.accounts = {login.username for login in LOGINS}

    def new(self) -> str:
        while True:
            name = invented(self.rng)
            if name not in self.used:
                self.used.add(name)
                return name

    def account(self, name: str) -> str:
        stem = "".join(lazy_pinyin(name))
        account = next(a for a in _numbered(stem) if a not in self.accounts)
        self.accounts.add(account)
        return account


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}{number}" for number in range(2, 1000))


@dataclass
class Seat:
    """A post that somebody is to hold from the first day."""

    role: Role
    place: Place
    account: str = ""


@dataclass
class Cast:
    """Who holds which post at this moment of the demo's life."""

    reserve: list[User] = field(default_factory=list)
    posts: dict[tuple[tuple[str, int], Role], list[Post]] = field(default_factory=dict)

    def appoint(self, user: User, role: Role, place: Place, at: datetime) -> Post:
        grid, department = (place, None) if isinstance(place, Grid) else (None, place)
        post = appoint(user, role, at=at, grid=grid, department=department)
        self.posts.setdefault((_key(place), role), []).append(post)
        return post

    def all(self, place: Place, *roles: Role) -> list[Post]:
        return [post for role in roles for post in self.posts.get((_key(place), role), ())]

    def one(self, place: Place, *roles: Role) -> Post | None:
        """The first holder of the first of these roles that is filled."""
        return next(iter(self.all(place, *roles)), None)

    def hand_over(self, place: Place, role: Role, at: datetime) -> None:
        """The post ends and somebody from the reserve takes it up at the same moment."""
        post = self.posts[_key(place), role].pop(0)
        dismiss(post, at=at)
        self.appoint(self.reserve.pop(), role, place, at)


# role and how many, at each place of a level
STREET_SEATS = ((Role.STREET_FIRST, 2), (Role.DISPATCHER, 3), (Role.STREET_SUPERVISOR, 1))
COMMUNITY_SEATS = (
    (Role.COMMUNITY_FIRST, 1), (Role.COMMUNITY_DIRECT, 1), (Role.MAINTAINER, 1), (Role.COMMUNITY_LEADER, 1),
)  # fmt: skip
BUILDING_SEATS = ((Role.GRID_LEADER, 1), (Role.GRID_MEMBER, 1), (Role.BUILDING_HEAD, 1))
DEPARTMENT_SEATS = ((Role.DEPARTMENT_HEAD, 1), (Role.DEPARTMENT_OFFICER, 1))
SEATS = {Level.STREET: STREET_SEATS, Level.COMMUNITY: COMMUNITY_SEATS, Level.BUILDING: BUILDING_SEATS}
VOLUNTEER_EVERY = 3
RESERVES = 8

FORCES = {
    Role.GRID_MEMBER: Force.COMMUNITY, Role.BUILDING_HEAD: Force.VOLUNTEER, Role.VOLUNTEER: Force.VOLUNTEER,
    Role.COMMUNITY_LEADER: Force.COMMUNITY, Role.MAINTAINER: Force.COMMUNITY, Role.COMMUNITY_FIRST: Force.STREET,
    Role.DISTRICT_OFFICIAL: Force.CITY,
}  # fmt: skip


def seats(district: Grid, grids: Iterable[Grid], departments: Iterable[Department]) -> Iterator[Seat]:
    """Every post of the demo; those that visitors sign in with come first at their place."""
    yield Seat(Role.DISTRICT_OFFICIAL, district)
    yield Seat(Role.DISTRICT_SUPERVISOR, district)
    for number, grid in enumerate(grids):
        for role, count in SEATS[Level(grid.level)]:
            yield from (Seat(role, grid) for _ in range(count))
        if (grid.level == Level.BUILDING and number % VOLUNTEER_EVERY == 0) or grid.code == GRID:
            yield Seat(Role.VOLUNTEER, grid)
    for department in departments:
        yield from (Seat(role, department) for role, count in DEPARTMENT_SEATS for _ in range(count))


def settle_in(wanted: Iterable[Seat], rng: Random, at: datetime) -> Cast:
    """Everybody gets an account and takes up the post."""
    names, open_logins = Names(rng), {(login.role, login.place): login for login in LOGINS}
    password = make_password(PASSWORD)
    pairs = []
    for number, seat in enumerate(wanted, start=1):
        login = open_logins.pop((seat.role, _code(seat.place)), None)
        pairs.append((_person(names, number, password, at, seat.role, login), seat))
    reserve = [_person(names, 9000 + n, password, at, Role.GRID_LEADER) for n in range(RESERVES)]
    postless = [
        _person(names, 9999 - number, password, at, None, login)
        for number, login in enumerate(login for login in LOGINS if login.role is None)
    ]
    bulk_create_with_history([*(user for user, _ in pairs), *reserve, *postless], User, default_date=at)
    cast = Cast(reserve=reserve)
    for user, seat in pairs:
        cast.appoint(user, seat.role, seat.place, at)
    return cast


def _code(place: Place) -> str:
    if isinstance(place, Department):
        return place.code if place.grid.code == STREET else ""
    return place.code


def _person(
    names: Names, number: int, password: str, at: datetime, role: Role | None, login: Login | None = None
) -> User:
    name = names.new()
    return User(
        username=login.username if login else names.account(name), name=name, password=password, date_joined=at,
        phone=f"0371-0000-{number:04}", force=FORCES.get(role, Force.STREET) if role else Force.STREET,
        home_unit=MARK if login else "", is_staff=bool(login and login.group == ADMIN_GROUP),
    )  # fmt: skip
