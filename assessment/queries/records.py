"""The very records that a count of a score is made of: exactly as many rows as the number says.

Whoever may read a score may count along; what a row says beyond its day and its grid depends on what she may see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.models import Assignment, CaseEvent, DiaryEntry, Inquiry, Patrol
from gridgov.kit import listing
from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import SHANGHAI
from grids.scopes import Scope
from residents.models import GroupFile, Household, Visit

from ..enums import Input
from ..models import MonthlyScore, Rating
from ..rules.rates import Period
from .inputs import FRESH_NOW, OF_CASES, RATED, SATISFIED, SIGNING_NOW, SUPERVISING, asked_of
from .tally import raw, rounds_of


@dataclass(frozen=True)
class Record:
    """One row behind a number: when, where, what, and where it leads."""

    when: str
    grid: str
    what: str
    url: str = ""


@dataclass(frozen=True)
class Page:
    """Some of the rows behind a number, and how many there are."""

    rows: list[Record]
    number: int
    around: listing.Page[Any]


# A source of rows: one queryset each, walked one after the other.
Source = tuple[QuerySet[Any], Callable[[Any, Scope], Record]]


def records(score: MonthlyScore, name: Input, scope: Scope, cursor: str | None = None, part: int = 0) -> Page:
    """A page of the rows that a count of a score is made of."""
    sources = _sources(score.grid, score.run.period, name)
    numbers = [rows.count() for rows, _told in sources]
    rows, told = sources[min(part, len(sources) - 1)]
    page = listing.page(rows, cursor=cursor, order=("-pk",))
    return Page([told(row, scope) for row in page.rows], sum(numbers), page)


def parts(score: MonthlyScore, name: Input) -> list[tuple[str, int]]:
    """Of a number that is counted in several registers: each with its share of it."""
    sources = _sources(score.grid, score.run.period, name)
    return [(str(rows.model._meta.verbose_name_plural), rows.count()) for rows, _told in sources]


def has_records(name: Input) -> bool:
    """Grid-days that are owed are days of the calendar, not records."""
    return name != Input.DUTY_DAYS


def _sources(grid: Grid, period: Period, name: Input) -> list[Source]:
    if name in OF_CASES:
        rows = rounds_of(OF_CASES[name], grid, period).select_related("case__category", "case__grid")
        return [(rows, _case)]
    return SOURCES[name](grid, period)


# --- what each number is made of ---------------------------------------------------------------------------


def _walked(grid: Grid, period: Period) -> list[Source]:
    """The first patrol of each grid and working day."""
    sql = (
        "SELECT min(id) FROM cases_patrol WHERE {place} AND building_id IS NOT NULL AND date = ANY(%(days)s::date[])"
        " AND started_at >= %(start)s AND started_at < %(moment)s GROUP BY building_id, date"
    )
    return [(_of(Patrol, sql, grid, period).select_related("grid", "post__user"), _patrol)]


def _written(grid: Grid, period: Period) -> list[Source]:
    """The first diary line of each grid and working day."""
    day = "(at AT TIME ZONE 'Asia/Shanghai')::date"
    sql = (
        f"SELECT min(id) FROM cases_diaryentry WHERE {{place}} AND building_id IS NOT NULL AND {day} = ANY(%(days)s::date[])"
        f" AND at >= %(start)s AND at < %(moment)s GROUP BY building_id, {day}"
    )
    return [(_of(DiaryEntry, sql, grid, period).select_related("grid", "patrol__post__user"), _diary)]


def _owed(grid: Grid, period: Period) -> list[Source]:
    """The visits that answered a due day of the month, and the households and files nobody has answered yet."""
    still = "{place} AND {column} BETWEEN %(first)s AND %(last)s AND ({open} OR closed_on > %(last)s)"
    homes = f"SELECT id FROM residents_household WHERE {still}"
    files = f"SELECT id FROM residents_groupfile WHERE {still}"
    homes = homes.replace("{column}", "visit_due").replace("{open}", "closed_on IS NULL")
    files = files.replace("{column}", "next_visit_due").replace("{open}", "state = 'open'")
    return [
        *_answered(grid, period, "true"),
        (_of(Household, homes, grid, period).select_related("grid"), _home_due),
        (_of(GroupFile, files, grid, period).select_related("grid", "type"), _file_due),
    ]


def _in_time(grid: Grid, period: Period) -> list[Source]:
    return _answered(grid, period, "on_time AND done_at < %(moment)s")


def _answered(grid: Grid, period: Period, condition: str) -> list[Source]:
    sql = f"SELECT id FROM residents_visit WHERE {{place}} AND due_on BETWEEN %(first)s AND %(last)s AND {condition}"
    return [(_of(Visit, sql, grid, period).select_related("grid", "by__user", "file__type"), _visit)]


def _homes(grid: Grid, period: Period) -> list[Source]:
    sql = (
        "SELECT id FROM residents_household WHERE {place} AND opened_on <= %(last)s"
        " AND (closed_on IS NULL OR closed_on > %(last)s)"
    )
    return [(_of(Household, sql, grid, period).select_related("grid", "dwelling__house"), _home)]


def _fresh(grid: Grid, period: Period) -> list[Source]:
    sql = f"SELECT h.id {FRESH_NOW} WHERE {{place:h}} AND h.opened_on <= %(last)s" \
        " AND (h.closed_on IS NULL OR h.closed_on > %(last)s) AND v.household_id IS NOT NULL"  # fmt: skip
    return [(_of(Household, sql, grid, period).select_related("grid", "dwelling__house"), _home)]


def _signing(condition: str) -> Callable[[Grid, Period], list[Source]]:
    def find(grid: Grid, period: Period) -> list[Source]:
        sql = f"SELECT a.id {SIGNING_NOW} AND a.grid_id IN (SELECT id FROM grids_grid WHERE code LIKE %(below)s) AND {condition}"
        return [
            (
                _of(Assignment, sql, grid, period).select_related("grid", "case__category", "post__user"),
                _assignment,
            )
        ]

    return find


def _answering(condition: str) -> Callable[[Grid, Period], list[Source]]:
    def find(grid: Grid, period: Period) -> list[Source]:
        sql = (
            "SELECT id FROM cases_inquiry WHERE answerer_id = %(place)s AND district_id = %(grid)s"
            f" AND issued_at IS NOT NULL AND {condition}"
        )
        return [(_of(Inquiry, sql, grid, period).select_related("answerer", "case"), _inquiry)]

    return find


def _supervised(grade: str) -> Callable[[Grid, Period], list[Source]]:
    def find(grid: Grid, period: Period) -> list[Source]:
        sql = f"SELECT e.id {SUPERVISING} AND e.holder_grid_id = %(place)s AND e.data ->> 'grade' = '{grade}'"
        return [(_of(CaseEvent, sql, grid, period).select_related("case__category", "case__grid"), _case)]

    return find


def _rated(condition: str) -> Callable[[Grid, Period], list[Source]]:
    def find(grid: Grid, period: Period) -> list[Source]:
        sql = f"SELECT r.id {RATED} AND r.{{place}} AND {condition}"
        return [(_of(Rating, sql, grid, period).select_related("grid", "case"), _rating)]

    return find


DUE = "reply_due_at >= %(start)s AND reply_due_at < %(moment)s"
SOURCES: dict[Input, Callable[[Grid, Period], list[Source]]] = {
    Input.PATROL_DAYS: _walked,
    Input.DIARY_DAYS: _written,
    Input.VISITS_OWED: _owed,
    Input.VISITS_IN_TIME: _in_time,
    Input.HOUSEHOLDS: _homes,
    Input.FRESH: _fresh,
    Input.TO_SIGN: _signing("true"),
    Input.SIGNED: _signing("a.signed_at <= a.sign_due_at"),
    Input.RATED: _rated("true"),
    Input.SATISFIED: _rated(SATISFIED),
    Input.TO_REPLY: _answering(DUE),
    Input.REPLIED: _answering(f"{DUE} AND answered_at <= reply_due_at"),
    Input.REPLY_LATE: _answering(f"{DUE} AND (answered_at IS NULL OR answered_at > reply_due_at)"),
    Input.UPHELD: _answering("decided_at >= %(start)s AND decided_at < %(moment)s AND verdict = 'upheld'"),
    Input.YELLOW: _supervised("yellow"),
    Input.RED: _supervised("red"),
}


def _of(model: Any, sql: str, grid: Grid, period: Period) -> QuerySet[Any]:
    column = f"{Level(grid.level).path_field}_id"
    district = Grid.objects.get(code=grid.code[: Level.DISTRICT.code_length])
    sql = sql.replace("{place:h}", f"h.{column} = %(place)s").replace("{place}", f"{column} = %(place)s")
    asked = {**asked_of(district, period), "place": grid.pk, "below": f"{grid.code}%"}
    found: QuerySet[Any] = model.objects.filter(pk__in=raw(sql, asked))
    return found


# --- how each row is told ------------------------------------------------------------------------------------


def _day(moment: Any) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _case(event: CaseEvent, scope: Scope) -> Record:
    case = event.case
    return Record(
        _day(event.at),
        case.grid.name,
        f"{case.number} {case.category.name} · {event.get_action_display()}",
        case.get_absolute_url(),
    )


def _patrol(walk: Patrol, scope: Scope) -> Record:
    return Record(_day(walk.started_at), walk.grid.name, str(walk.post.user), walk.get_absolute_url())


def _diary(entry: DiaryEntry, scope: Scope) -> Record:
    return Record(
        _day(entry.at), entry.grid.name, str(entry.patrol.post.user), entry.patrol.get_absolute_url()
    )


def _visit(visit: Visit, scope: Scope) -> Record:
    due = _("due %(day)s") % {"day": visit.due_on}
    return Record(_day(visit.done_at), visit.grid.name, f"{due} · {visit.by.user}", _leads(visit, scope))


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
    signed = _day(given.signed_at) if given.signed_at else _("not signed for")
    what = f"{given.case.number} · {signed}"
    return Record(
        _day(given.sign_due_at), given.grid.name if given.grid else "", what, given.case.get_absolute_url()
    )


def _rating(said: Rating, scope: Scope) -> Record:
    what = f"{said.case.number} · {said.get_satisfaction_display()}"
    return Record(_day(said.at), said.grid.name, what, said.case.get_absolute_url())


def _inquiry(paper: Inquiry, scope: Scope) -> Record:
    return Record(_day(paper.issued_at), paper.answerer.name, str(paper), paper.get_absolute_url())


def _leads(row: Any, scope: Scope) -> str:
    """A page of the register is for those who see the register there; of a special group's visit for nobody else."""
    if getattr(row, "file_id", None) or not scope.covers(row, Right.REGISTER):
        return ""
    return str(row.get_absolute_url())
