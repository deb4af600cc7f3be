"""How the demo lives: one queue of moments, worked off in order, every change through the real actions.

Whatever is due after the last moment simply does not happen: so the last evening finds cases at every
step, as a real evening would. All chance comes from one generator, drawn in the order of the queue:
the same seed and the same last day give the same town.
"""

import heapq
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from grids.actions import mark_all_read
from grids.demo.town import LAGGARD, STAR, clock
from grids.enums import Level, Role
from grids.models import Department, Grid, Notice, Post, User
from grids.rules import workdays
from grids.rules.workdays import SHANGHAI, WorkCalendar

from .. import actions
from ..actions import Position, SixOnes
from ..enums import Channel, CheckMethod, Evaluation, Severity, Step, Unit
from ..models import Case, Category
from . import questions, requests, texts
from .people import Cast
from .photos import Album
from .texts import Problem

Place = Grid | Department
Act = Callable[[], Any]

# of a hundred cases so many go to the grid, to the community, to the department in charge
SHARES = {Severity.MINOR: (60, 25, 15), Severity.URGENT: (15, 15, 70)}

UNSOLVABLE = 0.05  # of what a grid or community has signed for, so much is beyond it

FRIDAY = 4

HOUSES = re.compile(r"(\d+)至(\d+)号楼")

CENTRE = (Decimal("34.7480"), Decimal("113.6020"))


@dataclass(frozen=True)
class Pace:
    """How a community keeps up: patrols a working day, shares of late results and of rework."""

    patrols: float = 0.74
    late: float = 0.07
    rework: float = 0.06


PACES = {LAGGARD: Pace(0.38, 0.34, 0.15), STAR: Pace(0.95, 0.0, 0.01)}
LATE_DEPARTMENTS = {"shizheng": 0.14, "guihua": 0.2}

OUTSIDE = (
    # channel              share   prefix of the outside number
    (Channel.MAYOR_LINE,   0.42,   "12345"),
    (Channel.CITY_LINE,    0.24,   "12319"),
    (Channel.WECHAT,       0.14,   "WX"),
    (Channel.SURVEILLANCE, 0.08,   "LM"),
    (Channel.VEHICLE,      0.06,   "XC"),
    (Channel.PETITION,     0.03,   "WZ"),
    (Channel.DEPARTMENT,   0.03,   "ZB"),
)  # fmt: skip


@dataclass
class Course:
    """One case on its way, and what has been decided about it so far."""

    case: Case
    problem: Problem
    category: Category
    grid: Grid
    unit: Place | None = None
    returns: int = 0
    reworks: int = 0
    reopened: bool = False
    handler: Post | None = None


