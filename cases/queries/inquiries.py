"""Inquiries (质询): whose turn it is, their list, and what the page and the papers of one show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from gridgov.kit import listing
from gridgov.kit.listing import CappedCount
from grids.enums import Level, Right
from grids.models import Grid
from grids.queries import work_calendar
from grids.rules.workdays import last_day_of
from grids.scopes import Scope

from ..enums import InquiryState, InquiryWaiting
from ..models import Case, CaseEvent, Inquiry
from ..models.inquiries import InquiryQuerySet
from ..rules import clock
from ..rules.clock import Limit
from .page import DayShown, days_shown
from .permits import grids_held
from .policies import policy_at
from .shown import DueShown, Line, due_of_inquiry, line, moment, with_people

NAMED = ("case__category", "asker", "answerer", "decider")


def shown_in_lists() -> InquiryQuerySet:
    """Inquiries with what a row of a list names."""
    return Inquiry.objects.with_limit().select_related(*NAMED)


# --- whose turn it is ------------------------------------------------------------------------------


def _to_answer(scope: Scope) -> InquiryQuerySet:
    """Also after the limit: an answer that comes late is better than none."""
    return Inquiry.objects.unanswered().filter(answerer__in=grids_held(scope, Right.HANDLE))


def _to_ask(scope: Scope) -> InquiryQuerySet:
    return Inquiry.objects.filter(state=InquiryState.RIGHT, asker__in=grids_held(scope, Right.INQUIRE))


def _to_judge(scope: Scope) -> InquiryQuerySet:
    return Inquiry.objects.filter(state=InquiryState.ANSWERED, asker__in=grids_held(scope, Right.INQUIRE))


def _to_decide(scope: Scope) -> InquiryQuerySet:
    return Inquiry.objects.filter(state=InquiryState.OBJECTED, decider__in=grids_held(scope, Right.SUPERVISE))


QUESTIONS: dict[InquiryWaiting, Callable[[Scope], InquiryQuerySet]] = {
    InquiryWaiting.ANSWER: _to_answer,
    InquiryWaiting.ASK: _to_ask,
    InquiryWaiting.JUDGE: _to_judge,
    InquiryWaiting.DECIDE: _to_decide,
}

BELOW = (Level.STREET, Level.COMMUNITY, Level.BUILDING)
QUESTIONED = (Level.DISTRICT, Level.STREET, Level.COMMUNITY)
ABOVE = (Level.DISTRICT, Level.STREET)

# kind                     the right without which nobody is asked for it, and where
NEEDS = {
    InquiryWaiting.ANSWER: (Right.HANDLE,    QUESTIONED),
    InquiryWaiting.ASK:    (Right.INQUIRE,   BELOW),
    InquiryWaiting.JUDGE:  (Right.INQUIRE,   BELOW),
    InquiryWaiting.DECIDE: (Right.SUPERVISE, ABOVE),
}  # fmt: skip


def waiting(kind: str, scope: Scope) -> InquiryQuerySet:
    """The inquiries that wait for this person in one way, the oldest first."""
    return QUESTIONS[InquiryWaiting(kind)](scope).order_by("pk")


def kinds_for(scope: Scope) -> list[InquiryWaiting]:
    """The kinds this person's posts at grids give her; a department is never a side of an inquiry."""
    return [kind for kind in InquiryWaiting if grids_held(scope, *NEEDS[kind])]


# --- the list --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """What a person asked the list for; empty means "does not matter". Filled by forms.inquiries."""

    waiting: str = ""
    state: str = ""
    grid: Any = None  # a place of queries.listing

    @property
    def is_narrowed(self) -> bool:
        return bool(self.waiting or self.state or self.grid)


@dataclass(frozen=True)
class Row:
    """One inquiry of the list, and how its reply limit stands."""

    inquiry: Inquiry
    due: DueShown


@dataclass(frozen=True)
class Tab:
    """One tab: whose turn, and how many there are behind it."""

    kind: str
    label: str
    count: CappedCount
    hot: bool


def found(sought: Sought, scope: Scope) -> InquiryQuerySet:
    """The inquiries of a scope that answer."""
    papers = waiting(sought.waiting, scope) if sought.waiting else Inquiry.objects.all()
    if sought.state:
        papers = papers.filter(state=sought.state)
    return in_place(papers.within(scope), sought.grid)


