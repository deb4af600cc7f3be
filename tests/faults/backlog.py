"""Cases whose limit has passed while nobody was looking, made by the hundred: each as the actions would have left it."""

from datetime import datetime, timedelta

from django.db import transaction

from cases.actions.deadlines import moments_of, schedule_of
from cases.actions.handling import SixOnes, draft, give
from cases.actions.ledger import entry
from cases.enums import Action, Step, Unit
from cases.models import Assignment, Case, CaseEvent, Deadline, Milestone, NumberSeries
from cases.rules import lifecycle, numbers, seal
from cases.rules.clock import Limit
from cases.rules.policy import Policy
from gridgov.kit.bulk import update_rows
from grids.models import path_of
from grids.queries import work_calendar
from grids.rules.workdays import local_date
from tests.town import Town

MOVED = (
    "version",
    "step",
    "due_at",
    "is_provisional",
    "accepted_at",
    "holder_grid",
    "holder_department",
    "holder_post",
)
DAY = Limit(24, Unit.HOURS)  # round the clock: due whatever the official calendar says of the days in between
BATCH = 5000


def due_cases(town: Town, number: int, *, due_at: datetime, limit: Limit = DAY) -> None:
    """Reported and given to the grid leader of 一号网格 a day before `due_at`; nobody has signed."""
    at = due_at - timedelta(hours=24)
    for first in range(0, number, BATCH):
        _batch(town, min(BATCH, number - first), at, limit)


@transaction.atomic
def _batch(town: Town, number: int, at: datetime, limit: Limit) -> None:
    calendar, post, by = work_calendar(), town.post.leader, town.post.dispatcher
    cases = _reported(town, number, at)
    edges = lifecycle.transition(None, Action.REPORT), lifecycle.transition(Step.REPORTED, Action.ASSIGN)
    events = [_born(case, edges[0], town, at) for case in cases]
    given = [
        draft(case, town.grid.one, post, limit, calendar, SixOnes(), at=at, by=by, round=1) for case in cases
    ]
    for case, assignment, born in zip(cases, given, events[: len(cases)], strict=True):
        give(case, assignment)
        case.accepted_at = at
        facts = {"unit": str(town.grid.one), "limit": limit.amount, "limit_unit": limit.unit}
        events.append(entry(case, edges[1], by=by, at=at, data=facts, previous=bytes(born.hash)))
    Assignment.objects.bulk_create(given)
    Deadline.objects.bulk_create(row for a in given for row in moments_of(a, calendar, Policy()))
    Milestone.objects.bulk_create(row for a in given for row in schedule_of(a, calendar))
    update_rows(cases, MOVED)
    CaseEvent.objects.bulk_create(events)


def _reported(town: Town, number: int, at: datetime) -> list[Case]:
    """The rows of the cases, numbered on from what their day has seen."""
    prefix = numbers.prefix(town.grid.street.short_name, local_date(at))
    series, _new = NumberSeries.objects.select_for_update().get_or_create(prefix=prefix, defaults={"last": 0})
    category, leader = town.category(), town.post.leader
    cases = [
        Case(
            **path_of(town.grid.one), number=numbers.number(prefix, series.last + n), category=category,
            ledger=category.ledger, channel="patrol", text="楼道口堆放建筑垃圾", search_text="楼道口堆放建筑垃圾",
            reporter=leader.user, reporter_post=leader, reported_at=at, step_since=at,
            holder_grid=town.grid.street,
        )
        for n in range(1, number + 1)
    ]  # fmt: skip
    series.last += number
    series.save()
    return Case.objects.bulk_create(cases)


def _born(case: Case, edge: lifecycle.Edge, town: Town, at: datetime) -> CaseEvent:
    words = seal.fingerprint([getattr(case, name) for name in seal.WORDS])
    return entry(case, edge, by=town.post.leader, at=at, data={"channel": "patrol", "words": words})
