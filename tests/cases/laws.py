"""What holds of every case at every moment, whoever did what: domain.md's invariants, asked of the rows alone.

Nothing here asks the lifecycle table or the clock's arithmetic: the laws are written out a second time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection, transaction
from django.db.models import Prefetch

from cases.enums import (
    OPEN_STEPS,
    UNDECIDED,
    Action,
    ApplicationState,
    DeadlineKind,
    DeadlineState,
    Grade,
    InquiryState,
    Outcome,
    Part,
    Step,
    Unit,
)
from cases.models import Application, Assignment, Case, CaseEvent, Deadline, Inquiry
from cases.queries.chain import Inspection
from cases.queries.custody import custody_of
from cases.rules.custody import Holder
from grids.queries import work_calendar
from grids.rules.workdays import SHANGHAI, WorkCalendar, working_minutes
from tests.matrix import digest

A, S = Action, Step
ONE_DAY = timedelta(days=1)
IN_WORK = (S.ASSIGNED, S.HANDLING)

# Where each move of a person leaves a case; all others leave it where it stands.
LEADS_TO = {
    A.REPORT: S.REPORTED, A.ASSIGN: S.ASSIGNED, A.DECLINE: S.DECLINED, A.WITHDRAW: S.WITHDRAWN,
    A.SETTLE: S.FED_BACK, A.SIGN: S.HANDLING, A.RETURN: S.REPORTED, A.RECALL: S.REPORTED, A.FEED_BACK: S.FED_BACK,
    A.PASS: S.VERIFIED, A.FAIL: S.HANDLING, A.CLOSE: S.CLOSED, A.REOPEN: S.ASSIGNED, A.ESCALATE: S.ASSIGNED,
    A.TRANSFER: S.ASSIGNED, A.MERGE: S.MERGED,
}  # fmt: skip

# What an inquiry may become in one step, and so, step by step, in a long silence.
I = InquiryState  # noqa: E741
BECOMES = {
    I.RIGHT: {I.LAPSED, I.ISSUED}, I.ISSUED: {I.ANSWERED, I.OBJECTED}, I.ANSWERED: {I.ACCEPTED, I.OBJECTED},
    I.OBJECTED: {I.DECIDED}, I.LAPSED: set(), I.ACCEPTED: set(), I.DECIDED: set(),
}  # fmt: skip


class Memory:
    """What was seen before: what has happened stays as it was."""

    def __init__(self) -> None:
        self.rows = ""
        self.events: dict[int, bytes] = {}
        self.fired: dict[int, tuple[datetime, datetime | None]] = {}
        self.papers: dict[int, InquiryState] = {}

    def nothing_was_rewritten(self) -> None:
        events = {event.pk: bytes(event.hash) for event in CaseEvent.objects.all()}
        fired = Deadline.objects.filter(state=DeadlineState.FIRED)
        moments = {row.pk: (row.due_at, row.fired_at) for row in fired}
        papers = {paper.pk: InquiryState(paper.state) for paper in Inquiry.objects.all()}
        assert self.events.items() <= events.items()
        assert self.fired.items() <= moments.items()
        for pk, state in self.papers.items():
            assert papers[pk] in _reachable(state)
        self.events, self.fired, self.papers = events, moments, papers


def _reachable(state: InquiryState) -> set[InquiryState]:
    return {state}.union(*(_reachable(later) for later in BECOMES[state]))


def hold(now: datetime, memory: Memory) -> None:
    """Everything, of every case there is; where no row has changed since, it has been asked already."""
    rows = digest()
    if rows == memory.rows:
        return
    memory.rows = rows
    with transaction.atomic():
        connection.check_constraints()  # what the database would say at commit
    assert [str(found) for found in Inspection().breaks()] == []
    memory.nothing_was_rewritten()
    assert not Deadline.objects.exclude(attempts=0, last_error="").exists()
    calendar = work_calendar()
    for case in everything():
        events, leads = list(case.events.all()), [a for a in case.assignments.all() if a.part == Part.LEAD]
        case_has_lived_by_the_rules(case, events)
        case_stands_as_it_says(case, events, leads)
        case_has_its_clock(case, leads, calendar)
        limits_passed_once(case, events, leads)
        inquiries_are_in_order(case, events, leads)
        requests_are_in_order(case)
        custody_adds_up(case, events, now, calendar)


def everything() -> list[Case]:
    """Every case with all that belongs to it, in a few statements."""
    whole = {
        "events": CaseEvent.objects.select_related("post").order_by("seq"),
        "assignments": Assignment.objects.select_related("grid", "department").order_by("pk"),
        "deadlines": Deadline.objects.order_by("pk"),
        "applications": Application.objects.select_related(
            "asked_by", "endorsed_by", "decided_by", "assignment"
        ),
        "inquiries": Inquiry.objects.select_related("assignment", "answerer"),
    }
    cases = Case.objects.select_related("holder_grid", "holder_department", "holder_post").order_by("pk")
    return list(cases.prefetch_related(*(Prefetch(name, rows) for name, rows in whole.items())))


# --- the story -----------------------------------------------------------------------------------


def case_has_lived_by_the_rules(case: Case, events: list[CaseEvent]) -> None:
    """Who did what, one event after the other, as docs/rules/lifecycle.md says it in words."""
    assert [event.seq for event in events] == list(range(1, case.version + 1))
    assert all(before.at <= after.at for before, after in pairwise(events))
    assert events[0].action == A.REPORT and A.REPORT not in {event.action for event in events[1:]}
    handler, was_accepted, grade, closed_at = None, False, "", None
    for before, event in pairwise([None, *events]):
        action = Action(event.action)
        assert event.step_before == (before.step_after if before else "")
        assert event.step_after == LEADS_TO.get(action, event.step_before)
        if event.post:
            assert event.post.user_id == event.actor_id and event.post.since <= event.at
            assert (
                event.post.until is None or event.at <= event.post.until
            )  # she may have left that very instant
        match action:
            case A.WITHDRAW:
                assert not was_accepted and event.actor_id == case.reporter_id
            case A.PASS | A.FAIL:
                assert event.actor_id != handler
            case A.REOPEN:
                assert event.at - closed_at <= timedelta(days=30)
            case A.SUPERVISE:
                assert not grade or Grade(event.data["grade"]).weight > Grade(grade).weight
        was_accepted = was_accepted or action in (A.ASSIGN, A.SETTLE)
        handler = event.actor_id if action in (A.FEED_BACK, A.SETTLE) else handler
        closed_at = event.at if action == A.CLOSE else closed_at
        grade = "" if action == A.LIFT else event.data.get("grade", grade)
    told = Counter(event.action for event in events)
    assert (case.returns, case.reworks, case.reopenings) == (told[A.RETURN], told[A.FAIL], told[A.REOPEN])
    assert case.returns <= 2 and case.grade == grade


def case_stands_as_it_says(case: Case, events: list[CaseEvent], leads: list[Assignment]) -> None:
    """An end belongs to what has ended; one holder, and one open assignment, to what is in work."""
    helpers = [a for a in case.assignments.all() if a.part == Part.ASSIST and a.ended_at is None]
    running = [lead for lead in leads if lead.ended_at is None]
    is_open = case.step in OPEN_STEPS
    assert (case.ended_at is None) == is_open
    assert (case.merged_into_id is not None) == (case.step == S.MERGED)
    assert [bool(lead.ended_at) for lead in leads[:-1]] == [True] * (len(leads) - 1)
    assert len(running) == (1 if case.step in (*IN_WORK, S.FED_BACK) else 0)
    if not is_open:
        ending = next(event for event in reversed(events) if event.step_before != event.step_after)
        assert case.ended_at == ending.at and case.due_at is None and case.holder_post is None
    else:
        assert (case.holder_grid is None) != (case.holder_department is None)
    if case.step in IN_WORK:
        assert (case.holder_grid, case.holder_department) == (running[0].grid, running[0].department)
        assert running[0].is_answered_for_by(case.holder_post)
    elif is_open:
        assert case.holder_grid_id == (case.street_id or case.district_id)
    if case.step not in (*IN_WORK, S.REPORTED):
        assert helpers == []  # whoever was asked to assist has fed back, or was released


# --- the clock -----------------------------------------------------------------------------------


def case_has_its_clock(case: Case, leads: list[Assignment], calendar: WorkCalendar) -> None:
    """It runs and has a due time, or stands still and has an end of that; never both, never lost."""
    pending = [d for d in case.deadlines.all() if d.state == DeadlineState.PENDING]
    granted = [
        wish for wish in case.applications.all() if (wish.kind, wish.state) == ("suspension", "granted")
    ]
    breaks = [wish for wish in granted if wish.ended_at is None]
    assert (
        bool(case.suspended_until) == (len(breaks) == 1) == (DeadlineKind.RESUME in {d.kind for d in pending})
    )
    if case.suspended_until:
        assert case.step == S.HANDLING and case.due_at is None
        assert not any(d.kind in (DeadlineKind.EXPIRY, DeadlineKind.EVE, DeadlineKind.HALF) for d in pending)
        return
    assert not any(d.state == DeadlineState.PAUSED for d in case.deadlines.all())
    if case.step not in (*IN_WORK, S.FED_BACK):
        assert {d.kind for d in pending} <= {DeadlineKind.REPLY}
        return
    lead = leads[-1]
    assert case.due_at == lead.due_at and case.is_provisional == lead.is_provisional
    if case.step in IN_WORK and lead.expired_at is None and lead.due_at > lead.assigned_at:
        waiting = [d.due_at for d in pending if (d.assignment_id, d.kind) == (lead.pk, DeadlineKind.EXPIRY)]
        assert waiting == [lead.due_at], f"{case}: nothing waits for {lead.due_at}, but {waiting}"
    if lead.expired_at is None and lead.calendar_version == calendar.version:
        _is_counted_right(case, lead, calendar)


def _is_counted_right(case: Case, lead: Assignment, calendar: WorkCalendar) -> None:
    """The limit by hand: day by day, leaving out what does not count and what was suspended."""
    over = [wish.pause for wish in case.applications.all() if wish.pause]
    pauses = [(pause.begin, pause.end) for pause in over if pause.begin >= lead.clock_from]
    amount = lead.limit_amount + lead.extended
    if lead.limit_unit == Unit.HOURS:
        stood_still = sum((end - begin for begin, end in pauses), timedelta())
        assert lead.due_at == lead.clock_from + timedelta(hours=amount) + stood_still
    if lead.limit_unit != Unit.WORKING_DAYS:
        return
    day = (lead.clock_from - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    suspended = [
        (begin.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()) for begin, end in pauses
    ]
    while amount:
        day += ONE_DAY
        amount -= calendar.is_working(day) and not any(begin <= day < end for begin, end in suspended)
    assert lead.due_at.astimezone(SHANGHAI) == datetime.combine(day + ONE_DAY, datetime.min.time(), SHANGHAI)


def limits_passed_once(case: Case, events: list[CaseEvent], leads: list[Assignment]) -> None:
    """Every limit that passed has one event, at its true moment or right after what had happened later."""
    by_lead = Counter(event.data["assignment"] for event in events if event.action == A.EXPIRE)
    assert by_lead == Counter(lead.pk for lead in leads if lead.expired_at)
    at = {
        event.data["assignment"]: (event, before)
        for before, event in pairwise(events)
        if event.action == A.EXPIRE
    }
    happened = [d for d in case.deadlines.all() if d.state == DeadlineState.FIRED]
    assert all(d.due_at <= d.fired_at and not d.is_provisional for d in happened)
    for lead in leads:
        fired = [d for d in happened if (d.assignment_id, d.kind) == (lead.pk, DeadlineKind.EXPIRY)]
        assert [d.due_at for d in fired] == ([lead.expired_at] if lead.expired_at else [])
        if lead.expired_at:
            event, before = at[lead.pk]
            assert lead.expired_at == lead.due_at and not lead.is_provisional
            assert event.at == max(lead.expired_at, before.at)
        assert lead.outcome != Outcome.EXPIRED or lead.expired_at == lead.ended_at
    begun = max((event.seq for event in events if event.action == A.REOPEN), default=0)
    assert case.expiries == sum(event.action == A.EXPIRE and event.seq > begun for event in events)


# --- papers --------------------------------------------------------------------------------------


def inquiries_are_in_order(case: Case, events: list[CaseEvent], leads: list[Assignment]) -> None:
    """One right for each limit that passed on work that had come up from a grid, against the level that took it up."""
    papers = list(case.inquiries.all())
    grids = {lead.pk for lead in leads if lead.grid_id}
    expired = {lead.pk for lead in leads if lead.expired_at and lead.raised_from_id in grids}
    assert {paper.assignment_id for paper in papers} == expired
    assert sum(event.action == A.GAIN for event in events) == len(papers)
    for paper in papers:
        assert paper.answerer_id == paper.assignment.raised_to_id and paper.asker_id != paper.answerer_id
        assert paper.decider_id == (paper.answerer.parent_id or paper.answerer_id)
        assert bool(paper.issued_at) == bool(paper.number) == (paper.state not in (I.RIGHT, I.LAPSED))
        assert (paper.state == I.DECIDED) == bool(paper.verdict)
        assert paper.state != I.ACCEPTED or paper.answered_at
        assert paper.state != I.RIGHT or case.step not in (S.VERIFIED, S.CLOSED)
        if paper.state == I.ISSUED:
            replies = [
                d
                for d in case.deadlines.all()
                if (d.assignment_id, d.kind) == (paper.assignment_id, DeadlineKind.REPLY)
            ]
            assert [(d.state, d.due_at) for d in replies] == [(DeadlineState.PENDING, paper.reply_due_at)]
    if case.step in (S.DECLINED, S.MERGED):
        ended = next(event for event in events if event.step_after == case.step)
        assert not any(p.gained_at <= ended.at and p.state in (I.RIGHT, I.ISSUED, I.ANSWERED) for p in papers)


def requests_are_in_order(case: Case) -> None:
    """Two steps are two people, neither of them the one who asked; what nobody decided has lapsed with its assignment."""
    wishes = list(case.applications.all())
    undecided = [wish for wish in wishes if wish.state in UNDECIDED]
    assert len(undecided) <= 1
    assert all(case.step == S.HANDLING and wish.assignment.ended_at is None for wish in undecided)
    for wish in wishes:
        people = [by.user_id for by in (wish.asked_by, wish.endorsed_by, wish.decided_by) if by]
        assert len(set(people)) == len(people)
        assert wish.state != ApplicationState.GRANTED or len(people) == 3
    granted = [wish for wish in wishes if wish.amount and wish.state == ApplicationState.GRANTED]
    by_clock = Counter(wish.assignment.clock_from for wish in granted)
    assert all(number <= 2 for number in by_clock.values())


# --- custody -------------------------------------------------------------------------------------


def custody_adds_up(case: Case, events: list[CaseEvent], now: datetime, calendar: WorkCalendar) -> None:
    """At every instant between report and end exactly one holder; their working times add up to its age."""
    holds = custody_of(case)
    for begin, end, holder in _spans(events, now):
        if begin < end:
            having = [hold.holder for hold in holds if hold.since <= begin and (hold.until or end) >= end]
            assert having == ([holder] if holder else [])
    used = sum(working_minutes(calendar, hold.since, hold.until or now) for hold in holds)
    assert used == sum(
        working_minutes(calendar, begin, end) for begin, end, holder in _spans(events, now) if holder
    )
    if case.is_open:
        there = Holder(case.holder_grid_id, case.holder_department_id, case.holder_post_id)
        assert (holds[-1].holder, holds[-1].until) == (there, None)


def _spans(events: Iterable[CaseEvent], now: datetime) -> Iterator[tuple[datetime, datetime, Holder | None]]:
    for event, following in pairwise([*events, None]):
        holder = Holder(event.holder_grid_id, event.holder_department_id, event.holder_post_id)
        yield (
            event.at,
            following.at if following else max(now, event.at),
            holder if event.step_after in OPEN_STEPS else None,
        )
