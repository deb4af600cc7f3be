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

from . import mutual_checks, spot_checks

# what waits   in words                     where its rows are
LINES = (
    ("items",    _("Spot checks to do"),    "to_check", "#items"),
    ("pairs",    _("Mutual checks to do"),  "to_check", "#pairs"),
)  # fmt: skip


def rows(scope: Scope, at: datetime) -> dict[str, QuerySet[Any]]:
    """Cases to look at again and grids to check; nothing for who may do neither."""
    if Right.VERIFY not in scope.rights:
        return {}
    return {"items": spot_checks.to_check(scope, at), "pairs": mutual_checks.to_check(scope)}


def say(numbers: Mapping[str, int], _asked: Collection[str], _at: datetime) -> list[Pending]:
    """The numbers in words; of what does not wait nothing is said."""
    return [
        Pending(str(label), numbers[name], reverse(f"assessment:{page}") + anchor)
        for name, label, page, anchor in LINES
        if numbers.get(name)
    ]
