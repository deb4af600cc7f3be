"""What residents say: of single cases (满意率), and on sheets about a grid (群众三评). docs/rules/checks.md §5, §6."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from cases.enums import Action
from cases.models import Case, CaseEvent
from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import Dimension, Satisfaction
from ..models import PeriodRating, Rating
from ..models.ratings import COUNTS, grade_column
from ..rules.rates import share

CONTENT = [grade.value for grade in Satisfaction if grade.is_satisfied]


class Satisfied(NamedTuple):
    """Of the closings that were evaluated, those whose residents were satisfied or very satisfied."""

    satisfied: int
    rated: int

    @property
    def percent(self) -> Decimal | None:
        return share(self.satisfied, self.rated)


# A row counts once at each level of the path that was stored with it.
BY_GRID = """
SELECT coalesce(building_id, community_id, street_id, district_id),
    count(*) FILTER (WHERE satisfaction = ANY(%s)), count(*)
FROM assessment_rating
WHERE at >= %s AND at < %s
GROUP BY GROUPING SETS ((building_id), (community_id), (street_id), (district_id))
HAVING coalesce(building_id, community_id, street_id, district_id) IS NOT NULL
"""


def satisfaction_by_grid(start: datetime, moment: datetime) -> dict[int, Satisfied]:
    """(satisfied, rated) by the id of every grid of any level where something was evaluated; one statement.

    What was taken down at `start` or later and before `moment`; nothing is ever changed, so the same moments give
    the same numbers at any later time. A grid that is not in it has nothing to divide by.
    """
    with connection.cursor() as cursor:
        cursor.execute(BY_GRID, [CONTENT, start, moment])
        return {grid: Satisfied(satisfied, rated) for grid, satisfied, rated in cursor.fetchall()}


def ratings_of(grid: Grid, start: datetime, moment: datetime) -> QuerySet[Rating]:
    """The very rows that `satisfaction_by_grid` counts for a grid."""
    rows: QuerySet[Rating] = Rating.objects.inside(grid).filter(at__gte=start, at__lt=moment)
    return rows.select_related("case", "by__user").order_by("-pk")


def standing_closing(case: Case) -> CaseEvent | None:
    """The closing that a closed case stands on; None while it is open or if it ended otherwise."""
    again = CaseEvent.objects.filter(case=OuterRef("case"), seq__gt=OuterRef("seq"), action=Action.REOPEN)
    closing = CaseEvent.objects.filter(case=case, action=Action.CLOSE).exclude(Exists(again))
    return closing.order_by("-seq").first()


def rating_of(event: CaseEvent) -> Rating | None:
    return Rating.objects.filter(event=event).select_related("by__user").first()


# --- sheets ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Graded:
    """One dimension of some sheets: how often each grade was given."""

    dimension: Dimension
    counts: tuple[int, ...]  # in the order of Satisfaction

    @property
    def satisfied(self) -> int:
        return sum(n for grade, n in zip(Satisfaction, self.counts, strict=True) if grade.is_satisfied)

    @property
    def answered(self) -> int:
        return sum(self.counts)

    @property
    def percent(self) -> Decimal | None:
        return share(self.satisfied, self.answered)


def graded(rows: Iterable[PeriodRating]) -> list[Graded]:
    """The three dimensions of some rows together; a counter-entry takes away what it corrects."""
    kept = list(rows)
    sums = {name: sum(getattr(row, name) for row in kept) for name in COUNTS}
    return [
        Graded(dimension, tuple(sums[grade_column(dimension, grade)] for grade in Satisfaction))
        for dimension in Dimension
    ]


def period_ratings(scope: Scope) -> QuerySet[PeriodRating]:
    """The sheets a person may read, the latest entry first, counter-entries beside what they correct."""
    rows: QuerySet[PeriodRating] = PeriodRating.objects.within(scope, Right.FIGURES)
    return rows.select_related("grid", "by__user", "corrects", "counter")


def stands(rows: QuerySet[PeriodRating]) -> QuerySet[PeriodRating]:
    """Those that were not taken back, and take nothing back."""
    return rows.filter(corrects__isnull=True, counter__isnull=True)
