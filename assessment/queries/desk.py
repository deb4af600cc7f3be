"""What of the checks and scores waits on somebody's desk."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grids.enums import Right
from grids.queries.desks import Pending
from grids.scopes import Scope

from . import mutual_checks, scores, spot_checks

# what waits   in words                               where its rows are
LINES = (
    ("scores",   _("Scores open to our appeal"),      "scores",   ""),
    ("marks",    _("Inspections to approve"),         "marks",    ""),
    ("appeals",  _("Appeals against scores to decide"), "appeals", ""),
    ("items",    _("Spot checks to do"),              "to_check", "#items"),
    ("pairs",    _("Mutual checks to do"),            "to_check", "#pairs"),
)  # fmt: skip


def rows(scope: Scope, at: datetime) -> dict[str, QuerySet[Any]]:
    """What she can do something about; nothing is asked for who may do none of it."""
    found: dict[str, QuerySet[Any]] = {}
    if Right.INQUIRE in scope.rights:
        found["scores"] = scores.open_to_appeal(scope, at)
    if Right.SUPERVISE in scope.rights:
        found |= {"marks": scores.marks_to_decide(scope), "appeals": scores.appeals_to_decide(scope)}
    if Right.VERIFY in scope.rights:
        found |= {"items": spot_checks.to_check(scope, at), "pairs": mutual_checks.to_check(scope)}
    return found


def say(numbers: Mapping[str, int], _asked: Collection[str], _at: datetime) -> list[Pending]:
    """The numbers in words; of what does not wait nothing is said."""
    return [
        Pending(str(label), numbers[name], reverse(f"assessment:{page}") + anchor)
        for name, label, page, anchor in LINES
        if numbers.get(name)
    ]
