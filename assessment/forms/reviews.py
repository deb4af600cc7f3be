"""What people write in an accountability review: why it is opened, a statement, a decision, an appeal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanTextField, KeyedForm

from ..enums import Finding, Ground, Measure, ReviewState
from ..models import Charge
from ..models.reviews import LONGEST_TEXT


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
