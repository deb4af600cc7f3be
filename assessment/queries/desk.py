"""What of the checks waits on somebody's desk."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from gridgov.kit.listing import counted
from grids.enums import Right
from grids.queries.desks import Pending
from grids.scopes import Scope

from . import mutual_checks, spot_checks


def pending(scope: Scope, at: datetime) -> list[Pending]:
    """Cases to look at again and grids to check; one query, and none for who may do neither."""
    if Right.VERIFY not in scope.rights:
        return []
    waiting = {"items": spot_checks.to_check(scope, at), "pairs": mutual_checks.to_check(scope)}
    numbers = counted(waiting)
    labels = {"items": _("Spot checks to do"), "pairs": _("Mutual checks to do")}
    page = reverse("assessment:to_check")
    return [
        Pending(labels[kind], number, f"{page}#{kind}") for kind in waiting if (number := numbers.get(kind))
    ]
