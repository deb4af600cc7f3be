"""The forms of an inquiry, one per move on it, and what its lists can be narrowed to."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import ANY, CleanCharField, CleanTextField, choice_or_any
from grids.scopes import Scope

from ..enums import Action, InquiryState, InquiryWaiting, Verdict
from ..queries.inquiries import Sought
from ..queries.listing import Place, places
from ..rules.inquiry import SILENT_AFTER_DAYS
from .base import StepForm
from .listing import indented
from .steps import SignForm

TEXT_LENGTH = 1000

# What every inquiry asks (质询事项); the grid adds what it wants to know besides.
QUESTION = _(
    "1. How does the problem stand?\n"
    "2. Why was it not dealt with within the limit?\n"
    "3. What is done next, and when will it be finished?"
)


def _text(label: Any, rows: int = 3, **options: Any) -> CleanTextField:
    widget = forms.Textarea(attrs={"rows": rows})
    return CleanTextField(label=label, max_length=TEXT_LENGTH, widget=widget, **options)


class AskForm(StepForm):
    question = _text(_("What is asked"), rows=5, initial=QUESTION)


class AnswerForm(StepForm):
    progress = _text(_("How the problem stands"))
    cause = _text(_("Why it was not dealt with in time"))
    measures = _text(_("What is done next, and by when"))


class ObjectForm(StepForm):
    note = _text(_("What the answer leaves open"))


class DecideForm(StepForm):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    note = _text(_("Decision and its reason"))


FORMS: dict[Action, type[StepForm]] = {
    Action.ASK: AskForm,
    Action.ANSWER: AnswerForm,
    Action.ACCEPT: SignForm,
    Action.OBJECT: ObjectForm,
    Action.DECIDE: DecideForm,
}


class PlaceForm(forms.Form):
    """A list narrowed to a place. Whatever is wrong is left aside, and said at its field."""

    grid = choice_or_any(_("Grid"), [])

    def __init__(self, query: QueryDict, *, scope: Scope) -> None:
        super().__init__(query)
        chosen = query.get("grid", "")
        offered = places(scope, chosen if chosen.isascii() and chosen.isdigit() else "")
        self.places = {place.code: place for place in offered if place.kind == "grid"}
        self.fields["grid"].choices = [ANY, *indented(list(self.places.values()))]

    @property
    def place(self) -> Place | None:
        self.is_valid()
        return self.places.get(self.cleaned_data.get("grid", ""))


class InquiryFilterForm(PlaceForm):
    """What the list of inquiries can be narrowed to, beside its tabs."""

    state = choice_or_any(_("State"), InquiryState.choices)
    waiting = forms.ChoiceField(
        choices=[ANY, *InquiryWaiting.choices], required=False, widget=forms.HiddenInput
    )
    field_order = ("state", "grid", "waiting")

    @property
    def sought(self) -> Sought:
        """What was asked for, as far as it made sense."""
        place = self.place
        said = self.cleaned_data
        return Sought(waiting=said.get("waiting", ""), state=said.get("state", ""), grid=place)


class SilenceForm(PlaceForm):
    """After how many days an unused right counts as silence."""

    days = forms.IntegerField(
        label=_("Unused for days"), min_value=1, max_value=365, required=False, initial=SILENT_AFTER_DAYS
    )
    asker = CleanCharField(max_length=15, required=False, widget=forms.HiddenInput)
    field_order = ("days", "grid", "asker")

    def __init__(self, query: QueryDict, *, scope: Scope) -> None:
        filled = query.copy()
        filled.setdefault("days", str(SILENT_AFTER_DAYS))
        super().__init__(filled, scope=scope)

    @property
    def silent_days(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("days") or SILENT_AFTER_DAYS

    @property
    def asking(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("asker", "")
