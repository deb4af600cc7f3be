"""Who works in the generated city: one grid leader per building grid and everybody a case meets on its way."""

from dataclasses import dataclass, field

from cases.models import Category
from grids.actions import appoint
from grids.enums import Level, Role
from grids.models import Department, Grid, Post, User

from .city import FOUNDED, OF_DISTRICT, OF_STREET, VIEWERS, person_name

# role                     how many at each place
AT_LEVEL = {
    Level.STREET: (Role.STREET_FIRST, Role.DISPATCHER, Role.DISPATCHER),
    Level.COMMUNITY: (Role.COMMUNITY_FIRST, Role.COMMUNITY_DIRECT),
    Level.BUILDING: (Role.GRID_LEADER,),
}
BATCH = 2000


@dataclass(frozen=True)
class Seat:
    """A post and who holds it."""

    post: int
    user: int


@dataclass
class Staff:
    """Everybody a case can meet, by place and role, and the keys of the places."""

    grids: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    departments: dict[tuple[str, str], int] = field(default_factory=dict)
    department_names: dict[int, str] = field(default_factory=dict)
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)
    department_seats: dict[int, Seat] = field(default_factory=dict)


def employ() -> Staff:
    """Departments, viewers through the real action, and all the others in bulk."""
    grids = list(Grid.objects.order_by("code"))
    _departments(grids)
    _viewers()
    _everybody_else(grids)
    return staff(grids)


def _departments(grids: list[Grid]) -> None:
    named = {Level.DISTRICT: OF_DISTRICT, Level.STREET: OF_STREET}
    Department.objects.bulk_create(
        Department(grid=grid, code=code, name=name)
        for grid in grids
        for code, name in named.get(Level(grid.level), {}).items()
    )


def _viewers() -> None:
    for viewer in VIEWERS:
        user = User.objects.create(username=viewer.name, name=viewer.name, password="!")
        code, _slash, duty = viewer.place.partition("/")
        if duty:
            appoint(
                user, viewer.role, at=FOUNDED, department=Department.objects.get(grid__code=code, code=duty)
            )
        else:
            appoint(user, viewer.role, at=FOUNDED, grid=Grid.objects.get(code=code))


def _everybody_else(grids: list[Grid]) -> None:
    taken = set(Post.objects.filter(role=Role.GRID_LEADER).values_list("grid_id", flat=True))
    places = [
        {"grid": grid, "role": role, "level": grid.level}
        for grid in grids
        for role in AT_LEVEL.get(Level(grid.level), ())
        if not (role == Role.GRID_LEADER and grid.pk in taken)
    ]
    for department in Department.objects.order_by("pk"):
        places += [
            {"department": department, "role": r} for r in (Role.DEPARTMENT_HEAD, Role.DEPARTMENT_OFFICER)
        ]
    users = User.objects.bulk_create(
        [User(username=f"p{n}", name=person_name(n), password="!") for n in range(len(places))], BATCH
    )
    posts = [Post(user=user, since=FOUNDED, **place) for user, place in zip(users, places, strict=True)]
    Post.objects.bulk_create(posts, BATCH)


def staff(grids: list[Grid]) -> Staff:
    """The same people by their places, as the generator of cases asks for them."""
    found = Staff({grid.code: grid.pk for grid in grids}, {grid.code: grid.name for grid in grids})
    codes = {grid.pk: grid.code for grid in grids}
    for pk, grid, code, name in Department.objects.values_list("pk", "grid_id", "code", "name"):
        found.departments[codes[grid], code] = pk
        found.department_names[pk] = name
    posts = Post.objects.order_by("-pk").values_list("pk", "user_id", "role", "grid_id", "department_id")
    for pk, user, role, grid, department in posts:
        if grid:
            found.seats[codes[grid], role] = Seat(pk, user)
        else:
            found.department_seats[department] = Seat(pk, user)
    return found


@dataclass(frozen=True)
class Kind:
    """What a life needs to know of a category."""

    pk: int
    name: str
    ledger: str
    days: int  # the limit in working days, 0 when it is counted in hours
    hours: int
    duty: str
    admitted: bool


def kinds() -> list[Kind]:
    """Every leaf of the shipped tree of categories."""
    leaves = Category.objects.leaves().order_by("code")
    return [
        Kind(
            leaf.pk, leaf.name, leaf.ledger, leaf.limit_amount if leaf.limit_unit == "working_days" else 0,
            0 if leaf.limit_unit == "working_days" else leaf.limit_amount, leaf.lead_department, leaf.is_admitted,
        )
        for leaf in leaves
    ]  # fmt: skip
