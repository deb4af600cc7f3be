"""Everything whose moment has come (docs/rules/escalation.md §3): recorded once, at its true time.

The table of deadlines is the only truth. A batch locks the cases of what is due and skips those that somebody
else has in hand; it reads the deadlines again under that lock, works them off in the order of their moments,
and writes everything in a few statements. Late, twice or on two machines at once: the same rows.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from grids.queries import work_calendar
from grids.rules.workdays import WorkCalendar

from ..enums import DeadlineState
from ..models import Case, Deadline
from ..queries.waiting_work import is_anything_to_do
from .clockwork import Clockwork
from .deadlines import note_failure
from .recount import count_again, recount

log = logging.getLogger("gridgov.sweep")

BATCH = 1000


@dataclass(frozen=True)
class Swept:
    """What one sweep has done."""

    fired: int = 0
    expired: int = 0
    escalated: int = 0
    parked: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


def sweep(*, at: datetime, batch: int = BATCH) -> Swept:
    """Work off everything due, batch after batch, until nothing is; also what an expiry itself brings due.

    First what runs by an older calendar is counted again: nothing fires at a moment that has moved.
    What fails is not tried again in the same sweep: the next one may find the world in better order.
    """
    if not is_anything_to_do(at):
        return Swept()
    recount(at=at)
    done, calendar, failed = Swept(), work_calendar(), set[int]()
    while True:
        found = _one_batch(at, batch, calendar, failed)
        if found is None:
            return done
        done += found


def _one_batch(at: datetime, batch: int, calendar: WorkCalendar, failed: set[int]) -> Swept | None:
    """One transaction; None when nothing is due that nobody else has in hand."""
    due: list[int] = []
    try:
        with transaction.atomic():
            due = list(due_now(at, batch, calendar.version, failed))
            return _work_off(due, at, calendar) if due else None
    except Exception:
        if not due or not connection.is_usable():  # the database is away: no row is to blame
            raise
        log.exception("a batch of the sweep failed; each of its cases is tried alone")
        return _each_alone(due, at, calendar, failed)


def due_now(at: datetime, batch: int, version: int, but: Collection[int] = ()) -> Iterable[int]:
    """The deadlines that are due, the oldest first, their cases locked; those in other hands are skipped.

    So are those counted with an older calendar: one was loaded this moment, and they may not be due at all.
    """
    due = Deadline.objects.due(at).filter(calendar_version__gte=version).exclude(pk__in=but)
    due = due.order_by("due_at", "pk").select_for_update(of=("case",), skip_locked=True)
    return (deadline.pk for deadline in due.select_related("case").only("pk", "case__id")[:batch])


def _work_off(due: list[int], at: datetime, calendar: WorkCalendar) -> Swept:
    """Under the lock of their cases: what is still pending happens, in the order of its moments."""
    pending = list(_still_pending(due))
    work = Clockwork.of({deadline.case_id for deadline in pending}, calendar, at)
    for deadline in pending:
        work.fire(deadline)
    work.write()
    return Swept(len(work.fired), work.expired, work.escalated)


def _still_pending(due: list[int]) -> QuerySet[Deadline]:
    """Read again under the lock: a row that was settled between the look and the lock is left alone."""
    rows = Deadline.objects.filter(pk__in=due, state=DeadlineState.PENDING).select_for_update()
    return rows.order_by("due_at", "pk")


def _each_alone(due: list[int], at: datetime, calendar: WorkCalendar, failed: set[int]) -> Swept:
    """One case spoils its batch: every row in a transaction of its own, and what fails again is parked."""
    done = Swept()
    for pk in due:
        try:
            with transaction.atomic():
                if _lock_case_of(pk):
                    done += _work_off([pk], at, calendar)
        except Exception as error:
            if not connection.is_usable():
                raise
            log.exception("a deadline cannot be worked off", extra={"deadline": pk})
            failed.add(pk)
            done += Swept(parked=note_failure(pk, error))
    return done


def _lock_case_of(deadline: int) -> bool:
    return Case.objects.select_for_update(skip_locked=True).filter(deadlines=deadline).order_by().exists()


def settle_case(case: Case, *, at: datetime) -> bool:
    """What is due for one case happens before anything else does to it; whether anything was.

    So a move that comes between the true time and the sweep finds the case as a punctual sweep would have left it.
    """
    if not Deadline.objects.due(at).filter(case=case).exists():
        return False
    calendar = work_calendar()
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        if case.deadlines.filter(state=DeadlineState.PENDING, calendar_version__lt=calendar.version).exists():
            count_again([case.pk], calendar, at)
        while due := [d.pk for d in Deadline.objects.due(at).filter(case=case)]:
            _work_off(due, at, calendar)
    return True
