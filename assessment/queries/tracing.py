"""A case traced back: the hands it passed through with their limits and working time, and what the rule proposes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from cases.enums import Action, InquiryState, Part, Severity, Step, Verdict
from cases.models import Assignment, Case, Inquiry
from cases.queries.custody import in_words
from cases.queries.policies import hours_of, policy_at
from grids.enums import DEPARTMENT, Level, Role
from grids.models import Department, Grid, Post
from grids.queries import AnsweringBook, answering_roles, display_calendar, holder_of
from grids.rules.workdays import working_minutes

from ..enums import UNDER_WAY, Finding, Gravity, Ground, Measure, Responsibility, Stage
from ..models import Review
from ..rules import tracing
from ..rules.tracing import Blamed, Hand, Moved


@dataclass(frozen=True)
class Proposed:
    """What the rule proposes for one person."""

    post: Post
    responsibility: Responsibility
    ground: Ground
    measure: Measure

    @property
    def decider_level(self) -> int:
        return level_to_decide_on(self.post)


@dataclass(frozen=True)
class Found:
    """Something that went wrong with the case, how often, and who answers for it by rule."""

    finding: Finding
    moments: list[datetime]
    gravity: Gravity
    proposed: list[Proposed]
    inquiry: Inquiry | None = None
    is_reviewed: bool = False  # since it happened last

    @property
    def last_at(self) -> datetime:
        return self.moments[-1]


@dataclass(frozen=True)
class HandShown:
    """One line of the table: whose hand, from when to when, with which limit, and how much time it used."""

    hand: Hand
    stage: Stage
    unit: str
    post: Post | None
    limit: str
    used: str
    faults: list[tuple[Finding, datetime]]


@dataclass(frozen=True)
class Trace:
    """Everything the page of a traced case shows beside the case."""

    hands: list[HandShown]
    found: list[Found]
    under_way: Review | None = None
    earlier: list[Review] = field(default_factory=list)

    def of(self, finding: Finding) -> Found | None:
        return next((one for one in self.found if one.finding == finding), None)


def trace_of(case: Case, at: datetime) -> Trace:
    """The case traced back, as of a moment."""
    upheld = _upheld(case)
    passed = tracing.hands(_moves(case), {paper.gained_at for paper in upheld})
    reviews = list(Review.objects.filter(case=case).select_related("opened_by__user").order_by("-pk"))
    posts = _posts_of(passed)
    return Trace(
        hands=_shown(case, passed, posts, at),
        found=[
            _found(case, finding, moments, passed, posts, upheld, reviews)
            for finding, moments in tracing.findings(passed).items()
        ],
        under_way=next((review for review in reviews if review.state in UNDER_WAY), None),
        earlier=reviews,
    )


def level_to_decide_on(post: Post) -> int:
    """Up to which level somebody must sit to decide on this post."""
    if post.department:
        return tracing.decider_level(post.department.grid.level, is_department=True)
    return tracing.decider_level(post.level or 0)


# --- from the events to the hands ---------------------------------------------------------------------


def _moves(case: Case) -> list[Moved]:
    return [
        Moved(
            event.at, Action(event.action), Step(event.step_after), event.holder_grid_id,
            event.holder_department_id, event.holder_post_id, event.post_id, event.due_at,
        )
        for event in case.events.order_by("seq")
    ]  # fmt: skip


def _upheld(case: Case) -> list[Inquiry]:
    rows = case.inquiries.filter(state=InquiryState.DECIDED, verdict=Verdict.UPHELD)
    return list(rows.order_by("gained_at"))


def _posts_of(passed: Iterable[Hand]) -> dict[int, Post]:
    named = {hand.post for hand in passed if hand.post}
    return Post.objects.select_related("user", "grid", "department__grid").in_bulk(named)


def _shown(case: Case, passed: list[Hand], posts: dict[int, Post], at: datetime) -> list[HandShown]:
    """The hands in words; hours are those of the policy under which the case was reported."""
    calendar = hours_of(policy_at(case.district_id, case.street_id, case.reported_at), display_calendar())
    given = list(case.assignments.filter(part=Part.LEAD).order_by("pk"))
    grids = Grid.objects.in_bulk({hand.grid for hand in passed if hand.grid} | {case.grid_id})
    departments = Department.objects.in_bulk({hand.department for hand in passed if hand.department})
    finder = _finder(case, grids[case.grid_id], posts)
    return [
        HandShown(
            hand=hand,
            stage=hand.stage,
            unit=_unit(case, hand, grids, departments),
            post=finder if hand.stage == Stage.DISCOVER else posts.get(hand.post or 0),
            limit=_limit(hand, given),
            used=in_words(working_minutes(calendar, hand.since, hand.until or at), calendar)
            if hand.stage != Stage.DISCOVER
            else "",
            faults=[(fault.finding, fault.at) for fault in hand.faults],
        )
        for hand in passed
    ]


def _finder(case: Case, grid: Grid, posts: dict[int, Post]) -> Post | None:
    """Who found it; where a resident had to, who answered for the grid that day and should have."""
    return posts.get(case.reporter_post_id or 0) or AnsweringBook([grid]).at(grid, case.reported_at)


def _unit(case: Case, hand: Hand, grids: dict[int, Grid], departments: dict[int, Department]) -> str:
    if hand.stage == Stage.DISCOVER:
        return f"{grids[case.grid_id]} · {case.get_channel_display()}"
    if hand.stage == Stage.REPORT:
        return _("%(street)s command centre") % {"street": grids[hand.grid or 0]}
    return str(departments[hand.department] if hand.department else grids[hand.grid or 0])


def _limit(hand: Hand, given: Iterable[Assignment]) -> str:
    """How much time the unit had been given, with what was granted on top."""
    if hand.stage != Stage.SOLVE:
        return ""
    found = [
        one
        for one in given
        if (one.grid_id, one.department_id) == (hand.grid, hand.department)
        and one.assigned_at <= hand.since
        and (one.ended_at is None or hand.since <= one.ended_at)
    ]
    return f"{found[-1].limit.amount} {found[-1].get_limit_unit_display()}" if found else ""


# --- who answers for what ----------------------------------------------------------------------------


def _found(
    case: Case, finding: Finding, moments: list[datetime], passed: list[Hand], posts: dict[int, Post],
    upheld: list[Inquiry], reviews: Iterable[Review],
) -> Found:  # fmt: skip
    grave = tracing.gravity(finding, len(moments), Severity(case.category.severity))
    people = _blamed(finding, passed, posts)
    return Found(
        finding=finding,
        moments=moments,
        gravity=grave,
        proposed=[
            Proposed(posts[one.post], one.responsibility, *tracing.proposal(finding, grave, one.responsibility))
            for one in people
        ],
        inquiry=upheld[-1] if finding == Finding.INQUIRY else None,
        is_reviewed=any(r.finding == finding and r.found_at >= moments[-1] for r in reviews),
    )  # fmt: skip


def _blamed(finding: Finding, passed: list[Hand], posts: dict[int, Post]) -> list[Blamed]:
    """Those in whose hands it went wrong, and those who answer with them, by the posts of that day."""
    primary: list[Post] = []
    joint: list[Post] = []
    for hand in passed:
        for moment in (fault.at for fault in hand.faults if fault.finding == finding):
            held = _held_then(hand, moment, posts)
            if hand.stage == Stage.CHECK:  # who verified and closed what was not solved
                joint += [held] if held else []
            else:
                primary += [held] if held else []
                joint += _joint_of(hand, moment)
    posts.update({post.pk: post for post in (*primary, *joint)})
    return tracing.blamed(_keys(primary), _keys(joint))


def _held_then(hand: Hand, moment: datetime, posts: dict[int, Post]) -> Post | None:
    """Who had it at that moment. A sweep that came late found the work still with somebody who had left by then."""
    held = posts.get(hand.post or 0)
    if held is None or hand.stage == Stage.CHECK or held.is_current(moment):
        return held
    unit = held.department or held.grid
    return holder_of(unit, answering_roles(unit), moment) if unit else None


def _keys(posts: Iterable[Post]) -> list[tuple[int, int]]:
    return [(post.pk, post.user_id) for post in posts]


def _joint_of(hand: Hand, moment: datetime) -> list[Post]:
    """Who held the posts that answer jointly when it went wrong."""
    place = Grid.objects.filter(pk=hand.grid).select_related("parent").first() if hand.grid else None
    where, roles = tracing.JOINT[Level(place.level) if place else DEPARTMENT]
    if place is None:
        return _held({"department": hand.department}, roles, moment)
    unit = place if place.level == where else place.parent
    return _held({"grid": unit}, roles, moment)


def _held(place: dict[str, object], roles: Collection[Role], moment: datetime) -> list[Post]:
    held = Post.objects.filter(**place, role__in=roles).current(moment)
    return list(held.select_related("user", "grid", "department__grid").order_by("pk"))
