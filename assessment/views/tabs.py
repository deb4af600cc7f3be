"""The pages about scores, as tabs of each other; and the registers that one number is counted in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gridgov.kit import listing
from grids.enums import Right

# page        label                       right
PAGES = (
    ("scores",   _("Ranking"),            Right.FIGURES),
    ("bulletin", _("Month bulletin"),     Right.FIGURES),
    ("quarter",  _("Quarter and year"),   Right.FIGURES),
    ("marks",    _("Inspections for the scores"), Right.SUPERVISE),
    ("appeals",  _("Appeals"),            Right.FIGURES),
    ("scheme",   _("How grids are scored"), Right.FIGURES),
)  # fmt: skip


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Those that the person may open."""
    held = request.scope.rights
    return [
        {"label": label, "url": reverse(f"assessment:{page}"), "current": page == current}
        for page, label, right in PAGES
        if right in held
    ]


def record_tabs(request: HttpRequest, parts: list[tuple[str, int]], current: int) -> list[dict[str, Any]]:
    """A tab for each register, where there are several."""
    if len(parts) < 2:
        return []
    return [
        {
            "label": label,
            "count": number,
            "url": listing.query_string(request.GET, part=n),
            "current": n == current,
        }
        for n, (label, number) in enumerate(parts)
    ]
