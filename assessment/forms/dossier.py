"""What a person may ask a dossier for: which days, up to which moment; and whom she looks for in the list."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, DayField
from grids.enums import Role
from grids.models import Grid
from grids.rules.workdays import local_date

from ..enums import Trace
from ..queries.dossier import Sought
from ..rules.dossier import MOST_YEARS, Stretch, is_too_long
from .monthly import FIRST_MONTH, MINUTES, MomentForm

LONGEST_NAME = 40


def as_sent(stretch: Stretch) -> dict[str, str]:
    """Exactly these days as of exactly this moment, as links carry them on."""
    return {
        "since": stretch.first.isoformat(),
        "until": stretch.last.isoformat(),
        "as_of": stretch.cut_off.isoformat(),
    }


class DossierForm(MomentForm):
    """Some days, this year up to now where nothing else is said, and a moment up to which traces count."""

    since = DayField(label=gettext_lazy("First day of the dossier"))
    until = DayField(label=gettext_lazy("Last day of the dossier"))
    field_order = ("since", "until", "as_of")

    def clean_since(self) -> date:
        today = local_date(self.at)
        since: date = self.cleaned_data["since"] or date(today.year, 1, 1)
        if not FIRST_MONTH <= since <= today:
            raise ValidationError(_("A dossier tells of what has been."), code="day")
        return since

    def clean_until(self) -> date:
        today = local_date(self.at)
        until: date = self.cleaned_data["until"] or today
        if until > date(today.year, 12, 31):
            raise ValidationError(_("A dossier tells of what has been."), code="day")
        return until

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        since, until, moment = (said.get(name) for name in ("since", "until", "as_of"))
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        elif since and until and is_too_long(since, until):
            self.add_error("until", _("A dossier tells of %(n)d years at most.") % {"n": MOST_YEARS})
        if since and moment and moment <= Stretch(since, since, moment).start:
            self.add_error("as_of", _("This moment lies before the first day."))
        return said

    @property
    def stretch(self) -> Stretch:
        said = self.cleaned_data
        return Stretch.of(said["since"], said["until"], said["as_of"])

    def filled(self, stretch: Stretch, **more: Any) -> "DossierForm":
        """The filter as it stands for what is on the screen, in the words a browser's fields take."""
        as_of = localtime(stretch.cut_off).strftime(MINUTES) if self.data.get("as_of") else ""
        shown = {"since": stretch.first.isoformat(), "until": stretch.last.isoformat(), "as_of": as_of}
        return type(self)({**self.data.dict(), **shown}, at=self.at, **more)


class TraceForm(DossierForm):
    """Which number of a dossier the rows are asked for."""

    trace = forms.ChoiceField(choices=Trace.choices)


class DossiersForm(DossierForm):
    """Whom the list shows."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", gettext_lazy("any")), *Role.choices]
    )
    name = CleanCharField(label=gettext_lazy("Name"), required=False, max_length=LONGEST_NAME)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places
        self.fields["grid"] = forms.ChoiceField(label=gettext_lazy("Grid"), required=False, choices=places)
        self.order_fields(["grid", "role", "name", "since", "until", "as_of"])

    def sought(self, grid: Grid) -> Sought:
        role = self.cleaned_data["role"]
        return Sought(grid, Role(role) if role else None, self.cleaned_data["name"])
