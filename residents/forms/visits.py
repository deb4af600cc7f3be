"""A visit as it is told at the door: as little as possible is asked, nothing typed is lost."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, CleanTextField, DayField, DegreesField, PhotoField, UUIDKey

from ..actions.visits import Position
from ..enums import Met, Purpose
from ..models import GroupFile

TEXT_LENGTH = 500
PHOTOS = 9


class FileField(forms.ChoiceField):
    """One of the open files of the household, or none; cleaned, it is the row."""

    def offer(self, files: list[tuple[GroupFile, str]]) -> None:
        """Each file with the name of its person as the visitor may see it."""
        self.rows = {str(file.pk): file for file, _name in files}
        options = [(str(file.pk), f"{name} · {file.type}") for file, name in files]
        self.choices = [("", _("the household as a whole")), *options]

    def clean(self, value: Any) -> GroupFile | None:
        return self.rows.get(super().clean(value))


class VisitForm(forms.Form):
    """One visit. `told` is what the action takes."""

    key = UUIDKey()
    file = FileField(label=gettext_lazy("Visit to"), required=False, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Purpose.choices, initial=Purpose.ROUND,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )  # fmt: skip
    met = forms.ChoiceField(
        label=gettext_lazy("Whom did you meet?"), choices=Met.choices,
        widget=forms.RadioSelect(attrs={"class": "tiles"}),
    )  # fmt: skip
    what = CleanTextField(
        label=gettext_lazy("What was said and seen"), max_length=TEXT_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It lies sealed. Who reads it later says why, and is on record."),
    )  # fmt: skip
    agreed = DayField(
        label=gettext_lazy("Next visit agreed for"),
        help_text=gettext_lazy("Only if it is to be earlier than the rhythm asks for."),
    )
    photos = PhotoField(label=gettext_lazy("Photos"), at_most=PHOTOS, required=False)
    latitude = DegreesField(90)
    longitude = DegreesField(180)
    accuracy = forms.IntegerField(required=False, min_value=0, max_value=10_000_000, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, files: list[tuple[GroupFile, str]], today: date, asked: str = "", **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["file"].offer(files)
        if asked in self.fields["file"].rows:
            self.initial["file"] = asked
        if not files:
            self.fields["file"].widget = forms.HiddenInput()

    def clean_agreed(self) -> date | None:
        day = self.cleaned_data["agreed"]
        if day and day <= self.today:
            raise forms.ValidationError(_("The day of the next visit has to lie ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("met") in (Met.SELF, Met.FAMILY) and not said.get("what") and "what" not in self.errors:
            self.add_error("what", _("Say in a few words what was said and seen."))
        halves = [said.get(name) for name in ("latitude", "longitude")]
        if halves.count(None) == 1 and not {"latitude", "longitude"} & set(self.errors):
            self.add_error(None, _("A position is a latitude and a longitude; one of them is missing."))
        return said

    @property
    def told(self) -> dict[str, Any]:
        said = self.cleaned_data
        plain = {name: said[name] for name in ("key", "what", "agreed", "photos", "file")}
        return {
            **plain,
            "purpose": Purpose(said["purpose"]),
            "met": Met(said["met"]),
            "position": self._position(),
        }

    def _position(self) -> Position | None:
        said = self.cleaned_data
        if said["latitude"] is None or said["longitude"] is None:
            return None
        return Position(said["latitude"], said["longitude"], said["accuracy"])

    def renew_key(self) -> None:
        """After a refusal that wrote nothing: the next try is a new act."""
        self.data = self.data.copy()
        self.data["key"] = str(uuid4())


class ReadForm(forms.Form):
    """What somebody needs to know for what was said on a visit."""

    reason = CleanCharField(
        label=gettext_lazy("What you need it for"), max_length=200,
        help_text=gettext_lazy("It is kept with your name, and the grid leader sees it."),
    )  # fmt: skip
