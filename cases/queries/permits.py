"""What a person may do to a case now: the facts the lifecycle table asks for."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from grids.enums import Level, Right, Role
from grids.models import Grid, Post
from grids.scopes import Scope

from ..enums import (
    UNSETTLED,
    Action,
    ApplicationState,
    Grade,
    InquiryState,
    Severity,
    Step,
)  # fmt: skip
from ..models import Application, Assignment, Case, Inquiry
from ..rules import lifecycle
from ..rules.lifecycle import Edge, Facts


def facts_of(
    case: Case, lead: Assignment | None, post: Post, edge: Edge, at: datetime, inquiry: Inquiry | None = None
) -> Facts:
    """The facts about one post-holder and one case that the guards of `edge` need.

    `inquiry` is the paper the move is about; without one nobody is its asker, answerer or decider.
    """
    return Facts(
        at=at,
        holds_right=edge.right in post.rights and _reaches(post, case, edge, lead),
        is_reporter=case.reporter_id == post.user_id,
        is_holder=lead is not None and lead.is_answered_for_by(post),
        is_settler=_is_settler(post, case),
        handled_it=lead is not None and lead.fed_back_by_id == post.user_id,
        returns=case.returns,
        was_assigned=case.accepted_at is not None,
        closed_at=case.ended_at,
        is_grid_holder=lead is not None and _holds_below(post, lead),
        is_asker=inquiry is not None and post.grid_id == inquiry.asker_id,
        is_answerer=inquiry is not None and post.grid_id == inquiry.answerer_id,
        is_decider=inquiry is not None and post.grid_id == inquiry.decider_id,
        inquiry=InquiryState(inquiry.state) if inquiry else None,
        was_answered=inquiry is not None and inquiry.answered_at is not None,
        grade=Grade(case.grade) if case.grade else None,
        is_flagged=bool(case.concern),
        has_inquiry=edge.action in lifecycle.ENDS_UNHANDLED and _has_inquiry(case),
        is_helper=edge.action == Action.ASSIST and any(h.is_answered_for_by(post) for h in case.helpers),
        helpers=len(case.helpers) if edge.action in WITH_HELPERS else 0,
        is_suspended=case.suspended_until is not None,
        due_at=case.due_at,
        **_of_request(case, lead, post, edge),
    )


WITH_HELPERS = (Action.FEED_BACK, Action.RELEASE, *lifecycle.ENDS_UNHANDLED)


def _of_request(case: Case, lead: Assignment | None, post: Post, edge: Edge) -> dict[str, Any]:
    """What the guards of a request need; nothing is read for other moves."""
    if lead is None or edge.action not in (*lifecycle.APPLY, *lifecycle.APPLICATION_AT):
        return {}
    wish = case.undecided
    return {
        "application": ApplicationState(wish.state) if wish else None,
        "has_applied": wish is not None and wish.asked_by.user_id == post.user_id,
        "is_above": _is_above(post, lead, wish),
        "extensions": _extensions(case, lead) if edge.action == Action.EXTEND else 0,
    }


def _extensions(case: Case, lead: Assignment) -> int:
    """How often the clock that runs has been extended, whoever had the case then."""
    granted = Application.objects.extensions().filter(case=case, asked_at__gte=lead.clock_from)
    return granted.count()


def _is_above(post: Post, lead: Assignment, wish: Application | None) -> bool:
    """At a level above the unit; who asked for it or passed it on is somebody else. Nothing is above a district."""
    if post.grid_id is None:
        return False
    if wish and post.user_id in {by.user_id for by in (wish.asked_by, wish.endorsed_by) if by}:
        return False
    unit = lead.unit.level if isinstance(lead.unit, Grid) else lead.unit.grid.level + 1
    return post.level < max(unit, Level.DISTRICT + 1)


def _has_inquiry(case: Case) -> bool:
    """Only a case whose limit has passed can have one."""
    return case.expiries > 0 and case.inquiries.filter(state__in=UNSETTLED).exists()


def _holds_below(post: Post, lead: Assignment) -> bool:
    """A grid with a level above it: what it cannot solve goes up (上报上级)."""
    return lead.grid_id is not None and post.grid_id == lead.grid_id and post.level != Level.DISTRICT


def _reaches(post: Post, case: Case, edge: Edge, lead: Assignment | None) -> bool:
    """Whether the post's place holds the case: its grid lies on the case's path, its department has the work."""
    if not post.department_id:
        return getattr(case, post.path_column) == post.grid_id
    if edge.action == Action.ASSIST:
        return post.department_id in case.shared_with
    return lead is not None and lead.department_id == post.department_id


def _is_settler(post: Post, case: Case) -> bool:
    """自办自结: a minor problem, found by the grid leader in her own building grid."""
    return (
        post.role == Role.GRID_LEADER
        and post.grid_id == case.grid_id
        and case.reporter_id == post.user_id
        and case.category.severity == Severity.MINOR
    )


def offers(case: Case, lead: Assignment | None, scope: Scope, at: datetime) -> dict[Action, Post]:
    """The actions this person may take now, each with the post she would act from.

    The page shows exactly these; the action asks the same table again.
    """
    found: dict[Action, Post] = {}
    for edge in lifecycle.edges_from(Step(case.step)):
        if post := post_for(case, lead, edge, scope, at):
            found[edge.action] = post
    return found


def post_for(
    case: Case,
    lead: Assignment | None,
    edge: Edge,
    scope: Scope,
    at: datetime,
    inquiry: Inquiry | None = None,
) -> Post | None:
    """The post of this person that the table lets take this edge, if any. No grant, no post."""
    if edge.right is None or not scope.covers(case, edge.right):
        return None
    allowed = (
        post
        for post in scope.posts
        if not lifecycle.refusal(edge, facts_of(case, lead, post, edge, at, inquiry))
    )
    return next(allowed, None)


def inquiry_offers(paper: Inquiry, lead: Assignment | None, scope: Scope, at: datetime) -> dict[Action, Post]:
    """The moves on an inquiry that this person may take now, each with the post she would act from."""
    found: dict[Action, Post] = {}
    for edge in lifecycle.edges_from(Step(paper.case.step)):
        if edge.action in lifecycle.INQUIRY_AT and (
            post := post_for(paper.case, lead, edge, scope, at, paper)
        ):
            found[edge.action] = post
    return found


def grids_held(scope: Scope, right: str, levels: Collection[int] = tuple(Level)) -> list[int]:
    """The very grids, not those below them, for which one of her posts carries a right."""
    grids = (post.grid for post in scope.posts if right in post.rights and post.level in levels)
    return [grid.pk for grid in grids if grid and scope.covers_grid(grid.code, right)]


def acting_post(posts: Iterable[Post], right: Right) -> Post | None:
    """The first post that carries a right: from which a person reports or patrols."""
    return next((post for post in posts if right in post.rights), None)


def stands(post: Post, at: datetime) -> bool:
    """Whether somebody still holds a post: also by the database, where it may have been ended since it was read."""
    return post.is_current(at) and Post.objects.current(at).filter(pk=post.pk).exists()


def open_lead(case: Case) -> Assignment | None:
    """The assignment that runs, with everybody it names."""
    return (
        Assignment.objects.filter(case=case, part="lead", ended_at__isnull=True)
        .select_related(
            "grid", "department", "post__user", "leader__user", "direct__user", "grid_leader__user"
        )
        .first()
    )
