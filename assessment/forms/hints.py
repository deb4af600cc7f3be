"""What is asked of the hints, and what somebody says who has looked at one."""

from django import forms
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, UUIDKey

from ..enums import Hint, HintVerdict
from ..models.hints import NOTE_LENGTH
from .monthly import MonthForm


class HintRowsForm(MonthForm):
    """Which hint the rows are asked for, and whether only of what lies in no grid below."""

    hint = forms.ChoiceField(choices=Hint.choices)
    direct = forms.BooleanField(required=False)


class HintLookForm(forms.Form):
    """What somebody found who looked at a hint, once."""

    key = UUIDKey()
    verdict = forms.ChoiceField(
        label=gettext_lazy("What I found"), choices=HintVerdict.choices, widget=forms.RadioSelect
    )
    note = CleanCharField(label=gettext_lazy("What explains it, or what remains"), max_length=NOTE_LENGTH)
