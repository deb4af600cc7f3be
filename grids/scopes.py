"""Which part of the tree a person's posts open to her: one answer for lists, pages and files.

A `Scope` is plain data: it is built once per request by `grids.queries.scope_of`, the only reader of
the grants, and asked by everybody else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from .enums import Level, Right

if TYPE_CHECKING:
    from .models import Post


@dataclass(frozen=True)
class Span:
    """A grid and everything below it."""

    level: int
    grid_id: int
    code: str

    @property
    def column(self) -> str:
        """The path column of an `InGrid` row that says whether it lies in this span."""
        return f"{Level(self.level).path_field}_id"


def widest(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Only the highest of the spans: a community inside a street already held adds nothing."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s.level, s.code)):
        if not any(span.code.startswith(above.code) for above in kept):
            kept.append(span)
    return tuple(kept)


@dataclass(frozen=True)
class Scope:
    """What a person's current posts allow, and where."""

    user_id: int | None
    by_right: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    departments_by_right: Mapping[str, frozenset[int]] = field(default_factory=dict)
    posts: tuple["Post", ...] = ()
    audits: bool = False  # reads the record of looks at personal data, everywhere, and nothing else
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def rights(self) -> frozenset[str]:
        """Every right held anywhere: what a menu needs to know."""
        return frozenset(self.by_right) | frozenset(self.departments_by_right)

    def remember(self, what: str, find: Callable[[], Any]) -> Any:
        """Something a room above looks up once for this scope: a scope lives as long as one request."""
        if what not in self.memo:
            self.memo[what] = find()
        return self.memo[what]

    def spans(self, right: str = Right.VIEW) -> tuple[Span, ...]:
        return self.by_right.get(right, ())

    def departments(self, right: str = Right.VIEW) -> frozenset[int]:
        return self.departments_by_right.get(right, frozenset())

    def covers(self, row: Any, right: str = Right.VIEW) -> bool:
        """Whether this one row (an `InGrid`) lies where `right` is held."""
        if any(getattr(row, span.column) == span.grid_id for span in self.spans(right)):
            return True
        departments = self.departments(right) - {None}
        if getattr(row, "department_id", None) in departments:
            return True
        if departments and departments & getattr(row, "shared_with", frozenset()):
            return True
        return self._is_own(row, right)

    def covers_grid(self, code: str, right: str = Right.VIEW) -> bool:
        return any(code.startswith(span.code) for span in self.spans(right))

    def post_for(self, row: Any, right: str) -> "Post | None":
        """The post from which this person uses a right on a row (an `InGrid`), if any."""
        if not self.covers(row, right):
            return None
        held = (post for post in self.posts if right in post.rights and post.grid_id)
        return next((post for post in held if getattr(row, post.path_column) == post.grid_id), None)

    def post_at(self, grid_id: int, right: str) -> "Post | None":
        """The post of this very grid from which the person uses a right there: one above does not speak for it."""
        return self._held(right, lambda post: post.grid_id == grid_id)

    def post_over(self, code: str, right: str) -> "Post | None":
        """The post from which the person uses a right over a grid: of several the nearest."""
        return self._held(right, lambda post: post.grid is not None and code.startswith(post.grid.code))

    def _held(self, right: str, reaches: Callable[["Post"], bool]) -> "Post | None":
        """Only where the grant stands: a post opens nothing without it."""
        held = [post for post in self.posts if right in post.rights and post.grid and reaches(post)]
        there = [post for post in held if post.grid and self.covers_grid(post.grid.code, right)]
        return max(there, key=lambda post: post.level or 0, default=None)

    def _is_own(self, row: Any, right: str) -> bool:
        """Who may only report still sees what she reported."""
        if right != Right.VIEW or not self._only_reports:
            return False
        return getattr(row, "reporter_id", None) == self.user_id is not None

    def condition(self, model: type[models.Model], right: str = Right.VIEW) -> Q:
        """The same question as `covers`, for many rows. A person without any place gets nothing."""
        allowed = Q(pk__in=[])
        by_column: dict[str, list[int]] = {}
        for span in self.spans(right):
            by_column.setdefault(span.column, []).append(span.grid_id)
        for column, ids in by_column.items():
            allowed |= _one_or_many(column, ids)
        names = {f.name for f in model._meta.get_fields()}
        if self.departments(right) and "department" in names:
            allowed |= _one_or_many("department_id", sorted(self.departments(right)))
        if right == Right.VIEW and "reporter" in names and self.user_id and self._only_reports:
            allowed |= Q(reporter_id=self.user_id)
        return allowed

    @property
    def _only_reports(self) -> bool:
        """Whether she may report somewhere and see nothing anywhere: a building head, a volunteer."""
        return Right.REPORT in self.rights and Right.VIEW not in self.rights


def _one_or_many(column: str, ids: list[int]) -> Q:
    """Equality where one id is enough: the planner then walks `(column, id)` in order."""
    return Q(**{column: ids[0]}) if len(ids) == 1 else Q(**{f"{column}__in": ids})


NOWHERE = Scope(user_id=None)


class GridScopedQuerySet(models.QuerySet[Any]):
    """Rows that lie in grids: asked for within a scope, and by nobody else."""

    def within(self, scope: Scope, right: str = Right.VIEW) -> Self:
        return self.filter(scope.condition(self.model, right))

    def inside(self, grid: Any) -> Self:
        """The rows of one grid and everything below it."""
        return self.filter(**{f"{Level(grid.level).path_field}_id": grid.pk})
