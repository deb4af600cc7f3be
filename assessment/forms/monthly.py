"""Which month is asked for, and up to when everything is counted."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.models import Grid
from grids.rules.workdays import SHANGHAI, local_date

from ..rules.rates import Period

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


class MomentForm(forms.Form):
    """A moment up to which everything is counted: now, if nothing else is said, and never later."""

    as_of = MomentField(label=gettext_lazy("Counted up to"), required=False, max_length=40)

    def __init__(self, *args: Any, at: datetime, **options: Any) -> None:
        self.at = at
        super().__init__(*args, **options)

    def clean_as_of(self) -> datetime:
        moment = self.cleaned_data["as_of"] or self.at
        if moment > self.at:
            raise ValidationError(_("A report cannot look into the future."), code="moment")
        return moment


class MonthForm(MomentForm):
    """A month, and if wanted a moment in it up to which everything is counted."""

    month = MonthField(label=gettext_lazy("Month"), required=False, max_length=7)
    field_order = ("month", "as_of")

    def clean_month(self) -> date:
        month, this_month = self.cleaned_data["month"], local_date(self.at).replace(day=1)
        if month is None:
            return this_month
        if not FIRST_MONTH <= month <= this_month:
            raise ValidationError(_("There is no report for a month that has not begun."), code="month")
        return month

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

    def filled(self, grid: Grid, period: Period) -> "PlaceMonthForm":
        """The filter as it stands for what is on the screen, in the words a browser's fields take."""
        is_early = self.data.get("as_of") and not period.is_whole
        as_of = localtime(period.moment).strftime(MINUTES) if is_early else ""
        shown = {"grid": grid.code, "month": period.month.strftime("%Y-%m"), "as_of": as_of}
        return PlaceMonthForm(shown, at=self.at, places=self.places)
