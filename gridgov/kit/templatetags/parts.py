"""Small parts that a page shows dozens of times; a builtin of every template."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol, out of ui/icon.html; the label is read aloud where it stands alone."""
    return _icon(name, str(label))


@lru_cache(maxsize=512)
def _icon(name: str, label: str) -> SafeString:
    return render_to_string("ui/icon.html", {"name": name, "label": label})
