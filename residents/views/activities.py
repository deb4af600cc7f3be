"""Activities of volunteers: announced, signed up for, their hours confirmed on the phone; the year's hours."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.kit import listing
from gridgov.kit.listing import around
from grids.enums import Right
from grids.rules.workdays import local_date

from .. import actions
from ..enums import Field
from ..forms.entries import GridForm
from ..forms.volunteers import ActivityForm, HoursForm, JoinForm
from ..models import Activity, Team
from ..queries import volunteers
from ..queries.entries import changes, facts_of
from .asking import acting_post, entry_in_scope, must_hold, post_in, reader
from .taking import take_all
from .volunteers import keeping_grids

FACTS = ("kind", "place", "team", "wanted", "text")


def _activities():
    return Activity.objects.select_related("grid", "team")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is planned and was held, the latest first."""
    must_hold(request, Right.REGISTER)
    rows = volunteers.activities(request.scope)
    page = listing.page(rows, cursor=request.GET.get("cursor"), order=("-begins_at", "-id"))
    context = {
        "activities": page.rows,
        "can_keep": Right.KEEP in request.scope.rights,
        **around(request.GET, page),
    }
    return render(request, "residents/activities.html", context)


@require_safe
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, entry_in_scope(request, _activities(), pk))


def show(
    request: HttpRequest, found: Activity, form: JoinForm | None = None, status: int = 200
) -> HttpResponse:
    """What it is, who has signed up, who came."""
    who = reader(request)
    can_keep = request.scope.covers(found, Right.KEEP) and not found.is_cancelled
    if can_keep and form is None:
        form = JoinForm(who=who, volunteers=volunteers.still_free(found))
    rows = list(volunteers.taking_part(found))
    context = {
        "activity": found,
        "facts": facts_of(found, FACTS),
        "people": [(row, who.sees(row.volunteer.resident, Field.NAME)) for row in rows],
        "is_over": found.ends_at <= request.at,
        "has_open_hours": any(row.hours is None for row in rows),
        "can_keep": can_keep,
        "form": form,
        "changes": changes(found),
    }
    return render(request, "residents/activity.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new activity in one of her grids."""
    must_hold(request, Right.KEEP)
    grids = keeping_grids(request)
    place = GridForm(request.POST or None)
    place.fields["grid"].queryset, place.fields["grid"].label = grids, _("Grid")
    form = ActivityForm(request.POST or None, teams=_teams(request), initial={"on": local_date(request.at)})

    def enter():
        grid = place.cleaned_data["grid"]
        by = post_in(request, grid, Right.KEEP)
        said = {"key": form.cleaned_data["key"], **form.facts}
        return actions.plan_activity(grid, by=by, at=request.at, **said)

    back = reverse("residents:activities")
    return take_all(request, [place, form], enter, title=_("New activity"), back=back)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """What is written of an activity is corrected."""
    found = entry_in_scope(request, _activities(), pk)
    by = acting_post(request, found, Right.KEEP)
    form = ActivityForm(request.POST or None, entry=found, teams=_teams(request))

    def enter():
        return actions.amend_activity(found, by=by, at=request.at, **form.facts)

    back = found.get_absolute_url()
    return take_all(request, [form], enter, title=_("Correct"), back=back, about=str(found))


@require_POST
def call_off(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not take place."""
    found = entry_in_scope(request, _activities(), pk)
    by = acting_post(request, found, Right.KEEP)
    try:
        actions.call_off(found, by=by, at=request.at)
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect(found)


@require_POST
def sign_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff put a volunteer on the list."""
    found = entry_in_scope(request, _activities(), pk)
    by = acting_post(request, found, Right.KEEP)
    free = volunteers.volunteers_of(found)  # who is on the list already stays there: the same form twice
    form = JoinForm(request.POST, who=reader(request), volunteers=free)
    if not form.is_valid():
        return show(request, found, form, status=422)

    try:
        actions.sign_up(found, by=by, at=request.at, **form.cleaned_data)
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        return show(request, found, form, status=422)
    return redirect(found)


@require_POST
def sign_off(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """She does not come after all."""
    found = entry_in_scope(request, _activities(), pk)
    by = acting_post(request, found, Right.KEEP)
    leaving = get_object_or_404(found.participations, pk=row)
    try:
        actions.sign_off(leaving, by=by, at=request.at)
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect(found)


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was there, and for how long: ticked on the phone, confirmed in one go."""
    found = entry_in_scope(request, _activities(), pk)
    by = acting_post(request, found, Right.KEEP)
    form = HoursForm(request.POST or None, activity=found, rows=volunteers.taking_part(found))
    if request.method == "POST" and not form.open_rows:  # the same form again
        return redirect(found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_hours(found, form.hours, by=by, at=request.at)
            return redirect(found)
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))

    who = reader(request)
    lines = [
        (row, who.sees(row.volunteer.resident, Field.NAME), came, hours) for row, came, hours in form.lines
    ]
    context = {"activity": found, "form": form, "lines": lines, "is_over": found.ends_at <= request.at}
    return render(request, "residents/attendance.html", context, status=422 if form.errors else 200)


@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """What the volunteers of each grid and each team gave in a year."""
    must_hold(request, Right.FIGURES)
    years = volunteers.years(request.at)
    asked = request.GET.get("year", "")
    year = next((year for year in years if str(year) == asked), years[0])
    context = {
        "year": year,
        "years": years,
        "total": volunteers.hours_in_all(request.scope, year),
        "by_grid": volunteers.hours_by_grid(request.scope, year),
        "by_team": volunteers.hours_by_team(request.scope, year),
    }
    return render(request, "residents/hours.html", context)


def _teams(request: HttpRequest):
    return (
        Team.objects.within(request.scope, Right.KEEP).filter(is_active=True).order_by("grid__code", "name")
    )
