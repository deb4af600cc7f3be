"""Budget 8: the scores of a month for every grid of the city at once, against the same grid after grid."""

import time
from datetime import date
from statistics import median
from typing import Any

from django.db import connection, transaction

from assessment.actions.scoring import score_month
from assessment.enums import Input
from assessment.models import MonthlyScore, Run
from assessment.queries import inputs as counting
from assessment.rules import scoring as rule
from grids.enums import Level
from grids.models import Grid

from . import city as plan
from .meter import Report
from .server import City

SAMPLE = 60  # about so many grids of a level are scored one by one; the others are taken to need as long
OF_THE_CALENDAR = {Input.DUTY_DAYS, Input.TO_SIGN, Input.SIGNED}  # summed up the tree, not asked of a grid


def scoring(report: Report, big: City, _small: City) -> None:
    """Every district is scored as the first of the month does it, written and ranked; then taken back."""
    with big.open(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would check, checked all the same
        month = date(plan.NOW.year, plan.NOW.month - 1, 1)
        began = time.perf_counter()
        for district in Grid.objects.at(Level.DISTRICT).order_by("code"):
            score_month(district, month, by=None, at=plan.NOW)
        at_once = time.perf_counter() - began
        number = MonthlyScore.objects.filter(run__month=month).count()
        one_by_one = sum(_of_level(level, month) for level in Level)
        report.add("8", f"scores of {number:,} grids: one by one / at once", one_by_one, at_once, 50,
                   unit="s", is_floor=True, note="the same counts and points")  # fmt: skip
        transaction.set_rollback(True)


def _of_level(level: Level, month: date) -> float:
    """The seconds that the grids of a level take one after the other, and that they come to the same."""
    scores = MonthlyScore.objects.filter(run__month=month, level=level).order_by("grid__code")
    number = scores.count()
    taken = []
    for score in scores.select_related("grid", "run__grid", "run__scheme")[:: max(1, number // SAMPLE)]:
        began = time.perf_counter()
        counts = {**score.counts, **_counted(score.grid, score.run)}
        points = _points(score.run, counts, score.run.peers[str(level.value)])
        score.save()
        taken.append(time.perf_counter() - began)
        assert counts == score.counts, score.grid.code
        assert points == score.computed, score.grid.code
    return median(taken) * number


def _counted(place: Grid, run: Run) -> dict[str, int]:
    """Every question of a score, asked of one grid alone and answered by its own indexes."""
    counts = {name.value: 0 for name in Input if name not in OF_THE_CALENDAR}
    asked: dict[str, Any] = {**counting._asked(run.grid, run.period), "grid": place.pk}
    column = f"{Level(place.level).path_field}_id"
    with connection.cursor() as cursor:
        for names, sql in counting._statements(place):
            cursor.execute(sql.replace("district_id = %(grid)s", f"{column} = %(grid)s"), asked)
            for pk, *numbers in cursor.fetchall():
                if pk == place.pk:
                    counts.update(zip(names, numbers, strict=True))
    return counts


def _points(run: Run, counts: dict[str, int], peers: dict[str, int]) -> Any:
    rules = [each.rule for each in run.scheme.indicators.order_by("position")]
    return rule.score(rules, run.scheme.terms, counts, peers, {}).total
