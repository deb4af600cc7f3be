"""What must happen in the demo whatever chance brings: the stories of the articles (A10), one case of every
kind of ending, and the last evening, on which something waits on every desk.

The stories happen in the grid, the community and the departments that visitors sign in to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from grids.demo.town import COMMUNITY, GRID, STREET, clock
from grids.enums import Role
from grids.models import Department, Grid, Post
from grids.rules import workdays

from .. import actions
from ..actions import SixOnes
from ..enums import Channel, CheckMethod, Evaluation, Unit
from ..models import Case, Patrol
from ..rules.clock import Limit
from .life import Life
from .texts import EXTENSION_REASONS, HELP_WANTED, PAUSE_REASONS, PROBLEMS, Problem

SCENES: dict[str, Problem] = {problem.code: problem for problem in PROBLEMS}


@dataclass
class Script:
    """A case whose steps are known beforehand; each waits in the queue for its moment."""

    life: Life
    case: Case | None = None

    def then(self, at: datetime, verb: Callable[..., Case], **facts: Any) -> "Script":
        self.life.on(at, partial(self._do, verb, at, facts))
        return self

    def _do(self, verb: Callable[..., Case], at: datetime, facts: dict[str, Any]) -> None:
        self.case = verb(self.case, at=at, **facts) if self.case else verb(at=at, **facts)


@dataclass
class Stage:
    """The places and posts the stories are played in; none of these posts changes hands."""

    life: Life
    grid: Grid
    community: Grid
    street: Grid

    @classmethod
    def of(cls, life: Life) -> "Stage":
        place = {grid.code: grid for grid in life.grids}
        return cls(life, place[GRID], place[COMMUNITY], place[STREET])

    def post(self, role: Role, place: Grid | Department | None = None) -> Post:
        found = self.life.cast.one(place or self._home(role), role)
        assert found is not None, f"nobody is {role.label}"
        return found

    def _home(self, role: Role) -> Grid:
        return {0: self.street, 1: self.street, 2: self.community, 3: self.grid}[int(role.place)]

    def department(self, code: str) -> Department:
        return next(d for d in self.life.departments if d.code == code and d.grid_id == self.street.pk)

    def worker(self, unit: Grid | Department) -> Post:
        if isinstance(unit, Department):
            return self.post(Role.DEPARTMENT_OFFICER, unit)
        return self.post(Role.GRID_LEADER if unit == self.grid else Role.COMMUNITY_DIRECT, unit)

    # --- the verbs of a script, with the facts a category brings -----------------------------------

    def report(
        self, at: datetime, code: str, text: str = "", *, by: Post | None = None, grid: Grid | None = None,
        **facts: Any,
    ) -> Script:  # fmt: skip
        facts.setdefault("photos", [self._photo(code, solved=False)])
        return Script(self.life).then(
            at, actions.report, category=self.life.categories[code], grid=grid or self.grid,
            text=text or SCENES[code].found[0], by=by or self.post(Role.GRID_LEADER), key=self.life.key(), **facts,
        )  # fmt: skip

    def assign(
        self, script: Script, at: datetime, unit: Grid | Department, code: str, limit: Limit | None = None,
        ones: SixOnes | None = None, **facts: Any,
    ) -> Script:  # fmt: skip
        return script.then(
            at, actions.assign, unit=unit, limit=limit or self.life.categories[code].limit,
            by=self.post(Role.DISPATCHER), six_ones=ones or self.life.six_ones(self.grid), **facts,
        )  # fmt: skip

    def sign(self, script: Script, at: datetime, unit: Grid | Department) -> Script:
        return script.then(at, actions.sign, by=self.worker(unit))

    def feed_back(
        self, script: Script, at: datetime, unit: Grid | Department, code: str, text: str = ""
    ) -> Script:
        return script.then(
            at, actions.feed_back, result=text or SCENES[code].solved[0], by=self.worker(unit),
            photos=[self._photo(code, solved=True)],
        )  # fmt: skip

    def verify(
        self, script: Script, at: datetime, *, passed: bool = True, note: str = "经现场核查，同意办结。"
    ) -> Script:
        by = self.post(Role.COMMUNITY_FIRST)
        return script.then(at, actions.verify, passed=passed, by=by, note=note, method=CheckMethod.ON_SITE)

    def close(self, script: Script, at: datetime) -> Script:
        return script.then(at, actions.close, evaluation=Evaluation.GOOD, by=self.post(Role.DISPATCHER))

    def _photo(self, code: str, *, solved: bool) -> Any:
        return self.life.photo(SCENES[code], solved=solved)


def tell_all(life: Life, last: date) -> None:
    """Put every story on the queue; `last` is the last day that is lived."""
    stage = Stage.of(life)
    worked = WorkedDays(life, last)
    burst_pipe(stage, worked.back(9))
    person_in_need(stage, worked.back(8))
    three_problems(stage, worked.back(7))
    manhole(stage, worked.back(6))
    key_case(stage, worked.back(9), worked)
    two_returns(stage, worked.back(8), worked)
    reopened(stage, worked.back(9), worked)
    small_endings(stage, worked.back(5))
    last_days(stage, worked)


@dataclass(frozen=True)
class WorkedDays:
    """The working days up to the last day lived."""

    life: Life
    last: date

    def back(self, number: int) -> date:
        """The working day so many before the last one; 0 is the last one."""
        calendar = self.life.calendar
        latest = (
            self.last
            if calendar.is_working(self.last)
            else workdays.nth_working_day_before(calendar, self.last, 1)
        )
        return workdays.nth_working_day_before(calendar, latest, number)


# --- the stories of the articles --------------------------------------------------------------------


def burst_pipe(stage: Stage, day: date) -> None:
    """A building head phones; the grid leader is there in minutes, the water works mend it in five hours."""
    unit = stage.department("shizheng")
    script = stage.report(
        clock(day, 7, 22), "B1201", "楼栋长来电：3号楼前自来水管爆裂，水涌到路面。已放警示牌，已按明白卡上的电话通知自来水公司。",
        place="3号楼前甬道", house_no="3号楼",
    )  # fmt: skip
    stage.assign(script, clock(day, 7, 30), unit, "B1201", instruction="立即关阀抢修，告知受影响住户。")
    stage.sign(script, clock(day, 7, 36), unit)
    stage.feed_back(script, clock(day, 12, 15), unit, "B1201", "自来水公司抢修五小时完成，11时50分恢复供水。")
    stage.close(stage.verify(script, clock(day, 14, 20)), clock(day, 15, 5))


def person_in_need(stage: Stage, day: date) -> None:
    """Patrol car no. 1 finds a person in need; an hour later she is in hospital."""
    unit = stage.department("minzheng")
    script = stage.report(
        clock(day, 9, 40), "C101", "1号巡查车发现一名流浪人员倒在路边，神志不清，已拍照上传。",
        by=stage.post(Role.DISPATCHER), channel=Channel.VEHICLE, external_id=f"XC01-{day:%Y%m%d}-001",
        place="小区东门外人行道",
    )  # fmt: skip
    stage.assign(script, clock(day, 9, 44), unit, "C101", instruction="请民政科联系救助站和医院，立即到场。")
    stage.sign(script, clock(day, 9, 49), unit)
    stage.feed_back(script, clock(day, 10, 41), unit, "C101", "已送医院救治，救助站派人陪护，正在核实身份。")
    stage.close(stage.verify(script, clock(day, 11, 30)), clock(day, 14, 15))


# text                                              house    unit      category
THREE_PROBLEMS = (
    ("水表井低陷，路面不平，老人经过容易崴脚。",   "5号楼", "4单元", "B0503"),
    ("楼前堆放建筑垃圾，影响通行。",               "3号楼", "2单元", "B0801"),
    ("垃圾道堵塞，有异味。",                       "3号楼", "4单元", "B0702"),
)  # fmt: skip
DIARY_WEATHER = "晴转多云"


def three_problems(stage: Stage, day: date) -> None:
    """One diary, three problems, three cases: the patrol of buildings 1 to 10."""
    life, leader = stage.life, stage.post(Role.GRID_LEADER)
    life.on(clock(day, 15, 0), partial(_walk_one_to_ten, life, stage.grid, leader, clock(day, 15, 0)))


def _walk_one_to_ten(life: Life, grid: Grid, leader: Post, at: datetime) -> None:
    patrol = actions.start_patrol(
        by=leader, at=at, key=life.key(), weather=DIARY_WEATHER, route="巡查1至10号楼，发现三个问题"
    )
    for number, (text, house, unit, code) in enumerate(THREE_PROBLEMS, start=1):
        seen = at + timedelta(minutes=11 * number)
        life.on(seen, partial(_write_and_raise, life, patrol, leader, grid, text, house, unit, code, seen))
    end = at + timedelta(minutes=50)
    life.on(end, partial(actions.end_patrol, patrol, by=leader, at=end))


def _write_and_raise(
    life: Life, patrol: Patrol, leader: Post, grid: Grid, text: str, house: str, unit: str, code: str, at: datetime
) -> None:  # fmt: skip
    entry = actions.write_diary(
        patrol, text=text, by=leader, at=at, key=life.key(), house_no=house, unit_no=unit
    )
    category, photos = life.categories[code], [life.photo(SCENES[code], solved=False)]
    case = actions.raise_case(
        entry, category=category, by=leader, at=at + timedelta(seconds=40), photos=photos
    )
    life.start_course(case, SCENES[code], grid, at)


def manhole(stage: Stage, day: date) -> None:
    """A manhole cover is missing in the morning and back at noon."""
    unit = stage.department("shizheng")
    script = stage.report(clock(day, 8, 35), "B0501", "院内道路井盖缺失，已放锥桶看守。", place="小区北门内")
    stage.assign(script, clock(day, 8, 42), unit, "B0501")
    stage.sign(script, clock(day, 8, 55), unit)
    stage.feed_back(script, clock(day, 11, 48), unit, "B0501", "新井盖已装好，锥桶撤除，中午前恢复通行。")
    stage.close(stage.verify(script, clock(day, 14, 40)), clock(day, 16, 10))


def key_case(stage: Stage, day: date, worked: WorkedDays) -> None:
    """The six ones: one problem, one leader, one direct responsible person, one grid leader, one schedule, to the end."""
    unit = stage.department("shizheng")
    ones = SixOnes(
        leader=stage.post(Role.STREET_FIRST), direct=stage.post(Role.COMMUNITY_DIRECT),
        grid_leader=stage.post(Role.GRID_LEADER),
    )  # fmt: skip
    script = stage.report(
        clock(day, 9, 5), "B0601", "主路塌陷约六平方米，牵涉供暖、排水两家管线，需要街道牵头。", by=stage.post(Role.MAINTAINER),
        place="小区主路",
    )  # fmt: skip
    stage.assign(
        script,
        clock(day, 10, 0),
        unit,
        "B0601",
        ones=ones,
        instruction="重点问题，落实六个一，按倒排工作表推进，一揽子抓到底。",
    )
    stage.sign(script, clock(day, 10, 40), unit)
    stage.feed_back(
        script, clock(worked.back(4), 16, 0), unit, "B0601", "两家管线单位配合，管沟回填，路面重铺完成。"
    )
    stage.close(stage.verify(script, clock(worked.back(3), 10, 0)), clock(worked.back(3), 15, 0))


def two_returns(stage: Stage, day: date, worked: WorkedDays) -> None:
    """Nobody wants it: returned twice, then the dispatcher decides for good."""
    first, second = stage.department("huanwei"), stage.department("chengguan")
    script = stage.report(clock(day, 9, 12), "B11", "无主管楼院西墙外渣土和枯枝混堆，两年没人管。")
    for unit, start, reason in (
        (first, clock(day, 9, 40), "属无主管楼院，环卫所不负责院墙外区域，请改派。"),
        (second, clock(day, 11, 5), "枯枝清理不属于城市管理科，请改派环卫所。"),
    ):
        stage.assign(script, start, unit, "B11")
        script.then(start + timedelta(minutes=50), actions.return_, note=reason, by=stage.worker(unit))
    stage.assign(
        script, clock(day, 14, 30), first, "B11", note="两次退办，由调度员裁定：环卫所主办，不再退办。"
    )
    stage.sign(script, clock(day, 15, 10), first)
    stage.feed_back(
        script, clock(worked.back(6), 11, 0), first, "B11", "渣土、枯枝已一并清运，墙外硬化处理。"
    )
    stage.verify(script, clock(worked.back(6), 15, 0), passed=False, note="墙根仍有残留，退回重新办理。")
    stage.feed_back(script, clock(worked.back(5), 10, 0), first, "B11", "墙根残留已清净，重新拍照。")
    stage.close(stage.verify(script, clock(worked.back(5), 16, 0)), clock(worked.back(4), 9, 0))


def reopened(stage: Stage, day: date, worked: WorkedDays) -> None:
    """Closed, and a week later the light is out again."""
    unit = stage.department("shizheng")
    script = stage.report(
        clock(day, 9, 30),
        "B0502",
        "2号楼前路灯不亮，晚上漆黑。",
        by=stage.post(Role.VOLUNTEER),
        house_no="2号楼",
    )
    stage.assign(script, clock(day, 10, 12), unit, "B0502")
    stage.sign(script, clock(day, 11, 0), unit)
    stage.feed_back(script, clock(worked.back(8), 16, 30), unit, "B0502")
    stage.close(stage.verify(script, clock(worked.back(7), 9, 20)), clock(worked.back(7), 10, 30))
    script.then(
        clock(worked.back(2), 9, 15),
        actions.reopen,
        note="居民反映灯又灭了，重新办理。",
        by=stage.post(Role.STREET_FIRST),
    )
    stage.sign(script, clock(worked.back(2), 10, 20), unit)


def small_endings(stage: Stage, day: date) -> None:
    """Settled on the spot, declined, withdrawn, recalled: each once, for certain."""
    settled = stage.report(
        clock(day, 9, 1), "B0703", "3单元楼道堆着几件旧家具。", house_no="6号楼", unit_no="3单元"
    )
    settled.then(
        clock(day, 9, 31), actions.settle, result="与住户一起搬离，楼道清扫干净。", by=stage.post(Role.GRID_LEADER),
        photos=[stage.life.photo(SCENES["B0703"], solved=True)],
    )  # fmt: skip
    stage.close(stage.verify(settled, clock(day, 14, 30)), clock(day, 15, 0))
    declined = stage.report(
        clock(day, 10, 2), "C3", "希望在黄河边修一条健身步道。", by=stage.post(Role.BUILDING_HEAD)
    )
    declined.then(
        clock(day, 11, 20),
        actions.decline,
        note="不属于本区管辖，已告知反映人向市里有关单位反映。",
        by=stage.post(Role.DISPATCHER),
    )
    withdrawn = stage.report(
        clock(day, 10, 30), "B0701", "4号楼旁垃圾箱满溢。", by=stage.post(Role.GRID_MEMBER), house_no="4号楼"
    )
    withdrawn.then(
        clock(day, 10, 36),
        actions.withdraw,
        note="保洁车刚好到场清运，申请撤回。",
        by=stage.post(Role.GRID_MEMBER),
    )
    unit = stage.department("chengguan")
    recalled = stage.report(
        clock(day, 14, 3), "B0101", "菜贩占道摆摊，人行道只剩一米。", by=stage.post(Role.GRID_MEMBER)
    )
    stage.assign(recalled, clock(day, 14, 20), stage.community, "B0101")
    recalled.then(
        clock(day, 14, 31),
        actions.recall,
        note="需要执法人员到场，收回改派城市管理科。",
        by=stage.post(Role.DISPATCHER),
    )
    stage.assign(recalled, clock(day, 14, 33), unit, "B0101")
    stage.sign(recalled, clock(day, 14, 50), unit)
    stage.feed_back(recalled, clock(day, 16, 20), unit, "B0101")
    stage.close(stage.verify(recalled, clock(day, 17, 0)), clock(day, 17, 20))


# --- the last days: something of every kind on every desk --------------------------------------------


def last_days(stage: Stage, worked: WorkedDays) -> None:
    """Unsigned, signed late, under way, due, overdue, fed back, verified: for each unit visitors look at."""
    units: tuple[tuple[Grid | Department, str], ...] = (
        (stage.grid, "B0703"), (stage.community, "C201"), (stage.department("chengguan"), "B0801"),
        (stage.department("shizheng"), "B1202"),
    )  # fmt: skip
    for number, (unit, code) in enumerate(units):
        for scene in (_unsigned, _unsigned_late, _under_way, _overdue, _due_today, _fed_back, _verified):
            scene(stage, unit, code, worked, timedelta(minutes=7 * number))
    _waiting_at_the_centre(stage, worked)
    _requests(stage, worked)
    _assistance(stage, worked)


Unitlike = Grid | Department


def _given(stage: Stage, unit: Unitlike, code: str, at: datetime, limit: Limit | None = None) -> Script:
    """Reported by the member of the grid and assigned twenty minutes later."""
    house = f"{1 + at.minute % 10}号楼"
    script = stage.report(at, code, by=stage.post(Role.GRID_MEMBER), house_no=house)
    return stage.assign(script, at + timedelta(minutes=20), unit, code, limit)


def _unsigned(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> None:
    _given(stage, unit, code, clock(worked.back(0), 16, 20) + offset)


def _unsigned_late(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> None:
    _given(stage, unit, code, clock(worked.back(3), 9, 5) + offset, Limit(7, Unit.WORKING_DAYS))


def _under_way(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> None:
    script = _given(stage, unit, code, clock(worked.back(1), 9, 8) + offset, Limit(5, Unit.WORKING_DAYS))
    stage.sign(script, clock(worked.back(1), 10, 40) + offset, unit)


def _overdue(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> None:
    script = _given(stage, unit, code, clock(worked.back(5), 9, 11) + offset, Limit(2, Unit.WORKING_DAYS))
    stage.sign(script, clock(worked.back(5), 11, 15) + offset, unit)


def _due_today(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> None:
    """Given in the last evening with a day's time, so that the first day visitors see is the day it is due."""
    evening = clock(worked.last, 20, 10) + offset
    script = _given(stage, unit, code, evening, Limit(24, Unit.HOURS))
    stage.sign(script, evening + timedelta(minutes=50), unit)


