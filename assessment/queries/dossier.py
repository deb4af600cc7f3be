"""Dossiers (履职档案): whose a reader may see, which posts somebody held, her scores, measures, honours and warnings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from cases.models import CaseEvent, Patrol
from grids.enums import Right, Role
from grids.models import Grid, Post, User
from grids.scopes import Scope

from ..enums import RunState
from ..models import Charge, Correction, Proposal, Review, Share
from ..rules import scoring
from ..rules.dossier import Stretch
from .measures import measures_of
from .traces import Asked

# --- who may read whose ------------------------------------------------------------------------------------------


def posts_within(scope: Scope, right: str) -> QuerySet[Post]:
    """The posts of the places over which a reader holds a right, whoever held them and when."""
    allowed = Q(pk__in=[])
    for span in scope.spans(right):
        allowed |= in_place(span.code)
    return Post.objects.filter(allowed)


def in_place(code: str) -> Q:
    """The posts of a grid and everything below it; a department belongs to its street or district."""
    return Q(grid__code__startswith=code) | Q(department__grid__code__startswith=code)


def posts_shown(person: User, scope: Scope) -> QuerySet[Post]:
    """Of her posts those a reader may see: her own all of them, else those of the places she supervises."""
    posts = Post.objects if person.pk == scope.user_id else posts_within(scope, Right.SUPERVISE)
    return posts.filter(user=person).select_related("grid", "department__grid")


def asked(person: User, stretch: Stretch, scope: Scope) -> Asked:
    """The dossier as this reader sees it; one query."""
    held = posts_shown(person, scope).filter(**during(stretch)).exclude(until__lte=stretch.start)
    is_own = person.pk == scope.user_id
    return Asked(person, stretch, tuple(held.order_by("since", "pk")), is_own=is_own)


def during(stretch: Stretch) -> dict[str, datetime]:
    """Begun before the moment; those that had ended before the first day are excluded beside it."""
    return {"since__lt": stretch.moment}


# --- the posts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """One post in the days of a dossier: who appointed her when, until when, and how many of the days were hers."""

    post: Post
    until: datetime | None
    days: int
    appointed_by: User | None = None
    ended_by: User | None = None


def posts_of(ask: Asked) -> list[Held]:
    """Her posts with what their history says, the oldest first; one query."""
    begun, ended = _hands(ask)
    stretch = ask.stretch
    return [
        Held(
            post=post,
            until=ask.until(post),
            days=scoring.days_held(post.since, ask.until(post), stretch.first, stretch.last_begun),
            appointed_by=begun.get(post.pk),
            ended_by=ended.get(post.pk) if ask.until(post) else None,
        )
        for post in ask.posts
    ]


def _hands(ask: Asked) -> tuple[dict[int, User], dict[int, User]]:
    """Who appointed to each post, and who ended it; nobody where records were taken over."""
    begun: dict[int, User] = {}
    ended: dict[int, User] = {}
    records: Any = Post.history.model
    rows = records.objects.filter(id__in=ask.ids, history_user__isnull=False).select_related("history_user")
    for row in rows.order_by("history_date", "history_id"):
        (begun if row.history_type == "+" else ended)[row.id] = row.history_user
    return begun, ended


# --- scores (scoring.md §7) --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """A published month: the scores she shares, each with her days, and what that makes for her."""

    month: date
    shares: tuple[Share, ...]
    amended: Mapping[int, Decimal]  # score → what was corrected after its publication
    points: Decimal | None

    @property
    def lines(self) -> list[tuple[Share, Decimal | None]]:
        """Each share with the score as amended, where it was."""
        return [
            (
                share,
                share.score.final + self.amended[share.score_id] if share.score_id in self.amended else None,
            )
            for share in self.shares
        ]


def scores_of(ask: Asked) -> list[Month]:
    """The months that lie in the days whole and were published by the cut-off, the latest first; two queries."""
    shares = list(
        _published(ask.stretch)
        .filter(user=ask.person, post__in=ask.ids)
        .select_related("score__run", "score__grid", "post")
        .order_by("-score__run__month", "score__grid__code", "pk")
    )
    amended = _amended({share.score_id for share in shares}, ask.stretch.cut_off)
    by_month: dict[date, list[Share]] = {}
    for share in shares:
        by_month.setdefault(share.score.run.month, []).append(share)
    return [
        Month(
            month,
            tuple(rows),
            amended,
            scoring.in_proportion((row.score.final, row.days) for row in rows),
        )
        for month, rows in by_month.items()
    ]


def _published(stretch: Stretch) -> QuerySet[Share]:
    return Share.objects.filter(
        score__run__state=RunState.PUBLISHED,
        score__run__published_at__lt=stretch.cut_off,
        score__run__month__range=stretch.months,
    )


def _amended(scores: Iterable[int], cut_off: datetime) -> dict[int, Decimal]:
    later = Correction.objects.filter(score__in=list(scores), is_amendment=True, at__lt=cut_off).order_by()
    return dict(later.values("score").annotate(sum=Sum("points")).values_list("score", "sum"))


# --- measures, honours and warnings ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """A measure in force; the number of its review for whoever may open it."""

    charge: Charge
    is_open: bool


def measures(ask: Asked, scope: Scope) -> list[Measured]:
    """What was decided about her and took effect within the days, as the posts of those days; two queries."""
    found = measures_of(ask.person, ask.stretch.start, ask.stretch.moment).filter(post__in=ask.ids)
    charges = list(found)
    named = [charge.review_id for charge in charges]
    opened = set(
        Review.objects.within(scope, Right.SUPERVISE).filter(pk__in=named).values_list("pk", flat=True)
    )
    return [Measured(charge, ask.is_own or charge.review_id in opened) for charge in charges]


def standings(ask: Asked) -> list[Proposal]:
    """Honours and warnings that somebody confirmed, of the grids whose score she shares; one query."""
    shared = _published(ask.stretch).filter(user=ask.person, post__in=ask.ids).values("score")
    found = Proposal.objects.filter(
        score__in=shared, is_confirmed=True, decided_at__lt=ask.stretch.cut_off
    ).select_related("score__run", "score__grid", "decided_by__user")
    return list(found.order_by("-score__run__month", "score__grid__code", "pk"))


# --- the list of people ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sought:
    """What a list of dossiers is narrowed to."""

    grid: Grid | None = None
    role: Role | None = None
    name: str = ""


@dataclass(frozen=True)
class Headline:
    """One line of the list: a person, her posts in the days, and the first numbers of her dossier."""

    person: User
    posts: tuple[Post, ...]
    patrol_days: int
    cases: int
    points: Decimal | None


def people(scope: Scope, stretch: Stretch, sought: Sought) -> QuerySet[User]:
    """Everybody who held a post in the places a reader supervises within the days."""
    posts = _held_within(scope, stretch)
    if sought.grid:
        posts = posts.filter(in_place(sought.grid.code))
    if sought.role:
        posts = posts.filter(role=sought.role)
    found = User.objects.filter(Exists(posts.filter(user=OuterRef("pk"))))
    return found.filter(name__icontains=sought.name) if sought.name else found


def _held_within(scope: Scope, stretch: Stretch) -> QuerySet[Post]:
    return posts_within(scope, Right.SUPERVISE).filter(**during(stretch)).exclude(until__lte=stretch.start)


def headlines(persons: Iterable[User], scope: Scope, stretch: Stretch) -> list[Headline]:
    """The first numbers of some dossiers, exactly as each of them says; four queries for all."""
    persons = list(persons)
    held = _held_within(scope, stretch).filter(user__in=persons)
    posts: dict[int, list[Post]] = {}
    for post in held.select_related("grid", "department__grid").order_by("since", "pk"):
        posts.setdefault(post.user_id, []).append(post)
    ids = [post.pk for of_one in posts.values() for post in of_one]
    walked, handled, scored = _walked(ids, stretch), _handled(ids, stretch), _scored(ids, stretch)
    return [
        Headline(
            person, tuple(posts.get(person.pk, ())), walked.get(person.pk, 0), handled.get(person.pk, 0),
            scored.get(person.pk),
        )
        for person in persons
    ]  # fmt: skip


def _walked(posts: list[int], stretch: Stretch) -> dict[int, int]:
    walks = Patrol.objects.filter(post__in=posts).begun_between(stretch.start, stretch.moment).order_by()
    days = walks.values("post__user").annotate(n=Count("date", distinct=True))
    return dict(days.values_list("post__user", "n"))


def _handled(posts: list[int], stretch: Stretch) -> dict[int, int]:
    moves = CaseEvent.objects.filter(post__in=posts, at__gte=stretch.start, at__lt=stretch.moment).order_by()
    cases = moves.values("post__user").annotate(n=Count("case", distinct=True))
    return dict(cases.values_list("post__user", "n"))


def _scored(posts: list[int], stretch: Stretch) -> dict[int, Decimal | None]:
    """The mean of each person's months."""
    shares = _published(stretch).filter(post__in=posts)
    found: dict[int, dict[date, list[tuple[Decimal, int]]]] = {}
    for user, month, points, days in shares.values_list("user", "score__run__month", "score__final", "days"):
        found.setdefault(user, {}).setdefault(month, []).append((points, days))
    return {user: mean_of(map(scoring.in_proportion, months.values())) for user, months in found.items()}


def mean_of(months: Iterable[Decimal | None]) -> Decimal | None:
    """What several months make together."""
    return scoring.mean([points for points in months if points is not None])
