"""What is looked at again in the demo: closed cases by lot, grids by each other, and what residents say."""

from datetime import date, datetime, timedelta

from cases.models import Case, CaseEvent
from grids.demo.town import clock
from grids.enums import Level, Role
from grids.models import Grid, Post

from ..actions import mutual_checks, ratings, spot_checks
from ..enums import Dimension, HeardBy, Satisfaction, SpotMethod, SpotResult
from ..models import Pair, SpotItem
from ..queries.mutual_checks import CHECKERS
from ..queries.satisfaction import standing_closing
from ..queries.spot_checks import bar_of, closings, could_check
from ..rules.checks import HANDLING
from ..rules.rates import Period
from .office import Office

SAMPLE = 12  # cases a street draws in a month
ASKED = 0.3  # of the closings, so many residents are called
CONTENT = (Satisfaction.VERY, Satisfaction.SATISFIED, Satisfaction.DISSATISFIED)
SHARES = (5, 4, 1)
WORDS = {
    Satisfaction.VERY: "处理很快，态度也好",
    Satisfaction.SATISFIED: "问题解决了",
    Satisfaction.DISSATISFIED: "等的时间长，现场没有清理干净",
}
RESULTS = {
    SpotResult.CONFIRMED: (7, ""),
    SpotResult.NOT_CONFIRMED: (2, "现场仍有积水，与反馈照片不符"),
    SpotResult.NOT_REACHABLE: (1, ""),
}
FINDINGS = (
    (96, "台账齐全，巡查记录完整"),
    (91, "明白卡张贴到位，两户走访记录过于简单"),
    (84, "楼道杂物未清，已当场提醒"),
    (78, "民情日记缺两天，灭火器一处过期"),
)
SHEETS = (30, 27)  # handed out, come back


class Checker(Office):
    """The street checks, community heads call residents, grid leaders visit each other."""

    def ask(self, month: date) -> None:
        """Some residents are called the day after their problem was closed; it counts for the month of the call."""
        period = Period.of(month, self.end)
        for event in closings(self.street, month, period.moment).order_by("pk"):
            at = event.at + timedelta(days=1)
            if at < period.moment and self.rng.random() < ASKED:
                self._call(event, at)

    def _call(self, event: CaseEvent, at: datetime) -> None:
        case = Case.objects.get(pk=event.case_id)
        head = self._head_of(case, at)
        if head is None or standing_closing(case) != event:
            return
        said = self.rng.choices(CONTENT, SHARES)[0]
        ratings.rate_case(
            case, closing=event.seq, satisfaction=said, words=WORDS[said], how=HeardBy.CALL_BACK, by=head, at=at,
            key=self.key(),
        )  # fmt: skip

    def _head_of(self, case: Case, at: datetime) -> Post | None:
        roles = (Role.COMMUNITY_DIRECT, Role.COMMUNITY_FIRST)
        held = Post.objects.current(at).filter(role__in=roles, grid=case.community_id).order_by("pk")
        return next((post for post in held if not bar_of(case, post.user, HANDLING)), None)

    def pair(self, month: date) -> None:
        """The grids of the street visit each other; in the month under way some have not gone yet."""
        at = self.day(clock(month, 0) - timedelta(days=1), 3, 10)
        if at >= self.end:
            return
        drawn = mutual_checks.draw_mutual_check(
            self.street, level=Level.BUILDING, month=month, seed=f"{month:%Y%m}", by=self._supervisor(), at=at,
            key=self.key(), note="月度互查互评",
        )  # fmt: skip
        for number, pair in enumerate(Pair.objects.filter(mutual_check=drawn).order_by("pk")):
            self._visit(pair, self.day(at, 3 + number % 9, 15))

    def _visit(self, pair: Pair, at: datetime) -> None:
        role = CHECKERS[Level.BUILDING]
        leader = Post.objects.current(at).filter(role=role, grid=pair.checker_id).first()
        if at >= self.end or leader is None or not leader.is_current(self.end):
            return
        score, findings = self.rng.choice(FINDINGS)
        mutual_checks.check_grid(pair, score=score, findings=findings, by=leader, at=at, key=self.key())

    def draw(self, month: date) -> None:
        """When a month is over the street draws a sample of it, and enters the sheets of a community."""
        period = Period.of(month, self.end)
        at = self.day(period.end - timedelta(minutes=1), 2, 9)
        if at >= self.end:
            return
        self._sheets(period, at)
        if not closings(self.street, month, at).exists():
            return
        spot = spot_checks.draw_spot_check(
            self.street, month=month, wanted=SAMPLE, seed=f"{month:%Y%m}-{self.rng.randrange(10000):04d}",
            by=self._supervisor(), at=at, key=self.key(), note="月度随机抽查",
        )  # fmt: skip
        for number, item in enumerate(SpotItem.objects.filter(spot_check=spot).order_by("place")):
            self._look(item, self.day(at, 1 + number // 2, 16))

    def _look(self, item: SpotItem, at: datetime) -> None:
        checker = could_check(item, at).order_by("pk").first() if at < self.end else None
        if checker is None or not checker.is_current(self.end):
            return
        result = self.rng.choices(list(RESULTS), [share for share, _note in RESULTS.values()])[0]
        spot_checks.check_item(
            item, method=self.rng.choice(list(SpotMethod)), result=result, note=RESULTS[result][1], by=checker, at=at,
            key=self.key(),
        )  # fmt: skip

    def _sheets(self, period: Period, at: datetime) -> None:
        """What residents of a community wrote on the sheets about the month."""
        grids = Grid.objects.filter(parent=self.street, level=Level.COMMUNITY).order_by("code")
        handed_out, returned = SHEETS
        for grid in grids[:3]:
            sheets = {}
            for dimension in Dimension:
                bad = self.rng.randrange(3)
                good = (returned - bad) // 2
                counts = (returned - bad - good, good, bad)
                sheets |= {(dimension, grade): n for grade, n in zip(Satisfaction, counts, strict=True)}
            ratings.record_period_rating(
                grid, since=period.month, until=period.last, handed_out=handed_out,
                returned=returned, sheets=sheets, by=self._supervisor(), at=at, key=self.key(), note="入户发放",
            )  # fmt: skip

    def _supervisor(self) -> Post:
        return self.post(Role.STREET_SUPERVISOR, self.street)
