"""Charts in templates: `{% load charts %}{% bars points title=title %}`."""

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from gridgov.kit import svg

register = template.Library()


@register.simple_tag
def bars(points: Iterable[svg.Given], title: str) -> SafeString:
    """Horizontal bars of (label, value) or (label, value, how it is written)."""
    return svg.bars(points, title=title)


@register.simple_tag
def line(points: Iterable[svg.Given], title: str) -> SafeString:
    """A line over (label, value); None breaks it."""
    return svg.line(points, title=title)


@register.simple_tag
def sparkline(values: Iterable[svg.Number | None], title: str) -> SafeString:
    """A line the size of a word."""
    return svg.sparkline(values, title=title)
