"""My desk: what waits for this person, from whichever posts she holds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from grids.enums import Right
from grids.queries import display_calendar
from grids.rules.workdays import local_date

from ..queries import desk as questions
from ..queries import patrols


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    scope, at = request.scope, request.at
    context = {
        "sections": questions.sections(scope, at),
        "today": patrols.today(scope, at) if Right.PATROL in scope.rights else None,
        "day": local_date(at),
        "is_asked": bool(questions.kinds_for(scope)),
        "rights": scope.rights,
        "has_post": bool(scope.posts),
        "awaited_year": _awaited_year(request),
    }
    return render(request, "cases/desk.html", context)


def _awaited_year(request: HttpRequest) -> int | None:
    """The year whose official calendar is overdue, for those who can have it loaded or must know."""
    if not (request.user.is_staff or request.scope.rights & {Right.DISPATCH, Right.POLICY}):
        return None
    return display_calendar().awaited_year(local_date(request.at))
