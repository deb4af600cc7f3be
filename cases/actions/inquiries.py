"""The inquiry (质询): from a right to a paper, an answer and a decision (docs/rules/escalation.md §4)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from grids.enums import Level
from grids.models import Grid, Post, path_of_row
from grids.queries import work_calendar
from grids.rules.workdays import WorkCalendar, local_date

from ..enums import Action, DeadlineKind, DeadlineState, InquiryState, Verdict
from ..models import Case, Deadline, Inquiry
from ..queries.policies import policy_at
from ..rules import clock, numbers
from ..rules.clock import Limit
from ..rules.policy import Policy
from .ledger import Turn
from .numbering import next_running


@transaction.atomic
def ask(
    inquiry: Inquiry, *, question: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Inquiry:  # fmt: skip
    """The grid below issues its inquiry: a numbered paper that the level above must answer in time."""
    turn = Turn.begin(inquiry.case, Action.ASK, by=by, at=at, version=version, key=key, inquiry=inquiry)
    if turn.is_replay:
        return _fresh(inquiry)
    policy = policy_at(turn.case.district_id, turn.case.street_id, turn.at)
    calendar = work_calendar()
    paper = turn.paper
    issue(paper, policy, calendar, at=turn.at)
    paper.issued_by, paper.question = by, question
    paper.save()
    reply_deadline(paper, policy, calendar, issued_at=turn.at).save()
    return _done(turn, note=question, due=paper.reply_due_at)


def issue(paper: Inquiry, policy: Policy, calendar: WorkCalendar, *, at: datetime) -> None:
    """Number the paper and start its clock; not saved."""
    paper.state, paper.issued_at = InquiryState.ISSUED, at
    paper.number = _next_number(paper.asker, at)
    paper.reply_due_at = clock.due(Limit(policy.reply_days), at, calendar).due_at
    paper.watched_until = at + timedelta(days=policy.watch_days)


def reply_deadline(
    paper: Inquiry, policy: Policy, calendar: WorkCalendar, *, issued_at: datetime
) -> Deadline:
    """The moment by which the level above must have answered, unsaved."""
    due = clock.due(Limit(policy.reply_days), issued_at, calendar)
    return Deadline(
        case_id=paper.case_id, assignment_id=paper.assignment_id, kind=DeadlineKind.REPLY, due_at=due.due_at,
        is_provisional=due.is_provisional, calendar_version=calendar.version, policy_version=policy.version,
        set_at=issued_at,
    )  # fmt: skip


def _next_number(asker: Grid, at: datetime) -> str:
    """Counted by asking grid and year. A building grid is named with its community: many have the same name."""
    above = asker.parent.short_name if asker.level == Level.BUILDING else ""
    prefix = numbers.paper_prefix(above + asker.short_name, local_date(at).year)
    return numbers.paper_number(prefix, next_running(prefix))


@transaction.atomic
def answer(
    inquiry: Inquiry, *, progress: str, cause: str, measures: str, by: Post, at: datetime,
    version: int | None = None, key: UUID | None = None,
) -> Inquiry:  # fmt: skip
    """The level above says how the problem stands, why it took so long and what comes next (质询答复)."""
    turn = Turn.begin(inquiry.case, Action.ANSWER, by=by, at=at, version=version, key=key, inquiry=inquiry)
    if turn.is_replay:
        return _fresh(inquiry)
    paper = turn.paper
    if paper.state == InquiryState.ISSUED:
        paper.state = InquiryState.ANSWERED
    paper.answered_at, paper.answered_by = turn.at, by
    paper.progress, paper.cause, paper.measures = progress, cause, measures
    paper.is_late = paper.is_late or paper.reply_due_at is None or turn.at >= paper.reply_due_at
    paper.save()
    paper.assignment.deadlines.filter(kind=DeadlineKind.REPLY, state=DeadlineState.PENDING).update(
        state=DeadlineState.CANCELLED
    )
    return _done(turn, note=progress, on_time=not paper.is_late)


@transaction.atomic
def accept(
    inquiry: Inquiry, *, by: Post, at: datetime, note: str = "", version: int | None = None,
    key: UUID | None = None,
) -> Inquiry:  # fmt: skip
    """The grid below is content with the answer."""
    turn = Turn.begin(inquiry.case, Action.ACCEPT, by=by, at=at, version=version, key=key, inquiry=inquiry)
    return _fresh(inquiry) if turn.is_replay else _judge(turn, InquiryState.ACCEPTED, note)


@transaction.atomic
def object_(
    inquiry: Inquiry,
    *,
    note: str,
    by: Post,
    at: datetime,
    version: int | None = None,
    key: UUID | None = None,
) -> Inquiry:
    """The grid below is not content: the level above the answering one decides."""
    turn = Turn.begin(inquiry.case, Action.OBJECT, by=by, at=at, version=version, key=key, inquiry=inquiry)
    return _fresh(inquiry) if turn.is_replay else _judge(turn, InquiryState.OBJECTED, note)


def _judge(turn: Turn, state: InquiryState, note: str) -> Inquiry:
    paper = turn.paper
    paper.state, paper.judged_at, paper.judged_by = state, turn.at, turn.by
    if state == InquiryState.OBJECTED:
        paper.objection = note
    paper.save()
    return _done(turn, note=note)


@transaction.atomic
def decide(
    inquiry: Inquiry, *, verdict: Verdict, note: str, by: Post, at: datetime, version: int | None = None,
    key: UUID | None = None,
) -> Inquiry:  # fmt: skip
    """The level above the questioned one decides, for good."""
    turn = Turn.begin(inquiry.case, Action.DECIDE, by=by, at=at, version=version, key=key, inquiry=inquiry)
    if turn.is_replay:
        return _fresh(inquiry)
    paper = turn.paper
    paper.state, paper.verdict, paper.decision = InquiryState.DECIDED, verdict, note
    paper.decided_at, paper.decided_by = turn.at, by
    paper.save()
    return _done(turn, note=note, verdict=verdict)


def _done(turn: Turn, *, note: str, on_time: bool | None = None, **facts: Any) -> Inquiry:
    paper = turn.paper
    turn.finish(note=note, on_time=on_time, inquiry=paper.pk, number=paper.number, **_plain(facts))
    return paper


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: f"{fact:%Y-%m-%dT%H:%M%z}" if isinstance(fact, datetime) else fact
        for name, fact in facts.items()
    }


def _fresh(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.get(pk=inquiry.pk)


def right_of(assignment: Any, case: Case, *, at: datetime) -> Inquiry | None:
    """The right of the grid below where work that came up from it has run out of time; unsaved.

    A department is no grid: where its expired work went up, nobody gains a right.
    """
    if assignment.raised_from is None or assignment.raised_from.grid is None:
        return None
    answerer = assignment.raised_to
    decider = answerer.parent or answerer
    return Inquiry(
        case=case, assignment=assignment, asker=assignment.raised_from.grid, answerer=answerer, decider=decider,
        gained_at=at, **path_of_row(case),
    )  # fmt: skip


def lapse(case: Case, *, at: datetime) -> int:
    """A right that was not used is gone once the result stands; how many there were."""
    return case.inquiries.filter(state=InquiryState.RIGHT).update(state=InquiryState.LAPSED, lapsed_at=at)
