"""A year's official calendar was loaded or corrected: what runs is counted again (docs/rules/clock.md §4).

Nobody has to be told that a calendar was loaded: every limit remembers the version it was counted with, and
each sweep first looks for older ones. So nothing is lost whoever loaded it and whatever died on the way.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from gridgov.kit.bulk import update_rows
from grids.queries import work_calendar
from grids.rules.workdays import WorkCalendar

from ..enums import Action, DeadlineKind, DeadlineState
from ..models import Assignment, Case, Deadline, Inquiry, Milestone
from ..queries.pauses import pauses_of
from ..queries.policies import hours_of
from ..rules import clock
from ..rules.clock import Due, Limit, Pause
from .clockwork import Clockwork
from .deadlines import counted, note_failure, sign_due

log = logging.getLogger("gridgov.sweep")

BATCH = 500
LEAD_FIELDS = ("due_at", "is_provisional", "sign_due_at", "calendar_version")
DEADLINE_FIELDS = ("due_at", "is_provisional", "calendar_version", "set_at")


def recount(*, at: datetime, batch: int = BATCH) -> int:
    """Count again everything that runs by an older calendar, batch after batch; how many cases it changed.

    What has fired or ended stays as it was. Whoever is busy with a case keeps it; the next sweep comes back.
    """
    calendar, changed, failed = work_calendar(), 0, set[int]()
    while True:
        found = _one_batch(at, batch, calendar, failed)
        if found is None:
            return changed
        changed += found


def _one_batch(at: datetime, batch: int, calendar: WorkCalendar, failed: set[int]) -> int | None:
    """One transaction; None when nothing is left that nobody else has in hand."""
    pks: list[int] = []
    try:
        with transaction.atomic():
            pks = _lock(_outdated(calendar.version, batch, failed))
            return count_again(pks, calendar, at) if pks else None
    except Exception:
        if not pks or not connection.is_usable():
            raise
        log.exception("a batch could not be counted again; each of its cases is tried alone")
        return sum(_alone(pk, calendar, at, failed) for pk in pks)


def _outdated(version: int, batch: int, but: Collection[int]) -> set[int]:
    """Cases of which something was counted with an older calendar."""
    running = Assignment.objects.filter(part="lead", ended_at__isnull=True, calendar_version__lt=version)
    waiting = Deadline.objects.filter(state=DeadlineState.PENDING, calendar_version__lt=version)
    return {
        pk for rows in (running, waiting)
        for pk in rows.exclude(case__in=but).order_by().values_list("case", flat=True)[:batch]
    }  # fmt: skip


def _lock(pks: Iterable[int]) -> list[int]:
    cases = Case.objects.filter(pk__in=list(pks)).order_by("pk").select_for_update(skip_locked=True)
    return list(cases.values_list("pk", flat=True))


def _alone(pk: int, calendar: WorkCalendar, at: datetime, failed: set[int]) -> int:
    """A case that cannot be counted again keeps its old moments, which then never fire: they are parked."""
    try:
        with transaction.atomic():
            return count_again(_lock([pk]), calendar, at)
    except Exception as error:
        if not connection.is_usable():
            raise
        log.exception("a case cannot be counted again", extra={"case": pk})
        failed.add(pk)
        for deadline in Deadline.objects.filter(case=pk, state=DeadlineState.PENDING):
            note_failure(deadline.pk, error)
        return 0


def count_again(pks: Collection[int], calendar: WorkCalendar, at: datetime) -> int:
    """Cases locked by the caller: every moment that still runs is counted by this calendar; how many changed."""
    again = Recount.of(pks, calendar, at)
    for case in again.work.cases.values():
        again.case(case)
    again.write()
    return len(again.work.moved)


@dataclass
class Recount:
    """Some cases, and what runs for them, counted again in memory."""

    work: Clockwork
    deadlines: dict[int, list[Deadline]]  # by case, those to come
    pauses: dict[int, list[Pause]]  # by assignment, the suspensions of its clock that are over
    papers: dict[int, Inquiry]  # by assignment, those that wait for an answer
    milestones: dict[int, list[Milestone]]  # by assignment, those not yet done
    moved: dict[str, list[str]] = field(default_factory=dict)  # of the case in hand: kind, before and after

    @classmethod
    def of(cls, pks: Collection[int], calendar: WorkCalendar, at: datetime) -> "Recount":
        work = Clockwork.of(pks, calendar, at)
        deadlines: dict[int, list[Deadline]] = defaultdict(list)
        milestones: dict[int, list[Milestone]] = defaultdict(list)
        pending = Deadline.objects.filter(case__in=pks, state=DeadlineState.PENDING)
        for deadline in pending.order_by("pk").select_for_update():
            deadlines[deadline.case_id].append(deadline)
        leads = [lead.pk for lead in work.leads.values()]
        for milestone in Milestone.objects.filter(assignment__in=leads, done_at__isnull=True):
            milestones[milestone.assignment_id].append(milestone)
        papers = Inquiry.objects.filter(case__in=pks, issued_at__isnull=False)
        pauses = pauses_of(work.leads.values())
        return cls(work, deadlines, pauses, {paper.assignment_id: paper for paper in papers}, milestones)

    def case(self, case: Case) -> None:
        """One case: its assignment, what waits for it, its backward schedule; one event if anything changed."""
        self.moved = {}
        lead = self.work.leads.get(case.pk)
        before = (case.due_at, case.is_provisional)
        if lead is not None:
            self._lead(case, lead)
        for deadline in self.deadlines[case.pk]:
            self._deadline(case, lead, deadline)
        after = (case.due_at, case.is_provisional)
        if self.moved or before != after:
            self.work.tell(
                case, Action.RECOUNT, self.work.at, before=_written(before[0]), after=_written(after[0]),
                calendar=self.work.calendar.version, moved=self.moved, is_provisional=case.is_provisional,
            )  # fmt: skip

    def _hours(self, case: Case, since: datetime) -> WorkCalendar:
        return hours_of(self.work.policy_of(case, since), self.work.calendar)

    def _lead(self, case: Case, lead: Assignment) -> None:
        """The limit itself, unless it has run out and been recorded."""
        calendar = self._hours(case, lead.assigned_at)
        lead.calendar_version = calendar.version
        if lead.signed_at is None:
            lead.sign_due_at = sign_due(case.category, lead.assigned_at, calendar).due_at
        had_run_out = lead.expired_at is not None or lead.due_at <= lead.assigned_at
        if had_run_out or case.suspended_until is not None:
            return  # recorded, with this unit or the one before; or counted when it is resumed
        due = counted(lead, calendar, self.pauses[lead.pk])
        lead.due_at, lead.is_provisional = due.due_at, due.is_provisional
        case.due_at, case.is_provisional = due.due_at, due.is_provisional
        plan = clock.back_schedule(lead.limit, lead.due_at, calendar)
        for milestone in self.milestones[lead.pk]:
            milestone.due_date = plan[milestone.seq - 1][1]

    def _deadline(self, case: Case, lead: Assignment | None, deadline: Deadline) -> None:
        """A moment to come; one that nobody waits for any more is only marked as looked at."""
        deadline.calendar_version = self.work.calendar.version
        due = self._moment(case, lead, deadline)
        if due is None:
            return
        if due.due_at != deadline.due_at:
            self.moved[deadline.kind] = [_written(deadline.due_at), _written(due.due_at)]
            deadline.due_at, deadline.set_at = due.due_at, self.work.at
        deadline.is_provisional = due.is_provisional

    def _moment(self, case: Case, lead: Assignment | None, deadline: Deadline) -> Due | None:
        if deadline.kind == DeadlineKind.REPLY:
            return self._reply(case, self.papers.get(deadline.assignment_id))
        if lead is None or deadline.assignment_id != lead.pk:
            return None
        calendar = self._hours(case, lead.assigned_at)
        if deadline.kind == DeadlineKind.SIGN:
            return sign_due(case.category, lead.assigned_at, calendar)
        moment = clock.moments(lead.limit, lead.due_at, calendar).get(DeadlineKind(deadline.kind))
        return Due(moment, lead.is_provisional) if moment else None

    def _reply(self, case: Case, paper: Inquiry | None) -> Due | None:
        """An inquiry's limit is counted from the day it was issued, by the policy of that day."""
        if paper is None or paper.issued_at is None:
            return None
        policy = self.work.policy_of(case, paper.issued_at)
        due = clock.due(Limit(policy.reply_days), paper.issued_at, self.work.calendar)
        paper.reply_due_at = due.due_at
        return due

    def write(self) -> None:
        """Everything in a few statements; the caller's transaction holds them together."""
        update_rows(list(self.work.leads.values()), LEAD_FIELDS)
        update_rows(
            [deadline for of_case in self.deadlines.values() for deadline in of_case], DEADLINE_FIELDS
        )
        update_rows([line for of_lead in self.milestones.values() for line in of_lead], ("due_date",))
        update_rows(list(self.papers.values()), ("reply_due_at",))
        self.work.write()


def _written(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat() if moment else ""
