"""The visits of the demo: a week at a time, what falls due is visited, in time or late, as the grid keeps up.

Ten thousand visits, so they are written by the hundred; tests hold them to what `actions.visits` writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from gridgov.kit.bulk import update_rows
from grids.demo.town import LAGGARD, STAR, clock, weekdays
from grids.models import Grid, Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import FileChange, Met, Purpose
from ..models import GroupEvent, GroupFile, Household, Verification, Visit
from ..rules import visiting
from ..rules.policy import Policy
from .special import Files, key
from .staff import Staff

ROUND = Policy().ordinary_days

SAID = (
    "家中平安，燃气阀门已提醒检查。", "核对了登记信息，无变化。", "反映楼道灯不亮，已记下转社区。", "身体尚好，按时服药。",
    "提醒防范电信诈骗，发放了宣传单。", "家中有人，情况正常。", "子女周末回来看望，近期无困难。", "讲了冬季取暖用电安全。",
    "希望加装扶手，已告知申请办法。", "新换了手机号，已登记。",
)  # fmt: skip


@dataclass(frozen=True)
class Pace:
    """How a grid keeps up: the share of visits that are made in their week, and of households that are fresh."""

    done: float
    fresh: float


PACES = {LAGGARD: Pace(0.35, 0.22), STAR: Pace(1.0, 0.97)}


@dataclass
class Rounds:
    """Goes from door to door."""

    rng: Random
    staff: Staff
    files: Files
    paces: dict[int, Pace] = field(default_factory=dict)  # by building grid
    visits: int = 0

    def pace(self, grid: int) -> Pace:
        return self.paces[grid]

    def know_paces(self, grids: Iterable[Grid]) -> None:
        """Most communities are neither; each grid has its own figures."""
        for grid in grids:
            usual = Pace(self.rng.uniform(0.72, 0.97), self.rng.uniform(0.55, 0.93))
            self.paces[grid.pk] = PACES.get(grid.code[:12], usual)

    def plan(self, today: date) -> None:
        """The first round is spread over the half-year that it may take."""
        homes = list(Household.objects.open().order_by("pk"))
        for home in homes:
            home.visit_due = today + timedelta(days=self.rng.randrange(3, ROUND))
        update_rows(homes, ("visit_due",))

    def week(self, first: date) -> None:
        """Everything that falls due until Sunday, as far as the grids get to it."""
        last = first + timedelta(days=6)
        files = GroupFile.objects.due(last).select_related("type", "resident__household").order_by("pk")
        self._go(list(files), first)
        self._go(list(Household.objects.open().filter(visit_due__lte=last).order_by("pk")), first)

    def _go(self, due: list[Any], first: date) -> None:
        """One kind of visit: the doors that are knocked at, and those where somebody opens."""
        knocked = [one for one in due if self.rng.random() < self.pace(one.grid_id).done]
        met = [one for one in knocked if self.rng.random() < 0.93]
        opened = {one.pk for one in met}
        visits = [self._visit(one, first, one.pk in opened) for one in knocked]
        Visit.objects.bulk_create(visits, batch_size=2000)
        self.visits += len(visits)
        self._count([visit for visit, one in zip(visits, knocked, strict=True) if one.pk in opened])

    def _visit(self, about: Household | GroupFile, first: date, is_met: bool) -> Visit:
        """One time at a door, with the verdict on it frozen."""
        file = about if isinstance(about, GroupFile) else None
        home = file.resident.household if file else about
        at = clock(self._day(first, _due(about)), self.rng.randrange(8, 19), self.rng.randrange(60))
        done = Visit(
            **path_of_row(home), household=home, file=file, resident=file.resident if file else None, done_at=at,
            by=self.staff.leader(home.grid_id, at), purpose=Purpose.CARE if file else Purpose.ROUND,
            met=self._met(file) if is_met else Met.NOBODY, key=key(self.rng),
        )  # fmt: skip
        done.what = self.rng.choice(SAID) if is_met else None
        due, on = _due(about), local_date(at)
        if is_met and due and visiting.answers(due, on, _last(about)):
            done.due_on, done.on_time = due, visiting.is_on_time(due, on)
        return done

    def _day(self, first: date, due: date | None) -> date:
        """On a working day of the week, and if it can be, not after the day it falls due."""
        days = weekdays(first)
        in_time = [day for day in days if due and day <= due]
        return self.rng.choice(in_time or days)

    def _met(self, file: GroupFile | None) -> Met:
        return Met.SELF if file and self.rng.random() < 0.8 else Met.FAMILY

    def _count(self, visits: list[Visit]) -> None:
        """What an opened door changes: the household is verified, it and the file are next due."""
        homes: dict[int, Household] = {}
        for visit in visits:
            home, on = homes.setdefault(visit.household_id, visit.household), local_date(visit.done_at)
            if home.visited_on is None or home.visited_on <= on:
                home.visited_on = home.verified_on = on
                home.verified_by, home.visit_due = visit.by, visiting.next_due(on, ROUND)
        update_rows(list(homes.values()), ("visited_on", "verified_on", "verified_by", "visit_due"))
        _write_down((visit.household, visit.done_at, visit.by) for visit in visits)
        self._count_files([visit for visit in visits if visit.file])

    def _count_files(self, visits: list[Visit]) -> None:
        for visit in visits:
            on = local_date(visit.done_at)
            visit.file.last_visited_on = on
            visit.file.next_visit_due = self.files.next_visit(visit.file, on)
        update_rows([visit.file for visit in visits], ("last_visited_on", "next_visit_due"))
        GroupEvent.objects.bulk_create(
            GroupEvent(
                **path_of_row(visit.file), file=visit.file, change=FileChange.VISITED, at=visit.done_at, by=visit.by,
                data={"on": local_date(visit.done_at).isoformat()},
            )
            for visit in visits
        )  # fmt: skip

    def verify(self, first: date, until: date) -> None:
        """When each household was last verified, at the door or by the way: in most grids lately, in some not."""
        homes, verified = list(Household.objects.open().order_by("pk")), []
        for home in homes:
            is_fresh = self.rng.random() < self.pace(home.grid_id).fresh
            days = self.rng.randrange(7) if is_fresh else self.rng.randrange(8, 40)
            on = until - timedelta(days=days)
            if home.verified_on is None or home.verified_on < on:
                on = max(on, home.opened_on, first)
                home.verified_on, home.verified_by = on, self.staff.leader(home.grid_id, clock(on, 12))
                verified.append((home, clock(on, 12), home.verified_by))
        update_rows(homes, ("verified_on", "verified_by"))
        _write_down([*verified, *self._earlier(homes, first, until)])

    def _earlier(
        self, homes: list[Household], first: date, until: date
    ) -> Iterable[tuple[Household, datetime, Post]]:
        """What was verified by the way in the weeks before the last; by a chance of its own."""
        chance = Random(f"verified {first}")
        for week in range((until - first).days // 7):
            for home in homes:
                day = first + timedelta(days=7 * week + chance.randrange(7))
                is_done = chance.random() < self.pace(home.grid_id).fresh
                if is_done and home.opened_on <= day < (home.verified_on or day):
                    yield home, clock(day, 12), self.staff.leader(home.grid_id, clock(day, 12))


def _write_down(verified: Iterable[tuple[Household, datetime, Post]]) -> None:
    """Each day once, whoever was there first."""
    Verification.objects.bulk_create(
        (
            Verification(**path_of_row(home), household=home, on=local_date(at), at=at, by=by)
            for home, at, by in verified
        ),
        ignore_conflicts=True,
    )


def _due(about: Household | GroupFile) -> date | None:
    return about.next_visit_due if isinstance(about, GroupFile) else about.visit_due


def _last(about: Household | GroupFile) -> date | None:
    return about.last_visited_on if isinstance(about, GroupFile) else about.visited_on
