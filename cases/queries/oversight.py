"""How a place stands for those who supervise it: what is overdue, what is supervised, what is questioned."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from gridgov.kit.listing import counted
from grids.enums import Right
from grids.scopes import Scope

from ..enums import DueState, Grade, InquiryState
from ..models import Case, Inquiry
from .counters import Counter

# key             label                                  bad    list         what the list is asked
SHOWN: tuple[tuple[str, Any, bool, str, dict[str, str]], ...] = (
    ("overdue",    _("Overdue"),                         True,  "cases",     {"due": DueState.OVERDUE}),
    ("supervised", _("Under supervision"),               False, "cases",     {"only": "supervised"}),
    ("red",        _("of these red"),                    True,  "cases",     {"only": "supervised_red"}),
    ("issued",     _("Inquiries waiting for an answer"), False, "inquiries", {"state": InquiryState.ISSUED}),
    ("objected",   _("Inquiries before the level above"), True, "inquiries", {"state": InquiryState.OBJECTED}),
)  # fmt: skip


def standing(scope: Scope, at: datetime) -> list[tuple[str, Counter]]:
    """The numbers of those who supervise, each with the list that shows exactly its rows; one query."""
    values = _values(scope, at)
    return [
        (where, Counter(key, str(label), values.get(key, 0), query, bad and bool(values.get(key))))
        for key, label, bad, where, query in SHOWN
    ]


def _values(scope: Scope, at: datetime) -> dict[str, int]:
    cases = Case.objects.open().within(scope)
    supervised = cases.exclude(grade="")
    papers = Inquiry.objects.within(scope)
    return counted(
        {
            "overdue": cases.filter(due_at__lte=at),
            "supervised": supervised,
            "red": supervised.filter(grade=Grade.RED),
            "issued": papers.filter(state=InquiryState.ISSUED),
            "objected": papers.filter(state=InquiryState.OBJECTED),
        }
    )


def may_supervise(scope: Scope) -> bool:
    """Whether she stands over a place: its numbers are then on her desk."""
    return Right.SUPERVISE in scope.rights
