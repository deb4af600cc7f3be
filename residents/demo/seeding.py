"""Furnishing the demo with a register: build, load, live ten weeks; all of it or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from random import Random
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from grids.demo.steps import one_step
from grids.demo.town import MARK, STREET, clock, first_day
from grids.enums import Role
from grids.models import Grid, User

from .. import actions
from ..actions.loading import load_people
from ..enums import Occupancy, Registration
from ..imports import read_group_types
from ..models import (
    Activity,
    Building,
    Dwelling,
    GroupFile,
    Household,
    Inspection,
    Membership,
    Participation,
    PointEntry,
    Premises,
    RegisterEvent,
    Resident,
    Stay,
    Visit,
    Volunteer,
)
from ..rules.ledger import Person
from . import life
from .agenda import Agenda
from .homes import Facts, Homes
from .papers import Papers
from .people import Inventor
from .places import Town, enter, is_lived_in
from .points import Points
from .premises import Inspections
from .rounds import Rounds
from .special import Files
from .staff import Staff
from .volunteers import Volunteering

Progress = Callable[[str], None]
LIVED_IN = 0.945  # of all doors
TABLES = (Building, Dwelling, Household, Resident, Stay, RegisterEvent, GroupFile, Visit)
GROWING = (Premises, Inspection, Volunteer, Membership, Activity, Participation, PointEntry)
GROWN = 2  # weeks after which the rows of these say how they will lie


class Size(StrEnum):
    """How much of the register: two buildings of each grid for tests, or every building of the street."""

    FULL = "full"
    SMALL = "small"


@dataclass(frozen=True)
class Measure:
    """What a size means: buildings of a grid at most, and how often something happens beside the full demo."""

    houses: int | None
    often: float


MEASURES = {Size.FULL: Measure(None, 1.0), Size.SMALL: Measure(2, 0.1)}


@dataclass(frozen=True)
class Tally:
    """What has been seeded, in numbers."""

    until: date
    buildings: int
    households: int
    residents: int
    premises: int
    files: int
    visits: int
    inspections: int
    volunteers: int
    activities: int
    points: int
    events: int


class SeedingRefused(Exception):
    """Why the register is not put into this database, in words for whoever started it."""


def is_seeded() -> bool:
    """Whether the demo's register is in this database. It is there whole or not at all."""
    return RegisterEvent.objects.filter(key=life.MARK).exists()


@transaction.atomic
def seed(
    *, seed: int, until: date, weeks: int = 10, size: Size = Size.FULL, progress: Progress = lambda line: None
) -> Tally:
    """Fill the demo street with invented people and let `weeks` weeks pass that end with the day `until`.

    One transaction. The same seed and the same last day give the same people, doors and moments.
    """
    refuse_other_peoples_data()
    first, measure = first_day(until, weeks), MEASURES[size]
    with one_step():
        seeder = Seeder(seed, first, progress)
        empty = seeder.load(measure.houses)
        seeder.live(empty, until, weeks, measure.often)
    return _count(until)


def refuse_other_peoples_data() -> None:
    """The register comes into the demo, and beside nobody else's."""
    if is_seeded():
        raise SeedingRefused("The demo's register is in this database already.")
    if not User.objects.filter(home_unit=MARK).exists() or not Grid.objects.filter(code=STREET).exists():
        raise SeedingRefused("The demo district is not in this database: manage.py seed_demo.")
    if Resident.objects.exists() or Household.objects.exists() or Building.objects.exists():
        raise SeedingRefused("This database holds other people's registers. The demo needs them empty.")


