"""Rounds of mutual checks, and whose turn it is."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from grids.enums import Level, Right, Role
from grids.models import Grid, Post
from grids.scopes import Scope

from ..models import MutualCheck, Pair

# Who goes out for a grid that checks another.
CHECKERS: dict[int, Role] = {Level.BUILDING: Role.GRID_LEADER, Level.COMMUNITY: Role.COMMUNITY_DIRECT}


def peers(place: Grid, level: int) -> QuerySet[Grid]:
    """The grids of a level below a place: those that check each other."""
    below: QuerySet[Grid] = Grid.objects.active().filter(level=level, code__startswith=place.code)
    return below.exclude(pk=place.pk).order_by("code")


def mutual_checks(scope: Scope, right: str = Right.FIGURES) -> QuerySet[MutualCheck]:
    """The rounds a person may read: her own places', and those in which a grid of hers takes part."""
    mine = Pair.objects.seen_by(scope, right).values("mutual_check")
    done = Count("pairs", filter=Q(pairs__done_at__isnull=False))
    rows = MutualCheck.objects.filter(scope.condition(MutualCheck, right) | Q(pk__in=mine))
    return rows.select_related("grid", "drawn_by__user").annotate(drawn=Count("pairs"), done=done)


def pairs_of(round_: MutualCheck, scope: Scope) -> QuerySet[Pair]:
    """Its pairs as far as this person may read them, in the order of the checkers' codes: so they were laid out."""
    pairs: QuerySet[Pair] = Pair.objects.seen_by(scope).filter(mutual_check=round_)
    return pairs.select_related("grid", "checker", "done_by__user").order_by("pk")


def post_that_checks(pair: Pair, scope: Scope) -> Post | None:
    """The post from which this person checks for the checking grid, if any of hers may."""
    if not scope.covers_grid(pair.checker.code, Right.VERIFY):
        return None
    role = CHECKERS[pair.checker.level]
    return next((p for p in scope.posts if (p.grid_id, p.role) == (pair.checker_id, role)), None)


def is_her_own(pair: Pair, post: Post, at: datetime) -> bool:
    """Whether the person of a post also holds one in the very grid that is to be checked."""
    return Post.objects.current(at).filter(user=post.user_id, grid=pair.grid_id).exists()


def to_check(scope: Scope) -> QuerySet[Pair]:
    """The pairs that wait for this person."""
    held = [p.grid_id for p in scope.posts if p.grid and CHECKERS.get(p.grid.level) == p.role]
    waiting: QuerySet[Pair] = Pair.objects.filter(
        checker__in=held if Right.VERIFY in scope.rights else []
    ).open()
    return waiting.select_related("grid", "checker", "mutual_check").order_by("pk")
