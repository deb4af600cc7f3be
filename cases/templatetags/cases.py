"""What templates of the room ask for: addresses of moves, moments of limits, names of tasks."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gridgov.kit.rendering import Stencil

from ..enums import Action
from ..models import Case, CaseEvent
from ..queries import shown
from ..queries.listing import Row
from ..queries.shown import DueShown

register = template.Library()

TASKS = {
    "inspect": _("Look at it on site and agree on what to do"),
    "handle": _("Carry it out"),
    "report": _("Check it and feed back"),
}


# What cases/_row.html says of a case: as the row has it, and drawn.
PLAIN_WORDS = (
    "pk", "url", "number", "category", "where", "reporter", "reported", "step", "step_label", "holder",
)  # fmt: skip
WORDS = (*PLAIN_WORDS, "tone", "chips", "limit")


@register.simple_tag
def move_url(case: Case, action: Action) -> str:
    return reverse(f"cases:{Action(action).value}", args=[case.pk])


@register.simple_tag
def due_chip(due: DueShown) -> SafeString:
    """How a limit stands, out of ui/due.html: fifty rows of a list mostly stand in a few ways."""
    return _due_chip(due, get_language())


@lru_cache(maxsize=2048)
def _due_chip(due: DueShown, _language: str | None) -> SafeString:
    return render_to_string("ui/due.html", vars(due))


@register.simple_tag
def case_rows(rows: Iterable[Row]) -> SafeString:
    """The rows of the list, out of cases/_row.html; one below the other."""
    stencil, language = _row_stencil(get_language()), get_language()
    return mark_safe("".join(stencil.fill(_words(row, language)) for row in rows))


@lru_cache(maxsize=8)
def _row_stencil(_language: str | None) -> Stencil:
    return Stencil("cases/_row.html", WORDS)


def _words(row: Row, language: str | None) -> dict[str, Any]:
    drawn = {
        "tone": "late" if row.is_late else "",
        "chips": _chips(row.urgency, row.marks, language),
        "limit": _due_chip(row.due, language),
    }
    return drawn | {word: getattr(row, word) for word in PLAIN_WORDS}


@lru_cache(maxsize=256)
def _chips(urgency: str, marks: tuple[str, ...], _language: str | None) -> SafeString:
    return render_to_string("cases/_chips.html", {"urgency": urgency, "marks": marks})


@register.filter
def due_moment(due_at: datetime | None) -> str:
    """The end of a limit as people say it: 10-12 24:00."""
    return shown.moment(due_at) if due_at else ""


@register.filter
def paper_moment(due_at: datetime | None) -> str:
    """The same on paper: 2026年10月12日24:00."""
    return shown.paper_moment(due_at) if due_at else ""


@register.filter
def task_name(task: str) -> str:
    """A stage of the backward schedule by its code."""
    return TASKS.get(task, task)


@register.filter
def event_label(event: CaseEvent) -> str:
    return shown.label(event)
