"""Files of special groups as lists, pages and moves ask for them; who sees them is asked of `seen_by` alone."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.enums import Level, Right
from grids.models import Grid, Post
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import DetailKind, Field, FileState, Risk
from ..models import GroupFile, GroupType, Resident
from ..models.groups import OPEN, departments_of
from ..rules import rhythm
from ..rules.rhythm import Circumstances
from .registers import GRID, Column, Register, by_resident
from .shown import GUARDED, NOTHING, Reader

SEES = (Right.GROUPS, Right.SENSITIVE)
FEWEST = 3  # people: fewer are not told by number to somebody who may not know them
ARCHIVED_DAYS = 30  # after closing, what a file holds is seen in full no more


def visible_types(scope: Scope) -> QuerySet[GroupType]:
    """The types whose files exist for her at some place."""
    ids = GroupFile.objects.seen_by(scope).order_by().values("type")
    plain = Q(is_sensitive=False) if Right.GROUPS in scope.by_right else Q(pk__in=[])
    secret = Q(is_sensitive=True) if Right.SENSITIVE in scope.by_right else Q(pk__in=[])
    return GroupType.objects.filter(plain | secret | Q(pk__in=ids))


def proposable_types(scope: Scope, resident: Resident, *, with_there: bool = False) -> QuerySet[GroupType]:
    """The types somebody may propose a file of: kept by her, known to her role, and not there yet."""
    allowed = Q(pk__in=[])
    if scope.covers(resident, Right.KEEP) and scope.covers(resident, Right.GROUPS):
        allowed |= Q(is_sensitive=False)
    if scope.covers(resident, Right.KEEP) and scope.covers(resident, Right.SENSITIVE):
        allowed |= Q(is_sensitive=True)
    types = GroupType.objects.active().filter(allowed)
    return types if with_there else types.exclude(pk__in=resident.files.standing().values("type"))


def right_over(type_: GroupType) -> Right:
    """What a post needs to know of files of a type."""
    return Right.SENSITIVE if type_.is_sensitive else Right.GROUPS


def reading_post(scope: Scope, file: GroupFile) -> Post | None:
    """The post from which somebody sees a file: at its place, or in the department that leads its type."""
    here = scope.post_for(file, right_over(file.type))
    if here:
        return here
    held = (post for post in scope.posts if post.department_id in scope.departments(Right.GROUPS))
    return next((post for post in held if post.department and post.department.code == file.type.lead), None)


def files_of(resident: Resident, reader: Reader) -> list[GroupFile]:
    """The files of a person that this reader may know of, those that stand and those that are over."""
    if not reader.knows_groups_of(resident):
        return []
    files = resident.files.seen_by(reader.scope).select_related("type")
    return list(files.order_by("type__position", "-pk"))


# --- what a file holds --------------------------------------------------------------------------------


def held_in(file: GroupFile) -> dict[str, str]:
    """The type's own fields, opened. Whoever shows them has put the look on record before."""
    found: dict[str, str] = json.loads(file.details.open()) if file.details else {}
    return found


def may_open(reader: Reader, file: GroupFile) -> bool:
    """Whether this reader sees the details in full: who works with the person, and who has to decide."""
    if file.closed_on and (reader.today - file.closed_on).days > ARCHIVED_DAYS:
        return False
    sees = reader.scope.covers(file, right_over(file.type))
    decides = file.is_waiting and reader.scope.covers(file, Right.REVIEW)
    return sees and (decides or reader.scope.covers(file, Right.REVEAL))


def details_shown(file: GroupFile, held: dict[str, str] | None) -> list[tuple[str, str]]:
    """Label and text of each own field; stars where it was not opened."""
    if held is None:
        return [(row["label"], GUARDED) for row in file.type.fields]
    told = [(row["label"], _said(row, held.get(row["name"], ""))) for row in file.type.fields]
    return [(label, text or NOTHING) for label, text in told]


def _said(row: dict[str, Any], value: str) -> str:
    if row["kind"] != DetailKind.FLAG:
        return value
    return _("Yes") if value == rhythm.YES else _("No")


def visit_due(file: GroupFile, on: date) -> date:
    """When the next visit is due after one on a day; the details are read for it and shown to nobody."""
    she = Circumstances(file.type.code, held_in(file), file.resident.age(on), file.opened_on)
    return rhythm.next_visit(file.type.days, Risk(file.risk), she, on)


# --- the list -----------------------------------------------------------------------------------------


def _next_visit(file: GroupFile, reader: Reader) -> Any:
    if not (file.is_open and file.next_visit_due):
        return NOTHING
    late = file.days_late(reader.today)
    return (
        _("%(day)s, %(n)d days late") % {"day": file.next_visit_due, "n": late}
        if late > 0
        else file.next_visit_due
    )


