"""What the outlook and the monitor can be narrowed to; nonsense is said at its field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..queries.foresight import DEPARTMENT, LEVELS

DAYS = 5  # our own default
MOST_DAYS = 20


class PlaceForm(forms.Form):
    """A grid out of those a person may choose."""

    grid = forms.ChoiceField(label=_("Grid"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"].choices = places


class OutlookForm(PlaceForm):
    """So many working days ahead, for one kind of unit or for all."""

    days = forms.IntegerField(
        label=_("Working days ahead"), min_value=1, max_value=MOST_DAYS, required=False, initial=DAYS
    )
    level = forms.ChoiceField(
        label=_("Level"), required=False,
        choices=[("", _("every level")), *((kind, level.label) for kind, level in LEVELS.items()),
                 (DEPARTMENT, _("Department"))],
    )  # fmt: skip
    direct = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or DAYS
