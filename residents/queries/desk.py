"""What of the registers waits on somebody's desk: visits, inspections, and what needs a second pair of eyes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gridgov.kit.listing import counted
from grids.enums import Right
from grids.queries.desks import Pending
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import FileState
from ..models import GroupFile, Household, Premises
from ..models.premises import inspection_overdue
from . import exports
from .groups import to_decide
from .looks import Looked, looks


@dataclass(frozen=True)
class Kind:
    """One number of the desk: what it counts, how much of that is late, where it leads."""

    label: Promise
    page: str
    parts: tuple[str, ...]  # of `_rows`
    query: str = ""  # may name `today`
    is_always_said: bool = False  # also that nothing is to be done


KINDS = (
    Kind(_("Visits to do"), "visits", ("homes", "files"), is_always_said=True),
    Kind(_("Inspections to do"), "inspections", ("premises",)),
    Kind(_("Files to review"), "groups", ("proposed",), query=f"?state={FileState.PROPOSED}"),
    Kind(_("Exports to release"), "exports", ("exports",)),
    Kind(_("Looks at personal data today"), "looks", ("looks",), query="?since={today}", is_always_said=True),
)


def pending(scope: Scope, at: datetime) -> list[Pending]:
    """What she can do something about; one query."""
    rows = _rows(scope, at)
    numbers = counted(rows) if rows else {}
    said = []
    for kind in KINDS:
        number = sum(numbers.get(part, 0) for part in kind.parts)
        if number or (kind.is_always_said and not rows.keys().isdisjoint(kind.parts)):
            late = sum(numbers.get(f"{part} late", 0) for part in kind.parts)
            url = reverse(f"residents:{kind.page}") + kind.query.format(today=local_date(at))
            said.append(Pending(str(kind.label), number, url, late))
    return said


def _rows(scope: Scope, at: datetime) -> dict[str, QuerySet[Any]]:
    today, rows = local_date(at), {}
    if Right.VISIT in scope.rights:
        homes: Any = Household.objects.within(scope, Right.VISIT).open()
        files: Any = GroupFile.objects.within(scope, Right.VISIT).seen_by(scope)
        premises: Any = Premises.objects.within(scope, Right.VISIT)
        rows = {
            "homes": homes.due(today), "homes late": homes.overdue(today),
            "files": files.due(today), "files late": files.overdue(today),
            "premises": premises.due(today), "premises late": premises.filter(inspection_overdue(today)),
        }  # fmt: skip
    if Right.REVIEW in scope.rights:
        rows["proposed"] = to_decide(scope, today)
    if Right.RELEASE in scope.rights:
        rows["exports"] = exports.waiting(scope)
    if scope.audits:
        rows["looks"] = looks(Looked(since=today), scope)
    return rows
