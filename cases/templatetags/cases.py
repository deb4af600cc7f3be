"""What templates of the room ask for: addresses of moves, moments of limits, names of tasks, QR codes."""

from datetime import datetime
from functools import lru_cache

import segno
from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..enums import Action
from ..models import Case, CaseEvent
from ..queries import shown
from ..queries.shown import DueShown

register = template.Library()

TASKS = {
    "inspect": _("Look at it on site and agree on what to do"),
    "handle": _("Carry it out"),
    "report": _("Check it and feed back"),
}


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


@register.simple_tag
def qr(text: str) -> SafeString:
    """A QR code as inline SVG: nothing to load, prints crisply."""
    svg = segno.make(text, micro=False).svg_inline(scale=3, border=2, omitsize=False)
    return mark_safe(svg)
