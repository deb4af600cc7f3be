"""Grids: the tree a person may see, the page of one grid."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from cases.models import Case
from cases.queries.shown import due_of
from grids.enums import Level
from grids.models import Grid

from ..queries import grids as questions

SHOWN = 10  # open cases on the page of a grid; the rest is one click away


@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """The highest grid of the person is where she begins; without one the page says what to do."""
    top = questions.grids_of(request.scope).order_by("level", "code").first()
    return redirect(top) if top else render(request, "assessment/no_grid.html")


@require_safe
def grid(request: HttpRequest, code: str) -> HttpResponse:
    place = get_object_or_404(Grid.objects.within(request.scope), code=code)
    below = questions.children_of(place)
    people = questions.answering_for([place, *below], request.at)
    counts = questions.open_by_child(place, request.at)
    newest = Case.objects.inside(place).open().select_related("category", "holder_grid", "holder_department")
    context = {
        "grid": place,
        "level": Level(place.level),
        "up": [row for row in questions.path_up(place) if request.scope.covers_grid(row["code"])],
        "people": people[place.pk],
        "open": questions.together(counts.values()),
        "month": questions.month_of(place, request.at),
        "activity": questions.walked_of(place, request.at),
        "children": [
            questions.ChildRow(child, people[child.pk], counts.get(child.pk, questions.Open()))
            for child in below
        ],
        "cases": [(case, due_of(case, request.at)) for case in newest.order_by("due_at", "pk")[:SHOWN]],
    }
    return render(request, "assessment/grid.html", context)
