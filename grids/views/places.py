"""The place a page is about: the one asked for, or the person's own."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from ..enums import Level
from ..models import Grid


def place_asked(request: HttpRequest, code: str, right: str, lowest: Level = Level.BUILDING) -> Grid:
    """The grid of this code, or the highest for which the person holds the right.

    Outside her subtree it does not exist; inside it without the right is a refusal.
    """
    own = request.scope.spans(right)
    code = code or (own[0].code if own else "")
    if not code:
        raise PermissionDenied
    if not (code.isascii() and code.isdigit()):
        raise Http404
    grid = get_object_or_404(Grid.objects.within(request.scope).filter(level__lte=lowest), code=code)
    if not request.scope.covers_grid(grid.code, right):
        raise PermissionDenied
    return grid


def places_around(request: HttpRequest, grid: Grid, right: str) -> list[tuple[str, str]]:
    """What a choice offers: the way up as far as the right reaches, the grid, and what lies right below."""
    tops = Grid.objects.filter(pk__in=[span.grid_id for span in request.scope.spans(right)])
    near = [*tops, *grid.get_ancestors(), grid, *grid.get_children().active().order_by("code")]
    seen = {place.code: place for place in near if request.scope.covers_grid(place.code, right)}
    return [(code, "　" * seen[code].level + seen[code].name) for code in sorted(seen)]
