"""What waits at the dispatch desk: the urgent first, then the oldest, each with its natural addressee."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case as Choice
from django.db.models import IntegerField, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from grids.enums import Right
from grids.models import Department
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import Action, Severity, Step, Unit
from ..models import Case, CaseEvent
from ..models.cases import CaseQuerySet
from .affairs import display_affairs
from .listing import PRESSING, Item, display_categories, of_severity, where

LENGTH = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case of the queue, ready to print."""

    pk: int
    version: int
    url: str
    panel_url: str
    number: str
    category: str
    urgency: str
    where: str
    text: str
    reporter: str
    reported: str
    age: str
    returns: int
    return_reason: str
    claimed_by: str
    is_mine: bool
    unit: str  # the suggested addressee
    limit: str


def waiting_cases(scope: Scope) -> CaseQuerySet:
    """Everything reported where she dispatches, in the order in which it should be taken."""
    urgent = When(category__in=of_severity(*PRESSING), then=Value(0))
    found = Case.objects.open().at_step(Step.REPORTED).within(scope, Right.DISPATCH)
    return found.annotate(rank=Choice(urgent, default=Value(1), output_field=IntegerField())).order_by(
        "rank", "reported_at", "pk"
    )


def queue(scope: Scope, at: datetime, length: int = LENGTH) -> list[Waiting]:
    """The first of the waiting cases; two queries."""
    reason = (
        CaseEvent.objects.filter(case=OuterRef("pk"), action=Action.RETURN)
        .order_by("-seq")
        .values("note")[:1]
    )
    found = list(
        waiting_cases(scope)
        .annotate(reason=Subquery(reason))
        .values(
            "pk", "version", "number", "category_id", "text", "place", "house_no", "unit_no", "grid__name",
            "community__name", "street__name", "reporter__name", "reported_at", "returns", "reason",
            "holder_post_id", "holder_post__user__name", "street_id", "district_id",
        )[:length]
    )  # fmt: skip
    served = _departments(found)
    listed = display_affairs(local_date(at))
    return [_waiting(facts, served, listed, scope, at) for facts in found]


def next_after(scope: Scope, case: Case) -> int | None:
    """The case to take next: the first in the queue that nobody else has claimed."""
    mine = [post.pk for post in scope.posts]
    free = waiting_cases(scope).filter(Q(holder_post__isnull=True) | Q(holder_post__in=mine))
    return free.exclude(pk=case.pk).values_list("pk", flat=True).first()


def _departments(found: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], str]:
    """The names of the departments that serve these places, by place and duty code."""
    serving = {pk for facts in found for pk in (facts["street_id"], facts["district_id"])}
    departments = Department.objects.serving(*serving).values_list("grid_id", "code", "name")
    return {(grid, code): name for grid, code, name in departments}


def _waiting(
    facts: Mapping[str, Any], served: Mapping[tuple[int, str], str], listed: Mapping[int, Collection[int]],
    scope: Scope, at: datetime,
) -> Waiting:  # fmt: skip
    item = display_categories()[facts["category_id"]]
    pressing = item.severity in PRESSING
    return Waiting(
        pk=facts["pk"],
        version=facts["version"],
        url=reverse("cases:detail", args=[facts["pk"]]),
        panel_url=reverse("cases:panel", args=[facts["pk"]]),
        number=facts["number"],
        category=item.name,
        urgency=str(Severity(item.severity).label) if pressing else "",
        where=where(facts),
        text=facts["text"],
        reporter=facts["reporter__name"] or "—",
        reported=f"{timezone.localtime(facts['reported_at']):%m-%d %H:%M}",
        age=age(facts["reported_at"], at),
        returns=facts["returns"],
        return_reason=facts["reason"] or "",
        claimed_by=facts["holder_post__user__name"] or "",
        is_mine=facts["holder_post_id"] in {post.pk for post in scope.posts},
        unit=_natural_unit(facts, item, served, listed.get(facts["district_id"])),
        limit=f"{item.limit_amount} {Unit(item.limit_unit).label}",
    )


def _natural_unit(
    facts: Mapping[str, Any],
    item: Item,
    served: Mapping[tuple[int, str], str],
    listed: Collection[int] | None,
) -> str:
    """The name `units.units_for` would suggest: the department named by the category, street first.

    `listed`: the categories on the list of the district; None where no list is in force.
    """
    for place in (facts["street_id"], facts["district_id"]):
        if name := served.get((place, item.department)):
            return name
    if item.is_admitted if listed is None else item.pk in listed:
        return facts["community__name"] or facts["grid__name"] or ""
    return ""


def age(since: datetime, at: datetime) -> str:
    """How long something has waited, in the largest unit that fits."""
    waited = max(at - since, timedelta())
    if waited >= timedelta(days=1):
        return ngettext("%(n)d day", "%(n)d days", waited.days) % {"n": waited.days}
    hours, minutes = waited.seconds // 3600, waited.seconds // 60
    if hours:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
