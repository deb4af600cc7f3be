"""How the demo asks for more time, for a pause and for help; and who is on duty at night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from grids.enums import Level, Role
from grids.models import Department, Grid, Post
from grids.rules.workdays import local_date

from .. import actions
from ..enums import Step, Unit
from ..queries.affairs import is_admitted
from ..queries.duty import candidates
from ..rules.duty import days_of
from . import texts

if TYPE_CHECKING:
    from .life import Course, Life

ASKING = 0.05  # of what a unit has signed for, so much cannot be done in time
PAUSING = 0.35  # of these requests; the others ask for more time
HELPING = 0.04  # of what a department has signed for, so much needs another unit
PASSED_ON, GRANTED = 0.85, 0.8


def instead_of_a_result(life: Life, course: Course, at: datetime) -> bool:
    """Whether the unit turns to others first. Then it goes on once they have answered."""
    unit = course.unit
    if course.category.limit_unit == Unit.HOURS or course.reopened:
        return False
    is_below = isinstance(unit, Department) or (isinstance(unit, Grid) and unit.level > Level.STREET)
    if is_below and life.aside.random() < ASKING:
        _later(life, course, at, ask)
        return True
    if isinstance(unit, Department) and life.aside.random() < HELPING:
        _later(life, course, at, invite)
        return True
    return False


def _later(life: Life, course: Course, at: datetime, act: object) -> None:
    when = life.working(at, life.aside.randrange(25, 200))
    life.on(when, partial(act, life, course, when))  # type: ignore[arg-type]


def _is_under_way(life: Life, course: Course, at: datetime) -> bool:
    """Still with the unit that asks, and in time: otherwise the clock has had its say."""
    if life.taken_up(course, at):
        return False
    case = course.case
    if case.step == Step.HANDLING and case.due_at and case.due_at > at:
        return True
    life.go_on(course, at)
    return False


def ask(life: Life, course: Course, at: datetime) -> None:
    """The unit writes its request: two or three days more, or a pause of some weeks."""
    if not _is_under_way(life, course, at):
        return
    by = life.worker(course)
    if life.aside.random() < PAUSING:
        until = local_date(at) + timedelta(days=life.aside.randrange(8, 40))
        actions.suspend(course.case, until=until, note=life.aside.choice(texts.PAUSE_REASONS), by=by, at=at)
    else:
        amount, note = life.aside.choice((2, 3, 5)), life.aside.choice(texts.EXTENSION_REASONS)
        actions.extend(course.case, amount=amount, note=note, by=by, at=at)
    _later(life, course, at, pass_on)


def pass_on(life: Life, course: Course, at: datetime) -> None:
    """The dispatcher looks at it first."""
    if not _is_under_way(life, course, at):
        return
    by = life.dispatcher(course)
    if life.aside.random() < PASSED_ON:
        actions.endorse(course.case, by=by, at=at)
        _later(life, course, at, decide)
    else:
        actions.turn_down(course.case, note=texts.REFUSAL, by=by, at=at)
        life.go_on(course, at)


def decide(life: Life, course: Course, at: datetime) -> None:
    """The leader in charge decides, and the unit goes on."""
    if not _is_under_way(life, course, at):
        return
    by = _leader(life, course)
    if life.aside.random() < GRANTED:
        course.case = actions.grant(course.case, by=by, at=at)
    else:
        course.case = actions.refuse(course.case, note=texts.REFUSAL, by=by, at=at)
    life.go_on(course, at)


def _leader(life: Life, course: Course) -> Post:
    street = life.up(course.grid, Level.STREET)
    if isinstance(course.unit, Department) and course.unit.grid_id != street.pk:
        return life.aside.choice(life.cast.all(street.parent, Role.DISTRICT_OFFICIAL))
    return life.aside.choice(life.cast.all(street, Role.STREET_FIRST))


def invite(life: Life, course: Course, at: datetime) -> None:
    """The dispatcher asks the community to assist the department."""
    if not _is_under_way(life, course, at):
        return
    community = life.up(course.grid, Level.COMMUNITY)
    if not is_admitted(course.case.category, course.case.district_id, local_date(at)):
        life.go_on(course, at)
        return
    actions.invite(course.case, unit=community, note=texts.HELP_WANTED, by=life.dispatcher(course), at=at)
    when = life.working(at, life.aside.randrange(40, 300))
    life.on(when, partial(assist, life, course, community, when))


def assist(life: Life, course: Course, community: Grid, at: datetime) -> None:
    """The community has done its part, whoever leads by now."""
    actions.sweep(at=at)
    by = life.aside.choice(life.cast.all(community, Role.COMMUNITY_DIRECT))
    course.case = actions.assist(course.case, note=texts.HELPED, by=by, at=at)
    if not life.taken_up(course, at):
        life.go_on(course, at)


def fill_roster(life: Life, street: Grid, month: date, at: datetime) -> None:
    """The command centre writes down who is on duty on which day of the month."""
    able = sorted(candidates(street, at), key=lambda post: post.pk)
    by = life.aside.choice(life.cast.all(street, Role.DISPATCHER))
    days = [day.date for day in days_of(month) if not day.is_over(at)]
    wanted: dict[date, Post | None] = {day: able[number % len(able)] for number, day in enumerate(days)}
    actions.set_roster(street, month, wanted, by=by, at=at)
