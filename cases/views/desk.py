"""My desk: what waits for this person, from whichever posts she holds."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from grids.enums import Right
from grids.queries import display_calendar
from grids.rules.workdays import local_date

from ..queries import desk as questions
from ..queries import patrols

AHEAD = timedelta(days=45)  # the longest limits of the categories end within it


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
        "provisional_year": _provisional_year(request),
    }
    return render(request, "cases/desk.html", context)


def _provisional_year(request: HttpRequest) -> int | None:
    """The year that deadlines begin to reach into while its official calendar is not loaded."""
    if not (Right.DISPATCH in request.scope.rights or request.user.is_staff):
        return None
    soon = local_date(request.at + AHEAD)
    return soon.year if display_calendar().is_provisional(soon) else None
