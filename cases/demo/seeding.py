"""Seeding the demo: found the district, settle its people, let it live; all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from random import Random

from django.contrib.auth.models import Group
from django.db import connection, transaction

from grids.actions.people import ensure_admin_group, ensure_auditor_group
from grids.demo.steps import one_step
from grids.demo.town import MARK, STREET, clock, first_day
from grids.enums import Role
from grids.models import Department, Grid, Post, User
from grids.queries import work_calendar

from ..models import Assignment, Case, CaseEvent, Category, Deadline, DiaryEntry, Evidence, Patrol
from . import affairs
from .life import Life
from .people import LOGINS, seats, settle_in
from .places import found_departments, inhabited, load_district, publish_cards
from .stories import tell_all

Progress = Callable[[str], None]


class Size(StrEnum):
    """How much of the demo: one community for tests, the whole street, or the street with a busy life.

    FULL and LARGE have the same places and people; LARGE has three times the cases and takes three times as long.
    """

    LARGE = "large"
    FULL = "full"
    SMALL = "small"


@dataclass(frozen=True)
class Measure:
    """What a size means: how diligent patrols are, cases a patrol finds, outside calls a day, hand-overs."""

    diligence: float
    rate: float
    calls: float
    handovers: int


MEASURES = {
    Size.LARGE: Measure(1.0, 0.68, 15, 6),
    Size.FULL: Measure(0.85, 0.22, 4, 6),
    Size.SMALL: Measure(0.7, 0.25, 0.5, 1),
}


@dataclass(frozen=True)
class Tally:
    """What has been seeded, in numbers."""

    until: date
    grids: int
    posts: int
    patrols: int
    diary_lines: int
    cases: int
    open_cases: int


class SeedingRefused(Exception):
    """Why the demo is not put into this database, in words for whoever started it."""


def is_seeded() -> bool:
    """Whether the demo lives in this database. It is there whole or not at all."""
    names = [login.username for login in LOGINS]
    return User.objects.filter(username__in=names, home_unit=MARK).exists()


@transaction.atomic
def seed(
    *,
    seed: int,
    until: date,
    weeks: int = 10,
    size: Size = Size.FULL,
    progress: Progress = lambda line: None,
    look: Callable[[datetime], None] = lambda night: None,
) -> Tally:
    """Found the demo district and let it live `weeks` weeks that end with the day `until`.

    One transaction: a seeding that is killed leaves nothing. The calendar and the categories must be
    loaded. The same seed and the same last day give the same cases, texts and moments. Who wants to see
    it grow looks at it every night, when the clock has done what fell due; looking changes nothing.
    """
    _refuse_other_peoples_data()
    first = first_day(until, weeks)
    founded = clock(first - timedelta(days=30), 9)
    with one_step():
        life = _found(seed, founded, until, size, progress)
        life.look = look
        life.live(first, until)
        _plan_handovers(life, first, weeks, MEASURES[size].handovers)
        affairs.plan(life, first, until)
        tell_all(life, until)
        life.run()
    return _count(until)


def _refuse_other_peoples_data() -> None:
    if is_seeded():
        raise SeedingRefused("The demo district is in this database already.")
    if Case.objects.exists() or Post.objects.exists() or User.objects.filter(is_superuser=False).exists():
        raise SeedingRefused("This database holds other people's data. The demo needs an empty one.")
    if not Category.objects.exists() or not work_calendar().years:
        raise SeedingRefused("The calendar and the categories are missing: manage.py load_reference.")


def _found(number: int, founded: datetime, until: date, size: Size, progress: Progress) -> Life:
    rng = Random(f"gridgov demo {number}")
    progress("Loading the district …")
    load_district(founded)
    departments, grids = found_departments(founded), inhabited(size == Size.SMALL)
    publish_cards(grids, founded)
    progress("Filling the posts …")
    ours = _needed(departments) if size == Size.SMALL else departments
    cast = settle_in(seats(Grid.objects.get(parent=None, code=STREET[:6]), grids, ours), rng, founded)
    _join_groups()
    _refresh_statistics()
    categories = {c.code: c for c in Category.objects.leaves()}
    measure = MEASURES[size]
    return Life(
        rng=rng, cast=cast, calendar=work_calendar(), categories=categories, grids=grids, departments=ours,
        end=clock(until + timedelta(days=1), 0), aside=Random(f"gridgov demo {number} aside"),
        diligence=measure.diligence, rate=measure.rate,
        calls=measure.calls, tell=_Teller(progress),
    )  # fmt: skip


def _needed(departments: list[Department]) -> list[Department]:
    """The street's own departments are enough for one community."""
    return [department for department in departments if department.grid.code == STREET]


def _join_groups() -> None:
    """Who looks after the system and who audits it hold no post: what they may comes from their group."""
    ensure_admin_group(["cases.view_category", "cases.add_category", "cases.change_category"])
    ensure_auditor_group()
    for login in (login for login in LOGINS if login.group):
        person = User.objects.get(username=login.username, home_unit=MARK)
        person.groups.add(Group.objects.get(name=login.group))


class _Teller:
    """Says each Monday how far the demo has lived, and keeps the planner's figures fresh."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.days = progress, 0

    def __call__(self, day: date) -> None:
        if self.days in REFRESH_ON:
            _refresh_statistics()
        if self.days % 7 == 0:
            self.progress(f"Living from {day:%Y-%m-%d} …")
        self.days += 1


# Nobody else sees rows of an open transaction, so nobody else gathers their statistics; the more there
# are, the less a day changes them.
REFRESH_ON = frozenset({1, 4, 10, 25, 45})


TABLES = ", ".join(
    model._meta.db_table
    for model in (Case, CaseEvent, Assignment, Deadline, Evidence, Patrol, DiaryEntry, Post, Grid, User)
)


def _refresh_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLES}")


def _plan_handovers(life: Life, first: date, weeks: int, number: int) -> None:
    """Now and then a grid leader changes. The posts visitors sign in to stay."""
    open_to_visitors = {login.place for login in LOGINS}
    grids = [
        grid for grid in life.buildings if grid.code not in open_to_visitors and grid.code.startswith(STREET)
    ]
    for turn, grid in enumerate(life.rng.sample(grids, min(number, len(grids))), start=1):
        day = first + timedelta(days=7 * weeks * turn // (number + 2))
        evening = clock(day, 21, 45)
        life.on(evening, partial(life.cast.hand_over, grid, Role.GRID_LEADER, evening))


def _count(until: date) -> Tally:
    return Tally(
        until=until,
        grids=Grid.objects.count(), posts=Post.objects.count(), patrols=Patrol.objects.count(),
        diary_lines=DiaryEntry.objects.count(), cases=Case.objects.count(), open_cases=Case.objects.open().count(),
    )  # fmt: skip
