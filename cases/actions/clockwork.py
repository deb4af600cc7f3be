"""What the clock does to cases by itself: drafted in memory, written in a few statements, whatever the number."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Q

from gridgov.kit.bulk import update_rows
from grids.models import Grid, Post
from grids.queries import AnsweringBook
from grids.rules.workdays import WorkCalendar

from ..enums import (
    UNDECIDED,
    Action,
    ApplicationState,
    DeadlineKind,
    DeadlineState,
    Grade,
    InquiryState,
    Outcome,
    Step,
)  # fmt: skip
from ..models import Application, Assignment, Case, CaseEvent, Deadline, Inquiry, Milestone
from ..queries.policies import PolicyBook, hours_of
from ..rules import lifecycle
from ..rules.clock import Limit
from ..rules.policy import Policy
from .applications import run_on
from .deadlines import moments_of, schedule_of
from .escalation import levels_above
from .handling import SixOnes, draft, end_with, give
from .inquiries import issue, reply_deadline, right_of
from .ledger import entry
from .notices import Happening, announce

WHERE = ("category", "building", "community", "street", "district")
UNIT = (
    "grid", "department__grid", "post", "leader", "direct", "grid_leader", "raised_to__parent",
    "raised_from__grid__parent",
)  # fmt: skip
CASE_FIELDS = (
    "version", "step", "due_at", "is_provisional", "holder_grid", "holder_department", "holder_post", "expiries",
    "grade", "suspended_until", "step_since",
)  # fmt: skip
ENDS = ("outcome", "ended_at", "expired_at")


@dataclass
class Clockwork:
    """Some cases, locked by the caller, and everything that the clock has to write about them."""

    at: datetime  # now; the true moments are those of the deadlines
    calendar: WorkCalendar
    cases: dict[int, Case]
    leads: dict[int, Assignment]  # by case: the assignment that runs
    last: dict[int, CaseEvent]  # by case: its last event, drafted or written
    policies: PolicyBook
    rounds: dict[int, int]
    fired: list[Deadline] = field(default_factory=list)
    void: list[Deadline] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)  # cases
    ended: dict[int, Assignment] = field(default_factory=dict)  # expired, and perhaps ended by it
    opened: list[Assignment] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    papers: list[Inquiry] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)  # what people are told of
    expired: int = 0
    escalated: int = 0

    @classmethod
    def of(cls, pks: Iterable[int], calendar: WorkCalendar, at: datetime) -> "Clockwork":
        """Read what the clock needs to know about these cases; a constant number of queries."""
        pks = list(pks)
        cases = Case.objects.select_related(*WHERE).in_bulk(pks)
        running = Assignment.objects.filter(case__in=pks, part="lead", ended_at__isnull=True)
        leads = {lead.case_id: lead for lead in running.select_related(*UNIT)}
        last = CaseEvent.objects.filter(case__in=pks, seq=F("case__version"))
        return cls(
            at, calendar, cases, leads, {event.case_id: event for event in last},
            PolicyBook({(case.district_id, case.street_id) for case in cases.values()}),
            {lead.case_id: lead.round for lead in leads.values()},
        )  # fmt: skip

    # --- one moment ---------------------------------------------------------------------------------

    def fire(self, deadline: Deadline) -> None:
        """A moment has come. One whose assignment has ended meanwhile is no longer anybody's."""
        case = self.cases[deadline.case_id]
        lead = self.leads.get(case.pk)
        mine = lead if lead is not None and lead.pk == deadline.assignment_id else None
        if mine is None and deadline.kind != DeadlineKind.REPLY:
            self.void.append(deadline)
            return
        self.fired.append(deadline)
        HAPPENS[DeadlineKind(deadline.kind)](self, case, mine, deadline)

    def tell(
        self, case: Case, action: Action, moment: datetime, paper: Inquiry | None = None, **facts: Any
    ) -> CaseEvent:
        """An event that the clock writes, at its true moment or right after what came later."""
        last = self.last[case.pk]
        event = entry(
            case, lifecycle.by_clock(Step(case.step), action), at=max(moment, last.at), data=facts,
            previous=bytes(last.hash),
        )  # fmt: skip
        self.events.append(event)
        self.last[case.pk] = event
        self.moved.add(case.pk)
        self.happened.append(Happening.of(event, self.leads.get(case.pk), paper))
        return event

    def policy_of(self, case: Case, moment: datetime) -> Policy:
        """What held at the true moment: a sweep that comes late decides nothing otherwise."""
        return self.policies.at((case.district_id, case.street_id), moment)

    # --- the limit has passed ------------------------------------------------------------------------

    def expire(self, case: Case, lead: Assignment, deadline: Deadline) -> None:
        """Recorded once; then the case goes up, or is supervised where nothing is above it."""
        due_at = deadline.due_at
        lead.expired_at = due_at
        self.ended[lead.pk] = lead
        case.expiries += 1
        self.expired += 1
        self.tell(case, Action.EXPIRE, due_at, unit=str(lead.unit), assignment=lead.pk)
        self._grant(case, lead, due_at)
        level = lead.grid.level if lead.grid else None
        goes_up = self.policy_of(case, due_at).escalates_from(level)
        above = self._filled_above(case, lead, due_at) if goes_up else None
        if above is None:
            self._supervise(case, due_at)
        else:
            self._raise(case, lead, *above, due_at)

    def _filled_above(self, case: Case, lead: Assignment, at: datetime) -> tuple[Grid, Post] | None:
        """The nearest level above at which somebody holds a post that answers for it."""
        for grid in levels_above(case, lead):
            if post := self.answering.at(grid, at):
                return grid, post
        return None

    @cached_property
    def answering(self) -> AnsweringBook:
        """Who answers for the grids above these cases; asked for once, and only where something has expired."""
        above = ((case.community, case.street, case.district) for case in self.cases.values())
        return AnsweringBook(grid for path in above for grid in path if grid)

    def _raise(self, case: Case, lead: Assignment, grid: Grid, post: Post, at: datetime) -> None:
        """A new assignment with a new clock, at the grid above."""
        end_with(lead, Outcome.EXPIRED, at)
        policy = self.policy_of(case, at)
        calendar = hours_of(policy, self.calendar)
        self.rounds[case.pk] += 1
        days = policy.days_at(grid.level)
        assignment = draft(
            case, grid, post, Limit(days), calendar, SixOnes(lead.leader, lead.direct, lead.grid_leader), at=at,
            round=self.rounds[case.pk], raised_from=lead, raised_to=grid,
        )  # fmt: skip
        self.opened.append(assignment)
        self.leads.pop(case.pk)
        give(case, assignment)
        self.escalated += 1
        self.tell(case, Action.ESCALATE, at, unit=str(grid), below=str(lead.unit), limit=days)

    def _supervise(self, case: Case, at: datetime) -> None:
        """There is nowhere to go up to: a supervision order opens, unless one has."""
        if not case.grade:
            case.grade = Grade.ORDINARY
            self.tell(case, Action.SUPERVISE, at, grade=Grade.ORDINARY)

    def _grant(self, case: Case, lead: Assignment, at: datetime) -> None:
        """Work that came up from below has run out of time: the grid below may ask formally."""
        paper = right_of(lead, case, at=at)
        if paper is None:
            return
        self.papers.append(paper)
        about = {"assignment": lead.pk}  # the paper has no key of its own yet; each expiry has one paper
        self.tell(case, Action.GAIN, at, paper, asker=str(paper.asker), answerer=str(paper.answerer), **about)
        policy = self.policy_of(case, at)
        if policy.inquiry_automatic:
            issue(paper, policy, self.calendar, at=at)
            self.tell(case, Action.ASK, at, paper, number=paper.number, **about)

    # --- the other moments ---------------------------------------------------------------------------

    def sign_late(self, case: Case, lead: Assignment, deadline: Deadline) -> None:
        self.tell(case, Action.SIGN_LATE, deadline.due_at, unit=str(lead.unit))

    def remind(self, case: Case, lead: Assignment, deadline: Deadline) -> None:
        """A reminder changes nothing: it is only told."""
        self.happened.append(Happening.reminder(deadline, case, lead))

    def reply_late(self, case: Case, _lead: Assignment | None, deadline: Deadline) -> None:
        """An unanswered inquiry goes to the level above the one that is questioned."""
        paper = Inquiry.objects.select_related("answerer", "decider").get(assignment=deadline.assignment_id)
        paper.state, paper.is_late = InquiryState.OBJECTED, True
        paper.save()
        self.tell(
            case, Action.REPLY_LATE, deadline.due_at, paper, number=paper.number, unit=str(paper.answerer),
            inquiry=paper.pk,
        )  # fmt: skip

    def resume(self, case: Case, lead: Assignment, deadline: Deadline) -> None:
        """A suspension is over: what was left of the limit is left."""
        run_on(case, lead, deadline.due_at)
        self.tell(case, Action.RESUME, deadline.due_at)

    # --- writing -------------------------------------------------------------------------------------

    def write(self) -> None:
        """Everything at once: cases, assignments, deadlines, events, notices, in the caller's transaction."""
        settled = self._settle_deadlines()
        if settled != len(self.fired):
            raise RuntimeError(f"{len(self.fired) - settled} deadlines were settled under our lock")
        update_rows(list(self.ended.values()), ENDS)
        Assignment.objects.bulk_create(self.opened)
        self._start_clocks()
        update_rows([self.cases[pk] for pk in self.moved], CASE_FIELDS)
        CaseEvent.objects.bulk_create(self.events)
        self._file_papers()
        announce([each for each in self.happened if self._is_news(each)], at=self.at)

    def _is_news(self, each: Happening) -> bool:
        """After a long silence nobody is reminded of a limit that has passed meanwhile."""
        return isinstance(each.what, Action) or each.lead is None or each.lead.pk not in self.ended

    def _settle_deadlines(self) -> int:
        """Fired: compare and set. What else an ended assignment was to be reminded of is cancelled."""
        pending = Deadline.objects.filter(state=DeadlineState.PENDING)
        fired = pending.filter(pk__in=[deadline.pk for deadline in self.fired])
        number = fired.update(state=DeadlineState.FIRED, fired_at=self.at)
        over = [pk for pk, lead in self.ended.items() if lead.ended_at]
        void = Q(pk__in=[deadline.pk for deadline in self.void])
        gone = void | Q(assignment__in=over) & ~Q(kind=DeadlineKind.REPLY)
        pending.filter(gone).update(state=DeadlineState.CANCELLED)
        if self.ended:
            wishes = Application.objects.filter(assignment__in=self.ended, state__in=UNDECIDED)
            wishes.update(state=ApplicationState.LAPSED)
        return number

    def _start_clocks(self) -> None:
        deadlines: list[Deadline] = []
        milestones: list[Milestone] = []
        for assignment in self.opened:
            policy = self.policy_of(assignment.case, assignment.assigned_at)
            calendar = hours_of(policy, self.calendar)
            deadlines += moments_of(assignment, calendar, policy)
            milestones += schedule_of(assignment, calendar)
        Deadline.objects.bulk_create(deadlines)
        Milestone.objects.bulk_create(milestones)

    def _file_papers(self) -> None:
        Inquiry.objects.bulk_create(self.papers)
        Deadline.objects.bulk_create(
            reply_deadline(
                paper, self.policy_of(paper.case, paper.issued_at), self.calendar, issued_at=paper.issued_at
            )
            for paper in self.papers
            if paper.issued_at
        )


HAPPENS: dict[DeadlineKind, Callable[..., None]] = {
    DeadlineKind.SIGN: Clockwork.sign_late,
    DeadlineKind.HALF: Clockwork.remind,
    DeadlineKind.EVE: Clockwork.remind,
    DeadlineKind.EXPIRY: Clockwork.expire,
    DeadlineKind.REPLY: Clockwork.reply_late,
    DeadlineKind.RESUME: Clockwork.resume,
}