GROUPS = Register(
    "groups", gettext_lazy("Special groups"), GroupFile,
    columns=(
        Column(gettext_lazy("Name"), lambda file, reader: reader.sees(file.resident, Field.NAME), leads=True),
        Column(gettext_lazy("Type"), lambda file, _reader: str(file.type)),
        Column(gettext_lazy("Risk"), lambda file, _reader: file.get_risk_display()),
        Column(gettext_lazy("Next visit"), _next_visit),
        GRID,
    ),
    search=by_resident, words=gettext_lazy("name, initials, whole ID or phone number, address"),
    filters=("risk",), related=("grid", "type", "resident"), icon="people",
    switches={"overdue": (gettext_lazy("Visit overdue"), lambda today: OPEN & Q(next_visit_due__lt=today))},
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of the list as this reader sees it; without an address where she may not open the file."""

    file: GroupFile
    name: str
    url: str
    late: int  # days since the visit was due


def lines(files: Iterable[GroupFile], reader: Reader) -> list[Line]:
    return [_line(file, reader) for file in files]


def _line(file: GroupFile, reader: Reader) -> Line:
    knows = reader.knows_groups_of(file.resident)
    name = reader.sees(file.resident, Field.NAME)
    return Line(file, name, file.get_absolute_url() if knows else "", file.days_late(reader.today))


def to_decide(scope: Scope, today: date) -> QuerySet[GroupFile]:
    """What waits for her second pair of eyes: not her own proposals, and children only of her own community."""
    places = Reader(scope, today).places
    of_children = Q(resident__in=Resident.objects.children(today))
    at_home = Q(building__in=places) | Q(community__in=places)
    files: Any = GroupFile.objects.within(scope, Right.REVIEW)
    waiting: QuerySet[GroupFile] = files.seen_by(scope).waiting().exclude(proposed_by__user=scope.user_id)
    return waiting.exclude(of_children & ~at_home)


def found_files(
    scope: Scope, state: FileState, sought: Any, kind: GroupType | None, today: date
) -> QuerySet[Any]:
    """The files in a state that this person sees and has asked for."""
    rows: Any = GroupFile.objects.seen_by(scope).filter(state=state).select_related(*GROUPS.related)
    if kind:
        rows = rows.filter(type=kind)
    if sought.grid:
        rows = rows.inside(sought.grid)
    for name in sought.switches:
        rows = rows.filter(GROUPS.switches[name][1](today))
    rows = rows.filter(**sought.choices)
    files: QuerySet[Any] = GROUPS.search(rows, sought.q) if sought.q else rows
    return files


def places(scope: Scope) -> QuerySet[Grid]:
    """Where the files lie that somebody sees: her own places, and those her department serves."""
    where = Q(pk__in=Grid.objects.within(scope, Right.GROUPS).order_by().values("pk"))
    for department in departments_of(scope):
        where |= Q(code__startswith=department.grid.code)
    return Grid.objects.filter(where)


def states(scope: Scope) -> dict[str, int]:
    """How many files she sees in each state; one query."""
    rows = GroupFile.objects.seen_by(scope).order_by().values("state").annotate(n=Count("*"))
    return {row["state"]: row["n"] for row in rows}


# --- figures ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """How many files of one type are open, as a reader of figures may know it."""

    type: GroupType
    open: str
    high: str
    overdue: str


def figures(scope: Scope, at: datetime) -> list[Figure]:
    """Open files by type where she reads figures: no names, fewer than three as "<3", no sums.

    Files of sensitive types are counted from the street up only: a smaller place would point at people.
    """
    rows = GroupFile.objects.within(scope, Right.FIGURES).open().order_by()
    wide = [span for span in scope.spans(Right.FIGURES) if span.level <= Level.STREET]
    streets = Scope(scope.user_id, {Right.FIGURES: tuple(wide)})
    rows = rows.filter(Q(type__is_sensitive=False) | streets.condition(GroupFile, Right.FIGURES))
    late = Q(next_visit_due__lt=local_date(at))
    counted = rows.values("type").annotate(
        n=Count("*"), high=Count("pk", filter=Q(risk=Risk.HIGH)), late=Count("pk", filter=late)
    )
    by_type = {row["type"]: row for row in counted}
    types = GroupType.objects.filter(Q(is_active=True) | Q(pk__in=by_type))
    shown = [kind for kind in types if wide or not kind.is_sensitive]
    return [_figure(kind, by_type.get(kind.pk, {})) for kind in shown]


def _figure(kind: GroupType, row: dict[str, int]) -> Figure:
    return Figure(kind, *(told(row.get(name, 0)) for name in ("n", "high", "late")))


def told(number: int) -> str:
    """A number of people as somebody may know it who may not know them."""
    return f"<{FEWEST}" if 0 < number < FEWEST else str(number)
