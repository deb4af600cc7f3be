"""Who has seen whose data in full: for whoever keeps the register of the place, and for the auditor (reference.md D7)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import make_aware

from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import LookKind
from ..models import Look


@dataclass(frozen=True)
class Looked:
    """What the record was asked for."""

    account: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    grid: Grid | None = None

    @property
    def is_narrowed(self) -> bool:
        return bool(self.account or self.kind or self.since or self.until or self.grid)


def may_read(scope: Scope) -> bool:
    """Whether she finds anything in the record at all."""
    return scope.audits or Right.KEEP in scope.rights


def readable(scope: Scope) -> QuerySet[Look]:
    """The looks this person may know of. That a file was opened tells that there is one: only who may see it learns of it."""
    if scope.audits:
        return Look.objects.all()
    files = scope.condition(Look, Right.GROUPS) & scope.condition(Look, Right.SENSITIVE)
    return Look.objects.within(scope, Right.KEEP).filter(~Q(kind=LookKind.FILE) | files)


def looks(looked: Looked, scope: Scope) -> QuerySet[Look]:
    """The record, narrowed; what a page prints of it comes along."""
    rows: Any = readable(scope).select_related("user", "post__grid", "post__department", "resident", "grid")
    if looked.account:
        rows = rows.filter(user__username=looked.account)
    if looked.kind:
        rows = rows.filter(kind=looked.kind)
    if looked.since:
        rows = rows.filter(at__gte=_midnight(looked.since))
    if looked.until:
        rows = rows.filter(at__lt=_midnight(looked.until + timedelta(days=1)))
    found: QuerySet[Look] = rows.inside(looked.grid) if looked.grid else rows
    return found


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))
