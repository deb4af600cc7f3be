"""Links of list pages: `{% load listing %}`."""

from typing import Any

from django import template

from gridgov.kit.listing import query_string

register = template.Library()


@register.simple_tag(takes_context=True)
def url_with(context: template.Context, **changes: Any) -> str:
    """The address of this page with some parameters set anew: {% url_with cursor=page.next_cursor %}.

    The filters stay; None or "" takes a parameter out.
    """
    return query_string(context["request"].GET, **changes)
