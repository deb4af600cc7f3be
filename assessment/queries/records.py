"""The very records that a count of a score is made of: exactly as many rows as the number says.

Whoever may read a score may count along; what a row says beyond its day and its grid depends on what she may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from cases.enums import Action, Grade, Verdict
from cases.models import Assignment, CaseEvent, DiaryEntry, Inquiry, Patrol
from gridgov.kit import listing
from grids.enums import Right
from grids.models import Grid
from grids.rules.workdays import SHANGHAI
from grids.scopes import Scope
from residents.enums import FileState
from residents.models import GroupFile, Household, Verification, Visit
from residents.queries.policies import PolicyBook

from ..enums import Input
from ..models import MonthlyScore, Rating
from ..rules.rates import Period
from .inputs import OF_CASES, last_day, working_days
from .satisfaction import CONTENT, ratings_of
from .tally import rounds_of


@dataclass(frozen=True)
class Record:
    """One row behind a number: when, where, what, and where it leads."""

    when: str
    grid: str
    what: str
    url: str = ""


# A register that a number is counted in: its rows, and how one of them is told.
Source = tuple[QuerySet[Any], Callable[[Any, Scope], Record]]


@dataclass(frozen=True)
class Page:
    """Some of the rows behind a number, and how many there are in each register that it is counted in."""

    rows: list[Record]
    parts: list[tuple[str, int]]
    around: listing.Page[Any]

    @property
    def number(self) -> int:
        return sum(number for _label, number in self.parts)


def records(score: MonthlyScore, name: Input, scope: Scope, cursor: str | None = None, part: int = 0) -> Page:
    """A page of the rows of one register that a count of a score is made of."""
    return page_of(sources_of(score.grid, score.run.period, name), scope, cursor, part)


def page_of(sources: list[Source], scope: Scope, cursor: str | None, part: int) -> Page:
    """A page of the rows of one of the registers that a number is counted in."""
    parts = [(str(rows.model._meta.verbose_name_plural), rows.count()) for rows, _told in sources]
    rows, told = sources[min(part, len(sources) - 1)]
    page = listing.page(rows, cursor=cursor, order=("-pk",))
    return Page([told(row, scope) for row in page.rows], parts, page)


def has_records(name: Input) -> bool:
    """Grid-days that are owed are days of the calendar, not records."""
    return name != Input.DUTY_DAYS


def sources_of(grid: Grid, period: Period, name: Input) -> list[Source]:
    """The registers that a number is counted in, each with exactly the rows that make it up."""
    if name in OF_CASES:
        return [(rounds_of(OF_CASES[name], grid, period).select_related(*CASE), _case)]
    return SOURCES[name](grid, period)


# --- what each number is made of ---------------------------------------------------------------------------

CASE = ("case__category", "case__grid")
DOOR = ("grid", "dwelling__house")


def _walked(grid: Grid, period: Period) -> list[Source]:
    """The first patrol of each grid and working day."""
    walks = Patrol.objects.inside(grid).begun_between(period.start, period.moment)
    days = walks.filter(building__isnull=False, date__in=working_days(period))
    first = days.order_by().values("building", "date").annotate(first=Min("pk")).values("first")
    return [(Patrol.objects.filter(pk__in=first).select_related("grid", "post__user"), _patrol)]


def lines_written(grid: Grid, period: Period) -> list[Source]:
    """Every line of the diaries."""
    lines = DiaryEntry.objects.inside(grid).filter(at__gte=period.start, at__lt=period.moment)
    return [(lines.select_related("grid", "patrol__post__user"), _diary)]


def _written(grid: Grid, period: Period) -> list[Source]:
    """The first diary line of each grid and working day."""
    ((lines, told),) = lines_written(grid, period)
    days = lines.annotate(day=TruncDate("at", tzinfo=SHANGHAI))
    days = days.filter(building__isnull=False, day__in=working_days(period))
    first = (
        days.select_related(None)
        .order_by()
        .values("building", "day")
        .annotate(first=Min("pk"))
        .values("first")
    )
    return [(lines.filter(pk__in=first), told)]


def _owed(grid: Grid, period: Period) -> list[Source]:
    """The visits that answered a due day of the month, and the households and files nobody has answered yet."""
    days = (period.first, last_day(period))
    gone_later = Q(closed_on__gt=last_day(period))
    homes = Household.objects.inside(grid).filter(
        Q(closed_on__isnull=True) | gone_later, visit_due__range=days
    )
    files = GroupFile.objects.inside(grid).filter(
        Q(state=FileState.OPEN) | gone_later, next_visit_due__range=days
    )
    return [
        (_answered(grid, period), _visit),
        (homes.select_related("grid"), _home_due),
        (files.select_related("grid"), _file_due),
    ]


def _in_time(grid: Grid, period: Period) -> list[Source]:
    return [(_answered(grid, period).filter(on_time=True, done_at__lt=period.moment), _visit)]


def _answered(grid: Grid, period: Period) -> QuerySet[Visit]:
    found: QuerySet[Visit] = Visit.objects.inside(grid).filter(due_on__range=(period.first, last_day(period)))
    return found.select_related("grid", "by__user")


def _homes(grid: Grid, period: Period) -> list[Source]:
    return [(_lived_in(grid, period), _home)]


def _fresh(grid: Grid, period: Period) -> list[Source]:
    """Verified within the days that held on the last day, street by street."""
    last = last_day(period)
    lately = Verification.objects.filter(
        household=OuterRef("pk"), on__gte=OuterRef("since"), on__lte=last, at__lt=period.moment
    )
    homes = _lived_in(grid, period).annotate(since=PolicyBook(last).fresh_since())
    return [(homes.filter(Exists(lately)), _home)]


def _lived_in(grid: Grid, period: Period) -> QuerySet[Household]:
    last = last_day(period)
    there = Q(closed_on__isnull=True) | Q(closed_on__gt=last)
    found: QuerySet[Household] = Household.objects.inside(grid).filter(there, opened_on__lte=last)
    return found.select_related(*DOOR)


def _to_sign(grid: Grid, period: Period) -> list[Source]:
    """Those whose limit to sign passed in the month, unless they were taken back before that."""
    stood = Q(signed_at__isnull=False) | Q(ended_at__isnull=True) | Q(ended_at__gt=F("sign_due_at"))
    given = Assignment.objects.filter(
        stood, grid__code__startswith=grid.code, sign_due_at__gte=period.start, sign_due_at__lt=period.moment
    )
    return [(given.select_related("grid", "case"), _assignment)]


def _signed(grid: Grid, period: Period) -> list[Source]:
    (given, told), *_rest = _to_sign(grid, period)
    return [(given.filter(signed_at__lte=F("sign_due_at")), told)]


def _asked(*conditions: Q) -> Callable[[Grid, Period], list[Source]]:
    """Inquiries to the grid whose reply limit passed in the month, those that fulfil a condition."""

    def find(grid: Grid, period: Period) -> list[Source]:
        due = _within("reply_due_at", period)
        papers = Inquiry.objects.issued().filter(*conditions, answerer=grid, **due)
        return [(papers.select_related("answerer"), _inquiry)]

    return find


def _upheld(grid: Grid, period: Period) -> list[Source]:
    papers = Inquiry.objects.filter(answerer=grid, verdict=Verdict.UPHELD, **_within("decided_at", period))
    return [(papers.select_related("answerer"), _inquiry)]


def _supervised(grade: Grade) -> Callable[[Grid, Period], list[Source]]:
    """Orders of a grade that were issued while the grid had the case."""

    def find(grid: Grid, period: Period) -> list[Source]:
        orders = CaseEvent.objects.filter(
            action=Action.SUPERVISE, holder_grid=grid, data__grade=grade.value, **_within("at", period)
        )
        return [(orders.select_related(*CASE), _case)]

    return find


def _within(field: str, period: Period) -> dict[str, datetime]:
    return {f"{field}__gte": period.start, f"{field}__lt": period.moment}


def _rated(grid: Grid, period: Period) -> list[Source]:
    return [(ratings_of(grid, period.start, period.moment), _rating)]


def _satisfied(grid: Grid, period: Period) -> list[Source]:
    return [(ratings_of(grid, period.start, period.moment).filter(satisfaction__in=CONTENT), _rating)]


IN_TIME = Q(answered_at__lte=F("reply_due_at"))
SOURCES: dict[Input, Callable[[Grid, Period], list[Source]]] = {
    Input.PATROL_DAYS: _walked,
    Input.DIARY_DAYS: _written,
    Input.VISITS_OWED: _owed,
    Input.VISITS_IN_TIME: _in_time,
    Input.HOUSEHOLDS: _homes,
    Input.FRESH: _fresh,
    Input.TO_SIGN: _to_sign,
    Input.SIGNED: _signed,
    Input.RATED: _rated,
    Input.SATISFIED: _satisfied,
    Input.TO_REPLY: _asked(),
    Input.REPLIED: _asked(IN_TIME),
    Input.REPLY_LATE: _asked(Q(answered_at__isnull=True) | Q(answered_at__gt=F("reply_due_at"))),
    Input.UPHELD: _upheld,
    Input.YELLOW: _supervised(Grade.YELLOW),
    Input.RED: _supervised(Grade.RED),
}


# --- how each row is told ------------------------------------------------------------------------------------


def moment_text(moment: Any) -> str:
    """2026-09-24 09:00, as rows say when."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _case(event: CaseEvent, scope: Scope) -> Record:
    case = event.case
    return Record(
        moment_text(event.at),
        case.grid.name,
        f"{case.number} {case.category.name} · {event.get_action_display()}",
        case.get_absolute_url(),
    )


