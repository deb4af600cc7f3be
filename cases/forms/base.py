"""What every form of a case carries: the one-time key, and the version the person was looking at."""

from typing import Any
from uuid import uuid4

from django import forms

from ..models import Case


class KeyedForm(forms.Form):
    """A form whose effect happens once, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class StepForm(KeyedForm):
    """A move on a case. `move` is what every action takes beside its own facts."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("version", case.version)
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        self.case = case

    @property
    def move(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("key", "version")}
