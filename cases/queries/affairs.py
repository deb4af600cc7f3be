"""The list of grid affairs: may a category be pushed down on a day, what stands on the list, who reads it."""

from collections.abc import Iterable
from datetime import date

from django.core.cache import caches
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from grids.enums import Level
from grids.models import Department, Grid
from grids.scopes import Scope

from ..models import Affair, AffairList, Category
from ..models.admissions import AffairQuerySet

# --- may it be pushed down ------------------------------------------------------------------------------


def is_admitted(category: Category, district_id: int, day: date) -> bool:
    """Whether grids of a district may be given such a case on a day; one query.

    Where no list is in force the mark in the catalogue of categories holds.
    """
    listed = Affair.objects.on(day).filter(on_list=OuterRef("pk"), category=category)
    lists = AffairList.objects.filter(district=district_id, since__lte=day)
    found = lists.annotate(is_listed=Exists(listed)).values_list("is_listed", flat=True).first()
    return category.is_admitted if found is None else found


def why_not(category: Category) -> str:
    """What to say where a case cannot be pushed down, and what to do instead."""
    return _(
        "“%(category)s” is not among the affairs admitted to the grids. Give it to a department; "
        "a department may apply for its admission."
    ) % {"category": category}


def display_affairs(day: date) -> dict[int, frozenset[int]]:
    """The categories on each list that is in force, by district; at most half a minute old."""
    kept = f"affairs-{day}"
    found: dict[int, frozenset[int]] | None = caches["local"].get(kept)
    if found is None:
        lists = AffairList.objects.filter(since__lte=day).values_list("district", "pk")
        rows = Affair.objects.on(day).values_list("on_list", "category")
        listed: dict[int, set[int]] = {pk: set() for _district, pk in lists}
        for pk, category in rows:
            listed.setdefault(pk, set()).add(category)
        found = {district: frozenset(listed[pk]) for district, pk in lists}
        caches["local"].set(kept, found, 30)
    return found


# --- who reads it ---------------------------------------------------------------------------------------


def districts(scope: Scope) -> list[Grid]:
    """The districts in which a person sees cases, of a department too: their lists she may read."""
    return scope.remember("districts of affairs", lambda: _districts(scope))


def _districts(scope: Scope) -> list[Grid]:
    codes = {span.code[: Level.DISTRICT.code_length] for span in scope.spans()}
    if held := scope.departments():
        of_departments = Department.objects.filter(pk__in=held).values_list("grid__code", flat=True)
        codes |= {code[: Level.DISTRICT.code_length] for code in of_departments}
    return list(Grid.objects.filter(code__in=codes).order_by("code"))


def district_of(department: Department) -> Grid:
    """The district a department serves, itself or one of its streets."""
    return Grid.objects.get(code=department.grid.code[: Level.DISTRICT.code_length])


# --- what stands on it ----------------------------------------------------------------------------------


def list_of(district: Grid) -> AffairList | None:
    return AffairList.objects.filter(district=district).select_related("set_by__user").first()


def affairs_of(district: Grid, day: date | None = None) -> AffairQuerySet:
    """What stands on the list of a district on a day, or ever stood or will stand on it, in the order of categories."""
    rows: AffairQuerySet = Affair.objects.all() if day is None else Affair.objects.on(day)
    found = rows.filter(on_list__district=district).select_related(
        "category__parent", "admission__department", "left_by__user", "on_list"
    )
    return found.order_by("category__code", "since", "pk")


def called(rows: AffairQuerySet, word: str) -> AffairQuerySet:
    """Those whose category, affair or department is called like that."""
    by_name = rows.filter(category__name__icontains=word)
    return (
        by_name
        | rows.filter(admission__name__icontains=word)
        | rows.filter(admission__department__name__icontains=word)
    )


def missing(listed: Iterable[Affair]) -> QuerySet[Category]:
    """The categories in use that these affairs do not name."""
    return Category.objects.leaves().exclude(pk__in={row.category_id for row in listed}).order_by("code")