class Seeder:
    """Builds and peoples the street, then lets it live. All chance comes from one number."""

    def __init__(self, number: int, first: date, progress: Progress) -> None:
        self.rng, self.first, self.progress = Random(f"gridgov register {number}"), first, progress
        # Of premises and volunteers, so that a change of theirs leaves everybody behind her door.
        self.aside = Random(f"gridgov register {number} aside")
        self.staff, self.inventor = Staff.of_street(), Inventor(self.rng, first)
        self.homes = Homes(self.inventor)
        self.at = clock(first, 9)
        self.grids = self.staff.grids()

    def load(self, houses: int | None) -> list[Dwelling]:
        """Community by community, as their maintainers hand in their ledgers; the doors nobody lives behind."""
        empty: list[Dwelling] = []
        for _code, grids in groupby(self.grids, key=lambda grid: grid.code[:12]):
            empty += self._load_community(list(grids), houses)
        analyze(TABLES)
        return empty

    def _load_community(self, grids: list[Grid], houses: int | None) -> list[Dwelling]:
        community = grids[0].parent
        self.progress(f"Entering {community} …")
        by = self.staff.one(community.pk, Role.MAINTAINER, self.at)
        town, empty, ledger = Town(self.rng, self.inventor, self.at, by), [], {}
        for grid in grids:
            buildings = town.build(grid, houses) if is_lived_in(grid) else []
            town.open_shops(grid, buildings)
            doors = town.doors(grid, buildings)
            ledger[grid] = self._people(doors, town)
            enter(doors, by=by, at=self.at)
            empty += [door for door in doors if door.occupancy == Occupancy.EMPTY]
        load_people({grid: people for grid, people in ledger.items() if people}, by=by, at=self.at)
        return empty

    def _people(self, doors: list[Dwelling], town: Town) -> list[Person]:
        """A household behind most of the doors, as a ledger has them; what is not the owner's is let."""
        people: list[Person] = []
        for door in doors:
            if self.rng.random() >= LIVED_IN:
                door.occupancy = Occupancy.EMPTY
                continue
            members = self.homes.household()
            since = self.homes.since(members)
            if members[0]["registration"] == Registration.FLOATING:
                town.let(door)
            people += [_row(len(people) + n, door, facts, since) for n, facts in enumerate(members, start=1)]
        return people

    def live(self, empty: list[Dwelling], until: date, weeks: int, often: float) -> None:
        """Files are opened, and then a week passes after the other."""
        self.progress("Opening the files of special groups …")
        actions.load_group_types(read_group_types())
        files = Files(self.rng, self.inventor, self.staff, self.first)
        files.open_all()
        rounds = Rounds(self.rng, self.staff, files)
        rounds.know_paces(self.grids)
        rounds.plan(self.first)
        agenda = Agenda()
        lived = life.Life(self.rng, self.homes, self.staff, empty, often, agenda)
        weekly = [lived, *self._begin(agenda, rounds, until)]
        for number in range(weeks):
            monday = self.first + timedelta(days=7 * number)
            self.progress(f"Living from {monday:%Y-%m-%d} …")
            rounds.week(monday)
            for part in weekly:
                part.week(monday)
            agenda.run(clock(monday + timedelta(days=7), 0))
            if number == GROWN:
                analyze(GROWING)
        rounds.verify(self.first, until)
        analyze(TABLES + GROWING)

    def _begin(self, agenda: Agenda, rounds: Rounds, until: date) -> tuple[Inspections, Volunteering, Points]:
        """What goes on in the premises and among the volunteers, planned up to the first week."""
        communities = list({grid.parent.code: grid.parent for grid in self.grids}.values())
        inspections = Inspections(self.aside, self.staff, agenda, rounds.paces, until)
        volunteering = Volunteering(self.aside, self.staff, agenda, self.grids, self.first)
        points = Points(self.aside, self.staff, agenda, communities, self.first, until)
        inspections.plan(self.first)
        volunteering.begin()
        points.begin()
        Papers(self.aside, self.staff, agenda).plan(until)
        return inspections, volunteering, points


def _row(line: int, door: Dwelling, facts: Facts, since: date) -> Person:
    """One row of a ledger; a child lives here since its birth."""
    place = (door.house.name, door.house.house_no, door.unit_no, door.room_no)
    return Person(line, place, "", facts, since=max(since, facts["birth_date"]))


def analyze(models: Iterable[type[Model]]) -> None:
    """Nobody else sees the rows of an open transaction, so nobody else gathers their statistics."""
    tables = ", ".join(model._meta.db_table for model in models)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _count(until: date) -> Tally:
    numbers: dict[str, Any] = {
        "buildings": Building.objects.count(), "households": Household.objects.open().count(),
        "residents": Resident.objects.living().count(), "premises": Premises.objects.count(),
        "files": GroupFile.objects.open().count(), "visits": Visit.objects.count(),
        "inspections": Inspection.objects.count(), "volunteers": Volunteer.objects.open().count(),
        "activities": Activity.objects.count(), "points": PointEntry.objects.count(),
        "events": RegisterEvent.objects.count(),
    }  # fmt: skip
    return Tally(until, **numbers)
