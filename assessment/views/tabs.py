"""The pages about scores, as tabs of each other."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

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