def in_place(papers: InquiryQuerySet, place: Any) -> InquiryQuerySet:
    """Those about cases that lie in one place; None is everywhere."""
    return papers.filter(**{f"{Level(place.level).path_field}_id": place.pk}) if place else papers


def rows(sought: Sought, scope: Scope, at: datetime, cursor: str | None = None) -> listing.Page[Row]:
    """One page of the list, newest first; one query."""
    papers = found(sought, scope).with_limit().select_related(*NAMED)
    page = listing.page(papers, cursor=cursor)
    shown = [Row(paper, due_of_inquiry(paper, at)) for paper in page.rows]
    return listing.Page(shown, page.next_cursor, page.previous_cursor)


def tabs(sought: Sought, scope: Scope) -> list[Tab]:
    """All, and what is this person's turn; the place is kept. Two queries at most."""
    everything = listing.capped_count(found(Sought(grid=sought.grid), scope))
    turns_of = {kind: found(Sought(waiting=kind, grid=sought.grid), scope) for kind in kinds_for(scope)}
    counts = listing.counted({kind.value: papers for kind, papers in turns_of.items()})
    mine = [(kind, counts.get(kind, 0)) for kind in turns_of]
    turns = [Tab(kind, str(kind.label), CappedCount(n), n > 0) for kind, n in mine]
    return [Tab("", _("All"), everything, False), *turns]


# --- one inquiry -----------------------------------------------------------------------------------


def of_case(case: Case) -> InquiryQuerySet:
    """The inquiries about one case, the latest first."""
    return case.inquiries.with_limit().select_related(*NAMED).order_by("-pk")


def in_full() -> InquiryQuerySet:
    """Inquiries with everybody and everything that the page of one names."""
    return shown_in_lists().select_related(
        "case__grid", "case__building", "case__community", "case__street", "case__district", "case__holder_grid",
        "case__holder_department", "case__holder_post__user", "assignment__grid", "assignment__department",
        "assignment__post__user", "assignment__post__grid", "assignment__post__department",
        "assignment__raised_from__grid", "assignment__raised_from__department", "issued_by__user",
        "issued_by__grid", "answered_by__user", "answered_by__grid", "judged_by__user", "judged_by__grid",
        "decided_by__user", "decided_by__grid", "asker__parent",
    )  # fmt: skip


def name_in_full(grid: Grid) -> str:
    """On paper a building grid is named with its community: many have the same name."""
    above = grid.parent.name if grid.level == Level.BUILDING else ""
    return f"{above}{grid.name}"


@dataclass(frozen=True)
class Grounds:
    """What an inquiry stands on: the limit that passed, and by how much."""

    came_up_at: datetime
    full_on: date  # the last day of the limit
    days_over: int  # working days, when it was issued or else now


def grounds(paper: Inquiry, at: datetime) -> Grounds:
    """Why this inquiry may be asked at all."""
    expired = paper.assignment
    standing = clock.standing(expired.due_at, paper.issued_at or at, work_calendar())
    return Grounds(expired.clock_from, last_day_of(expired.due_at), standing.days)


@dataclass(frozen=True)
class ReplyLimit:
    """Why an inquiry must be answered by when it must."""

    amount: int  # working days
    days: list[DayShown]
    recounted: str  # what today's calendar would say, where it says something else


def reply_limit(paper: Inquiry) -> ReplyLimit | None:
    """The counted days one by one, with the days of the policy that held when it was issued."""
    if paper.issued_at is None:
        return None
    policy = policy_at(paper.district_id, paper.street_id, paper.issued_at)
    due = clock.due(Limit(policy.reply_days), paper.issued_at, work_calendar())
    return ReplyLimit(
        policy.reply_days,
        days_shown(due),
        moment(due.due_at) if due.due_at != paper.reply_due_at else "",
    )


def course(paper: Inquiry) -> list[Line]:
    """What happened to one inquiry, from the work that came up to the decision; the latest first."""
    events = CaseEvent.objects.filter(case=paper.case_id).filter(
        Q(data__inquiry=paper.pk) | Q(data__assignment=paper.assignment_id)
    )
    told = [line(event) for event in with_people(events.order_by("-seq"))]
    if paper.lapsed_at is None:
        return told
    return [
        Line(_("The right has lapsed: the result was verified first"), paper.lapsed_at, "", "", ""),
        *told,
    ]
