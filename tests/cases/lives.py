"""A street under random people: what they do, with what, and what must come of it at once.

Who may is looked up in the lifecycle table, so that lives get somewhere; whether what came of it is right is asked
of tests/cases/laws.py, which does not know the table.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import note

from assessment.queries import tally
from assessment.rules.rates import BALANCES
from cases import actions
from cases.enums import Action, Concern, DeadlineState, Evaluation, Grade, Step, Unit, Verdict
from cases.models import Assignment, Case, CaseEvent, Category, Deadline, Inquiry
from cases.queries import open_lead
from cases.queries.permits import facts_of
from cases.rules import lifecycle
from cases.rules.clock import Limit
from cases.rules.lifecycle import Edge, NotAllowed
from grids.actions import AppointmentRefused, appoint, dismiss
from grids.actions.calendar import NoticeDay, YearNotice, fixed_holidays, load_year
from grids.enums import DEPARTMENT, Right, Role
from grids.models import CalendarDay, Department, Grid, Post, path_of
from tests.cases.laws import LEADS_TO
from tests.cases.walks import photo
from tests.matrix import digest
from tests.town import Town

SHANGHAI = ZoneInfo("Asia/Shanghai")
A = Action
REFUSED = (
    NotAllowed, actions.AssignmentRefused, actions.Clash, actions.MoveRefused, actions.PolicyRefused,
    actions.ReportRefused, AppointmentRefused,
)  # fmt: skip
OPEN_AT_MOST = 4
CODES = (
    "B0801",
    "C201",
    "C3",
    "C4",
)  # with photo and without, civic and key, one that can be settled at once

# Before the Spring Festival, before Mid-Autumn and National Day, before a year whose notice is not out.
STARTS = [datetime(2026, *start, tzinfo=SHANGHAI) for start in ((2, 9, 10), (9, 24, 9), (12, 14, 16, 55))]

LIMITS = (
    *[Limit(n) for n in (1, 2, 3, 7)], Limit(4, Unit.WORKING_HOURS), Limit(20, Unit.WORKING_HOURS), Limit(24, Unit.HOURS),
)  # fmt: skip

CALL: dict[Action, Callable[..., Any]] = {
    **{action: getattr(actions, action.value) for action in Action if action.value in actions.__all__},
    A.RETURN: actions.return_, A.OBJECT: actions.object_,
    A.PASS: partial(actions.verify, passed=True), A.FAIL: partial(actions.verify, passed=False),
}  # fmt: skip

# So often in a hundred, what kind of thing is done; of a kind, whatever the table offers somebody.
KINDS: dict[tuple[Action, ...], int] = {
    (A.ASSIGN, A.ASSIGN, A.ASSIGN, A.CLAIM, A.RECALL, A.TRANSFER, A.DECLINE, A.MERGE, A.INVITE, A.RELEASE): 20,
    (A.SIGN, A.SIGN, A.SIGN, A.FEED_BACK, A.ESCALATE, A.RETURN, A.SETTLE, A.ASSIST): 40,
    (A.PASS, A.FAIL, A.CLOSE, A.REOPEN): 15,
    (A.EXTEND, A.SUSPEND, A.ENDORSE, A.ENDORSE, A.GRANT, A.GRANT, A.GRANT, A.TURN_DOWN, A.REFUSE, A.RESUME): 15,
    (A.ASK, A.ANSWER, A.ACCEPT, A.OBJECT, A.DECIDE): 7,
    (A.WITHDRAW, A.RECATEGORISE, A.FLAG, A.SUPERVISE, A.LIFT): 3,
}  # fmt: skip

MOVES = [action for action in CALL if action != A.REPORT]


@dataclass
class Life:
    """What has been so far; `done` counts what was done and what was refused, over all lives."""

    town: Town
    now: datetime
    done: Counter[str]
    begun: datetime = field(init=False)
    last: Callable[[], Any] | None = None  # the last form that was taken, to be sent again
    keys: int = 0

    def __post_init__(self) -> None:
        self.begun = self.now

    # --- time ---------------------------------------------------------------------------------------

    def go_to_next_moment(self, offset: timedelta) -> None:
        """To the edge of what happens next; the clock of a machine never goes back."""
        pending = Deadline.objects.filter(state=DeadlineState.PENDING, due_at__gt=self.now)
        if row := pending.order_by("due_at").first():
            self.now = max(self.now, row.due_at + offset)

    def sweep(self) -> None:
        swept = actions.sweep(at=self.now)
        note(f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {swept}")
        assert not Deadline.objects.due(self.now).exists()
        before = digest()
        assert actions.sweep(at=self.now) == actions.Swept()
        assert digest() == before

    # --- moves --------------------------------------------------------------------------------------

    def report(self, random: Random) -> None:
        if Case.objects.open().count() >= OPEN_AT_MOST:
            return
        category = Category.objects.get(code=random.choice(CODES))
        grid = self.town.grid[random.choice(("one", "one", "two", "three", "east", "street"))]
        path = path_of(grid)
        there = [p for p in self.posts() if Right.REPORT in p.rights and path.get(p.path_column) == p.grid_id]
        by = random.choice(there if there and random.random() < 0.8 else self.posts())
        make = partial(
            actions.report,
            category=category,
            grid=grid,
            text="楼道口堆放建筑垃圾",
            by=by,
            key=self.key(),
            photos=[],
        )
        if random.random() < 0.2:
            make = partial(
                actions.report_settled, category=category, grid=grid, text="占道经营", by=by, key=self.key(),
                result="已劝离", result_photos=[photo()],
            )  # fmt: skip
        self.attempt(A.REPORT, None, by, make)

    def work(self, random: Random) -> None:
        """A while passes, and somebody does what is up to her: first the kind is chosen, then the case."""
        self.now += timedelta(minutes=random.choice((0, 0, 3, 40, 250)))
        cases = [
            Chance(case, self.now) for case in _shuffled(Case.objects.select_related("category"), random)
        ]
        posts = self.posts()
        for kind in sorted(KINDS, key=lambda kind: random.random() ** (1 / KINDS[kind]), reverse=True):
            for chance in cases:
                if found := chance.offered(kind, posts, random):
                    action, by, paper = found
                    self.attempt(action, chance.case, by, self.form(action, chance.case, paper, random))
                    return

    def try_anything(self, random: Random) -> None:
        """Anybody does anything to any case, perhaps looking at a page that is old."""
        cases = _shuffled(Case.objects.select_related("category"), random)
        if not cases:
            return
        case = cases[0]
        action, by = (
            random.choice(MOVES),
            random.choice(list(Post.objects.select_related("grid", "department"))),
        )
        paper = random.choice([None, *case.inquiries.all()])
        if action in lifecycle.INQUIRY_AT and paper is None:
            return
        seen = random.choice((None, case.version, case.version - 1))
        self.attempt(action, case, by, self.form(action, case, paper, random, version=seen))

    def send_again(self, random: Random) -> None:
        """The form that was taken last arrives a second time: the same answer, and nothing is written."""
        if self.last is None:
            return
        actions.sweep(at=self.now)  # what has fallen due meanwhile is written first, as before every move
        before = digest()
        self.last()
        self.done["again"] += 1
        assert digest() == before

    def form(
        self, action: Action, case: Case, paper: Inquiry | None, random: Random, version: int | None = None
    ) -> Callable[..., Any]:
        """The move as it is sent: with everything that its form asks for, right or not."""
        facts = FACTS[action](self, case, random) if action in FACTS else {}
        if action not in UNNOTED:
            facts.setdefault("note", " " if random.random() < 0.1 else "情况属实")
        subject = paper if action in lifecycle.INQUIRY_AT else case
        return partial(CALL[action], subject, key=self.key(), version=version, **facts)

    def attempt(self, action: Action, case: Case | None, by: Post, send: Callable[..., Any]) -> None:
        """It is done, and leads where it should; or it is refused, and nothing at all is written."""
        send = partial(send, by=by, at=self.now)
        is_due = case is not None and Deadline.objects.due(self.now).filter(case=case).exists()
        before = digest()
        try:
            send()
        except REFUSED as why:
            self._was_refused(action, by, why)
            if is_due:  # what the clock had to say stands: the refusal itself has written nothing
                before = digest()
                _must_be_refused(send)
            assert digest() == before
            return
        self.done[action.value] += 1
        self.last = send
        self._was_done(action, case, by)

    def _was_refused(self, action: Action, by: Post, why: Exception) -> None:
        note(f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {by} {action}: {type(why).__name__} {why}")
        self.done[why.refusal.value if isinstance(why, NotAllowed) else type(why).__name__] += 1

    def _was_done(self, action: Action, case: Case | None, by: Post) -> None:
        case = Case.objects.get(pk=case.pk) if case else Case.objects.latest("pk")
        event = case.events.latest("seq")
        note(
            f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {by} {action} {case} → {case.step}, due {case.due_at}"
        )
        if action == A.REPORT:
            assert event.action in (A.REPORT, A.SETTLE)
            return
        assert (event.action, event.post_id) == (action, by.pk)
        assert case.step == LEADS_TO.get(action, event.step_before)

    # --- the world ----------------------------------------------------------------------------------

    def load_calendar(self, random: Random) -> None:
        """A year is published or corrected: days near now are given off, or are given off no more."""
        near = self.now.astimezone(SHANGHAI).date() + timedelta(days=random.randrange(-3, 25))
        year = random.choice((near.year, near.year, 2027))
        rows = CalendarDay.objects.filter(year=year).values_list("date", "kind", "holiday")
        days = {d: NoticeDay(d, kind, holiday) for d, kind, holiday in rows}
        days |= {d: NoticeDay(d, "off", "节") for d in fixed_holidays(year)}
        if near.year == year and near not in fixed_holidays(year) and days.pop(near, None) is None:
            days[near] = NoticeDay(near, "off", "加放")
        load_year(YearNotice(year, tuple(sorted(days.values()))), by=None, at=self.now)
        note(f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {year} is loaded, {near} changed")
        self.done["calendar"] += 1

    def set_policy(self, random: Random) -> None:
        by = random.choice([self.town.post.official, self.town.post.secretary, self.town.post.dispatcher])
        numbers = {
            "street_days": random.choice((None, 2, 7)), "community_days": random.choice((None, 1, 7)),
            "reply_days": random.choice((None, 1)), "inquiry_automatic": random.choice((None, True)),
            "building_escalates": random.choice((None, False, True)),
            "department_escalates": random.choice((None, True)), "remind_half": random.choice((None, False)),
        }  # fmt: skip
        before = digest()
        try:
            actions.set_policy(by.grid, reason="试行", by=by, at=self.now, **numbers)
        except REFUSED:
            assert digest() == before
        else:
            note(f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {by} sets {numbers}")
            self.done["policy"] += 1

    def change_posts(self, random: Random) -> None:
        """Somebody's post ends, and mostly another of the people takes it up; or one more is appointed."""
        like = random.choice(self.posts())
        if random.random() < 0.7:
            dismiss(like, at=self.now)
            self.done["dismissed"] += 1
            note(f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {like} leaves")
            if random.random() < 0.2:
                return  # nobody takes it up for the time being
        user, role = self.town.user[random.choice(list(self.town.user))], Role(like.role)
        place = {"department": like.department} if role.place == DEPARTMENT else {"grid": like.grid}
        before = digest()
        try:
            post = appoint(user, role, at=self.now, **place)
        except REFUSED:
            assert digest() == before
        else:
            self.done["appointed"] += 1
            note(f"{self.now.astimezone(SHANGHAI):%m-%d %H:%M:%S} {post} comes")

    # --- figures ------------------------------------------------------------------------------------

    def figures_balance(self) -> None:
        """Every month of the life, for the district and for the street: nothing appears, nothing disappears."""
        actions.sweep(at=self.now)
        self.done.update(f"{action} by the clock" for action in by_the_clock())
        for grid in (self.town.grid.district, self.town.grid.street):
            for month in _months(self.begun, self.now):
                report = tally(grid, month, cut_off=self.now + timedelta(seconds=1))
                rows = (
                    report.total,
                    *report.by_grid,
                    *report.by_category,
                    *report.by_ledger,
                    *report.by_channel,
                )
                assert [row.label for row in rows for law in BALANCES if law.difference(row.counts)] == []
                total = report.total.counts
                assert total["received"] == total["dispatched"] + total["escalated"] + total["waiting"]

    # --- who and what there is ------------------------------------------------------------------------

    def posts(self) -> list[Post]:
        posts = Post.objects.current(self.now).select_related("grid", "department__grid", "user")
        return list(posts.order_by("pk"))

    def units(self, case: Case, random: Random) -> Grid | Department:
        """Mostly one that the place of the case has, sometimes any."""
        near = [grid for grid in (case.building, case.community) if grid]
        return random.choice(
            [*near, *near, *self.town.department.values(), random.choice(list(self.town.grid.values()))]
        )

    def key(self) -> UUID:
        self.keys += 1
        return UUID(int=self.keys)


@dataclass
class Chance:
    """One case, and what the table lets people do to it now."""

    case: Case
    now: datetime

    @cached_property
    def lead(self) -> Assignment | None:
        return open_lead(self.case)

    @cached_property
    def papers(self) -> list[Inquiry]:
        return list(self.case.inquiries.select_related("assignment").order_by("pk"))

    def offered(
        self, kind: tuple[Action, ...], posts: list[Post], random: Random
    ) -> tuple[Action, Post, Inquiry | None] | None:
        """One of these moves and somebody who may take it."""
        for action in random.sample(kind, len(kind)):
            edge = lifecycle.BY_STEP_AND_ACTION.get((Step(self.case.step), action))
            about = self.papers if action in lifecycle.INQUIRY_AT else [None]
            may = [
                (post, paper) for paper in about for post in posts if edge and self._may(post, edge, paper)
            ]
            if may:
                return action, *random.choice(may)
        return None

    def _may(self, post: Post, edge: Edge, paper: Inquiry | None) -> bool:
        if edge.right not in post.rights:
            return False
        return not lifecycle.refusal(edge, facts_of(self.case, self.lead, post, edge, self.now, paper))


def by_the_clock() -> Iterable[str]:
    return CaseEvent.objects.filter(actor=None).order_by().values_list("action", flat=True)


def _must_be_refused(send: Callable[[], Any]) -> None:
    try:
        send()
    except REFUSED:
        return
    raise AssertionError("refused at first, and then allowed")


def _shuffled(rows: Any, random: Random) -> list[Any]:
    found = list(rows.order_by("pk"))
    return random.sample(found, len(found))


def _months(first: datetime, last: datetime) -> list[date]:
    start, end = (moment.astimezone(SHANGHAI).date() for moment in (first, last))
    numbers = range(12 * start.year + start.month - 1, 12 * end.year + end.month)
    return [date(n // 12, n % 12 + 1, 1) for n in numbers]


# --- what each form asks for ------------------------------------------------------------------------

UNNOTED = (A.CLAIM, A.FEED_BACK, A.SETTLE, A.ASK, A.ANSWER)  # they say it in a field of another name


def _assign(life: Life, case: Case, random: Random) -> dict[str, Any]:
    because = random.choice(("", "", "重新核定"))
    return {"unit": life.units(case, random), "limit": random.choice(LIMITS), "fresh_clock_because": because}


def _unit(life: Life, case: Case, random: Random) -> dict[str, Any]:
    return {"unit": life.units(case, random)}


def _release(life: Life, case: Case, random: Random) -> dict[str, Any]:
    return {"unit": random.choice([helper.unit for helper in case.helpers] or [life.units(case, random)])}


def _feed_back(life: Life, case: Case, random: Random) -> dict[str, Any]:
    return {"result": "已清运", "photos": random.choice(([photo()], [photo()], []))}


def _suspend(life: Life, case: Case, random: Random) -> dict[str, Any]:
    return {"until": life.now.astimezone(SHANGHAI).date() + timedelta(days=random.choice((0, 1, 4, 12, 181)))}


def _merge(life: Life, case: Case, random: Random) -> dict[str, Any]:
    return {"into": random.choice(list(Case.objects.order_by("pk")))}


FACTS: dict[Action, Callable[[Life, Case, Random], dict[str, Any]]] = {
    A.ASSIGN: _assign, A.TRANSFER: _unit, A.INVITE: _unit, A.RELEASE: _release, A.MERGE: _merge,
    A.FEED_BACK: _feed_back, A.SETTLE: _feed_back, A.SUSPEND: _suspend,
    A.EXTEND: lambda life, case, random: {"amount": random.choice((0, 1, 3))},
    A.CLOSE: lambda life, case, random: {"evaluation": random.choice(list(Evaluation))},
    A.SUPERVISE: lambda life, case, random: {"grade": random.choice(list(Grade))},
    A.FLAG: lambda life, case, random: {"concern": random.choice(list(Concern))},
    A.RECATEGORISE: lambda life, case, random: {"category": Category.objects.get(code=random.choice(CODES))},
    A.ASK: lambda life, case, random: {"question": random.choice(("请说明进展", ""))},
    A.ANSWER: lambda life, case, random: {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"},
    A.DECIDE: lambda life, case, random: {"verdict": random.choice(list(Verdict))},
}  # fmt: skip
