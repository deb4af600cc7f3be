"""Which days a report is asked for: a month, or any days up to a year; and up to when everything is counted."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.enums import Channel, Ledger
from gridgov.kit.forms import DayField, UUIDKey
from grids.models import Grid
from grids.rules.workdays import ONE_DAY, SHANGHAI, first_of_quarter, local_date

from ..enums import Figure, GroupFigure
from ..queries import CasesWanted
from ..queries.daily import COUNTED
from ..rules.rates import Period
from .monthly import FIRST_MONTH, MINUTES, MonthForm

LONGEST = 366  # days
SINCE, UNTIL = "from", "to"  # as the address has them
ASKED = ("grid", "month", SINCE, UNTIL, "as_of")  # what the sheets of a report hand on to each other


def as_asked(period: Period) -> dict[str, str]:
    """Exactly these days, as links and forms carry them on."""
    if period.is_month:
        return {"month": f"{period.month:%Y-%m}"}
    return {SINCE: f"{period.first}", UNTIL: f"{period.last}"}


def as_sent(period: Period) -> dict[str, str]:
    """Exactly these days up to exactly this moment."""
    return {**as_asked(period), "as_of": period.moment.isoformat()}


class PeriodForm(MonthForm):
    """A month, or the days from one to another; days given go before a month."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields[SINCE] = DayField(label=gettext_lazy("Days from"))
        self.fields[UNTIL] = DayField(label=gettext_lazy("Up to and including"))
        self.order_fields(["month", SINCE, UNTIL, "as_of"])

    def clean(self) -> dict[str, Any]:
        """A day alone is itself the period."""
        since, until = self.cleaned_data.get(SINCE), self.cleaned_data.get(UNTIL)
        if not (since or until):
            return super().clean()
        since, until = since or until, until or since
        if wrong := self._wrong(since, until):
            self.add_error(*wrong)
        elif self._nothing_yet(since):
            self.add_error("as_of", _("This moment lies before the period begins."))
        return {**self.cleaned_data, SINCE: since, UNTIL: until}

    def _wrong(self, since: date, until: date) -> tuple[str, str] | None:
        if since > until:
            return UNTIL, _("The last day lies before the first.")
        if until > local_date(self.at):
            return UNTIL, _("The last day is yet to come.")
        if (until - since).days >= LONGEST:
            return UNTIL, _("A report is made for one year at most.")
        if since < FIRST_MONTH:
            return SINCE, _("There is no report for days so long ago.")
        return None

    def _nothing_yet(self, since: date) -> bool:
        moment = self.cleaned_data.get("as_of")
        return bool(moment) and moment <= datetime.combine(since, time.min, tzinfo=SHANGHAI)

    @property
    def period(self) -> Period:
        asked = self.cleaned_data
        if asked[SINCE]:
            return Period.days(asked[SINCE], asked[UNTIL], asked["as_of"])
        return Period.of(asked["month"], asked["as_of"])


class PlacePeriodForm(PeriodForm):
    """The filter above the sheets of a report: which grid, which days, up to when."""

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places
        self.fields["grid"] = forms.ChoiceField(label=gettext_lazy("Grid"), required=False, choices=places)
        self.order_fields(["grid", "month", SINCE, UNTIL, "as_of"])

    def filled(self, grid: Grid, period: Period) -> "PlacePeriodForm":
        """The filter as it stands for what is on the screen, in the words a browser's fields take."""
        is_early = self.data.get("as_of") and not period.is_whole
        as_of = localtime(period.moment).strftime(MINUTES) if is_early else ""
        shown = {"grid": grid.code, **as_asked(period), "as_of": as_of}
        return PlacePeriodForm(shown, at=self.at, places=self.places)


class WorkbookForm(PeriodForm):
    """Asks for the workbook of exactly what is on the screen, once."""

    key = UUIDKey()


class RowsForm(PeriodForm):
    """Which number of a report the rows are asked for."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=Figure.choices)
    direct = forms.BooleanField(required=False)
    ledger = forms.ChoiceField(choices=Ledger.choices, required=False)
    category = forms.SlugField(max_length=12, required=False)
    channel = forms.ChoiceField(choices=Channel.choices, required=False)

    @property
    def wanted(self) -> CasesWanted:
        names = ("direct", "ledger", "category", "channel")
        return CasesWanted(**{name: self.cleaned_data[name] for name in names})


class DailyRowsForm(PeriodForm):
    """Which number of the daily work the rows are asked for, and of which register."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=[(name, name) for name in COUNTED])
    direct = forms.BooleanField(required=False)
    part = forms.IntegerField(required=False, min_value=0, max_value=9)


class GroupRowsForm(PeriodForm):
    """Which number of which type the files and visits are asked for."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure"), choices=GroupFigure.choices)
    type = forms.SlugField(max_length=12)
    part = forms.IntegerField(required=False, min_value=0, max_value=9)


def quick(at: datetime) -> list[tuple[str, dict[str, str]]]:
    """The periods people ask for most, each with what asks for it; the running ones up to today."""
    today = local_date(at)
    month, monday = today.replace(day=1), today - today.weekday() * ONE_DAY

    def since(day: date) -> dict[str, str]:
        return {SINCE: f"{day}", UNTIL: f"{today}"}

    return [
        (_("Today"), since(today)),
        (_("This week"), since(monday)),
        (_("This month"), {"month": f"{month:%Y-%m}"}),
        (_("Last month"), {"month": f"{month - ONE_DAY:%Y-%m}"}),
        (_("This quarter"), since(first_of_quarter(today))),
        (_("This year"), since(date(today.year, 1, 1))),
    ]
