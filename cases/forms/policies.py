"""New numbers for the clock, from a day on; what is left empty is as above."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, DayField, KeyedForm
from grids.enums import Level
from grids.models import Grid
from grids.rules.workdays import end_of, local_date, parse_hours

from ..models import Policy
from ..queries.policies import in_words, label_of
from ..rules import policy as rule

ONE_DAY = timedelta(days=1)
LIMITS = ("community_days", "street_days", "district_days", "reply_days", "watch_days")
UPWARDS = ("building_escalates", "community_escalates", "street_escalates", "department_escalates")
OTHERS = ("inquiry_automatic", "remind_half", "remind_eve")


class PolicyForm(KeyedForm):
    """What holds from a day on, and why. `seen` is the last row the person knew of."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    since = DayField(label=gettext_lazy("From"))
    working_hours = CleanCharField(label=gettext_lazy("Working hours"), max_length=60, required=False)
    reason = CleanCharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, grid: Grid, above: rule.Policy, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grid, self.at = grid, at
        self.fields["since"].help_text = _("From 00:00 of that day. Empty: from now on.")
        for name in LIMITS:
            self.fields[name] = forms.IntegerField(
                label=label_of(name), required=False, min_value=1, max_value=60,
                widget=forms.NumberInput(attrs={"placeholder": getattr(above, name)}),
            )  # fmt: skip
        for name in (*UPWARDS, *OTHERS):
            self.fields[name] = forms.TypedChoiceField(
                label=label_of(name), required=False, empty_value=None, coerce=lambda value: value == "yes",
                choices=[("", _as_above(name, above, grid)), ("yes", _("Yes")), ("no", _("No"))],
            )  # fmt: skip
        self.fields["working_hours"].widget.attrs["placeholder"] = in_words(
            "working_hours", above.working_hours
        )

    def clean_since(self) -> datetime:
        """A day that has begun already means this moment: nothing holds from the past."""
        day, today = self.cleaned_data["since"], local_date(self.at)
        if day is not None and day < today:
            raise forms.ValidationError(
                _("That day has passed. Numbers hold from today or from a later day.")
            )
        return end_of(day - ONE_DAY) if day and day > today else self.at

    def clean_working_hours(self) -> str:
        hours = self.cleaned_data["working_hours"]
        try:
            parse_hours(hours or "08:30-12:00")
        except ValueError:
            example = {"example": "08:30-12:00,14:00-17:30"}
            raise forms.ValidationError(
                _("Write the working hours like this: %(example)s") % example
            ) from None
        return hours

    @property
    def numbers(self) -> dict[str, Any]:
        """What is set, by the names of the policy."""
        return {
            name: self.cleaned_data[name] for name in rule.SET if self.cleaned_data[name] not in (None, "")
        }

    @property
    def proposed(self) -> Policy:
        """The row that would be set, for a rehearsal."""
        return Policy(grid=self.grid, level=self.grid.level, since=self.cleaned_data["since"], **self.numbers)

    @property
    def as_sent(self) -> list[tuple[str, str]]:
        """Every field as it was sent: what is confirmed is what was rehearsed, letter by letter."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields]

    def look_again(self, seen: int) -> None:
        """After a refusal the page shows how it stands now; what was typed may be sent again from there."""
        self.data = self.data.copy()
        self.data["seen"], self.data["key"] = str(seen), str(uuid4())

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in the groups of the page."""
        groups = (
            (_("Limits"), LIMITS),
            (_("Expired work goes up by itself"), UPWARDS),
            (_("Inquiry and reminders"), OTHERS),
            (_("Working hours"), ("working_hours",)),
            (_("From when, and why"), ("since", "reason")),
        )
        return [(title, [self[name] for name in names]) for title, names in groups]


def _as_above(name: str, above: rule.Policy, grid: Grid) -> str:
    says = _("by default: %(value)s") if grid.level == Level.DISTRICT else _("as the district: %(value)s")
    return says % {"value": in_words(name, getattr(above, name))}


def filled(row: Policy | None) -> dict[str, Any]:
    """What a new form begins with: the numbers this place has set itself, so that none is lost unawares."""
    if row is None:
        return {}
    said = {name: getattr(row, name) for name in rule.SET}
    return {
        name: {True: "yes", False: "no"}.get(v, v) if isinstance(v, bool) else v for name, v in said.items()
    }
