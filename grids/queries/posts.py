"""Who holds which post, and what that opens to her."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from ..enums import READ_LOOKS, Level, Role
from ..models import Department, DepartmentGrant, Grid, GridGrant, Post, User
from ..scopes import NOWHERE, Scope, Span, widest


def scope_of(user: User | AnonymousUser, at: datetime) -> Scope:
    """What a person may see and do at this moment. The only reader of the grants; three queries for who holds a post.

    A grant opens nothing without a current post, and a post opens nothing without its grant: taking
    away either one is enough.
    """
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    posts = tuple(current_posts(user, at))
    places = {post.grid_id for post in posts if post.grid_id}
    departments = {post.department_id for post in posts if post.department_id}
    return Scope(
        user_id=user.pk,
        by_right=_spans(user, places),
        departments_by_right=_departments(user, departments),
        posts=posts,
        audits=not posts and _audits(user),
    )


def _audits(user: User) -> bool:
    """Whether she was made an auditor. To be all-powerful is no audit: who keeps the accounts does not audit herself."""
    return not user.is_superuser and bool(user.has_perm(READ_LOOKS))


def _spans(user: User, places: set[int]) -> dict[str, tuple[Span, ...]]:
    if not places:
        return {}
    grants = GridGrant.objects.filter(user=user, content_object__in=places).values_list(
        "permission__codename", "content_object__level", "content_object_id", "content_object__code"
    )
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for right, level, pk, code in grants:
        found[right].append(Span(level, pk, code))
    return {right: widest(spans) for right, spans in found.items()}


def _departments(user: User, departments: set[int]) -> dict[str, frozenset[int]]:
    if not departments:
        return {}
    grants = DepartmentGrant.objects.filter(user=user, content_object__in=departments)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for right, pk in grants.values_list("permission__codename", "content_object_id"):
        found[right].add(pk)
    return {right: frozenset(ids) for right, ids in found.items()}


def current_posts(user: User, at: datetime) -> QuerySet[Post]:
    """Her posts at this moment; their person is the one in hand, not another copy of her."""
    return user.posts.current(at).select_related("grid", "department", "department__grid").order_by("pk")


# The roles as a card lists them: who answers first, helpers last.
IN_ORDER = Case(
    *(When(role=role, then=Value(place)) for place, role in enumerate(Role)), output_field=IntegerField()
)


def posts_at(grids: Iterable[Grid], at: datetime) -> QuerySet[Post]:
    """Everybody who held a post in these grids at that moment, in the order of the roles."""
    return (
        Post.objects.filter(grid__in=list(grids))
        .current(at)
        .select_related("user", "grid")
        .order_by("grid__code", IN_ORDER, "pk")
    )


# Who answers for a unit when work is given to it: the first of these roles that is filled.
ANSWERING = {
    "district": (Role.DISTRICT_OFFICIAL,),
    "street": (Role.STREET_FIRST, Role.DISPATCHER),
    "community": (Role.COMMUNITY_DIRECT, Role.COMMUNITY_FIRST, Role.COMMUNITY_LEADER),
    "building": (Role.GRID_LEADER,),
    "department": (Role.DEPARTMENT_HEAD, Role.DEPARTMENT_OFFICER),
}


def answering_roles(unit: Grid | Department) -> tuple[Role, ...]:
    """The roles that may answer for a unit, the first choice first."""
    return ANSWERING[Level(unit.level).name.lower() if isinstance(unit, Grid) else "department"]


Wanted = tuple[Grid | Department, Iterable[Role]]


def holder_of(unit: Grid | Department, roles: Iterable[Role], at: datetime) -> Post | None:
    """The post that answers for a grid or department, looked for in the order of `roles`."""
    return holders_of({"unit": (unit, roles)}, at).get("unit")


def holders_of(wanted: Mapping[str, Wanted], at: datetime) -> dict[str, Post]:
    """The same for several places at once, in one query; a place nobody answers for is left out."""
    condition = Q(pk__in=[])
    for unit, roles in wanted.values():
        condition |= Q(**{_place_of(unit): unit.pk}, role__in=tuple(roles))
    held = list(Post.objects.filter(condition).current(at).select_related("user", "grid"))
    found = {name: _first(held, unit, tuple(roles)) for name, (unit, roles) in wanted.items()}
    return {name: post for name, post in found.items() if post}


class AnsweringBook:
    """Everybody who ever answered for some grids, to be asked for any moment: a late sweep needs the past."""

    def __init__(self, grids: Iterable[Grid]) -> None:
        roles = {role for of_level in ANSWERING.values() for role in of_level}
        found = Post.objects.filter(grid__in={grid.pk for grid in grids}, role__in=roles)
        self._posts: dict[int, list[Post]] = {}
        for post in found.select_related("user", "grid"):
            self._posts.setdefault(post.grid_id or 0, []).append(post)

    def at(self, grid: Grid, moment: datetime) -> Post | None:
        """Who answered for a grid at a moment."""
        held = [post for post in self._posts.get(grid.pk, ()) if post.is_current(moment)]
        return _first(held, grid, answering_roles(grid))


def _place_of(unit: Grid | Department) -> str:
    return "grid_id" if isinstance(unit, Grid) else "department_id"


def _first(held: list[Post], unit: Grid | Department, roles: tuple[Role, ...]) -> Post | None:
    here = [post for post in held if getattr(post, _place_of(unit)) == unit.pk and post.role in roles]
    return min(here, key=lambda post: (roles.index(Role(post.role)), post.pk), default=None)
