"""New numbers for the registers, from a day on; what is left empty is as above."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, DayField, KeyedForm

from ..models import RegisterPolicy
from ..queries.policies import label_of
from ..rules.policy import MOST, SET, Policy


class RegisterPolicyForm(KeyedForm):
    """What holds from a day on, and why. `seen` is the last row the person knew of."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    since = DayField(label=gettext_lazy("From"), help_text=gettext_lazy("Empty: from today on."))
    reason = CleanCharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, above: Policy, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name in SET:
            self.fields[name] = forms.IntegerField(
                label=label_of(name), required=False, min_value=1, max_value=MOST[name],
                widget=forms.NumberInput(attrs={"placeholder": getattr(above, name)}),
            )  # fmt: skip

    def clean_since(self) -> date:
        day: date = self.cleaned_data["since"] or self.today
        if day < self.today:
            raise forms.ValidationError(
                _("That day has passed. Numbers hold from today or from a later day.")
            )
        return day

    @property
    def numbers(self) -> dict[str, int]:
        """What is set, by the names of the policy."""
        return {name: self.cleaned_data[name] for name in SET if self.cleaned_data[name] is not None}

    @property
    def number_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SET]

    def look_again(self, seen: int) -> None:
        """After a refusal the page shows how it stands now; what was typed may be sent again from there."""
        self.data = self.data.copy()
        self.data["seen"], self.data["key"] = str(seen), str(uuid4())


def filled(row: RegisterPolicy | None) -> dict[str, Any]:
    """What a new form begins with: the numbers this place has set itself, so that none is lost unawares."""
    return {name: getattr(row, name) for name in SET} if row else {}
