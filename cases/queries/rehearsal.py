"""The clocks of the last month under numbers that somebody thinks of setting; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import F

from grids.enums import Level
from grids.models import Grid
from grids.queries import work_calendar
from grids.rules.workdays import end_of, local_date

from ..enums import Outcome, Part, Step, Unit
from ..models import Assignment, Policy
from ..rules.clock import Limit
from ..rules.rehearsal import Rehearsal, Run, joined, under
from .policies import PolicyBook, places_in

CHUNK = 2000  # rows in memory at a time, however many clocks a month had
COLUMNS = (
    "case_id", "case__number", "case__district_id", "case__street_id", "case__step", "grid__name", "grid__level",
    "department__name", "raised_to__level", "raised_from_id", "limit_amount", "limit_unit", "clock_from", "due_at",
    "fed_back_at", "ended_at", "expired_at", "outcome",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """A calendar month by its first and last day."""

    first: date
    last: date

    @classmethod
    def before(cls, at: datetime) -> "Month":
        """The last month that is over."""
        last = local_date(at).replace(day=1) - timedelta(days=1)
        return cls(last.replace(day=1), last)


def rehearse(proposed: Policy, *, at: datetime) -> Rehearsal:
    """What last month's clocks in a place would have come to under a policy that is not saved; four queries.

    A street that has numbers of its own keeps them, as it would.
    """
    book = PolicyBook(places_in(proposed.grid), supposing=proposed)
    calendar, found = work_calendar(), Rehearsal()
    policy_of = cache(lambda district, street: book.at((district, street), proposed.since))
    for run in runs(proposed.grid, Month.before(at)):
        found.add(run, under(run, policy_of(run.district, run.street), calendar, at))
    return found


def runs(grid: Grid, month: Month) -> Iterator[Run]:
    """Every clock that began in a month in a grid or below, one after the other; one query."""
    column = f"case__{Level(grid.level).path_field}"
    rows = (
        Assignment.objects.filter(**{column: grid}, part=Part.LEAD)
        .filter(clock_from__gte=end_of(month.first - timedelta(days=1)), clock_from__lt=end_of(month.last))
        .order_by("case_id", F("raised_from").asc(nulls_first=True), "clock_from", "pk")
        .values_list(*COLUMNS, named=True)
    )
    same = groupby(rows.iterator(CHUNK), key=lambda row: (row.case_id, row.raised_from_id, row.clock_from))
    return (joined(_run(row) for row in parts) for _clock, parts in same)


def _run(row: Any) -> Run:
    return Run(
        case=row.case_id,
        number=row.case__number,
        unit=row.grid__name or row.department__name,
        level=row.grid__level,
        days_of=row.raised_to__level,
        district=row.case__district_id,
        street=row.case__street_id,
        limit=Limit(row.limit_amount, Unit(row.limit_unit)),
        began=row.clock_from,
        due_at=row.due_at,
        stopped_at=_stopped_at(row),
        expired=row.expired_at is not None,
        went_up=row.outcome == Outcome.EXPIRED,
    )


def _stopped_at(row: Any) -> datetime | None:
    """The result stops a clock, until it is sent back for rework; the end of the work does in any case."""
    if row.outcome == Outcome.OPEN:
        return row.fed_back_at if row.case__step == Step.FED_BACK else None
    return row.fed_back_at if row.outcome == Outcome.DONE else row.ended_at
