"""Patrols and diaries: what is under way, what was written, and how much of it in a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Prefetch, Q

from grids.enums import Right
from grids.models import Grid, Post
from grids.rules.workdays import first_of_month, local_date
from grids.scopes import Scope

from ..models import DiaryEntry, Patrol
from ..models.patrols import PatrolQuerySet


@dataclass(frozen=True)
class Figures:
    """What was walked and written in one month: days patrolled, diary lines, cases made of them."""

    days: int
    lines: int
    cases: int


def patrol_posts(scope: Scope) -> list[Post]:
    """The posts from which this person patrols."""
    return [post for post in scope.posts if Right.PATROL in post.rights]


def figures(grid: Grid, month: date) -> Figures:
    """The figures of one grid and everything below it; a day counts once for each grid patrolled."""
    return _figures(Patrol.objects.inside(grid), month)


def figures_of(posts: Iterable[Post], month: date) -> Figures:
    """The same for what one person walked and wrote herself."""
    return _figures(Patrol.objects.filter(post__in=list(posts)), month)


def _figures(patrols: PatrolQuerySet, month: date) -> Figures:
    patrols = patrols.filter(date__range=_ends_of(month))
    days = patrols.order_by().values("grid_id", "date").distinct().count()
    written = DiaryEntry.objects.filter(patrol__in=patrols)
    told = written.aggregate(lines=Count("pk"), cases=Count("case"))
    return Figures(days, told["lines"], told["cases"])


def _ends_of(month: date) -> tuple[date, date]:
    first = month.replace(day=1)
    return first, first_of_month(first, 1) - date.resolution


def counted(patrols: PatrolQuerySet) -> PatrolQuerySet:
    """Patrols with the numbers of their lines and cases."""
    return patrols.annotate(lines=Count("entries"), cases=Count("entries__case")).select_related("grid")


def of_month(scope: Scope, month: date) -> PatrolQuerySet:
    """What this person walked in a month, the latest first."""
    mine = Patrol.objects.filter(post__user=scope.user_id, date__range=_ends_of(month))
    return counted(mine).order_by("-pk")


@dataclass(frozen=True)
class Today:
    """How today's patrol stands: one under way, perhaps a forgotten one of an earlier day, those done."""

    under_way: Patrol | None
    done: list[Patrol]
    days_this_month: int

    def is_forgotten(self, at: datetime) -> bool:
        return self.under_way is not None and self.under_way.date < local_date(at)


def today(scope: Scope, at: datetime) -> Today:
    """Today's patrol of a person, with the days she patrolled this month; one query."""
    posts, day = patrol_posts(scope), local_date(at)
    first = day.replace(day=1)
    mine = Patrol.objects.filter(Q(date__range=(first, day)) | Q(ended_at__isnull=True), post__in=posts)
    found = list(counted(mine).order_by("-pk"))
    return Today(
        under_way=next((patrol for patrol in found if patrol.is_under_way), None),
        done=[patrol for patrol in found if patrol.date == day and not patrol.is_under_way],
        days_this_month=len({(patrol.grid_id, patrol.date) for patrol in found if patrol.date >= first}),
    )


def patrols_seen(scope: Scope) -> PatrolQuerySet:
    """The patrols this person may look at, with their lines, the latest line first."""
    lines = DiaryEntry.objects.select_related("suggestion", "case__category").order_by("-pk")
    return (
        Patrol.objects.within(scope)
        .select_related("post__user", "post__grid", "grid", "community", "street")
        .prefetch_related(Prefetch("entries", lines))
    )


@dataclass(frozen=True)
class Summary:
    """What one walk came to."""

    lines: int
    cases: int
    minutes: int


def summary(patrol: Patrol, at: datetime) -> Summary:
    """Of a patrol whose lines are at hand; up to now while it is under way."""
    lines = list(patrol.entries.all())
    walked = (patrol.ended_at or at) - patrol.started_at
    return Summary(len(lines), sum(1 for line in lines if line.case_id), int(walked.total_seconds()) // 60)


def month_of(text: str, at: datetime) -> date:
    """A month out of an address such as 2026-09; the current one when it says nothing usable."""
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a month has no time zone
    except ValueError:
        return local_date(at).replace(day=1)
    return found if date(2000, 1, 1) <= found <= date(2999, 1, 1) else local_date(at).replace(day=1)
