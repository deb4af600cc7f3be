"""What a person may ask a monthly report for."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import Channel, Ledger
from gridgov.kit.forms import CleanTextField, KeyedForm, UUIDKey
from grids.rules.workdays import SHANGHAI, local_date

from .enums import Figure, Finding, Ground, Measure, ReviewState
from .models import Charge
from .models.reviews import LONGEST_TEXT
from .queries import CasesWanted
from .rules.rates import Period

FIRST_MONTH = date(2012, 1, 1)
MINUTES = "%Y-%m-%dT%H:%M"


class MonthField(forms.CharField):
    """2026-09, as browsers send it; the first day of the month when it is clean."""

    widget = forms.TextInput(
        attrs={"type": "month", "pattern": "[0-9]{4}-[0-9]{2}", "placeholder": "2026-09"}
    )

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
        except ValueError:
            raise ValidationError(_("Please give the month as 2026-09."), code="month") from None


class MomentField(forms.CharField):
    """A moment as a browser's field or one of our own links gives it; without a zone it is Shanghai's."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "placeholder": "2026-09-15T18:00"})

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        except ValueError:
            raise ValidationError(_("Please give day and time as 2026-09-15 18:00."), code="moment") from None


class MonthForm(forms.Form):
    """A month, and if wanted a moment in it up to which everything is counted."""

    month = MonthField(label=gettext_lazy("Month"), required=False, max_length=7)
    as_of = MomentField(label=gettext_lazy("Counted up to"), required=False, max_length=40)

    def __init__(self, *args: Any, at: datetime, **options: Any) -> None:
        self.at = at
        super().__init__(*args, **options)

    def clean_month(self) -> date:
        month, this_month = self.cleaned_data["month"], local_date(self.at).replace(day=1)
        if month is None:
            return this_month
        if not FIRST_MONTH <= month <= this_month:
            raise ValidationError(_("There is no report for a month that has not begun."), code="month")
        return month

    def clean_as_of(self) -> datetime:
        moment = self.cleaned_data["as_of"] or self.at
        if moment > self.at:
            raise ValidationError(_("A report cannot look into the future."), code="moment")
        return moment

    def clean(self) -> dict[str, Any]:
        month, moment = self.cleaned_data.get("month"), self.cleaned_data.get("as_of")
        if month and moment and moment <= datetime.combine(month, time.min, tzinfo=SHANGHAI):
            self.add_error("as_of", _("This moment lies before the month begins."))
        return self.cleaned_data

    @property
    def period(self) -> Period:
        return Period.of(self.cleaned_data["month"], self.cleaned_data["as_of"])


class PlaceMonthForm(MonthForm):
    """The filter above the report: which grid, which month, up to when."""

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places
        self.fields["grid"] = forms.ChoiceField(label=gettext_lazy("Grid"), required=False, choices=places)
        self.order_fields(["grid", "month", "as_of"])


class WorkbookForm(MonthForm):
    """Asks for the workbook of exactly what is on the screen, once."""

    key = UUIDKey()


class RowsForm(MonthForm):
    """Which number of a report the rows are asked for."""

    figure = forms.ChoiceField(choices=Figure.choices)
    direct = forms.BooleanField(required=False)
    ledger = forms.ChoiceField(choices=Ledger.choices, required=False)
    category = forms.SlugField(max_length=12, required=False)
    channel = forms.ChoiceField(choices=Channel.choices, required=False)

    @property
    def wanted(self) -> CasesWanted:
        names = ("direct", "ledger", "category", "channel")
        return CasesWanted(**{name: self.cleaned_data[name] for name in names})


# --- accountability reviews ---------------------------------------------------------------------------


def _said(label: Any, **options: Any) -> CleanTextField:
    return CleanTextField(
        label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), **options
    )


class OpenReviewForm(KeyedForm):
    """Which of the things that went wrong is reviewed, and what is known of the circumstances."""

    finding = forms.ChoiceField(choices=Finding.choices, widget=forms.HiddenInput)
    note = _said(gettext_lazy("Circumstances"), required=False)


class ReviewFilterForm(forms.Form):
    """The list of reviews, by how they stand."""

    state = forms.ChoiceField(choices=ReviewState.choices, required=False)

    @property
    def wanted(self) -> ReviewState | None:
        said = self.cleaned_data.get("state") if self.is_valid() else ""
        return ReviewState(said) if said else None


class StatementForm(KeyedForm):
    """What the person concerned says to it."""

    statement = _said(gettext_lazy("Your statement"))


class MeasureForm(KeyedForm):
    """What is decided about one person; it begins with what the rule proposes."""

    measure = forms.ChoiceField(label=gettext_lazy("Measure"), choices=Measure.choices)
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=Ground.choices)
    reasons = _said(
        gettext_lazy("Reasons"),
        help_text=gettext_lazy("She reads them. A further measure is named here."),
    )

    def __init__(self, *args: Any, charge: Charge, **options: Any) -> None:
        proposed = {"measure": charge.proposed_measure, "ground": charge.proposed_ground}
        super().__init__(*args, initial=proposed, **options)


class AppealForm(KeyedForm):
    """Why she does not agree."""

    text = _said(gettext_lazy("Why you do not agree"))


class RulingForm(KeyedForm):
    """What is decided on her appeal: the measure that was decided, or a milder one."""

    measure = forms.ChoiceField(label=gettext_lazy("Measure"))
    reasons = _said(gettext_lazy("Reasons"), help_text=gettext_lazy("She reads them."))

    def __init__(self, *args: Any, charge: Charge, **options: Any) -> None:
        super().__init__(*args, initial={"measure": charge.decided_measure}, **options)
        most = Measure(charge.decided_measure or Measure.FURTHER).weight
        self.fields["measure"].choices = [(m.value, m.label) for m in Measure if m.weight <= most]
