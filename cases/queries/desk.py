"""What waits for a person, by her posts and rights: sections of her desk, and filters of the list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from grids.enums import Level, Right
from grids.scopes import Scope

from ..enums import ApplicationState, Part, Step, Waiting
from ..models import Application, Assignment, Case
from ..models.cases import CaseQuerySet
from .shown import DueShown, due_of

SHOWN = 5  # cases of each section on the desk; the count leads to the rest
LATELY = timedelta(days=30)


def waiting(kind: str, scope: Scope, at: datetime) -> CaseQuerySet:
    """The cases that wait for this person in one way (`Waiting`), the most pressing first."""
    return QUESTIONS[Waiting(kind)](scope, at)


def _to_sign(scope: Scope, at: datetime) -> CaseQuerySet:
    return _held_at(Step.ASSIGNED, scope)


def _to_handle(scope: Scope, at: datetime) -> CaseQuerySet:
    return _held_at(Step.HANDLING, scope)


def _held_at(step: Step, scope: Scope) -> CaseQuerySet:
    """Held by a unit of hers: work is given to the unit, so any of its post-holders sees it."""
    held = _of_units(scope, "holder_")
    return Case.objects.open().at_step(step).filter(held).order_by(F("due_at").asc(nulls_last=True), "pk")


def _of_units(scope: Scope, prefix: str = "") -> Q:
    """The grids and departments for which she may handle."""
    posts = [post for post in scope.posts if Right.HANDLE in post.rights]
    granted = scope.departments(Right.HANDLE)
    grids = [p.grid_id for p in posts if p.grid and scope.covers_grid(p.grid.code, Right.HANDLE)]
    departments = [p.department_id for p in posts if p.department_id in granted]
    return Q(**{f"{prefix}grid__in": grids}) | Q(**{f"{prefix}department__in": departments})


def _to_dispatch(scope: Scope, at: datetime) -> CaseQuerySet:
    """Reported, and taken in hand by nobody or by herself; who waits longest comes first."""
    claimed = Q(holder_post__isnull=True) | Q(holder_post__in=[post.pk for post in scope.posts])
    found = Case.objects.open().at_step(Step.REPORTED).within(scope, Right.DISPATCH)
    return found.filter(claimed).order_by("pk")


def _to_verify(scope: Scope, at: datetime) -> CaseQuerySet:
    """Fed back, but not by her: who handled a case cannot verify it."""
    leads = Assignment.objects.filter(case=OuterRef("pk"), part=Part.LEAD, ended_at__isnull=True)
    found = Case.objects.open().at_step(Step.FED_BACK).within(scope, Right.VERIFY)
    return found.exclude(Exists(leads.filter(fed_back_by=scope.user_id))).order_by("due_at", "pk")


def _to_close(scope: Scope, at: datetime) -> CaseQuerySet:
    return Case.objects.open().at_step(Step.VERIFIED).within(scope, Right.CLOSE).order_by("pk")


def _to_assist(scope: Scope, at: datetime) -> CaseQuerySet:
    """Another unit has the case, and hers has been asked to assist with it."""
    running = Q(part=Part.ASSIST, ended_at__isnull=True)
    helping = Assignment.objects.filter(running, _of_units(scope)).values("case")
    return Case.objects.open().filter(pk__in=helping).order_by(F("due_at").asc(nulls_last=True), "pk")


def _to_endorse(scope: Scope, at: datetime) -> CaseQuerySet:
    """Extensions and suspensions that units have asked for, the first that runs out of time first."""
    return _with_request(ApplicationState.ASKED, scope, Right.DISPATCH)


def _to_grant(scope: Scope, at: datetime) -> CaseQuerySet:
    """The same once the dispatcher has passed them on; a unit's own level does not decide about it."""
    found = _with_request(ApplicationState.ENDORSED, scope, Right.APPROVE)
    highest = min((span.level for span in scope.spans(Right.APPROVE)), default=Level.BUILDING)
    of_department = Q(holder_department__grid__level__gte=highest)
    return found.filter(
        Q(holder_grid__level__gt=highest) | of_department | Q(holder_grid__level=Level.DISTRICT)
    )


def _with_request(state: ApplicationState, scope: Scope, right: Right) -> CaseQuerySet:
    wishes = Application.objects.filter(case=OuterRef("pk"), state=state)
    found = Case.objects.open().at_step(Step.HANDLING).within(scope, right)
    return found.filter(Exists(wishes)).order_by(F("due_at").asc(nulls_last=True), "pk")


