"""What templates of the room ask for: addresses of moves, moments of limits, names of tasks, QR codes."""

from datetime import datetime

import segno
from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from ..enums import Action
from ..models import Case, CaseEvent
from ..queries import shown

register = template.Library()

TASKS = {
    "inspect": _("Look at it on site and agree on what to do"),
    "handle": _("Carry it out"),
    "report": _("Check it and feed back"),
}


@register.simple_tag
def move_url(case: Case, action: Action) -> str:
    return reverse(f"cases:{Action(action).value}", args=[case.pk])


@register.filter
def due_moment(due_at: datetime | None) -> str:
    """The end of a limit as people say it: 10-12 24:00."""
    return shown.moment(due_at) if due_at else ""


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
