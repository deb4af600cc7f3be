"""The promises of departments: which one holds for what on a day, and who reads and makes them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from grids.enums import Level, Right, Role
from grids.models import Department, Grid, Post
from grids.scopes import Scope

from ..models import Commitment
from .affairs import district_of


class PromiseBook:
    """Every promise of some departments, to be asked for any day; one query."""

    def __init__(self, promises: Iterable[Commitment]) -> None:
        self._rows: dict[tuple[int, int | None], list[Commitment]] = {}
        for row in promises:
            self._rows.setdefault((row.department_id, row.category_id), []).append(row)
        for rows in self._rows.values():
            rows.sort(key=lambda row: row.since, reverse=True)

    def on(self, day: date, department: int, category: int | None) -> Commitment | None:
        """What a department has promised for a category on a day: its own promise, or that for everything."""
        return self._held(day, department, category) or self._held(day, department, None)

    def _held(self, day: date, department: int, category: int | None) -> Commitment | None:
        return next((row for row in self._rows.get((department, category), ()) if row.since <= day), None)


def promises_in(districts: Iterable[Grid]) -> QuerySet[Commitment]:
    """Every promise of the departments of some districts and their streets, the one that holds last first."""
    codes = [district.code for district in districts]
    served = Department.objects.none()
    for code in codes:
        served |= Department.objects.filter(grid__code__startswith=code)
    rows = Commitment.objects.filter(department__in=served.values("pk")).newest_first()
    return rows.select_related("department__grid", "category", "set_by__user")


def holding(rows: Iterable[Commitment], day: date) -> set[int]:
    """Of each department and category the promise that holds on a day, by key."""
    latest: dict[tuple[int, int | None], Commitment] = {}
    for row in rows:
        about = (row.department_id, row.category_id)
        if row.since <= day and (about not in latest or latest[about].since < row.since):
            latest[about] = row
    return {row.pk for row in latest.values()}


# --- who promises ---------------------------------------------------------------------------------------


def may_promise(post: Post, department: Department, district: Grid) -> bool:
    """The head of the department promises for it, or who sets the rules of the district."""
    if post.department_id == department.pk:
        return post.role == Role.DEPARTMENT_HEAD
    return post.grid_id == district.pk and Right.POLICY in post.rights


def promising(scope: Scope) -> QuerySet[Department]:
    """The departments for which this person may promise."""
    heads = [post.department_id for post in scope.posts if post.role == Role.DEPARTMENT_HEAD]
    held = scope.departments(Right.HANDLE)
    allowed = Department.objects.active().filter(pk__in=[pk for pk in heads if pk in held])
    for span in scope.spans(Right.POLICY):
        if span.level == Level.DISTRICT:
            allowed |= Department.objects.active().filter(grid__code__startswith=span.code)
    return allowed.select_related("grid").order_by("grid__code", "pk")


def promising_post(scope: Scope, department: Department) -> Post | None:
    """The post from which she promises for a department."""
    district = district_of(department)
    granted = department.pk in scope.departments(Right.HANDLE)
    posts = [post for post in scope.posts if post.department_id and granted]
    over = scope.post_at(district.pk, Right.POLICY)
    return next((post for post in (*posts, over) if post and may_promise(post, department, district)), None)
