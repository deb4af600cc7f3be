"""What waits for a person, by her posts and rights: sections of her desk, and filters of the list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from gridgov.kit.listing import counted
from grids.enums import Level, Right
from grids.scopes import Scope

from ..enums import ApplicationState, InquiryWaiting, Outcome, Part, Step, Waiting
from ..models import Application, Assignment, Case, Inquiry
from ..models.cases import CaseQuerySet
from . import inquiries
from .permits import grids_held
from .shown import DueShown, due_of, due_of_inquiry

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
    granted = scope.departments(Right.HANDLE)
    departments = [
        post.department_id
        for post in scope.posts
        if Right.HANDLE in post.rights and post.department_id in granted
    ]
    grids = grids_held(scope, Right.HANDLE)
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


def _above(scope: Scope, at: datetime) -> CaseQuerySet:
    """What a grid of hers has handed up, by itself or by its expiry, and those above have not settled."""
    mine = grids_held(scope, Right.INQUIRE)
    went_up = Assignment.objects.filter(
        case=OuterRef("pk"), grid__in=mine, outcome__in=[Outcome.ESCALATED, Outcome.EXPIRED]
    )
    found = Case.objects.open().within(scope, Right.INQUIRE).exclude(holder_grid__in=mine)
    return found.filter(Exists(went_up)).order_by(F("due_at").asc(nulls_last=True), "pk")


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
    Waiting.ABOVE: _above,
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
    Waiting.ABOVE:    Right.INQUIRE,
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
class InquiryRow:
    """One inquiry of a section, and how its reply limit stands."""

    inquiry: Inquiry
    due: DueShown


@dataclass(frozen=True)
class Section:
    """One kind of waiting: its first rows, and how many there are in all."""

    kind: Waiting | InquiryWaiting
    total: int
    rows: Sequence[Row | InquiryRow]

    @property
    def is_of_inquiries(self) -> bool:
        return isinstance(self.kind, InquiryWaiting)


First = tuple[str, int, int, int]  # kind, place there, how many of the kind, key of the case or inquiry


def sections(scope: Scope, at: datetime) -> list[Section]:
    """Every section of a person's desk that has something in it; two queries, or three with inquiries."""
    first = sorted(_first_of_each(scope, at))
    totals = {kind: total for kind, _place, total, _pk in first}
    rows: dict[str, list[Row | InquiryRow]] = {kind: [] for kind in totals}
    told: list[tuple[str, Row | InquiryRow]] = [*_case_rows(first, at), *_inquiry_rows(first, at)]
    for kind, row in told:
        rows[kind].append(row)
    return [Section(kind, totals[kind], rows[kind]) for kind in (*InquiryWaiting, *Waiting) if kind in rows]


def _case_rows(first: list[First], at: datetime) -> list[tuple[str, Row]]:
    wanted = [(kind, pk) for kind, _place, _total, pk in first if kind in Waiting]
    if not wanted:
        return []
    cases = Case.objects.select_related("category", "grid", "holder_grid", "holder_department")
    found = cases.in_bulk([pk for _kind, pk in wanted])
    return [(kind, Row(found[pk], due_of(found[pk], at))) for kind, pk in wanted]


def _inquiry_rows(first: list[First], at: datetime) -> list[tuple[str, InquiryRow]]:
    wanted = [(kind, pk) for kind, _place, _total, pk in first if kind in InquiryWaiting]
    if not wanted:
        return []
    found = inquiries.shown_in_lists().in_bulk([pk for _kind, pk in wanted])
    return [(kind, InquiryRow(found[pk], due_of_inquiry(found[pk], at))) for kind, pk in wanted]


def _first_of_each(scope: Scope, at: datetime) -> list[First]:
    """The first few of each kind, in one query."""
    parts = [_first(kind, found) for kind, found in _asked(scope, at)]
    return list(parts[0].union(*parts[1:], all=True)) if parts else []


def _asked(scope: Scope, at: datetime) -> list[tuple[Waiting | InquiryWaiting, QuerySet[Any]]]:
    """Every kind this person's rights give her, with the rows it asks for."""
    return [
        *((kind, waiting(kind, scope, at)) for kind in kinds_for(scope)),
        *((kind, inquiries.waiting(kind, scope)) for kind in inquiries.kinds_for(scope)),
    ]


def _first(kind: Waiting | InquiryWaiting, found: QuerySet[Any]) -> QuerySet[Any, Any]:
    place = Window(RowNumber(), order_by=list(found.query.order_by))  # type: ignore[arg-type]
    told = found.annotate(kind=Value(kind.value), place_there=place, total=Window(Count("*")))
    return told.values_list("kind", "place_there", "total", "pk")[:SHOWN]


def waiting_count(scope: Scope, at: datetime) -> int:
    """How many cases and inquiries wait for this person to act; one query."""
    asked = _asked(scope, at)
    work = {kind.value: found for kind, found in asked if isinstance(kind, InquiryWaiting) or kind.is_work}
    return sum(counted(work).values())
