"""The numbers of the dispatch desk, and the pulse that says whether any of them can have changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext_lazy as _

from gridgov.kit.listing import counted
from grids.enums import Right
from grids.rules.workdays import end_of, local_date
from grids.scopes import Scope

from ..enums import DueState, Step
from ..models import Case
from .listing import ONE_DAY, ONLY

TODAY = "(today)"  # stands in the table below for the date of the day


@dataclass(frozen=True)
class Counter:
    """One number of the desk and the question that lists exactly its rows."""

    key: str
    label: str
    value: int
    query: dict[str, str]
    bad: bool = False


# key            label                          bad     what the list is asked
SHOWN: tuple[tuple[str, Any, bool, dict[str, str]], ...] = (
    ("waiting",  _("Waiting to be assigned"),   False,  {"step": Step.REPORTED}),
    ("claimed",  _("Claimed by me"),            False,  {"only": "claimed"}),
    ("unsigned", _("Not signed for in time"),   True,   {"only": "unsigned"}),
    ("handling", _("In handling"),              False,  {"step": Step.HANDLING}),
    ("overdue",  _("Overdue"),                  True,   {"due": DueState.OVERDUE}),
    ("today",    _("Due today"),                False,  {"due": DueState.TODAY}),
    ("verify",   _("To verify"),                False,  {"step": Step.FED_BACK}),
    ("close",    _("To close"),                 False,  {"step": Step.VERIFIED}),
    ("in",       _("Came in today"),            False,  {"reported_from": TODAY, "reported_to": TODAY}),
    ("out",      _("Ended today"),              False,  {"ended_from": TODAY, "ended_to": TODAY}),
)  # fmt: skip


def counters(scope: Scope, at: datetime) -> list[Counter]:
    """How the command centre stands at this moment; two queries."""
    values = {**_open(scope, at), **_others(scope, at)}
    day = local_date(at).isoformat()
    return [
        Counter(
            key, str(label), values.get(key, 0),
            {"reach": "dispatch", **{name: day if asked == TODAY else str(asked) for name, asked in query.items()}},
            bad and bool(values.get(key)),
        )
        for key, label, bad, query in SHOWN
    ]  # fmt: skip


def _open(scope: Scope, at: datetime) -> dict[str, int]:
    """Everything that the partial index of open cases answers by itself: place, step and due time.

    Counting `step` and not the key is what keeps the scan within the index.
    """
    tonight = end_of(local_date(at))
    return Case.objects.open().within(scope, Right.DISPATCH).aggregate(
        waiting=Count("step", filter=Q(step=Step.REPORTED)),
        handling=Count("step", filter=Q(step=Step.HANDLING)),
        verify=Count("step", filter=Q(step=Step.FED_BACK)),
        close=Count("step", filter=Q(step=Step.VERIFIED)),
        overdue=Count("step", filter=Q(due_at__lte=at)),
        today=Count("step", filter=Q(due_at__gt=at, due_at__lte=tonight)),
    )  # fmt: skip


def _others(scope: Scope, at: datetime) -> dict[str, int]:
    """What needs another index each, asked together."""
    cases = Case.objects.within(scope, Right.DISPATCH)
    morning = end_of(local_date(at) - ONE_DAY)
    asked = (scope, at)
    return counted(
        {
            "claimed": cases.filter(ONLY["claimed"][1](asked)),
            "unsigned": cases.filter(ONLY["unsigned"][1](asked)),
            "in": cases.filter(reported_at__gte=morning, reported_at__lt=morning + ONE_DAY),
            "out": cases.filter(ended_at__gte=morning, ended_at__lt=morning + ONE_DAY),
        }
    )


def pulse(scope: Scope, at: datetime) -> str:
    """A key that changes whenever the desk can look different; one cheap query.

    Every move raises the version of a case, a new one raises the highest key, an ended one leaves the
    open ones. Limits run out by themselves, so the minute is part of it.
    """
    n, versions, last = (
        Case.objects.open()
        .within(scope, Right.DISPATCH)
        .order_by()
        .aggregate(n=Count("*"), versions=Sum("version"), last=Max("pk"))
        .values()
    )
    return f"{n}-{versions or 0}-{last or 0}-{int(at.timestamp()) // 60}-{scope.user_id}"
