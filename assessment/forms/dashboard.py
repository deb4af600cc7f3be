"""What a person may ask the dashboard for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from grids.models import Grid
from grids.rules.workdays import first_of_month, last_day_of

from ..enums import Headline
from ..rules.rates import Period
from .monthly import FIRST_MONTH, MonthForm

SPANS = ((6, gettext_lazy("6 months")), (12, gettext_lazy("12 months")))


class DashboardForm(MonthForm):
    """Which grid, which figure, over how many months, ending with which."""

    as_of = None  # whole months, and the one under way as it stands

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places
        self.fields["grid"] = forms.ChoiceField(label=gettext_lazy("Grid"), required=False, choices=places)
        self.fields["figure"] = forms.ChoiceField(
            label=gettext_lazy("Figure"), required=False, choices=Headline.choices
        )
        self.fields["span"] = forms.TypedChoiceField(
            label=gettext_lazy("Span"), required=False, choices=SPANS, coerce=int, empty_value=SPANS[0][0]
        )
        self.fields["month"].label = gettext_lazy("Up to the month")
        self.order_fields(["grid", "figure", "span", "month"])

    @property
    def headline(self) -> Headline:
        return Headline(self.cleaned_data["figure"] or Headline.ON_TIME)

    @property
    def periods(self) -> list[Period]:
        """The months asked for, the oldest first; the one under way up to now."""
        last, span = self.cleaned_data["month"], self.cleaned_data["span"]
        months = [first_of_month(last, n + 1 - span) for n in range(span)]
        begun = last_day_of(self.at)  # at midnight the new month has nothing to show yet
        return [Period.of(month, self.at) for month in months if FIRST_MONTH <= month <= begun]

    def asked(self, grid: Grid) -> dict[str, str]:
        """What the address of this page holds, for its links and its own filter."""
        return {
            "grid": grid.code, "figure": self.headline.value, "span": str(self.cleaned_data["span"]),
            "month": f"{self.cleaned_data['month']:%Y-%m}",
        }  # fmt: skip

    def filled(self, grid: Grid) -> "DashboardForm":
        """The filter as it stands for what is on the screen."""
        return DashboardForm(self.asked(grid), at=self.at, places=self.places)
