"""What happens to the people of the demo: births, deaths, moves and corrections, each through its action."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID, uuid5

from grids.demo.town import clock, weekdays

from .. import actions
from ..enums import Change, Occupancy, Registration, Relation, Sex
from ..models import Dwelling, Household, Resident
from ..rules import identity
from .agenda import Agenda
from .homes import Homes
from .staff import Staff

MARK = uuid5(
    UUID(int=0), "gridgov demo register"
)  # the first thing that happens: by it the register is known again


def keys(rng: Random) -> Iterator[UUID]:
    """A form's key for each thing that happens."""
    yield MARK
    while True:
        yield UUID(int=rng.getrandbits(128), version=4)


@dataclass
class Life:
    """The households as they were entered, and what becomes of some of them; each is in one story only."""

    rng: Random
    homes: Homes
    staff: Staff
    empty: list[Dwelling]  # doors that nobody lives behind
    often: float  # how much happens beside the full demo
    agenda: Agenda
    members: dict[int, list[Resident]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = keys(self.rng)
        for person in Resident.objects.living().select_related("household").order_by("pk"):
            self.members.setdefault(person.household_id, []).append(person)

    def week(self, first: date) -> None:
        """Plan a week's worth of each kind."""
        for kind, number in WEEKLY:
            for _n in range(self._number(number)):
                self.agenda.on(self._moment(first), partial(kind, self))

    def _number(self, usual: int) -> int:
        whole, rest = divmod(usual * self.often, 1)
        return int(whole) + (self.rng.random() < rest)

    def _moment(self, first: date) -> datetime:
        return clock(self.rng.choice(weekdays(first)), self.rng.randrange(9, 18), self.rng.randrange(60))

    # --- one kind of change each --------------------------------------------------------------

    def birth(self, at: datetime) -> None:
        """A child is born to a young couple, and entered some days later."""
        home = self._home(lambda members: _are_young_couple(members, at.date()))
        if home:
            father = home[0]
            is_girl = self.rng.random() < 0.48
            relation = Relation.DAUGHTER if is_girl else Relation.SON
            facts = self.homes.inventor.person(relation, 0, is_woman=is_girl, family=father.name.open()[0])
            born = at.date() - timedelta(days=self.rng.randrange(2, 12))
            facts |= {"birth_date": born, "id_number": self.homes.inventor.id_number(born, is_girl)}
            self._register(father.household, [facts], born, at)

    def death(self, at: datetime) -> None:
        """Somebody old dies; who was head of a household that goes on is followed by another."""
        home = self._home(
            lambda members: _oldest(members, at.date()) >= 74 and _may_go_on(members, at.date())
        )
        if home:
            gone = min(home, key=lambda person: person.birth_date)
            if gone.relation == Relation.HEAD and len(home) > 1:
                self._follow(home, gone, at)
            self._leave(gone, Change.DIE, at)

    def move_out(self, at: datetime) -> None:
        """Tenants leave the district, the head last."""
        if home := self._home(_are_tenants):
            for person in reversed(home):
                self._leave(person, Change.MOVE_OUT, at)

    def move_in(self, at: datetime) -> None:
        """A household comes from outside."""
        if self.empty:
            self._register(self._opened(Occupancy.OWNER, at), self.homes.household(), at.date(), at)

    def move_within(self, at: datetime) -> None:
        """Tenants find another flat in the street, the head comes last."""
        home = self._home(_are_tenants) if self.empty else None
        if home:
            there = self._opened(Occupancy.LET, at)
            by = self.staff.leader(there.grid_id, at)
            for person in reversed(home):
                actions.move(
                    person, there, relation=Relation(person.relation), on=at.date(), by=by, at=at, key=next(self.keys)
                )  # fmt: skip

    def correction(self, at: datetime) -> None:
        """A new phone, a new job: what a door knocked at brings to light."""
        if home := self._home(lambda members: True):
            person = self.rng.choice(home)
            inventor = self.homes.inventor
            news = (
                {"phone": inventor.phone()}
                if self.rng.random() < 0.6
                else {"employer": inventor.employer(35)}
            )
            by = self.staff.leader(person.grid_id, at)
            actions.correct(person, by=by, at=at, key=next(self.keys), facts=news)

    # --- what they have in common -------------------------------------------------------------

    def _home(self, fits: Callable[[list[Resident]], bool]) -> list[Resident] | None:
        """A household that fits, if a few hundred knocks find one; it leaves the hat."""
        waiting = list(self.members)
        for _try in range(400):
            pk = self.rng.choice(waiting)
            if fits(self.members[pk]):
                return self.members.pop(pk)
        return None

    def _opened(self, use: Occupancy, at: datetime) -> Household:
        """A household behind a door that nobody lived behind."""
        door = self.empty.pop(self.rng.randrange(len(self.empty)))
        by = self.staff.leader(door.grid_id, at)
        actions.correct_place(door, by=by, at=at, occupancy=use)
        return actions.open_household(door, on=at.date(), by=by, at=at)

    def _register(self, home: Household, people: list[dict[str, Any]], on: date, at: datetime) -> None:
        by = self.staff.leader(home.grid_id, at)
        for facts in people:
            relation = Relation(facts.pop("relation"))
            actions.register(home, relation=relation, on=on, by=by, at=at, key=next(self.keys), facts=facts)

    def _leave(self, person: Resident, change: Change, at: datetime) -> None:
        by = self.staff.leader(person.grid_id, at)
        actions.leave(person, change=change, on=at.date(), by=by, at=at, key=next(self.keys))

    def _follow(self, home: list[Resident], gone: Resident, at: datetime) -> None:
        heir = next(person for person in home if person != gone and _is_grown(person, at.date()))
        was = Relation.SPOUSE if heir.relation == Relation.SPOUSE else Relation.PARENT
        by = self.staff.leader(gone.grid_id, at)
        actions.make_head(heir, former_as=was, by=by, at=at, key=next(self.keys))


def _age(person: Resident, on: date) -> int:
    assert person.birth_date is not None
    return identity.age(person.birth_date, on)


def _oldest(members: list[Resident], on: date) -> int:
    return max(_age(person, on) for person in members)


def _is_grown(person: Resident, on: date) -> bool:
    return _age(person, on) >= 18


def _may_go_on(members: list[Resident], on: date) -> bool:
    """Whether somebody can be head when the oldest is gone, or nobody is left who needs one."""
    return len(members) == 1 or sum(_is_grown(person, on) for person in members) > 1


def _are_tenants(members: list[Resident]) -> bool:
    return members[0].registration == Registration.FLOATING


def _are_young_couple(members: list[Resident], on: date) -> bool:
    wives = [person for person in members if person.relation == Relation.SPOUSE and person.sex == Sex.FEMALE]
    return bool(wives) and 22 <= _age(wives[0], on) <= 36 and len(members) < 5


# what happens               so often a week in the full demo
WEEKLY: tuple[tuple[Callable[[Life, datetime], None], int], ...] = (
    (Life.birth,             5),
    (Life.death,             4),
    (Life.move_out,          4),
    (Life.move_in,           5),
    (Life.move_within,       2),
    (Life.correction,       14),
)  # fmt: skip
