"""Volunteers, teams and activities, as pages and moves ask for them; the hours of a year."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from grids.enums import Level, Right, Role
from grids.models import Grid, Post
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import ActivityState
from ..models import Activity, Membership, Participation, Team, Volunteer


def volunteers_of(place: Any) -> QuerySet[Volunteer]:
    """Who could take part in something that lies in a grid: everybody who volunteers in it or below it."""
    return Volunteer.objects.open().with_names().inside(place.grid).order_by("building__code", "pk")


def still_free(activity: Activity) -> QuerySet[Volunteer]:
    """Who could still sign up for an activity."""
    return volunteers_of(activity).exclude(participations__activity=activity)


def not_in(team: Team) -> QuerySet[Volunteer]:
    """Who could still join a team."""
    return volunteers_of(team).exclude(pk__in=team.memberships.filter(until__isnull=True).values("volunteer"))


def members_of(team: Team) -> QuerySet[Membership]:
    """Who is in a team now."""
    found = team.memberships.filter(until__isnull=True).order_by("since", "pk")
    return found.select_related("volunteer__grid", "volunteer__resident__household__dwelling__house")


def taking_part(activity: Activity) -> QuerySet[Participation]:
    """Who has signed up, in the order of it."""
    found = activity.participations.order_by("pk")
    return found.select_related("volunteer__resident__household__dwelling__house", "confirmed_by__user")


def taken_part(volunteer: Volunteer) -> QuerySet[Participation]:
    """The activities somebody signed up for, in all the times she has volunteered, the last first."""
    found = Participation.objects.filter(volunteer__resident=volunteer.resident_id)
    return found.select_related("activity__grid").order_by("-activity__begins_at", "-pk")


def hours_of(volunteer: Volunteer) -> Decimal:
    """All the hours that were confirmed of her."""
    return taken_part(volunteer).aggregate(hours=Sum("hours"))["hours"] or Decimal(0)


def head_posts(grid: Grid, at: datetime) -> QuerySet[Post]:
    """The accounts of the building heads of a grid, one of which may be hers."""
    return Post.objects.current(at).filter(grid=grid, role=Role.BUILDING_HEAD).select_related("user")


def activities(scope: Scope) -> QuerySet[Activity]:
    """What is planned and was held within a scope, with how many signed up and came."""
    return (
        Activity.objects.within(scope, Right.REGISTER)
        .select_related("grid", "team")
        .annotate(
            signed_up=Count("participations"),
            came=Count("participations", filter=Q(participations__hours__gt=0)),
        )
    )


def teams(scope: Scope) -> QuerySet[Team]:
    """The teams within a scope, with how many are in them."""
    size = Count("memberships", filter=Q(memberships__until__isnull=True))
    return Team.objects.within(scope, Right.REGISTER).select_related("grid").annotate(size=size)


@dataclass(frozen=True)
class Hours:
    """What the volunteers of one grid, or one team, gave in a year."""

    name: str
    hours: Decimal
    people: int
    activities: int


def _confirmed(scope: Scope, year: int) -> QuerySet[Participation]:
    rows = Participation.objects.within(scope, Right.FIGURES).filter(hours__gt=0)
    return rows.filter(activity__state=ActivityState.HELD).annotate(
        year=ExtractYear("activity__begins_at")
    ).filter(year=year).order_by()  # fmt: skip


def _added_up(rows: QuerySet[Participation], by: str) -> list[dict[str, Any]]:
    found = rows.values(by).annotate(
        given=Sum("hours"),
        people=Count("volunteer__resident", distinct=True),
        occasions=Count("activity", distinct=True),
    )
    return list(found)


def hours_by_grid(scope: Scope, year: int) -> list[Hours]:
    """The year's confirmed hours of each building grid within a scope; two queries."""
    rows = {row["building"]: row for row in _added_up(_confirmed(scope, year), "building")}
    grids = Grid.objects.filter(pk__in=rows, level=Level.BUILDING).order_by("code")
    return [_hours(grid.name, rows[grid.pk]) for grid in grids]


def hours_by_team(scope: Scope, year: int) -> list[Hours]:
    """The year's confirmed hours given with each team by volunteers of a scope; two queries."""
    rows = {row["activity__team"]: row for row in _added_up(_confirmed(scope, year), "activity__team")}
    found = Team.objects.filter(pk__in=[pk for pk in rows if pk]).order_by("grid__code", "name")
    return [_hours(team.name, rows[team.pk]) for team in found]


def hours_in_all(scope: Scope, year: int) -> Hours:
    """The same for the whole scope: nobody counts twice who was in several grids or teams."""
    found = _confirmed(scope, year).aggregate(
        given=Sum("hours"),
        people=Count("volunteer__resident", distinct=True),
        occasions=Count("activity", distinct=True),
    )
    return _hours("", found)


def _hours(name: str, row: dict[str, Any]) -> Hours:
    return Hours(name, row["given"] or Decimal(0), row["people"], row["occasions"])


def years(at: datetime) -> list[int]:
    """The years that can be looked at, the last first."""
    this: date = local_date(at)
    return [this.year - back for back in range(3)]