def _mine(scope: Scope, at: datetime) -> CaseQuerySet:
    return Case.objects.open().within(scope).filter(reporter=scope.user_id).newest_first()


def _declined(scope: Scope, at: datetime) -> CaseQuerySet:
    mine = Case.objects.within(scope).filter(reporter=scope.user_id)
    return mine.at_step(Step.DECLINED).filter(ended_at__gt=at - LATELY).newest_first()


QUESTIONS: dict[Waiting, Callable[[Scope, datetime], CaseQuerySet]] = {
    Waiting.SIGN: _to_sign,
    Waiting.HANDLE: _to_handle,
    Waiting.DISPATCH: _to_dispatch,
    Waiting.VERIFY: _to_verify,
    Waiting.CLOSE: _to_close,
    Waiting.ASSIST: _to_assist,
    Waiting.ENDORSE: _to_endorse,
    Waiting.GRANT: _to_grant,
    Waiting.MINE: _mine,
    Waiting.DECLINED: _declined,
}

# kind              the right without which nobody is asked for it
NEEDS = {
    Waiting.SIGN:     Right.HANDLE,
    Waiting.HANDLE:   Right.HANDLE,
    Waiting.DISPATCH: Right.DISPATCH,
    Waiting.VERIFY:   Right.VERIFY,
    Waiting.CLOSE:    Right.CLOSE,
    Waiting.ASSIST:   Right.HANDLE,
    Waiting.ENDORSE:  Right.DISPATCH,
    Waiting.GRANT:    Right.APPROVE,
    Waiting.MINE:     Right.REPORT,
    Waiting.DECLINED: Right.REPORT,
}  # fmt: skip


def kinds_for(scope: Scope) -> list[Waiting]:
    """The kinds of waiting this person's rights give her, in the order of the desk."""
    return [kind for kind in Waiting if NEEDS[kind] in scope.rights]


@dataclass(frozen=True)
class Row:
    """One case of a section, and how it stands against its limit."""

    case: Case
    due: DueShown


@dataclass(frozen=True)
class Section:
    """One kind of waiting: its first cases, and how many there are in all."""

    kind: Waiting
    total: int
    rows: list[Row]


def sections(scope: Scope, at: datetime) -> list[Section]:
    """Every section of a person's desk that has something in it; two queries for all of them."""
    first = _first_of_each(scope, at)
    if not first:
        return []
    cases = Case.objects.select_related("category", "grid", "holder_grid", "holder_department").in_bulk(
        [pk for _kind, _place, _total, pk in first]
    )
    totals = {kind: total for kind, _place, total, _pk in first}
    rows: dict[str, list[Row]] = {kind: [] for kind in totals}
    for kind, _place, _total, pk in sorted(first):
        rows[kind].append(Row(cases[pk], due_of(cases[pk], at)))
    return [Section(kind, totals[kind], rows[kind]) for kind in Waiting if kind in rows]


def _first_of_each(scope: Scope, at: datetime) -> list[tuple[str, int, int, int]]:
    """(kind, its place there, how many of the kind, case) of the first few of each, in one query."""
    parts = [_first(kind, waiting(kind, scope, at)) for kind in kinds_for(scope)]
    return list(_together(parts)) if parts else []


def _first(kind: Waiting, found: CaseQuerySet) -> QuerySet[Case, Any]:
    place = Window(RowNumber(), order_by=list(found.query.order_by))  # type: ignore[arg-type]
    told = found.annotate(kind=Value(kind.value), place_there=place, total=Window(Count("*")))
    return told.values_list("kind", "place_there", "total", "pk")[:SHOWN]


def _together(parts: list[QuerySet[Case, Any]]) -> QuerySet[Case, Any]:
    return parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]


def waiting_count(scope: Scope, at: datetime) -> int:
    """How many cases wait for this person to act; one query."""
    kinds = [kind for kind in kinds_for(scope) if kind.is_work]
    parts = [_count(kind, waiting(kind, scope, at)) for kind in kinds]
    return sum(count for _kind, count in _together(parts)) if parts else 0


def _count(kind: Waiting, found: CaseQuerySet) -> QuerySet[Case, Any]:
    counted = found.order_by().annotate(kind=Value(kind.value)).values("kind").annotate(n=Count("*"))
    return counted.values_list("kind", "n")