@dataclass
class Life:
    """The demo's clock, its chance, its people, and the verbs they use."""

    rng: Random
    cast: Cast
    calendar: WorkCalendar
    categories: dict[str, Category]
    grids: list[Grid]
    departments: list[Department]
    end: datetime
    aside: Random  # of what was added to the demo later, so that the rest of it stays as it was
    diligence: float  # what the pace of patrols is multiplied with
    rate: float  # cases a grid finds on a patrol
    calls: float  # outside calls on a working day, for all grids together
    tell: Callable[[date], None]
    look: Callable[[datetime], None] = lambda night: None  # somebody who only watches, every night
    album: Album = field(default_factory=Album)
    queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    queued: int = 0
    outside_numbers: int = 0

    def __post_init__(self) -> None:
        by_pk = {grid.pk: grid for grid in self.grids}
        self.above = {grid.pk: by_pk.get(grid.parent_id) for grid in self.grids}
        self.buildings = [grid for grid in self.grids if grid.level == Level.BUILDING]
        self.problems = [problem for problem in texts.PROBLEMS if problem.code in self.categories]
        self.weights = [problem.weight for problem in self.problems]

    # --- the queue ----------------------------------------------------------------------------

    def on(self, moment: datetime, act: Act) -> None:
        """Let something happen at a moment; after the last one nothing does."""
        if moment < self.end:
            self.queued += 1
            heapq.heappush(self.queue, (moment, self.queued, act))

    def run(self) -> None:
        """Work off the queue. What happens may put more into it."""
        today: date | None = None
        while self.queue:
            moment, _, act = heapq.heappop(self.queue)
            day = moment.astimezone(SHANGHAI).date()
            if day != today:
                today = day
                self.tell(day)
            act()

    def live(self, first: date, last: date) -> None:
        """Plan every morning from the first day to the last."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if number == 0 or day.day == 1:
                self.on(clock(day, 7), partial(self.fill_rosters, day))
            self.on(clock(day, 0, 1), partial(self.keep_time, clock(day, 0, 1)))
            self.on(clock(day, 0, 2), partial(self.look, clock(day, 0, 2)))
            self.on(clock(day, 6), partial(self.morning, day))
            self.on(clock(day, 10), partial(questions.discuss, self, clock(day, 10)))
            if day.weekday() == FRIDAY or day == last - timedelta(days=1):
                self.on(clock(day, 17, 40), partial(read_up, clock(day, 17, 40)))

    def keep_time(self, at: datetime) -> None:
        """What the clock does every night."""
        actions.sweep(at=at)
        actions.hand_over(at=at)

    def fill_rosters(self, month: date) -> None:
        """Each street that the demo lives in says who is on duty this month."""
        for street in self.grids:
            if street.level == Level.STREET and self.cast.all(street, Role.DISPATCHER):
                requests.fill_roster(self, street, month, clock(month, 7))

    # --- a day --------------------------------------------------------------------------------

    def morning(self, day: date) -> None:
        """Who goes on patrol today, who calls, who writes in."""
        works = self.calendar.is_working(day)
        weather = self.rng.choice(texts.WEATHER)
        for grid in self.buildings:
            if self.chance(self.diligence * self.pace(grid).patrols if works else 0.04):
                start = clock(day, 8, 30) + self.minutes(0, 100)
                self.on(start, partial(self.set_out, grid, start, weather))
        for _ in range(self.count(self.calls if works else self.calls * 0.35)):
            self.on(*self._call(clock(day, 7, 40) + self.minutes(0, 760)))
        for _ in range(self.count(self.calls * 0.3 if works else self.calls * 0.1)):
            self.on(*self._sighting(clock(day, 7, 10) + self.minutes(0, 660)))

    def set_out(self, grid: Grid, at: datetime, weather: str) -> None:
        """A patrol: the walk, its diary lines, the cases that come of them, the way home."""
        post = self.cast.one(grid, Role.GRID_LEADER)
        if self.chance(0.12):
            post = self.cast.one(grid, Role.GRID_MEMBER, Role.GRID_LEADER)
        if post is None:
            return
        patrol = actions.start_patrol(
            by=post, at=at, key=self.key(), weather=weather, route=grid.scope_note[:120]
        )
        lines: list[Problem | None] = [None] * self.count(0.55)
        lines += [self.problem() for _ in range(self.count(self.rate))]
        self.rng.shuffle(lines)
        for problem in lines:
            at += self.minutes(5, 16)
            self.on(at, partial(self.note, patrol, post, problem, grid, at))
        at += self.minutes(8, 20)
        self.on(at, partial(actions.end_patrol, patrol, by=post, at=at))

    def note(self, patrol: Any, post: Post, problem: Problem | None, grid: Grid, at: datetime) -> None:
        """A diary line; where it tells of a problem it becomes a case."""
        text = self.rng.choice(problem.found if problem else texts.DIARY)
        house, unit = self.house(grid, problem.inside if problem else self.chance(0.5))
        entry = actions.write_diary(
            patrol, text=text, by=post, at=at, key=self.key(), house_no=house, unit_no=unit
        )
        if problem:
            tap = at + timedelta(seconds=self.rng.randrange(20, 90))
            self.on(tap, partial(self.turn_into_case, entry, problem, post, grid, tap))

    def turn_into_case(self, entry: Any, problem: Problem, post: Post, grid: Grid, at: datetime) -> None:
        category = self.categories[problem.code]
        photos = self.photos(problem, category, solved=False)
        case = actions.raise_case(entry, category=category, by=post, at=at, photos=photos)
        self.follow(Course(case, problem, category, grid), at, post)

    def _call(self, at: datetime) -> tuple[datetime, Act]:
        return at, partial(self.take_call, at)

    def take_call(self, at: datetime) -> None:
        """A dispatcher files what a hotline or another outside channel brings."""
        grid = self.rng.choice(self.buildings)
        street = self.up(grid, Level.STREET)
        dispatchers = self.cast.all(street, Role.DISPATCHER)
        channels, shares, prefixes = zip(*OUTSIDE, strict=True)
        channel = self.rng.choices(range(len(channels)), shares)[0]
        self.outside_numbers += 1
        number = f"{prefixes[channel]}-{at:%Y%m%d}-{self.outside_numbers:05}"
        place = self.up(grid, Level.COMMUNITY) if self.chance(0.12) else grid
        problem, text_start = self.problem(), self.rng.choice(texts.CALLERS)
        self.report(
            problem, place, self.rng.choice(dispatchers), at, lead=text_start, channel=channels[channel],
            external_id=number,
        )  # fmt: skip

    def _sighting(self, at: datetime) -> tuple[datetime, Act]:
        return at, partial(self.sight, at)

    def sight(self, at: datetime) -> None:
        """A member, a building head, a volunteer or the community itself reports."""
        grid = self.rng.choice(self.buildings)
        roles = (Role.GRID_MEMBER, Role.BUILDING_HEAD, Role.VOLUNTEER)
        posts = [
            *self.cast.all(grid, *roles),
            *self.cast.all(self.up(grid, Level.COMMUNITY), Role.MAINTAINER),
        ]
        if posts:
            self.report(self.problem(), grid, self.rng.choice(posts), at, position=self.position())

    def report(
        self, problem: Problem, grid: Grid, by: Post, at: datetime, *, lead: str = "", **facts: Any
    ) -> None:
        category = self.categories[problem.code]
        house, unit = self.house(grid, problem.inside)
        case = actions.report(
            category=category, grid=grid, text=lead + self.rng.choice(problem.found), by=by, at=at, house_no=house,
            unit_no=unit, photos=self.photos(problem, category, solved=False), **facts,
        )  # fmt: skip
        self.follow(Course(case, problem, category, grid), at, by)

    def start_course(self, case: Case, problem: Problem, grid: Grid, at: datetime) -> None:
        """From here on a case of a story goes its way like any other."""
        self.triage(Course(case, problem, self.categories[problem.code], grid), at + timedelta(minutes=5))

    # --- the course of a case -----------------------------------------------------------------

    def follow(self, course: Course, at: datetime, by: Post) -> None:
        """What becomes of a new case: settled, withdrawn, or the command centre's business."""
        minor_of_own = by.role == Role.GRID_LEADER and course.category.severity == Severity.MINOR
        if minor_of_own and self.chance(0.42):
            when = at + self.minutes(12, 40)
            self.on(when, partial(self.settle, course, by, when))
        elif by.level == Level.BUILDING and self.chance(0.015):
            when = at + self.minutes(2, 6)
            self.on(when, partial(self.withdraw, course, by, when))
        else:
            self.triage(course, at)

    def settle(self, course: Course, by: Post, at: datetime) -> None:
        actions.settle(
            course.case, result=self.rng.choice(texts.SETTLED), by=by, at=at,
            photos=[self.photo(course.problem, solved=True)],
        )  # fmt: skip
        course.unit, course.handler = course.grid, by
        self.expect_verdict(course, at)

    def withdraw(self, course: Course, by: Post, at: datetime) -> None:
        actions.withdraw(course.case, note=self.rng.choice(texts.WITHDRAW_REASONS), by=by, at=at)

    def triage(self, course: Course, at: datetime, by: Post | None = None) -> None:
        """A dispatcher takes it up: at once when urgent, in working time otherwise."""
        is_urgent = course.category.severity == Severity.URGENT
        when = at + self.minutes(3, 12) if is_urgent else self.working(at, self.rng.randrange(8, 110))
        by = by or self.rng.choice(self.cast.all(self.up(course.grid, Level.STREET), Role.DISPATCHER))
        if not is_urgent and course.unit is None and self.chance(0.03):
            self.on(when, partial(self.decline, course, when))
        elif self.chance(0.12):
            self.on(when, partial(self.claim, course, by, when))
        else:
            self.on(when, partial(self.assign, course, when))

    def decline(self, course: Course, at: datetime) -> None:
        actions.decline(
            course.case, note=self.rng.choice(texts.DECLINE_REASONS), by=self.dispatcher(course), at=at
        )

    def claim(self, course: Course, by: Post, at: datetime) -> None:
        if by in self.cast.all(self.up(course.grid, Level.STREET), Role.DISPATCHER):
            actions.claim(course.case, by=by, at=at)
        when = at + self.minutes(3, 30)
        self.on(when, partial(self.assign, course, when))

    def assign(self, course: Course, at: datetime) -> None:
        """One unit, one limit, six ones; then the unit answers, or the dispatcher thinks again."""
        course.unit = self.choose_unit(course)
        course.case = actions.assign(
            course.case, unit=course.unit, limit=course.category.limit, by=self.dispatcher(course), at=at,
            six_ones=self.six_ones(course.grid), instruction=self.rng.choice(texts.INSTRUCTIONS),
            note="两次退办，由调度员裁定。" if course.returns >= 2 else "",
        )  # fmt: skip
        if self.chance(0.012):
            when = at + self.minutes(4, 20)
            self.on(when, partial(self.recall, course, when))
        else:
            self.expect_answer(course, at)

    def recall(self, course: Course, at: datetime) -> None:
        if self.taken_up(course, at):
            return
        actions.recall(
            course.case, note=self.rng.choice(texts.RECALL_REASONS), by=self.dispatcher(course), at=at
        )
        self.triage(course, at)

    def expect_answer(self, course: Course, at: datetime) -> None:
        """The unit signs, mostly in time; or finds that it is none of its business."""
        limit = course.category.sign_hours * 60
        is_late = self.chance(self.lateness(course) / 2)
        share = self.rng.uniform(1.05, 1.8) if is_late else self.rng.uniform(0.04, 0.7)
        when = self.working(at, int(limit * share))
        if course.category.limit_unit == Unit.HOURS:
            when = at + self.minutes(4, 15)
        gives_back = course.returns < 2 and self.chance(0.28 if course.returns else 0.035)
        if gives_back and not course.reopened:
            self.on(when, partial(self.give_back, course, when))
        else:
            self.on(when, partial(self.sign, course, when))

    def taken_up(self, course: Course, at: datetime) -> bool:
        """Whether the clock has carried the case up meanwhile; then whoever has it now goes on with it."""
        actions.sweep(at=at)
        course.case = Case.objects.select_related("holder_grid").get(pk=course.case.pk)
        holder = course.case.holder_grid
        if holder is None or holder == course.unit or course.case.step != Step.ASSIGNED:
            return False
        course.unit = holder
        self.expect_answer(course, at)
        return True

    def give_back(self, course: Course, at: datetime) -> None:
        if self.taken_up(course, at):
            return
        reason = self.rng.choice(texts.RETURN_REASONS)
        course.case = actions.return_(course.case, note=reason, by=self.worker(course), at=at)
        course.returns += 1
        self.triage(course, at)

    def sign(self, course: Course, at: datetime) -> None:
        if self.taken_up(course, at):
            return
        course.case = actions.sign(course.case, by=self.worker(course), at=at)
        if isinstance(course.unit, Grid) and course.unit.level > Level.STREET and self.chance(UNSOLVABLE):
            when = self.working(at, self.rng.randrange(60, 300))
            self.on(when, partial(self.escalate, course, when))
        elif not requests.instead_of_a_result(self, course, at):
            self.go_on(course, at)

    def go_on(self, course: Course, at: datetime) -> None:
        """The unit works on the case, and has a result some day: not before a suspension is over."""
        until = course.case.suspended_until
        when = self.working(until, 240) if until else self.result_moment(course, at)
        self.on(when, partial(self.feed_back, course, when))

    def escalate(self, course: Course, at: datetime) -> None:
        """What the grid cannot solve it reports to the grid above."""
        if self.taken_up(course, at):
            return
        course.case = actions.escalate(
            course.case, note=self.rng.choice(texts.ESCALATE_REASONS), by=self.worker(course), at=at
        )
        course.unit = course.case.holder_grid
        self.expect_answer(course, at)

    def result_moment(self, course: Course, at: datetime) -> datetime:
        """When the work is done: within the limit, or a good deal after it where people are late."""
        due_at = course.case.due_at or at
        is_late = self.chance(self.lateness(course))
        if course.category.limit_unit == Unit.HOURS:
            share = self.rng.uniform(1.1, 1.6) if is_late else self.rng.uniform(0.05, 0.6)
            return at + (max(due_at - at, timedelta(hours=1))) * share
        left = max(60, workdays.working_minutes(self.calendar, at, due_at))
        if not is_late:
            wanted = self.working(at, int(left * self.rng.uniform(0.08, 0.93)))
            soonest: datetime = at + timedelta(minutes=2)
            return max(soonest, min(wanted, due_at - self.minutes(2, 20)))
        return self.working(max(at, due_at), int(60 + left * self.rng.uniform(0.1, 0.8)))

    def feed_back(self, course: Course, at: datetime) -> None:
        if self.taken_up(course, at):
            return
        course.handler = self.worker(course)
        result = texts.REWORKED if course.reworks else ""
        course.case = actions.feed_back(
            course.case, result=result + self.rng.choice(course.problem.solved), by=course.handler, at=at,
            photos=self.photos(course.problem, course.category, solved=True),
        )  # fmt: skip
        self.expect_verdict(course, at)

    def expect_verdict(self, course: Course, at: datetime) -> None:
        when = self.working(at, self.rng.randrange(15, 400))
        self.on(when, partial(self.judge, course, when))

    def judge(self, course: Course, at: datetime) -> None:
        """Somebody else than the handler looks at it: passed, or back for rework."""
        passed = course.reworks >= 2 or not self.chance(self.pace(course.grid).rework)
        reasons = texts.PASS_NOTES if passed else texts.FAIL_REASONS
        by, method = (
            self.judge_of(course),
            self.rng.choice((CheckMethod.ON_SITE, CheckMethod.ON_SITE, CheckMethod.BY_PHONE)),
        )
        course.case = actions.verify(
            course.case, passed=passed, by=by, at=at, note=self.rng.choice(reasons), method=method
        )
        if passed:
            when = self.working(at, self.rng.randrange(10, 240))
            self.on(when, partial(self.close, course, when))
        else:
            course.reworks += 1
            when = self.working(at, self.rng.randrange(60, 500))
            self.on(when, partial(self.feed_back, course, when))

    def close(self, course: Course, at: datetime) -> None:
        marks = (Evaluation.GOOD, Evaluation.FAIR, Evaluation.POOR)
        weights = (82, 16, 2) if course.case.on_time and not course.reworks else (25, 55, 20)
        street = self.up(course.grid, Level.STREET)
        closers = self.cast.all(street, Role.DISPATCHER) + self.cast.all(
            self.up(course.grid, Level.COMMUNITY), Role.COMMUNITY_FIRST
        )
        course.case = actions.close(
            course.case, evaluation=self.rng.choices(marks, weights)[0], by=self.rng.choice(closers), at=at
        )
        if not course.reopened and self.chance(0.015):
            when = self.working(at + timedelta(days=self.rng.randrange(2, 18)), 45)
            self.on(when, partial(self.reopen, course, when))

    def reopen(self, course: Course, at: datetime) -> None:
        course.reopened = True
        course.case = actions.reopen(
            course.case, note=self.rng.choice(texts.REOPEN_REASONS), by=self.dispatcher(course), at=at
        )
        self.expect_answer(course, at)

    # --- who ----------------------------------------------------------------------------------

    def dispatcher(self, course: Course) -> Post:
        return self.rng.choice(self.cast.all(self.up(course.grid, Level.STREET), Role.DISPATCHER))

    def choose_unit(self, course: Course) -> Place:
        """Where the work goes: small things to the grid, people's quarrels to the community, the rest to the
        department whose duty it is. A unit that gave it back does not get it again at once."""
        leads = [
            d
            for d in self.departments
            if d.code == course.category.lead_department and self._serves(d, course)
        ]
        building = [course.grid] if course.grid.level == Level.BUILDING else []
        community = [self.up(course.grid, Level.COMMUNITY)]
        weights = SHARES.get(Severity(course.category.severity), (28, 27, 45))
        units: list[list[Place]] = [[*building], [*community], [*leads]]
        choices = [
            (place, weight)
            for places, weight in zip(units, weights, strict=True)
            for place in places
            if place != course.unit
        ]
        if not choices:  # the community alone is left: it gets its own back
            return community[0]
        return self.rng.choices([place for place, _ in choices], [weight for _, weight in choices])[0]

    def _serves(self, department: Department, course: Course) -> bool:
        return department.grid_id in (self.up(course.grid, Level.STREET).pk, self.district_pk)

    @property
    def district_pk(self) -> int | None:
        return self.up(self.grids[0], Level.STREET).parent_id

    WORKERS = {
        Level.DISTRICT: (Role.DISTRICT_OFFICIAL,),
        Level.STREET: (Role.DISPATCHER,),
        Level.BUILDING: (Role.GRID_LEADER,),
        Level.COMMUNITY: (Role.COMMUNITY_DIRECT, Role.COMMUNITY_LEADER),
    }

    def worker(self, course: Course) -> Post:
        """Who in the unit does it: the leader of the grid, one of the community, one of the department."""
        unit = course.unit or course.grid
        if isinstance(unit, Department):
            return self.rng.choice(self.cast.all(unit, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD))
        return self.rng.choice(self.cast.all(unit, *self.WORKERS[Level(unit.level)]))

    def judge_of(self, course: Course) -> Post:
        """Whoever may verify here and did not do the work; those near by more often."""
        community, street = self.up(course.grid, Level.COMMUNITY), self.up(course.grid, Level.STREET)
        near = self.cast.all(community, Role.COMMUNITY_FIRST, Role.COMMUNITY_DIRECT)
        if course.grid.level == Level.BUILDING:
            near += self.cast.all(course.grid, Role.GRID_LEADER)
        far = self.cast.all(street, Role.DISPATCHER, Role.STREET_SUPERVISOR)
        busy = course.handler.user_id if course.handler else None
        people = [post for post in [*near, *near, *far] if post.user_id != busy]
        return self.rng.choice(people)

    def six_ones(self, grid: Grid) -> SixOnes:
        community, street = self.up(grid, Level.COMMUNITY), self.up(grid, Level.STREET)
        return SixOnes(
            leader=self.cast.one(street, Role.STREET_FIRST),
            direct=self.cast.one(community, Role.COMMUNITY_DIRECT),
            grid_leader=self.cast.one(grid, Role.GRID_LEADER),
        )

    def lateness(self, course: Course) -> float:
        """How likely the unit is late. Where a community never is, it also keeps the departments at it."""
        late = self.pace(course.grid).late
        if late and isinstance(course.unit, Department):
            return LATE_DEPARTMENTS.get(course.unit.code, 0.05)
        return late

    def pace(self, grid: Grid) -> Pace:
        return PACES.get(grid.code[: Level.COMMUNITY.code_length], Pace())

    def up(self, grid: Grid, level: Level) -> Grid:
        found: Grid | None = grid
        while found is not None and found.level > level:
            found = self.above[found.pk]
        assert found is not None, f"{grid} has nothing above it at {level.name}"
        return found

    # --- chance and time ----------------------------------------------------------------------

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def count(self, mean: float) -> int:
        """A whole number that is `mean` on average, spread a little."""
        high = 2 * mean * self.rng.random()
        return int(high) + self.chance(high - int(high))

    def minutes(self, low: int, high: int) -> timedelta:
        return timedelta(seconds=self.rng.randrange(low * 60, high * 60))

    def working(self, at: datetime, minutes: int) -> datetime:
        """So many working minutes later, and a few seconds."""
        later = workdays.hours_after(self.calendar, at, max(2, minutes)).due_at
        return later + timedelta(seconds=self.rng.randrange(1, 59))

    def key(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    # --- things -------------------------------------------------------------------------------

    def problem(self) -> Problem:
        return self.rng.choices(self.problems, self.weights)[0]

    def house(self, grid: Grid, inside: bool) -> tuple[str, str]:
        """A building of the grid, and a unit in it; nothing where the grid has no numbered buildings."""
        numbers = HOUSES.search(grid.scope_note)
        if numbers is None:
            return "", ""
        first, last = map(int, numbers.groups())
        unit = f"{self.rng.randrange(1, 6)}单元" if inside else ""
        return f"{self.rng.randrange(first, last + 1)}号楼", unit

    def photos(self, problem: Problem, category: Category, *, solved: bool) -> Sequence[Any]:
        """What is asked for is there; otherwise now and then a picture all the same."""
        wanted = category.needs_photo if solved else self.chance(0.6)
        return [self.photo(problem, solved=solved)] if wanted else []

    def photo(self, problem: Problem, *, solved: bool) -> Any:
        return self.album.photo(problem.scene, solved=solved, variant=self.rng.randrange(8))

    def position(self) -> Position:
        north, east = (Decimal(self.rng.randrange(-9000, 9000)) / 1_000_000 for _ in range(2))
        return Position(CENTRE[0] + north, CENTRE[1] + east, self.rng.randrange(5, 40))


def read_up(at: datetime) -> None:
    """Before the weekend everybody reads what she has been told."""
    for person in User.objects.filter(pk__in=Notice.objects.unread().values("person")):
        mark_all_read(by=person, at=at)
