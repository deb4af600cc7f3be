"""Special groups by type in some days (特殊群体月报): how many there were, came, went and are; the visits owed to them.

Counted from what was written down about each file: where it stood open from which moment to which. So a report as of
a past moment gives today what it gave then, also where somebody has moved since. A file that moves into the place has
come, one that moves out of it has gone; a move within is neither.

Who may see files of a type there reads every number and its rows. Who only reads figures is told numbers of her own
place as the registers tell them: fewer than three not exactly, and nothing from which they could be worked out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from gridgov.kit import listing
from grids.enums import Level, Right
from grids.models import Grid
from grids.scopes import Scope
from residents.enums import Field
from residents.models import GroupEvent, GroupFile, GroupType, Visit
from residents.queries.groups import FEWEST, right_over, told
from residents.queries.shown import GUARDED, Reader

from ..enums import GroupFigure, Input
from ..rules.rates import Period, share
from .records import moment_text, sources_of
from .tally import raw

F = GroupFigure

# Where each file stood open, from one thing that happened to it until the next.
STOOD = """
WITH told AS (
    SELECT e.id, e.file_id, e.at,
        coalesce(e.change <> 'closed' AND e.{column}_id = %(grid)s AND bool_or(e.change = 'opened') OVER w, false) AS is_in
    FROM residents_groupevent e
    WHERE e.change IN ('opened', 'moved', 'closed') AND e.at < %(moment)s AND e.file_id IN (
        SELECT file_id FROM residents_groupevent WHERE {column}_id = %(grid)s AND change IN ('opened', 'moved')
    )
    WINDOW w AS (PARTITION BY e.file_id ORDER BY e.at, e.id)
),
s AS (
    SELECT t.id, t.at, t.is_in, f.type_id,
        coalesce(lag(t.is_in) OVER w, false) AS was_in, lead(t.at) OVER w AS until
    FROM told t JOIN residents_groupfile f ON f.id = t.file_id
    WINDOW w AS (PARTITION BY t.file_id ORDER BY t.at, t.id)
)
"""
CONDITIONS: dict[GroupFigure, str] = {
    F.OPENING: "is_in AND at < %(start)s AND (until IS NULL OR until >= %(start)s)",
    F.CAME:    "is_in AND NOT was_in AND at >= %(start)s",
    F.GONE:    "was_in AND NOT is_in AND at >= %(start)s",
    F.CLOSING: "is_in AND until IS NULL",
}  # fmt: skip
OF_VISITS = {F.OWED: Input.VISITS_OWED, F.VISITED: Input.VISITS_IN_TIME}

Counts = dict[str, int]


@dataclass(frozen=True)
class Line:
    """One type in the sheet, as this reader may know it."""

    type: GroupType
    texts: Mapping[str, str]
    check: str  # the balance with its numbers; empty where it would tell too much
    rate: str
    leads: bool  # whether the reader may see the files behind the numbers


def sheet(grid: Grid, period: Period, scope: Scope) -> list[Line]:
    """A line for every type that this reader may know of; six queries."""
    counts = _counted(grid, period)
    types = GroupType.objects.filter(Q(is_active=True) | Q(pk__in=counts))
    nothing = dict.fromkeys(F.values, 0)
    shown = [kind for kind in types if sees(scope, grid, kind) or _is_told(grid, kind)]
    return [_line(kind, counts.get(kind.pk, nothing), scope, grid) for kind in shown]


def sees(scope: Scope, grid: Grid, kind: GroupType) -> bool:
    """Whether somebody may see the files of a type in a whole place."""
    return scope.covers_grid(grid.code, right_over(kind))


def _is_told(grid: Grid, kind: GroupType) -> bool:
    """Files of sensitive types are counted from the street up only: a smaller place would point at people."""
    return not kind.is_sensitive or grid.level <= Level.STREET


def _line(kind: GroupType, counts: Counts, scope: Scope, grid: Grid) -> Line:
    if sees(scope, grid, kind):
        texts = {name: f"{number:,}" for name, number in counts.items()}
        return Line(kind, texts, _check(counts), _percent(counts), leads=True)
    if grid.code not in {span.code for span in scope.spans(Right.FIGURES)}:
        return Line(kind, dict.fromkeys(F.values, GUARDED), "", GUARDED, leads=False)
    return Line(kind, *guarded(counts), leads=False)


def _check(counts: Counts) -> str:
    equal = "=" if counts[F.OPENING] + counts[F.CAME] - counts[F.GONE] == counts[F.CLOSING] else "≠"
    return "{} + {} − {} {} {}".format(
        *(counts[name] for name in (F.OPENING, F.CAME, F.GONE)), equal, counts[F.CLOSING]
    )


def _percent(counts: Counts) -> str:
    found = share(counts[F.VISITED], counts[F.OWED])
    return "—" if found is None else f"{found}%"


# --- for who may not know them --------------------------------------------------------------------------


def is_few(number: int) -> bool:
    """Whether a number of people is told as "<3" to who may not know them."""
    return 0 < number < FEWEST


def _stock_points(counts: Counts) -> bool:
    """Whether the four numbers of the balance, told together, would give away a small one."""
    return any(is_few(counts[name]) for name in CONDITIONS)


def _visits_point(counts: Counts) -> bool:
    owed, visited = counts[F.OWED], counts[F.VISITED]
    return any(map(is_few, (owed, visited, owed - visited)))


def guarded(counts: Counts) -> tuple[dict[str, str], str, str]:
    """Texts, balance and rate: small numbers as "<3", and what one could be worked out from not at all."""
    texts = {name: told(number) for name, number in counts.items()}
    if _stock_points(counts):
        texts |= {F.CAME: GUARDED, F.GONE: GUARDED}
    if _visits_point(counts):
        texts |= {F.VISITED: GUARDED}
    check = "" if _stock_points(counts) else _check(counts)
    return texts, check, GUARDED if _visits_point(counts) else _percent(counts)


# --- counting ---------------------------------------------------------------------------------------------


def _counted(grid: Grid, period: Period) -> dict[int, Counts]:
    found: dict[int, Counts] = {}
    counted = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in CONDITIONS.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_stood(grid)} SELECT type_id, {counted} FROM s GROUP BY type_id", _params(grid, period)
        )
        for kind, *numbers in cursor.fetchall():
            found[kind] = dict.fromkeys(F.values, 0) | dict(zip(CONDITIONS, numbers, strict=True))
    for figure in OF_VISITS:
        for rows in visits_of(figure, grid, period):
            kind_of = "file__type" if rows.model is Visit else "type"
            for kind, number in (
                rows.select_related(None).order_by().values_list(kind_of).annotate(Count("pk"))
            ):
                found.setdefault(kind, dict.fromkeys(F.values, 0))[figure] += number
    return found


def _stood(grid: Grid) -> str:
    return STOOD.format(column=Level(grid.level).path_field)


def _params(grid: Grid, period: Period) -> dict[str, Any]:
    return {"grid": grid.pk, "start": period.start, "moment": period.moment}


def visits_of(figure: GroupFigure, grid: Grid, period: Period) -> list[QuerySet[Any]]:
    """The visits to special groups, and the files nobody has visited yet: as the scores count them."""
    registers = [rows for rows, _told in sources_of(grid, period, OF_VISITS[figure])]
    visits = [rows.filter(file__isnull=False) for rows in registers if rows.model is Visit]
    return [*visits, *(rows for rows in registers if rows.model is GroupFile)]


# --- the rows behind a number -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One row behind a number, as this reader may see it."""

    when: str
    what: str
    name: str
    grid: str
    url: str  # empty where she may not open the file