def _fed_back(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> Script:
    script = _given(stage, unit, code, clock(worked.back(1), 14, 5) + offset, Limit(3, Unit.WORKING_DAYS))
    stage.sign(script, clock(worked.back(1), 15, 20) + offset, unit)
    return stage.feed_back(script, clock(worked.back(0), 10, 30) + offset, unit, code)


def _verified(stage: Stage, unit: Unitlike, code: str, worked: WorkedDays, offset: timedelta) -> None:
    script = _fed_back(stage, unit, code, worked, offset + timedelta(minutes=2))
    stage.verify(script, clock(worked.back(0), 16, 0) + offset)


def _requests(stage: Stage, worked: WorkedDays) -> None:
    """One that the dispatcher has to look at, one before the leader in charge, one granted, one case suspended."""
    unit, code, leader = stage.department("chengguan"), "B0801", stage.post(Role.STREET_FIRST)
    dispatcher, officer = stage.post(Role.DISPATCHER), stage.worker(unit)
    pause = {"until": worked.last + timedelta(days=30), "note": PAUSE_REASONS[1]}
    asked, passed_on, granted, paused = (
        stage.sign(_given(stage, unit, code, at, Limit(7)), at + timedelta(minutes=50), unit)
        for at in (clock(worked.back(2), 9, 13) + timedelta(minutes=3 * number) for number in range(4))
    )
    noon, afternoon, evening = (clock(worked.back(0), *time) for time in ((11, 7), (14, 12), (16, 31)))
    for script in (asked, granted):
        script.then(noon, actions.extend, amount=3, note=EXTENSION_REASONS[0], by=officer)
    for script in (passed_on, paused):
        script.then(noon, actions.suspend, by=officer, **pause)
    for script in (passed_on, granted, paused):
        script.then(afternoon, actions.endorse, by=dispatcher)
    for script in (granted, paused):
        script.then(evening, actions.grant, by=leader)


def _assistance(stage: Stage, worked: WorkedDays) -> None:
    """The department leads; the community has been asked to assist and has not fed back."""
    unit, at = stage.department("chengguan"), clock(worked.back(1), 9, 41)
    script = stage.sign(_given(stage, unit, "B0801", at, Limit(7)), at + timedelta(minutes=50), unit)
    by = stage.post(Role.DISPATCHER)
    script.then(clock(worked.back(0), 9, 17), actions.invite, unit=stage.community, note=HELP_WANTED, by=by)


def _waiting_at_the_centre(stage: Stage, worked: WorkedDays) -> None:
    """New reports of the evening, and some that a dispatcher has taken in hand."""
    evening = clock(worked.last, 20, 2)
    for number, code in enumerate(_evening_reports()):
        at = evening + timedelta(minutes=9 * number)
        channel = (Channel.MAYOR_LINE, Channel.CITY_LINE, Channel.WECHAT)[number % 3]
        script = stage.report(
            at,
            code,
            by=stage.post(Role.DISPATCHER),
            channel=channel,
            external_id=f"{channel}-{at:%Y%m%d}-E{number:02}",
        )
        if number % 3 == 2:
            script.then(at + timedelta(minutes=4), actions.claim, by=stage.post(Role.DISPATCHER))


def _evening_reports() -> Iterator[str]:
    yield from ("B0602", "B13", "C202", "B0702", "B03", "B0502", "C4", "B10", "B0101", "C102")
