"""My desk: what waits for this person, from whichever posts she holds."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from grids.enums import Right
from grids.queries import display_calendar
from grids.queries.desks import pending
from grids.rules.workdays import local_date

from ..queries import desk as questions
from ..queries import oversight, patrols


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    scope, at = request.scope, request.at
    context = {
        "oversight": _oversight(request) if oversight.may_supervise(scope) else None,
        "sections": questions.sections(scope, at),
        "today": patrols.today(scope, at) if Right.PATROL in scope.rights else None,
        "pending": pending(scope, at),
        "day": local_date(at),
        "is_asked": bool(questions.kinds_for(scope)),
        "rights": scope.rights,
        "has_post": bool(scope.posts),
        "awaited_year": _awaited_year(request),
    }
    return render(request, "cases/desk.html", context)


LISTS = {"cases": "cases:list", "inquiries": "cases:inquiries"}


def _oversight(request: HttpRequest) -> list[dict[str, Any]]:
    """How her place stands, each number leading to its rows."""
    return [
        {"label": one.label, "value": one.value, "bad": one.bad, "url": f"{reverse(LISTS[where])}?{urlencode(one.query)}"}
        for where, one in oversight.standing(request.scope, request.at)
    ]  # fmt: skip


def _awaited_year(request: HttpRequest) -> int | None:
    """The year whose official calendar is overdue, for those who can have it loaded or must know."""
    if not (request.user.is_staff or request.scope.rights & {Right.DISPATCH, Right.POLICY}):
        return None
    return display_calendar().awaited_year(local_date(request.at))