@dataclass(frozen=True)
class Page:
    """Some of the rows behind a number; `hidden` count, but this post does not open them (any more)."""

    rows: list[Shown]
    parts: list[tuple[str, int]]
    hidden: int
    around: listing.Page[Any]

    @property
    def number(self) -> int:
        return sum(number for _label, number in self.parts)


def page_of(
    figure: GroupFigure, kind: GroupType, grid: Grid, period: Period, reader: Reader, cursor: str | None, part: int
) -> Page:  # fmt: skip
    """A page of the rows of one register that a number of a type is counted in."""
    registers = rows_of(figure, kind, grid, period)
    rows = registers[min(part, len(registers) - 1)]
    file = "pk" if rows.model is GroupFile else "file"
    seen = rows.filter(**{f"{file}__in": GroupFile.objects.seen_by(reader.scope).values("pk")})
    parts = [(str(each.model._meta.verbose_name_plural), each.count()) for each in registers]
    page = listing.page(seen, cursor=cursor, order=("-pk",))
    return Page([_shown(row, reader) for row in page.rows], parts, rows.count() - seen.count(), page)


def rows_of(figure: GroupFigure, kind: GroupType, grid: Grid, period: Period) -> list[QuerySet[Any]]:
    """The registers that a number of a type is counted in, each with exactly its rows."""
    if figure in OF_VISITS:
        return [
            rows.filter(file__type=kind).select_related("file__resident", "grid")
            if rows.model is Visit
            else rows.filter(type=kind).select_related("resident", "grid")
            for rows in visits_of(figure, grid, period)
        ]
    sql = f"{_stood(grid)} SELECT id FROM s WHERE {CONDITIONS[figure]}"
    found = GroupEvent.objects.filter(pk__in=raw(sql, _params(grid, period)), file__type=kind)
    return [found.select_related("file__resident", "grid")]


def _shown(row: Any, reader: Reader) -> Shown:
    file = row if isinstance(row, GroupFile) else row.file
    url = file.get_absolute_url() if reader.knows_groups_of(file.resident) else ""
    return Shown(*_happened(row), reader.sees(file.resident, Field.NAME), row.grid.name, url)


def _happened(row: Any) -> tuple[str, str]:
    """When, and what."""
    if isinstance(row, GroupFile):
        return str(row.next_visit_due), _("not visited yet")
    if isinstance(row, Visit):
        return moment_text(row.done_at), _("due %(day)s") % {"day": row.due_on}
    return moment_text(row.at), row.get_change_display()
