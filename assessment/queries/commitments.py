"""Promises measured: of what departments were given in a place, what was kept within some days (docs/rules/commitments.md)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from cases.enums import Action, Part
from cases.models import Application, Assignment, CaseEvent, Category, Commitment
from cases.queries.commitments import PromiseBook
from cases.queries.policies import PolicyBook, hours_of
from cases.rules import clock
from cases.rules.clock import Limit, Pause
from grids.enums import Level
from grids.models import Department, Grid
from grids.queries import work_calendar
from grids.rules.workdays import WorkCalendar, local_date, working_days_between

from ..enums import Pledge
from ..rules import commitments as rule
from ..rules.commitments import Course
from ..rules.rates import Period, share


@dataclass(frozen=True)
class Given:
    """One case a department was given under a promise, and what became of the promise."""

    assignment: Assignment
    category: int
    promise: Commitment
    what: Pledge
    due_at: datetime
    done_at: datetime | None
    kept: bool
    days: int | None  # working days it took


@dataclass(frozen=True)
class Line:
    """One promise of a department in some days."""

    department: Department
    category: Category | None  # of the promise
    what: Pledge
    promised: tuple[int, ...]  # more than one where a later promise has replaced another
    given: tuple[Given, ...]

    @property
    def decided(self) -> int:
        return len(self.given)

    @property
    def kept(self) -> int:
        return sum(one.kept for one in self.given)

    @property
    def broken(self) -> int:
        return self.decided - self.kept

    @property
    def rate(self) -> Decimal | None:
        return share(self.kept, self.decided)

    @property
    def mean(self) -> Decimal | None:
        return rule.mean([one.days for one in self.given if one.days is not None])

    @property
    def median(self) -> Decimal | None:
        return rule.median([one.days for one in self.given if one.days is not None])


def measured(place: Grid, period: Period) -> list[Line]:
    """Every promise under which something was decided in some days, by department; a fixed number of queries."""
    found: dict[tuple[int, int | None, Pledge], list[Given]] = defaultdict(list)
    for one in given_in(place, period):
        found[one.promise.department_id, one.promise.category_id, one.what].append(one)
    lines = [_line(what, rows) for (_department, _category, what), rows in found.items()]
    return sorted(lines, key=_order)


def _line(what: Pledge, rows: list[Given]) -> Line:
    promise = rows[0].promise
    limits = {limit.amount for row in rows if (limit := _limit(row.promise, what))}
    return Line(promise.department, promise.category, what, tuple(sorted(limits)), tuple(rows))


def _order(line: Line) -> tuple[str, int, str, int]:
    code = line.category.code if line.category else "~"
    return line.department.grid.code, line.department.pk, code, list(Pledge).index(line.what)


def given_in(place: Grid, period: Period) -> list[Given]:
    """What was decided about promises in some days: each case once for signing and once for doing."""
    book = _book(place)
    if book is None:
        return []
    rows = _candidates(place, period)
    categories, results = _categories(rows), _results(rows, period.moment)
    pauses, hours = _pauses(rows, period.moment), Hours(rows)
    found = []
    for row in rows:
        category = categories.get(row.pk, row.case.category_id)
        promise = book.on(local_date(row.assigned_at), row.department_id or 0, category)
        if promise is None:
            continue
        calendar = hours.of(row)
        stands = {Pledge.SIGN: _before(row.signed_at, period.moment), Pledge.FINISH: results.get(row.pk)}
        for what, done_at in stands.items():
            if limit := _limit(promise, what):
                one = _given(row, promise, what, limit, done_at, calendar, pauses[row.case_id], period)
                if one:
                    found.append(replace(one, category=category))
    return found


def _book(place: Grid) -> PromiseBook | None:
    """The promises of all departments of the district; None where nobody has promised anything."""
    code = place.code[: Level.DISTRICT.code_length]
    rows = Commitment.objects.filter(department__grid__code__startswith=code)
    promises = list(rows.select_related("department__grid", "category"))
    return PromiseBook(promises) if promises else None


def _candidates(place: Grid, period: Period) -> list[Assignment]:
    """What departments had in hand within a period, as the one that answers for it."""
    path = f"case__{Level(place.level).path_field}"
    rows = Assignment.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=period.start), **{path: place}, part=Part.LEAD,
        department__in=Commitment.objects.values("department"), assigned_at__lt=period.moment,
    )  # fmt: skip
    return list(rows.select_related("case__grid", "case__category").order_by("pk"))


def _categories(rows: Iterable[Assignment]) -> dict[int, int]:
    """Under which category each was given: what it is called later moves no promise; one query."""
    events = CaseEvent.objects.filter(case__in={row.case_id for row in rows}, data__has_key="assignment")
    return dict(events.values_list("data__assignment", "category_id"))


def _results(rows: Iterable[Assignment], moment: datetime) -> dict[int, datetime]:
    """When the result came in that stood at a moment, by assignment; one query."""
    moves: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    events = CaseEvent.objects.filter(
        case__in={row.case_id for row in rows}, action__in=[Action.FEED_BACK, Action.FAIL], at__lt=moment
    ).order_by("case_id", "seq")
    for case, action, at in events.values_list("case_id", "action", "at"):
        moves[case].append((action, at))
    found = {
        row.pk: rule.result_stands(
            move
            for move in moves[row.case_id]
            if row.assigned_at <= move[1] and (row.ended_at is None or move[1] <= row.ended_at)
        )
        for row in rows
    }
    return {pk: at for pk, at in found.items() if at}


def _pauses(rows: Iterable[Assignment], moment: datetime) -> dict[int, list[Pause]]:
    """When the clock of each case stood still by rule (挂账), up to a moment; one query."""
    granted = Application.objects.suspensions().filter(
        case__in={row.case_id for row in rows}, decided_at__lt=moment
    )
    found: dict[int, list[Pause]] = defaultdict(list)
    for case, begin, end in granted.order_by("decided_at").values_list("case_id", "decided_at", "ended_at"):
        found[case].append(Pause(begin, min(end or moment, moment)))
    return found


class Hours:
    """The calendar with the working hours of each place, as limits are counted by it."""

    def __init__(self, rows: Iterable[Assignment]) -> None:
        self.calendar = work_calendar()
        self.book = PolicyBook({(row.case.district_id, row.case.street_id) for row in rows})

    def of(self, row: Assignment) -> WorkCalendar:
        policy = self.book.at((row.case.district_id, row.case.street_id), row.assigned_at)
        return hours_of(policy, self.calendar)


def _given(
    row: Assignment, promise: Commitment, what: Pledge, limit: Limit, done_at: datetime | None,
    calendar: WorkCalendar, pauses: Iterable[Pause], period: Period,
) -> Given | None:  # fmt: skip
    stood = [pause for pause in pauses if row.assigned_at <= pause.begin]
    due_at = clock.due(limit, row.assigned_at, calendar, stood if what == Pledge.FINISH else ()).due_at
    decided = rule.verdict(Course(due_at, done_at, _before(row.ended_at, period.moment)))
    if decided is None or not rule.counts_in(decided, period.start, period.moment):
        return None
    days = None
    if done_at and what == Pledge.FINISH:
        days = working_days_between(calendar, local_date(row.assigned_at), local_date(done_at))
    return Given(row, 0, promise, what, due_at, done_at, decided[0], days)


def _limit(promise: Commitment, what: Pledge) -> Limit | None:
    return promise.to_sign if what == Pledge.SIGN else promise.to_finish


def _before(at: datetime | None, moment: datetime) -> datetime | None:
    """What happened later was not known then."""
    return at if at is not None and at < moment else None
