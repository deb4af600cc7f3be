"""Forms of the registers: each is a list of fields of its model, with the house's ways of taking text in."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.db import connection, models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, DayField, KeyedForm
from gridgov.kit.sealing import SealedField
from grids.models import Grid
from grids.scopes import Scope

from ..enums import Field, Relation
from ..models import Building, Dwelling, Organisation, Premises, Resident
from ..queries.premises import OrganisationUnclear, houses_of, organisation_called
from ..rules import identity

FIRST_YEAR = 1890
LONGEST = {
    "name": 40,
    "former_name": 40,
    "id_number": 24,
    "phone": 24,
    "registered_address": 120,
    "owner_phone": 24,
}


def as_form_field(field: Any) -> forms.Field:
    """How a column of a register is asked for."""
    common = {"label": field.verbose_name, "required": not field.blank and not field.null}
    if isinstance(field, SealedField):
        return CleanCharField(**{**common, "required": False}, max_length=LONGEST.get(field.name, 60))
    if isinstance(field, models.DateField):
        return DayField(first=FIRST_YEAR, **common)
    if isinstance(field, models.CharField) and not field.choices:
        return CleanCharField(**common, max_length=field.max_length)
    found: forms.Field = field.formfield(**_bounds(field))
    return found


def _bounds(field: Any) -> dict[str, int]:
    """What the column can hold at most: Django asks the model for it, and a form is no model."""
    if not isinstance(field, models.IntegerField) or field.choices:
        return {}
    _least, most = connection.ops.integer_field_range(field.get_internal_type())
    return {} if most is None else {"max_value": most}


class EntryForm(KeyedForm):
    """The facts of one entry. What is sealed shows its mask and stays as it is when nothing is typed."""

    model: type[models.Model]
    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, entry: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry
        for name in self.names:
            column = self.model._meta.get_field(name)
            self.fields[name] = as_form_field(column)
            if isinstance(column, SealedField):
                self._show_mask(name)
            elif entry is not None:
                self.initial.setdefault(name, getattr(entry, name))

    def _show_mask(self, name: str) -> None:
        value = getattr(self.entry, name, None) if self.entry is not None else None
        if value:
            self.fields[name].widget.attrs["placeholder"] = str(value)
            self.fields[name].help_text = gettext_lazy("Leave it empty to keep what is there.")

    def offer(self, scope: Scope, grid: Grid | None = None) -> None:
        """What can be chosen from what somebody keeps, or keeps in one grid: most forms have nothing to choose."""

    @property
    def facts(self) -> dict[str, Any]:
        """What was said; of what lies sealed only what was typed anew."""
        said = {name: self.cleaned_data[name] for name in self.names}
        for name in self.names:
            if isinstance(self.model._meta.get_field(name), SealedField) and not said[name]:
                if self.entry is not None:
                    del said[name]
                else:
                    said[name] = None
        return said

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"])

    def clean_owner_phone(self) -> str:
        return _phone(self.cleaned_data["owner_phone"])


def _phone(text: str) -> str:
    if not text:
        return ""
    number = identity.phone(text)
    if number is None:
        raise forms.ValidationError(_("Not a phone number: 11 digits, or a landline such as 0371-67891234."))
    return number


class BuildingForm(EntryForm):
    model = Building
    names = ("house_no", "name", "address", "floors", "units", "built_year", "management", "company", "note")


class DwellingForm(EntryForm):
    model = Dwelling
    names = ("unit_no", "floor", "room_no", "area", "occupancy", "owner_name", "owner_phone", "note")


class HouseField(forms.ChoiceField):
    """One of the buildings offered, or none; cleaned, it is the row."""

    def __init__(self, **options: Any) -> None:
        other = gettext_lazy("The building lies in another grid.")
        super().__init__(required=False, error_messages={"invalid_choice": other}, **options)
        self.rows: dict[str, Building] = {}

    def offer(self, houses: Iterable[Building]) -> None:
        """Several grids as groups, the buildings of one as they are."""
        self.rows = {str(house.pk): house for house in houses}
        by_grid = groupby(self.rows.items(), key=lambda row: row[1].grid)
        groups = [(grid.name, [(pk, str(house)) for pk, house in rows]) for grid, rows in by_grid]
        offered = groups[0][1] if len(groups) == 1 else groups
        self.choices = [("", gettext_lazy("none of them")), *offered]

    def clean(self, value: Any) -> Building | None:
        return self.rows.get(super().clean(value))


class PremisesForm(EntryForm):
    """Premises; their building is chosen, their organisation named. Only what is entered can go out of use."""

    model = Premises
    names = (
        "name", "kind", "address", "floor", "rooms", "area", "licence", "licence_until", "keeper", "phone", "risk",
        "note",
    )  # fmt: skip
    house = HouseField(label=gettext_lazy("Building"))
    organisation = CleanCharField(
        label=gettext_lazy("Organisation"), max_length=80, required=False,
        help_text=gettext_lazy("Its credit code or its name, as it is entered."),
    )  # fmt: skip

    def __init__(self, *args: Any, entry: Any = None, **kwargs: Any) -> None:
        self.names = (*self.names, "is_active") if entry else self.names
        super().__init__(*args, entry=entry, **kwargs)
        self.order_fields(["name", "kind", "house", "address", "floor", "rooms", "area", "organisation"])
        if entry is not None:
            self.initial.setdefault("house", entry.house_id)
            self.initial.setdefault("organisation", self._called(entry.organisation))

    @staticmethod
    def _called(organisation: Organisation | None) -> str:
        return (organisation.code or organisation.name) if organisation else ""

    def offer(self, scope: Scope, grid: Grid | None = None) -> None:
        self.scope, self.grid = scope, grid
        houses = list(houses_of(scope, grid))
        if self.entry is not None and self.entry.house and self.entry.house not in houses:
            houses.append(self.entry.house)  # it has gone out of use since
        self.fields["house"].offer(houses)

    def clean_organisation(self) -> Organisation | None:
        called = self.cleaned_data["organisation"]
        if not called or self.grid is None:  # without a grid the form is refused for that
            return None
        if self.entry is not None and called == self._called(self.entry.organisation):
            return self.entry.organisation
        try:
            return organisation_called(called, self.grid, self.scope)
        except OrganisationUnclear as unclear:
            raise forms.ValidationError(str(unclear)) from unclear

    @property
    def facts(self) -> dict[str, Any]:
        chosen = {name: self.cleaned_data[name] for name in ("house", "organisation")}
        return {**super().facts, **chosen}


class OrganisationForm(EntryForm):
    model = Organisation
    names = ("name", "kind", "code", "address", "representative", "phone", "staff", "has_party", "note")

    def clean_code(self) -> str:
        code = identity.tidied(self.cleaned_data["code"]).upper()
        if code and not identity.is_credit_code(code):
            raise forms.ValidationError(_("Not a credit code: 18 characters, and the last one has to fit."))
        return code


class PersonForm(EntryForm):
    """A person and who she is to the head of her household."""

    model = Resident
    names = (
        "name", "id_number", "phone", "relation", "sex", "birth_date", "registration", "registered_address",
        "former_name", "native_place", "marriage", "education", "politics", "occupation", "job", "employer",
        "arrival_reason", "permit_until", "note",
    )  # fmt: skip
    rare = (
        "former_name", "native_place", "marriage", "education", "politics", "occupation", "job", "employer",
        "arrival_reason", "permit_until",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = self.entry is None
        self.fields["birth_date"].help_text = gettext_lazy("Follows from the ID number where there is one.")

    @property
    def folded(self) -> list[forms.BoundField]:
        """What is rarely at hand at the door."""
        return [self[name] for name in self.rare]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the folded ones is wrong: that must be in sight."""
        return any(field.errors for field in self.folded)

    @property
    def facts(self) -> dict[str, Any]:
        """Without what follows from an ID number typed just now: it says both itself."""
        said = super().facts
        if said.get("id_number") and not said["birth_date"]:
            del said["birth_date"]
        return said


