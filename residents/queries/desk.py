"""What of the registers waits on somebody's desk: visits, inspections, and what needs a second pair of eyes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    parts: tuple[str, ...]  # of `rows`
    query: str = ""  # may name `today`
    is_always_said: bool = False  # also that nothing is to be done


KINDS = (
    Kind(_("Visits to do"), "visits", ("homes", "files"), is_always_said=True),
    Kind(_("Inspections to do"), "inspections", ("premises",)),
    Kind(_("Files to review"), "groups", ("proposed",), query=f"?state={FileState.PROPOSED}"),
    Kind(_("Exports to release"), "exports", ("exports",)),
    Kind(_("Looks at personal data today"), "looks", ("looks",), query="?since={today}", is_always_said=True),
)


def say(numbers: Mapping[str, int], asked: Collection[str], at: datetime) -> list[Pending]:
    """The numbers in words, each with the way to its rows."""
    said = []
    for kind in KINDS:
        number = sum(numbers.get(part, 0) for part in kind.parts)
        if number or (kind.is_always_said and not set(asked).isdisjoint(kind.parts)):
            late = sum(numbers.get(f"{part} late", 0) for part in kind.parts)
            url = reverse(f"residents:{kind.page}") + kind.query.format(today=local_date(at))
            said.append(Pending(str(kind.label), number, url, late))
    return said


def rows(scope: Scope, at: datetime) -> dict[str, QuerySet[Any]]:
    """What is counted for her, by the parts of KINDS."""
    today, found = local_date(at), {}
    if Right.VISIT in scope.rights:
        homes: Any = Household.objects.within(scope, Right.VISIT).open()
        files: Any = GroupFile.objects.within(scope, Right.VISIT).seen_by(scope)
        premises: Any = Premises.objects.within(scope, Right.VISIT)
        found = {
            "homes": homes.due(today), "homes late": homes.overdue(today),
            "files": files.due(today), "files late": files.overdue(today),
            "premises": premises.due(today), "premises late": premises.filter(inspection_overdue(today)),
        }  # fmt: skip
    if Right.REVIEW in scope.rights:
        found["proposed"] = to_decide(scope, today)
    if Right.RELEASE in scope.rights:
        found["exports"] = exports.waiting(scope)
    if scope.audits:
        found["looks"] = looks(Looked(since=today), scope)
    return found
