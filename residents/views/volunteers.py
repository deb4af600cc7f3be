"""Volunteers and their teams: their pages, and everything that can happen to them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date

from .. import actions
from ..enums import Field
from ..forms.entries import GridForm
from ..forms.volunteers import JoinForm, NewVolunteerForm, RetireForm, TeamChangeForm, TeamForm, VolunteerForm
from ..models import Membership, Resident, Team, Volunteer
from ..queries import points
from ..queries.entries import changes
from ..queries.volunteers import head_posts, hours_of, members_of, not_in, taken_part, teams
from .asking import acting_post, entry_in_scope, must_hold, post_in, reader
from .taking import take_all


def _volunteers():
    return Volunteer.objects.with_names().select_related("post__user")


@require_safe
def volunteer(request: HttpRequest, pk: int) -> HttpResponse:
    """Since when she volunteers, what she gave, and what she has in points."""
    found = entry_in_scope(request, _volunteers(), pk)
    who = reader(request)
    context = {
        "volunteer": found,
        "name": who.sees(found.resident, Field.NAME),
        "hours": hours_of(found),
        "participations": taken_part(found),
        "teams": Membership.objects.filter(volunteer=found, until__isnull=True).select_related("team"),
        "ledger": points.ledger(found.resident),
        "balance": points.balance(found.resident),
        "can_keep": request.scope.covers(found, Right.KEEP) and found.is_open,
        "can_see_resident": request.scope.covers(found.resident, Right.REGISTER),
        "changes": changes(found),
    }
    return render(request, "residents/volunteer.html", context)


@require_http_methods(["GET", "POST"])
def enlist(request: HttpRequest, pk: int) -> HttpResponse:
    """A resident becomes a volunteer."""
    person = entry_in_scope(request, Resident.objects.select_related("grid"), pk)
    by = acting_post(request, person, Right.KEEP)
    posts = head_posts(person.grid, request.at)
    form = NewVolunteerForm(request.POST or None, posts=posts, initial={"since": local_date(request.at)})

    def enter():
        said = {"since": form.cleaned_data["since"], "key": form.cleaned_data["key"], **form.facts}
        return actions.enlist(person, by=by, at=request.at, **said)

    back = person.get_absolute_url()
    return take_all(request, [form], enter, title=_("New volunteer"), back=back, about=str(person))


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """What is written of a volunteer is corrected."""
    found = entry_in_scope(request, _volunteers(), pk)
    by = acting_post(request, found, Right.KEEP)
    form = VolunteerForm(request.POST or None, entry=found, posts=head_posts(found.grid, request.at))

    def enter():
        return actions.amend_volunteer(found, by=by, at=request.at, **form.facts)

    back = found.get_absolute_url()
    return take_all(request, [form], enter, title=_("Correct"), back=back, about=str(found))


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """She volunteers no more."""
    found = entry_in_scope(request, _volunteers(), pk)
    by = acting_post(request, found, Right.KEEP)
    form = RetireForm(request.POST or None, initial={"until": local_date(request.at)})

    def enter():
        return actions.retire(found, by=by, at=request.at, **form.cleaned_data)

    back = found.get_absolute_url()
    return take_all(request, [form], enter, title=_("Volunteers no more"), back=back, about=str(found))


# --- teams ---------------------------------------------------------------------------------------------


@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """The teams within reach."""
    must_hold(request, Right.REGISTER)
    rows = teams(request.scope).order_by("-is_active", "grid__code", "name")
    context = {"teams": rows, "can_keep": Right.KEEP in request.scope.rights}
    return render(request, "residents/teams.html", context)


@require_safe
def team(request: HttpRequest, pk: int) -> HttpResponse:
    return show_team(request, entry_in_scope(request, Team.objects.select_related("grid"), pk))


def show_team(
    request: HttpRequest, found: Team, form: JoinForm | None = None, status: int = 200
) -> HttpResponse:
    """Who is in a team, who leads it, what it has done."""
    who = reader(request)
    can_keep = request.scope.covers(found, Right.KEEP)
    if can_keep and found.is_active and form is None:
        form = JoinForm(who=who, volunteers=not_in(found))
    members = [(member, who.sees(member.volunteer.resident, Field.NAME)) for member in members_of(found)]
    context = {
        "team": found,
        "members": members,
        "activities": found.activities.order_by("-begins_at")[:20],
        "can_keep": can_keep,
        "form": form,
        "changes": changes(found),
    }
    return render(request, "residents/team.html", context, status=status)


@require_http_methods(["GET", "POST"])
def add_team(request: HttpRequest) -> HttpResponse:
    """A new team in one of her grids."""
    must_hold(request, Right.KEEP)
    place, form = GridForm(request.POST or None), TeamForm(request.POST or None)
    place.fields["grid"].queryset = keeping_grids(request)
    place.fields["grid"].label = _("Grid")

    def enter():
        grid = place.cleaned_data["grid"]
        by = post_in(request, grid, Right.KEEP)
        return actions.found_team(grid, by=by, at=request.at, key=form.cleaned_data["key"], **form.facts)

    return take_all(request, [place, form], enter, title=_("New team"), back=reverse("residents:teams"))


@require_http_methods(["GET", "POST"])
def change_team(request: HttpRequest, pk: int) -> HttpResponse:
    """What is written of a team is corrected; its leader is chosen."""
    found = entry_in_scope(request, Team.objects.select_related("grid"), pk)
    by = acting_post(request, found, Right.KEEP)
    members = Volunteer.objects.with_names().filter(pk__in=members_of(found).values("volunteer"))
    form = TeamChangeForm(request.POST or None, entry=found, who=reader(request), members=members)

    def enter():
        return actions.amend_team(found, by=by, at=request.at, **form.facts)

    back = found.get_absolute_url()
    return take_all(request, [form], enter, title=_("Correct"), back=back, about=str(found))


@require_POST
def join_team(request: HttpRequest, pk: int) -> HttpResponse:
    """A volunteer joins."""
    found = entry_in_scope(request, Team.objects.select_related("grid"), pk)
    by = acting_post(request, found, Right.KEEP)
    form = JoinForm(request.POST, who=reader(request), volunteers=not_in(found))
    if not form.is_valid():
        return show_team(request, found, form, status=422)

    try:
        joining = form.cleaned_data["volunteer"]
        actions.join_team(found, joining, since=local_date(request.at), by=by, at=request.at)
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        return show_team(request, found, form, status=422)
    return redirect(found)


@require_POST
def leave_team(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """A volunteer leaves."""
    found = entry_in_scope(request, Team.objects.all(), pk)
    by = acting_post(request, found, Right.KEEP)
    leaving = get_object_or_404(found.memberships, pk=member)
    actions.leave_team(leaving, by=by, at=request.at)
    return redirect(found)


def keeping_grids(request: HttpRequest):
    """Where she may found a team or plan an activity: her communities and building grids."""
    grids = Grid.objects.within(request.scope, Right.KEEP).active()
    return grids.filter(level__gte=Level.COMMUNITY).order_by("code")
