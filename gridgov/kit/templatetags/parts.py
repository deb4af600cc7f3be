"""Small parts that pages and papers of every room show; a builtin of every template."""

from functools import lru_cache

import segno
from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol, out of ui/icon.html; the label is read aloud where it stands alone."""
    return _icon(name, str(label))


@lru_cache(maxsize=512)
def _icon(name: str, label: str) -> SafeString:
    return render_to_string("ui/icon.html", {"name": name, "label": label})


@register.simple_tag
def qr(text: str) -> SafeString:
    """A QR code as inline SVG: nothing to load, prints crisply, as large as the style sheet says."""
    svg = segno.make(text, micro=False).svg_inline(border=2, omitsize=True)
    return mark_safe(svg)
