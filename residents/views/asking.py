"""What every door of the registers begins with: the entry within reach, and the post that acts on it."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from grids.enums import Right
from grids.models import Grid, Post
from grids.rules.workdays import local_date

from ..queries.shown import Reader

Row = TypeVar("Row", bound=Model)


def entry_in_scope(request: HttpRequest, rows: QuerySet[Row], pk: int, right: str = Right.REGISTER) -> Row:
    """An entry of a register, or 404: outside a person's subtree it does not exist, without a right nor does it."""
    found = rows.within(request.scope, right).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    entry: Row = found
    return entry


def acting_post(request: HttpRequest, row: Any, right: str) -> Post:
    """The post from which she does this to a row; without one it is a refusal."""
    post: Post | None = request.scope.post_for(row, right)
    if post is None:
        raise PermissionDenied
    return post


def post_in(request: HttpRequest, grid: Grid, right: str) -> Post:
    """The same for a grid in which something new is entered."""
    held = (post for post in request.scope.posts if right in post.rights and post.grid)
    near = [post for post in held if grid.code.startswith(post.grid.code)]
    if not near or not request.scope.covers_grid(grid.code, right):
        raise PermissionDenied
    return max(near, key=lambda post: post.level or 0)


def reader(request: HttpRequest) -> Reader:
    return Reader(request.scope, local_date(request.at))


def must_hold(request: HttpRequest, right: str) -> None:
    """Somebody who holds the right nowhere has no business on the page."""
    if right not in request.scope.rights:
        raise PermissionDenied