class NewcomerForm(PersonForm):
    """A person who is entered, and since when she lives here."""

    on = DayField(label=gettext_lazy("Lives here since"), first=FIRST_YEAR, required=True)


class HouseholdForm(KeyedForm):
    """A household behind a door."""

    on = DayField(label=gettext_lazy("Since"), first=FIRST_YEAR, required=True)
    note = CleanCharField(label=gettext_lazy("Note"), max_length=200, required=False)


class LeaveForm(KeyedForm):
    """She moves away or has died."""

    change = forms.ChoiceField(
        label=gettext_lazy("What happened to her"),
        choices=[("move_out", gettext_lazy("moved away")), ("die", gettext_lazy("died"))],
        widget=forms.RadioSelect,
    )
    on = DayField(label=gettext_lazy("Day"), first=FIRST_YEAR, required=True)
    note = CleanCharField(label=gettext_lazy("Note"), max_length=200, required=False)
    is_certain = forms.BooleanField(
        label=gettext_lazy("The death is proven. It cannot be taken back here."), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A death is entered by somebody who says that she is certain."""
        said = super().clean() or {}
        if said.get("change") == "die" and not said.pop("is_certain", False):
            self.add_error("is_certain", _("Tick this for a death, or choose that she moved away."))
        said.pop("is_certain", None)
        return said


class MoveForm(KeyedForm):
    """She moves to another household, found by its door."""

    door = CleanCharField(
        label=gettext_lazy("Dwelling she moves to"), max_length=60,
        help_text=gettext_lazy("As people say it, such as 平安里3号楼2单元501."),
    )  # fmt: skip
    relation = forms.ChoiceField(label=gettext_lazy("Relation to the head"), choices=Relation.choices)
    on = DayField(label=gettext_lazy("Day"), first=FIRST_YEAR, required=True)
    note = CleanCharField(label=gettext_lazy("Note"), max_length=200, required=False)


class HeadForm(KeyedForm):
    """Who was head becomes something else to the new one."""

    former_as = forms.ChoiceField(
        label=gettext_lazy("The former head is to the new one"),
        choices=[choice for choice in Relation.choices if choice[0] != Relation.HEAD],
    )


class RevealForm(forms.Form):
    """Which value, and what for."""

    field = forms.ChoiceField(label=gettext_lazy("What"), choices=Field.choices)
    reason = CleanCharField(
        label=gettext_lazy("What you need it for"), max_length=200,
        help_text=gettext_lazy("It is kept with your name, and the grid leader sees it."),
    )  # fmt: skip


class GridForm(forms.Form):
    """The building grid a new entry lies in."""

    grid = forms.ModelChoiceField(label=gettext_lazy("Building grid"), queryset=Grid.objects.none())
