"""An inspection as it is told in the premises: each item answered, what was found, by when it is put right."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanTextField, DayField, KeyedForm, PhotoField

from ..enums import CheckAnswer, CheckItem, InspectionKind, InspectionResult
from ..models import Premises
from ..rules import inspecting

TEXT_LENGTH = 500
PHOTOS = 9


def tiles() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "tiles"})


class InspectionForm(KeyedForm):
    """One inspection of some premises. `told` is what the action takes."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of inspection"), choices=InspectionKind.choices, widget=tiles()
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Result of the inspection"), choices=InspectionResult.choices, widget=tiles()
    )
    found = CleanTextField(
        label=gettext_lazy("Findings"), max_length=TEXT_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What is to be put right, and where. No names, no numbers of people."),
    )  # fmt: skip
    until = DayField(
        label=gettext_lazy("To be put right by"),
        help_text=gettext_lazy(
            "On this day the re-inspection is due. Only where the premises have not passed."
        ),
    )
    photos = PhotoField(label=gettext_lazy("Photos"), at_most=PHOTOS, required=False)

    def __init__(self, *args: Any, premises: Premises, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = inspecting.kinds(premises.rectify_until is not None)
        # Offered is what can follow now; a form sent twice still says what could follow when it was opened.
        self.fields["kind"].widget.choices = [(kind.value, kind.label) for kind in kinds]
        self.initial["kind"] = kinds[0]
        self.asked = inspecting.items_of(premises.kind)
        for item in self.asked:
            self.fields[self.name_of(item)] = forms.ChoiceField(
                label=item.label, choices=CheckAnswer.choices, widget=tiles()
            )

    @staticmethod
    def name_of(item: CheckItem) -> str:
        return f"item_{item}"

    @property
    def items(self) -> list[Any]:
        """The bound fields of the list, in the order of the record."""
        return [self[self.name_of(item)] for item in self.asked]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("result") == InspectionResult.PASSED:
            if CheckAnswer.BAD in self.answers.values():
                self.add_error("result", _("Something is not in order, so the premises have not passed."))
            said["until"] = None  # a day left over from another answer says nothing
        elif "result" in said:
            self._needs("found", _("Say in a few words what was found."))
            self._needs("until", _("Name the day by which it is put right."))
        return said

    def _needs(self, name: str, message: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    @property
    def answers(self) -> dict[str, str]:
        said = self.cleaned_data
        return {item.value: said[self.name_of(item)] for item in self.asked if self.name_of(item) in said}

    @property
    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        plain = {name: said[name] for name in ("key", "found", "until", "photos")}
        kind, result = InspectionKind(said["kind"]), InspectionResult(said["result"])
        return {**plain, "kind": kind, "result": result, "answers": self.answers}


class PremisesPhotosForm(forms.Form):
    """How the premises look."""

    photos = PhotoField(label=gettext_lazy("Photos of the premises"), at_most=PHOTOS)
