"""Every month that the demo has lived is assessed: inspections during it, then computed, reviewed, appealed, published."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from django.db import transaction

from grids.demo.steps import one_step
from grids.demo.town import GRID, LAGGARD, MARK, STREET, clock, first_day
from grids.enums import Level, Role
from grids.models import Grid, Post, User
from grids.rules.workdays import local_date

from .. import actions
from ..enums import RunState
from ..models import Appeal, Mark, MonthlyScore, Proposal, Run
from ..rules.rates import Period
from .checks import Checker
from .office import Office
from .tracing import Tracer

Progress = Callable[[str], None]

# What inspectors find, of how many grids in a month: indicator, points, reason, evidence
FOUND = (
    ("phone", "1", "网格手机两次拨打无人接听", "检查记录：通讯抽查"),
    ("rules_posted", "1", "明白卡未更新，仍为上季度人员", "照片两张，存街道督查科"),
    ("files", "1.5", "台账缺少上周两户走访记录", "检查记录：台账抽查"),
    ("training", "3", "缺席一次月度例会", "例会签到表"),
    ("campaigns", "4", "消防通道排查尚余两处未复查", "专项排查表"),
)
APPEALED = (
    (
        "patrol",
        "当月三日的巡查因手机故障未上传，纸质记录在社区",
        "纸质巡查表照片",
        Decimal("0.45"),
        "纸质记录属实，予以补计",
    ),
    ("visits", "应走访户中有一户当月已搬离", "搬离登记", None, "搬离登记日期在应走访日之后，不予调整"),
)


class SeedingRefused(Exception):
    """Why the demo's scores are not put into this database, in words for whoever started it."""


@dataclass(frozen=True)
class Tally:
    """What the demo holds once it has been assessed."""

    months: int
    scores: int
    marks: int
    appeals: int
    proposals: int


def is_seeded() -> bool:
    """Whether the demo's months have been assessed."""
    return Run.objects.filter(grid__code=STREET[: Level.DISTRICT.code_length]).exists()


@transaction.atomic
def seed(*, seed: int, until: date, weeks: int = 10, progress: Progress = lambda line: None) -> Tally:
    """Assess every month that was over by the end of the day `until`, and draft the one under way."""
    if not User.objects.filter(home_unit=MARK).exists():
        raise SeedingRefused("The demo district is not in this database: manage.py seed_demo.")
    if is_seeded():
        raise SeedingRefused("The demo's scores are in this database already.")
    with one_step():
        Assessor(Random(f"gridgov scores {seed}"), clock(until + timedelta(days=1), 0)).live(
            first_day(until, weeks), progress
        )
        for district in Grid.objects.at(Level.DISTRICT).order_by("code"):
            actions.keep_rollups(district, by=None, at=clock(until + timedelta(days=1), 0))
    return Tally(
        Run.objects.count(), MonthlyScore.objects.count(), Mark.objects.count(), Appeal.objects.count(), Proposal.objects.count()
    )  # fmt: skip


