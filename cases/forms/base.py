"""What every form of a case carries: the one-time key, and the version the person was looking at."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _

from gridgov.kit.forms import KeyedForm

from ..models import Case


class StepForm(KeyedForm):
    """A move on a case, as it may be made at a moment. `move` is what every action takes beside its own facts."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, case: Case, at: datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("version", case.version)
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        self.case, self.at = case, at

    @property
    def move(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("key", "version")}

    @property
    def as_seen(self) -> list[tuple[str, str]]:
        """What the person had filled in, in the words of her screen: no codes, no keys."""
        shown = [(str(field.label), _as_seen(field)) for field in self.visible_fields()]
        return [(label, text) for label, text in shown if text]


def _as_seen(field: BoundField) -> str:
    value = field.value()
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(choice): str(label) for choice, label in flatten_choices(field.field.choices)}
        return labels.get(str(value), "")
    if isinstance(field.field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(field.field, forms.FileField):
        # A field of files has no value but its initial one.
        return "\n".join(file.name for file in field.data or [])
    return str(value or "")