def _patrol(walk: Patrol, scope: Scope) -> Record:
    return Record(moment_text(walk.started_at), walk.grid.name, str(walk.post.user), walk.get_absolute_url())


def _diary(entry: DiaryEntry, scope: Scope) -> Record:
    return Record(
        moment_text(entry.at), entry.grid.name, str(entry.patrol.post.user), entry.patrol.get_absolute_url()
    )


def _visit(visit: Visit, scope: Scope) -> Record:
    due = _("due %(day)s") % {"day": visit.due_on}
    return Record(
        moment_text(visit.done_at), visit.grid.name, f"{due} · {visit.by.user}", _leads(visit, scope)
    )


def _home_due(home: Household, scope: Scope) -> Record:
    return Record(str(home.visit_due), home.grid.name, _("not visited yet"), _leads(home, scope))


def _file_due(file: GroupFile, scope: Scope) -> Record:
    return Record(str(file.next_visit_due), file.grid.name, _("not visited yet"), "")


def _home(home: Household, scope: Scope) -> Record:
    what = str(home) if scope.covers(home, Right.REGISTER) else _("household")
    return Record(_last(home.verified_on), home.grid.name, what, _leads(home, scope))


def _last(day: date | None) -> str:
    return str(day or "—")


def _assignment(given: Assignment, scope: Scope) -> Record:
    signed = moment_text(given.signed_at) if given.signed_at else _("not signed for")
    what = f"{given.case.number} · {signed}"
    return Record(
        moment_text(given.sign_due_at),
        given.grid.name if given.grid else "",
        what,
        given.case.get_absolute_url(),
    )


def _rating(said: Rating, scope: Scope) -> Record:
    what = f"{said.case.number} · {said.get_satisfaction_display()}"
    return Record(moment_text(said.at), said.grid.name, what, said.case.get_absolute_url())


def _inquiry(paper: Inquiry, scope: Scope) -> Record:
    return Record(moment_text(paper.issued_at), paper.answerer.name, str(paper), paper.get_absolute_url())


def _leads(row: Any, scope: Scope) -> str:
    """A page of the register is for those who see the register there; of a special group's visit for nobody else."""
    if getattr(row, "file_id", None) or not scope.covers(row, Right.REGISTER):
        return ""
    return str(row.get_absolute_url())