class Assessor(Office):
    """The people of the district who assess, and those of the grids who answer."""

    def __init__(self, rng: Random, end: datetime) -> None:
        super().__init__(rng, end)
        self.checker = Checker(rng, end)
        self.tracer = Tracer(rng, end)

    def live(self, first: date, progress: Progress) -> None:
        """Month by month, as far as the days have come."""
        month = first.replace(day=1)
        while clock(month, 0) < self.end:
            progress(f"Assessing {month:%Y-%m} …")
            self.checker.ask(month)
            self.checker.pair(month)
            self.assess(month)
            self.checker.draw(month)
            month = Period.of(month, self.end).end.date()
        self.tracer.trace()

    def assess(self, month: date) -> None:
        period = Period.of(month, self.end)
        self.inspect(month, period.moment)
        at = min(period.end + timedelta(minutes=10), self.end)
        run = actions.score_month(self.district, month, by=None, at=at)
        steps = [
            (
                self.day(period.end, 1, 16),
                partial(actions.give_to_review, by=self.post(Role.DISTRICT_SUPERVISOR)),
            ),
            (
                self.day(period.end, 2, 17),
                partial(actions.open_appeals, by=self.post(Role.DISTRICT_SUPERVISOR)),
            ),
            (self.day(period.end, 4, 10), self.appeal),
            (self.day(period.end, 6, 9), self.decide),
            (self.day(period.end, 6, 11), partial(actions.publish, by=self.post(Role.DISTRICT_OFFICIAL))),
            (self.day(period.end, 8, 10), self.conclude),
        ]
        for when, act in steps:
            if period.is_whole and when < self.end:
                run = act(run, at=when)

    # --- during the month ---------------------------------------------------------------------------------

    def inspect(self, month: date, moment: datetime) -> None:
        """Some grids are inspected; the street's second person approves most, and leaves one waiting."""
        day = max(month, local_date(moment) - timedelta(days=5))
        street = Grid.objects.get(code=STREET)
        by, second = self.post(Role.STREET_SUPERVISOR, street), self.post(Role.STREET_FIRST, street)
        for number, (code, points, reason, evidence) in enumerate(FOUND):
            for grid in self._some_grids(number):
                at = clock(day, 10, number)
                if at >= self.end:
                    continue
                mark = actions.inspect(
                    grid, indicator=code, month=month, points=Decimal(points), reason=reason, evidence=evidence, by=by, at=at,
                    key=self.key(),
                )  # fmt: skip
                if number or grid.code == GRID:
                    actions.decide_mark(mark, approve=True, by=second, at=at + timedelta(hours=3))

    def _some_grids(self, number: int) -> list[Grid]:
        grids = list(Grid.objects.filter(code__startswith=STREET, level=Level.BUILDING).order_by("code"))
        late = [grid for grid in grids if grid.code.startswith(LAGGARD)]
        return self.rng.sample(grids, min(3, len(grids))) + late[number % 2 :][:1]

    # --- after it -------------------------------------------------------------------------------------------

    def appeal(self, run: Run, *, at: datetime) -> Run:
        """Two lines of the grid visitors sign in to are not accepted."""
        grid = Grid.objects.get(code=GRID)
        leader = Post.objects.current(at).filter(role=Role.GRID_LEADER, grid=grid).first()
        if leader is None or not leader.is_current(at):
            return run
        score = MonthlyScore.objects.select_related("run__scheme").get(run=run, grid=grid)
        for indicator, reason, evidence, *_rest in APPEALED:
            actions.appeal(
                score,
                indicator=indicator,
                reason=reason,
                evidence=evidence,
                by=leader,
                at=at,
                key=self.key(),
            )
        return run

    def decide(self, run: Run, *, at: datetime) -> Run:
        """One is granted as far as the line can carry it, one is not."""
        answers = {indicator: (points, said) for indicator, _reason, _evidence, points, said in APPEALED}
        for filed in Appeal.objects.filter(score__run=run).select_related("score__run__scheme"):
            points, said = answers[filed.indicator]
            room = actions.room_of(filed.score, filed.indicator)[1]
            points = min(points, room) if points and room > 0 else None
            actions.decide_appeal(
                filed, points=points, decision=said, by=self.post(Role.DISTRICT_SUPERVISOR), at=at
            )
        return run

    def conclude(self, run: Run, *, at: datetime) -> Run:
        """The official decides on what the month proposed, but for the last."""
        assert run.state == RunState.PUBLISHED
        waiting = list(Proposal.objects.filter(score__run=run).order_by("pk"))
        for proposal in waiting[:-1]:
            is_grave = proposal.standing in ("yellow", "red", "last")
            reason = "试行期以谈话了解为主，暂不采纳" if is_grave and self.rng.random() < 0.5 else "情况属实"
            actions.decide_proposal(
                proposal,
                confirm=reason == "情况属实",
                reason=reason,
                by=self.post(Role.DISTRICT_OFFICIAL),
                at=at,
            )
        return run
