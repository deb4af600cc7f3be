"""Random lives of cases, lived through the real actions: what the properties of the figures are tested on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from cases import actions
from cases.enums import Channel, Evaluation, Step, Unit
from cases.models import Case
from cases.rules.clock import Limit
from tests.town import Town

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2026, 7, 20, 8, 0, tzinfo=SHANGHAI)
MONTHS = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))

# A photo is asked for by neither; the first is of the civic ledger, the second can be settled at once.
CODES = ("C201", "C3", "C4")

# reporter      where she reports
REPORTERS = (
    ("leader", "one"), ("leader2", "two"), ("leader3", "three"), ("direct", "east"), ("dispatcher", "street"),
)  # fmt: skip


@dataclass
class History:
    """Some weeks of a street, day by day; `moments` are all instants at which something happened."""

    town: Town
    random: Random
    now: datetime = BEGINS
    cases: list[int] = field(default_factory=list)

    def live(self, steps: int) -> "History":
        for _step in range(steps):
            self.now += timedelta(minutes=self.random.choice((7, 45, 300, 1500, 2900)))
            open_to = [self.report] if not self.cases else [self.report, self.move, self.move, self.move]
            self.random.choice(open_to)()
        actions.sweep(at=self.now + timedelta(seconds=1))  # a report is final once the clock has passed it
        return self

    def report(self) -> None:
        by, grid = self.random.choice(REPORTERS)
        channel = self.random.choice((Channel.PATROL, Channel.MAYOR_LINE, Channel.WECHAT))
        case = self.town.report(
            at=self.now, by=by, grid=grid, code=self.random.choice(CODES), channel=channel, text="邻里纠纷"
        )
        self.cases.append(case.pk)

    def move(self) -> None:
        actions.sweep(at=self.now)
        case = Case.objects.get(pk=self.random.choice(self.cases))
        self.random.choice(MOVES[Step(case.step)])(self, case)

    def by(self, *names: str):
        return self.town.post[self.random.choice(names)]


def _assign(h: History, case: Case) -> None:
    places = [g for g in (case.community, case.building) if g and g.code != "410102006002"]
    unit = h.random.choice([*places, h.town.department.chengguan])
    limit = Limit(h.random.choice((1, 3, 7)), Unit.WORKING_DAYS)
    actions.assign(case, unit=unit, limit=limit, by=h.by("dispatcher"), at=h.now)


def _holder(h: History, case: Case):
    lead = case.assignments.get(part="lead", ended_at__isnull=True)
    if lead.department_id:
        return h.town.post.officer
    return {"410102006001": h.town.post.direct}.get(lead.grid.code) or lead.post


def _escalate(h: History, case: Case) -> None:
    if case.holder_grid and case.holder_grid.level:
        actions.escalate(case, note="本级无力解决", by=_holder(h, case), at=h.now)


def _decline(h: History, case: Case) -> None:
    if not case.inquiries.exists():
        actions.decline(case, note="不属网格事务", by=h.by("dispatcher"), at=h.now)


def _merge(h: History, case: Case) -> None:
    kept = Case.objects.open().exclude(pk=case.pk).first()
    if kept and not case.inquiries.exists():
        actions.merge(case, into=kept, note="同一问题", by=h.by("dispatcher"), at=h.now)


def _ask(h: History, case: Case) -> None:
    paper = case.inquiries.filter(state="right", asker__level=3).first()
    if paper:
        actions.ask(paper, question="请说明进展", by=paper.assignment.raised_from.post, at=h.now)


def _return(h: History, case: Case) -> None:
    if case.returns < 2:
        actions.return_(case, note="不属本单位", by=_holder(h, case), at=h.now)


def _withdraw(h: History, case: Case) -> None:
    if case.accepted_at is None:
        actions.withdraw(case, note="已自行解决", by=case.reporter_post, at=h.now)


def _verify(passed: bool) -> Callable[[History, Case], None]:
    def act(h: History, case: Case) -> None:
        actions.verify(case, passed=passed, note="现场核查", by=h.by("supervisor", "secretary"), at=h.now)

    return act


def _reopen(h: History, case: Case) -> None:
    if h.now - case.ended_at < timedelta(days=30):
        actions.reopen(case, note="又出现了", by=h.by("dispatcher"), at=h.now)


# step → what may be done next, the likely more often
MOVES: dict[Step, tuple[Callable[[History, Case], None], ...]] = {
    Step.REPORTED: (
        _assign, _assign, _assign, _withdraw, _decline, _merge,
    ),
    Step.ASSIGNED: (
        lambda h, case: actions.sign(case, by=_holder(h, case), at=h.now),
        lambda h, case: actions.sign(case, by=_holder(h, case), at=h.now),
        _return,
        lambda h, case: actions.recall(case, note="派错了", by=h.by("dispatcher"), at=h.now),
    ),
    Step.HANDLING: (
        lambda h, case: actions.feed_back(case, result="已调解", by=_holder(h, case), at=h.now),
        _escalate,
        _ask,
    ),
    Step.FED_BACK: (_verify(True), _verify(True), _verify(False)),
    Step.VERIFIED: (
        lambda h, case: actions.close(case, evaluation=Evaluation.GOOD, by=h.by("dispatcher"), at=h.now),
    ),
    Step.CLOSED: (_reopen, lambda h, case: None),
    Step.DECLINED: (lambda h, case: None,),
    Step.WITHDRAWN: (lambda h, case: None,),
    Step.MERGED: (lambda h, case: None,),
}  # fmt: skip
