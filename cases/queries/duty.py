"""Who is on duty, who can be put on duty, and the month as it is filled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import caches
from django.db.models import Max, Q
from django.utils import timezone

from grids.enums import Level, Right, Role
from grids.models import Department, Grid, Post
from grids.scopes import Scope

from ..models import DutyShift
from ..rules.duty import DutyDay, days_of
from .listing import kept_as

HANDLERS = tuple(role for role in Role if Right.HANDLE in role.rights)
KEPT = timedelta(minutes=1)  # the desk looks this far ahead, since what it shows is kept for half a minute


def on_duty(place: tuple[int | None, int | None], at: datetime) -> DutyShift | None:
    """The shift that runs for a street, or for its district where the street has none; one query."""
    running = DutyShift.objects.running(at).filter(grid__in=[pk for pk in place if pk])
    return running.select_related("post__user").order_by("-level").first()


def post_on_duty(unit: Grid | Department, place: tuple[int | None, int | None], at: datetime) -> Post | None:
    """The post in a unit of whoever is on duty; None where nobody is, or where she has no say in that unit."""
    shift = on_duty(place, at)
    if shift is None:
        return None
    here = {"grid": unit} if isinstance(unit, Grid) else {"department": unit}
    posts = Post.objects.filter(user=shift.post.user_id, role__in=HANDLERS, **here).current(at)
    return posts.select_related("user").order_by("pk").first()


@dataclass(frozen=True)
class OnDuty:
    """Who is on duty for a place, as the dispatch desk shows it."""

    place: str
    person: str
    where: str
    phone: str
    since: datetime
    until: datetime

    @property
    def until_text(self) -> str:
        return f"{timezone.localtime(self.until):%m-%d %H:%M}"


def duties(scope: Scope, at: datetime) -> list[OnDuty]:
    """The duties that run where a person looks, at most half a minute old: streets and the districts above them."""
    found: list[OnDuty] | None = caches["shown"].get(kept_as("duty", scope))
    if found is None:
        found = _duties(scope, at)
        caches["shown"].set(kept_as("duty", scope), found)
    return [duty for duty in found if duty.since <= at < duty.until]


def _duties(scope: Scope, at: datetime) -> list[OnDuty]:
    spans = scope.spans(Right.DISPATCH)
    here = Q(pk__in=[])
    for span in spans:
        district = span.code[: Level.DISTRICT.code_length]
        here |= Q(grid__code__startswith=span.code) | Q(grid__code=district)
    shifts = DutyShift.objects.between(at, at + KEPT).filter(here)
    shifts = shifts.filter(Q(post__until__isnull=True) | Q(post__until__gt=at))
    shifts = shifts.select_related("grid", "post__user", "post__grid", "post__department")
    return [
        OnDuty(
            str(s.grid), str(s.post.user), f"{s.post.place_name} {s.post.get_role_display()}", s.post.user.phone,
            s.since, s.until,
        )
        for s in shifts.order_by("-level", "grid__code", "since")
    ]  # fmt: skip


# --- the month ---------------------------------------------------------------------------------------


def candidates(grid: Grid, at: datetime) -> list[Post]:
    """Who can be put on duty for a place: who may handle there, at the place itself or in one of its departments."""
    posts = Post.objects.current(at).filter(Q(grid=grid) | Q(department__grid=grid), role__in=HANDLERS)
    return list(
        posts.select_related("user", "grid", "department").order_by(
            "department__code", "role", "user__name", "pk"
        )
    )


@dataclass(frozen=True)
class Line:
    """One day of the month, and the shifts that lie in it: two where somebody took over."""

    day: DutyDay
    shifts: tuple[DutyShift, ...] = ()

    @property
    def last(self) -> DutyShift | None:
        return self.shifts[-1] if self.shifts else None


def month_of(grid: Grid, month: date) -> list[Line]:
    """The roster of a month, a line for each day; one query."""
    days = days_of(month)
    shifts = list(
        DutyShift.objects.filter(grid=grid)
        .between(days[0].since, days[-1].until)
        .select_related("post__user", "post__grid", "post__department")
    )
    return [Line(day, tuple(_within(day, shifts))) for day in days]


def _within(day: DutyDay, shifts: Iterable[DutyShift]) -> Iterable[DutyShift]:
    return (shift for shift in shifts if day.since <= shift.since < day.until)


def standing(grid: Grid, month: date) -> str:
    """How the month stands; a form carries it, so that nobody writes over what she has not seen."""
    days = days_of(month)
    shifts = DutyShift.objects.filter(grid=grid).between(days[0].since, days[-1].until).order_by()
    found = shifts.aggregate(last=Max("set_at"))
    return f"{shifts.count()}-{found['last'].isoformat() if found['last'] else ''}"
