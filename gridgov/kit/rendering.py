"""How every form looks: Django's own machinery, our templates and Bootstrap's class names.

`FORM_RENDERER = "gridgov.kit.rendering.FormRenderer"`; it needs "django.forms" among the installed apps,
so that templates/ is searched first and Django's widgets are found after it.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# The first line that fits a widget decides. RadioSelect(attrs={"class": "tiles"}) asks for tiles.
# fmt: off
CLASS_NAMES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.RadioSelect,   "form-check-input"),  # also CheckboxSelectMultiple, which is a kind of it
    (widgets.CheckboxInput, "form-check-input"),
    (widgets.Select,        "form-select"),
    (widgets.HiddenInput,   ""),
    (widgets.Textarea,      "form-control"),
    (widgets.Input,         "form-control"),
)
# fmt: on


def class_name(widget: widgets.Widget) -> str:
    """Bootstrap's class for a widget, or nothing where the widget brings its own look."""
    return next((name for kind, name in CLASS_NAMES if isinstance(widget, kind)), "")


class StyledField(BoundField):
    """A bound field whose control has the class names of the house; aria-* is Django's own work."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        """Add our class to what the widget and Django already say."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        words = [str(widget.attrs.get("class", "")), str(attrs.get("class", "")), class_name(widget)]
        if joined := " ".join(dict.fromkeys(" ".join(words).split())):
            attrs["class"] = joined
        return attrs


class FormRenderer(TemplatesSetting):
    """`{{ form }}`, `{{ field.as_field_group }}` and `{{ form.errors }}` come out of templates/ui."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    bound_field_class = StyledField

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == widgets.Select.template_name:
            return select(context["widget"])
        return super().render(template_name, context, request)


class Stencil:
    """A template of which only the words differ from row to row: drawn once, then filled in.

    Looking up nine words in each of fifty rows takes a template engine a third of the time of a page.
    The template has no conditions: what a row may have or not is a word of its own.
    """

    def __init__(self, template_name: str, words: Iterable[str]) -> None:
        self.words = tuple(words)
        drawn = render_to_string(template_name, {word: f"\ue000{word}\ue001" for word in self.words})
        self._form = re.sub("\ue000(\\w+)\ue001", r"%(\1)s", drawn.replace("%", "%%"))

    def fill(self, words: Mapping[str, Any]) -> str:
        """One row; its words are escaped as a template would."""
        return self._form % {word: _escaped(words[word]) for word in self.words}


def select(widget: Mapping[str, Any]) -> SafeString:
    """What Django's templates make of a select, without two templates for each of hundreds of options."""
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return format_html(
        '<select name="{}"{}>{}\n</select>', widget["name"], flatatt(widget["attrs"]), mark_safe(groups)
    )


def _group(name: str | None, options: list[dict[str, Any]]) -> str:
    shown = "".join(map(_option, options))
    return f'\n<optgroup label="{_escaped(name)}">{shown}\n</optgroup>' if name else shown


def _option(option: Mapping[str, Any]) -> str:
    attributes = flatatt(option["attrs"]) if option["attrs"] else ""
    return f'\n<option value="{_escaped(option["value"])}"{attributes}>{_escaped(option["label"])}</option>'


def _escaped(text: Any) -> str:
    """Like conditional_escape, without its ten calls: five hundred texts of a page come through here."""
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))
