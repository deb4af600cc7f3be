"""Who volunteers in the demo, in which teams, for which activities, and the hours that are confirmed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from grids.demo.town import COMMUNITY, GRID, clock, weekdays
from grids.enums import Level, Role
from grids.models import Grid, Post
from grids.rules.workdays import local_date

from .. import actions
from ..enums import ActivityKind, Skill
from ..models import Activity, Membership, Resident, Team, Volunteer
from ..rules.points import HALF_HOUR, most_hours
from .agenda import Agenda
from .places import Yard, is_lived_in
from .special import key
from .staff import Staff
from .texts import ACTIVITIES, FROM_DOOR, NEIGHBOURS, NOTES, SKILLS, TEAMS, ActivityWords, TeamWords

YOUNGEST, SENIOR, OLDEST = 21, 55, 74  # years of age
LONGEST = 900  # days that somebody has volunteered when she is entered
OF_SENIORS = 0.65  # of the volunteers are no longer at work, or soon
IN_A_GRID, IN_GRID_OF_VISITORS = (2, 3, 3, 4, 4), (9,)  # volunteers
NEIGHBOURS_EVERY = 6  # such a grid has a team of its own
ACTIVITIES_A_WEEK = {Level.COMMUNITY: 0.25, Level.BUILDING: 0.12}
EVERY_WEEK = 1.0  # where visitors sign in
CAME, STAYED, CALLED_OFF = 0.9, 0.85, 0.05


@dataclass
class Circle:
    """A community or a building grid whose volunteers come together, and who keeps their lists."""

    grid: Grid
    name: str
    keeper: Role
    rate: float  # activities a week
    teams: list[tuple[Team, ActivityKind]] = field(default_factory=list)


@dataclass
class Volunteering:
    """Enters people, founds teams, and lets them do something."""

    rng: Random
    staff: Staff
    agenda: Agenda
    grids: list[Grid]
    today: date
    circles: list[Circle] = field(default_factory=list)

    def begin(self) -> None:
        """In the first days people are entered, and then their teams."""
        at_home, days = self._candidates(), weekdays(self.today)
        for number, grid in enumerate(grid for grid in self.grids if is_lived_in(grid)):
            act = partial(self.enlist, grid, at_home[grid.pk])
            day = self.rng.choice(days[:2])
            self.agenda.on(clock(day, self.rng.randrange(9, 18), self.rng.randrange(60)), act)
            is_next = number % NEIGHBOURS_EVERY == 0 and not grid.code.startswith(COMMUNITY)
            if is_next or grid.code == GRID:
                self._form(grid, Yard.of(grid).name, Role.GRID_LEADER, [NEIGHBOURS])
        communities = {grid.parent.code: grid.parent for grid in self.grids}
        for community in communities.values():
            name = community.name.partition("社区")[0]
            self._form(community, name, Role.MAINTAINER, self.rng.sample(TEAMS, self.rng.choice((1, 2))))

    def week(self, first: date) -> None:
        """What is announced in the first half of the week for the week after."""
        for circle in self.circles:
            if self.rng.random() < circle.rate:
                day = self.rng.choice(weekdays(first)[:3])
                moment = clock(day, self.rng.randrange(9, 18), self.rng.randrange(60))
                self.agenda.on(moment, partial(self.announce, circle, first))

    # --- people -------------------------------------------------------------------------------

    def enlist(self, grid: Grid, at_home: list[tuple[int, bool]], at: datetime) -> None:
        """A handful of neighbours volunteer; one of them looks after her building."""
        number = self.rng.choice(IN_GRID_OF_VISITORS if grid.code == GRID else IN_A_GRID)
        chosen = self._draw(at_home, number)
        people = Resident.objects.living().select_related("household").in_bulk(chosen)
        for place, person in enumerate(people[pk] for pk in chosen if pk in people):
            actions.enlist(
                person, since=self._since(person, local_date(at)), by=self.staff.leader(grid.pk, at), at=at, key=key(self.rng),
                skills=self._skills(), is_building_head=place % 4 == 0, note=self.rng.choice(NOTES),
            )  # fmt: skip

    def _since(self, person: Resident, today: date) -> date:
        """Many have done so for years, but nobody before she came to live here."""
        longest = min((today - person.household.opened_on).days, LONGEST)
        return today - timedelta(days=self.rng.randrange(longest + 1))

    def _candidates(self) -> dict[int, list[tuple[int, bool]]]:
        """Everybody who could, by grid, and whether she is no longer at work, or soon."""
        found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        born = self.today - _years(OLDEST), self.today - _years(YOUNGEST)
        people = Resident.objects.living().filter(birth_date__range=born).order_by("pk")
        for grid, pk, birth_date in people.values_list("building_id", "pk", "birth_date"):
            found[grid].append((pk, birth_date <= self.today - _years(SENIOR)))
        return found

    def _draw(self, at_home: list[tuple[int, bool]], number: int) -> list[int]:
        seniors = [pk for pk, is_senior in at_home if is_senior]
        others = [pk for pk, is_senior in at_home if not is_senior]
        old = min(len(seniors), sum(self.rng.random() < OF_SENIORS for _n in range(number)))
        young = min(len(others), number - old)
        return [*self.rng.sample(seniors, old), *self.rng.sample(others, young)]

    def _skills(self) -> list[Skill]:
        skills, weights = zip(*SKILLS, strict=True)
        return sorted(set(self.rng.choices(skills, weights, k=self.rng.choice((0, 1, 1, 2)))))

    # --- teams --------------------------------------------------------------------------------

    def _form(self, grid: Grid, name: str, keeper: Role, teams: Iterable[TeamWords]) -> None:
        """Volunteers of a place will come together, in these teams."""
        is_shown = grid.code in (COMMUNITY, GRID)
        circle = Circle(grid, name, keeper, EVERY_WEEK if is_shown else ACTIVITIES_A_WEEK[Level(grid.level)])
        self.circles.append(circle)
        for words in teams:
            day = self.rng.choice(weekdays(self.today)[2:4])
            self.agenda.on(clock(day, 15, self.rng.randrange(60)), partial(self.found, circle, words))

    def found(self, circle: Circle, words: TeamWords, at: datetime) -> None:
        """A team, who is in it, and who of them leads it."""
        by = self._keeper(circle, at)
        team = actions.found_team(
            circle.grid,
            by=by,
            at=at,
            key=key(self.rng),
            name=f"{circle.name}{words.name}",
            purpose=words.purpose,
        )
        able = list(Volunteer.objects.open().inside(circle.grid).order_by("pk"))
        members = self.rng.sample(able, min(len(able), self.rng.randrange(3, 7)))
        for volunteer in members:
            actions.join_team(team, volunteer, since=local_date(at), by=by, at=at)
        if members:
            actions.amend_team(team, by=by, at=at, leader=members[0])
        circle.teams.append((team, words.kind))

    def _keeper(self, circle: Circle, at: datetime) -> Post:
        return self.staff.one(circle.grid.pk, circle.keeper, at)

    # --- activities ---------------------------------------------------------------------------

    def announce(self, circle: Circle, first: date, at: datetime) -> None:
        """An activity of the week after; people sign up the next day, and afterwards their hours are confirmed."""
        team, kind = self.rng.choice([*circle.teams, (None, None)])
        words = self.rng.choice([words for words in ACTIVITIES if kind in (None, words.kind)])
        begins_at = self._begins(first, words)
        activity = actions.plan_activity(
            circle.grid, by=self._keeper(circle, at), at=at, key=key(self.rng), title=words.title, kind=words.kind,
            begins_at=begins_at, ends_at=begins_at + words.lasts, place=_place(circle, words), team=team,
            wanted=self.rng.choice((None, 6, 8, 10)), text=words.text,
        )  # fmt: skip
        self._then(circle, activity, local_date(at))

    def _begins(self, first: date, words: ActivityWords) -> datetime:
        """After work on a working day, else at the weekend: not before two days have passed."""
        days = [first + timedelta(days=n) for n in range(9, 16)]
        fitting = [day for day in days if (day.weekday() < 5) == words.is_after_work]
        return clock(self.rng.choice(fitting), *words.begins)

    def _then(self, circle: Circle, activity: Activity, on: date) -> None:
        """What follows an announcement."""
        evening = clock(on + timedelta(days=1), 19, self.rng.randrange(60))
        self.agenda.on(evening, partial(self.sign_up, circle, activity))
        day = local_date(activity.begins_at)
        if self.rng.random() < CALLED_OFF and circle.rate < EVERY_WEEK:
            self.agenda.on(clock(day - timedelta(days=1), 17), partial(self.call_off, circle, activity))
        else:
            desk = clock(day + timedelta(days=self.rng.randrange(1, 3)), 9, self.rng.randrange(60))
            self.agenda.on(desk, partial(self.confirm, circle, activity))

    def sign_up(self, circle: Circle, activity: Activity, at: datetime) -> None:
        """Who volunteers there, those of the team before the others."""
        able = list(Volunteer.objects.open().inside(circle.grid).order_by("pk"))
        team = Membership.objects.filter(team=activity.team_id, until__isnull=True)
        members = set(team.values_list("volunteer", flat=True))
        self.rng.shuffle(able)
        able.sort(key=lambda volunteer: volunteer.pk not in members)
        most = min(activity.wanted or len(able), self.rng.randrange(3, 8))
        for volunteer in able[:most]:
            actions.sign_up(activity, volunteer, by=self._keeper(circle, at), at=at, key=key(self.rng))

    def call_off(self, circle: Circle, activity: Activity, at: datetime) -> None:
        actions.call_off(activity, by=self._keeper(circle, at), at=at)

    def confirm(self, circle: Circle, activity: Activity, at: datetime) -> None:
        """Most of them came, and most of these stayed to the end."""
        most = most_hours(activity.ends_at - activity.begins_at)
        rows = activity.participations.order_by("pk")
        hours = {row.pk: self._hours(most) for row in rows if self.rng.random() < CAME}
        actions.confirm_hours(activity, hours, by=self._keeper(circle, at), at=at)

    def _hours(self, most: Decimal) -> Decimal:
        return most if self.rng.random() < STAYED else most - HALF_HOUR


def _place(circle: Circle, words: ActivityWords) -> str:
    """Where it takes place; a courtyard has no hall, only itself."""
    if circle.grid.level == Level.BUILDING:
        at_doors = words.where == FROM_DOOR
        return f"{circle.name}各楼" if at_doors else f"{circle.name.removesuffix('院')}院内空地"
    return f"{circle.name}社区{words.where}"


def _years(number: int) -> timedelta:
    return timedelta(days=round(number * 365.25))
