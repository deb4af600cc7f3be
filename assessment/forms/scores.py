"""What people write about scores: an inspector's entry, an appeal, a decision, a scheme."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, CleanTextField, KeyedForm

from ..enums import Formula, RunState, Section
from ..models import Indicator, Run, Scheme
from ..rules.scoring import QUARTER, plain
from .monthly import MonthField

SIGN = {"inputmode": "decimal"}


class RankingForm(forms.Form):
    """Which month, which place, which level."""

    month = forms.ChoiceField(label=gettext_lazy("Month"), required=False)
    grid = forms.ChoiceField(label=gettext_lazy("Grid"), required=False)
    level = forms.TypedChoiceField(
        label=gettext_lazy("Ranked are"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self, *args: Any, months: list[Run], places: list[tuple[str, str]], levels: list[Any], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["month"].choices = [
            (f"{run.month:%Y-%m}", f"{run.month:%Y-%m} · {run.get_state_display()}") for run in months
        ]
        self.fields["grid"].choices = places
        self.fields["level"].choices = [(level.value, level.label) for level in levels]


class PeriodForm(forms.Form):
    """Which quarter or year, which place, which level."""

    span = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    grid = forms.ChoiceField(label=gettext_lazy("Grid"), required=False)
    level = forms.TypedChoiceField(
        label=gettext_lazy("Ranked are"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self,
        *args: Any,
        quarters: list[tuple[int, int]],
        places: list[tuple[str, str]],
        levels: list[Any],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        years = sorted({year for year, _number in quarters}, reverse=True)
        self.fields["span"].choices = [
            *((f"{year}-{n}", _("%(year)d, quarter %(n)d") % {"year": year, "n": n}) for year, n in quarters),
            *((f"{year}-0", _("%(year)d, whole year") % {"year": year}) for year in years),
        ]
        self.fields["grid"].choices = places
        self.fields["level"].choices = [(level.value, level.label) for level in levels]

    @property
    def period(self) -> tuple[int, int]:
        """Year and quarter; 0 is the whole year."""
        year, number = self.cleaned_data["span"].split("-")
        return int(year), int(number)


class BulletinForm(KeyedForm):
    """Asks for the workbook of a bulletin, once."""


class StepForm(KeyedForm):
    """What is done next with a month."""

    STEPS = ("compute", RunState.REVIEW.value, RunState.APPEALS.value, RunState.PUBLISHED.value)

    month = MonthField(max_length=7)
    step = forms.ChoiceField(choices=[(step, step) for step in STEPS])


class MarkForm(KeyedForm):
    """An inspector's entry for one grid and indicator."""

    grid = forms.CharField(
        label=gettext_lazy("Grid"), max_length=15, help_text=gettext_lazy("The code of the grid.")
    )
    month = MonthField(label=gettext_lazy("Month"), max_length=7)
    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    points = forms.DecimalField(
        label=gettext_lazy("Points"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs=SIGN),
    )
    reason = CleanTextField(label=gettext_lazy("Reason"), max_length=500)
    evidence = CleanCharField(
        label=gettext_lazy("Evidence"), max_length=200,
        help_text=gettext_lazy("The document, photo or record it rests on, and where it lies."),
    )  # fmt: skip

    def __init__(self, *args: Any, indicators: list[Indicator], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["indicator"].choices = [
            (each.code, _("%(name)s (up to %(n)s)") % {"name": each.label, "n": plain(each.weight)})
            for each in indicators
        ] + [(QUARTER, _("%(name)s (up to %(n)s)") % {"name": _("Judgement of the quarter"), "n": 100})]


class AppealForm(KeyedForm):
    """What a grid does not accept, and why."""

    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    reason = CleanTextField(label=gettext_lazy("What is not accepted, and why"), max_length=1000)
    evidence = CleanCharField(label=gettext_lazy("Evidence"), max_length=200)

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["indicator"].choices = lines


class AmendForm(KeyedForm):
    """An amendment of a published score."""

    indicator = forms.ChoiceField(label=gettext_lazy("Indicator"))
    points = forms.DecimalField(
        label=gettext_lazy("Points more (or less, with a minus sign)"), max_digits=5, decimal_places=2,
        widget=forms.TextInput(attrs=SIGN),
    )  # fmt: skip
    reason = CleanTextField(label=gettext_lazy("Reason"), max_length=500)

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["indicator"].choices = lines


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    is_granted = forms.TypedChoiceField(
        choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes"
    )
    reason = CleanCharField(label=gettext_lazy("Reason"), max_length=500, required=False)


class AppealDecisionForm(DecisionForm):
    """The same, with the points a granted appeal gives back."""

    points = forms.DecimalField(
        label=gettext_lazy("Points given back"), max_digits=5, decimal_places=2, required=False,
        widget=forms.TextInput(attrs=SIGN),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("is_granted") and not cleaned.get("points"):
            self.add_error("points", _("A granted appeal gives points back: how many?"))
        return cleaned

    @property
    def granted(self) -> Decimal | None:
        return self.cleaned_data["points"] if self.cleaned_data["is_granted"] else None


class SchemeForm(KeyedForm):
    """A new version of the hundred points: the same lines with other weights, and its numbers."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    since = MonthField(label=gettext_lazy("From the month on"), max_length=7)
    reason = CleanCharField(label=gettext_lazy("Reason"), max_length=200)
    TERMS = (
        "yellow", "red", "upheld", "reply_late", "ranked_from", "warn_below", "warn_percent", "group_from", "best_places",
        "months_share",
    )  # fmt: skip

    def __init__(self, *args: Any, scheme: Scheme, lines: list[Indicator], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = lines
        for name in self.TERMS:
            field = Scheme._meta.get_field(name).formfield(initial=getattr(scheme, name))
            self.fields[name] = field
        for line in self.lines:
            self.fields[f"weight_{line.code}"] = forms.DecimalField(
                label=f"{line.get_section_display()} · {line.label}", initial=line.weight, min_value=0, max_value=50,
                max_digits=5, decimal_places=2, required=False, widget=forms.TextInput(attrs=SIGN),
            )  # fmt: skip
            if line.formula:
                self.fields[f"minimum_{line.code}"] = forms.IntegerField(
                    label=_("%(name)s: least to count") % {"name": line.label}, initial=line.minimum, min_value=1,
                    max_value=1000,
                )  # fmt: skip

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[f"weight_{line.code}"] for line in self.lines]

    @property
    def minimum_fields(self) -> list[forms.BoundField]:
        return [self[f"minimum_{line.code}"] for line in self.lines if line.formula]

    @property
    def term_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.TERMS]

    @property
    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.TERMS}

    @property
    def indicators(self) -> list[dict[str, Any]]:
        """The lines as they are to be; one without a weight is left out."""
        return [self._line(line) for line in self.lines if self.cleaned_data[f"weight_{line.code}"]]

    def _line(self, line: Indicator) -> dict[str, Any]:
        return {
            "code": line.code, "name": line.name, "section": Section(line.section),
            "weight": self.cleaned_data[f"weight_{line.code}"],
            "formula": Formula(line.formula) if line.formula else None,
            "minimum": self.cleaned_data.get(f"minimum_{line.code}") or 1, "stays": line.stays, "note": line.note,
        }  # fmt: skip

    def clean_since(self) -> date:
        month: date | None = self.cleaned_data["since"]
        if month is None:
            raise forms.ValidationError(_("Please give the month as 2026-09."))
        return month
