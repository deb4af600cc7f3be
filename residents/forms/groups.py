"""Forms of the special groups: a proposal, its review, changes, the end; the type says which fields there are."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import CleanCharField, DayField, KeyedForm, choice_or_any
from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import CloseReason, DetailKind, FileState, Risk
from ..models import GroupType
from ..queries.groups import GROUPS, places
from ..rules.rhythm import YES
from .filters import RegisterFilterForm, few

FIRST_YEAR = 1890
LONGEST_DETAIL = 80
LARGEST = 10**7
PREFIX = "detail_"  # own fields of a type keep clear of the form's

# Death and moving away are entered at the person and close her files by themselves.
CLOSED_BY_HAND = (CloseReason.NOT_ENTITLED, CloseReason.EXPIRED, CloseReason.MISTAKE)


class GroupFilterForm(RegisterFilterForm):
    """What the list of files can be narrowed to; the tabs say in which state."""

    def __init__(self, query: QueryDict, *, scope: Scope, types: list[GroupType]) -> None:
        super().__init__(query, register=GROUPS, scope=scope, right=Right.GROUPS)
        self.types = {kind.code: kind for kind in types}
        self.fields["type"] = choice_or_any(_("Type"), [(kind.code, kind.name) for kind in types])
        self.fields["state"] = forms.ChoiceField(
            choices=FileState.choices, required=False, widget=forms.HiddenInput
        )
        self.order_fields(["q", "type", "risk", "grid"])

    def grids_offered(self, scope: Scope, right: str) -> list[Grid]:
        return few(places(scope))

    @property
    def kind(self) -> GroupType | None:
        return self.types.get(self.cleaned_data.get("type", "")) if self.is_valid() else None

    @property
    def state(self) -> FileState:
        self.is_valid()
        return FileState(self.cleaned_data.get("state") or FileState.OPEN)


class TypeForm(forms.Form):
    """Into which group somebody is proposed."""

    type = forms.ModelChoiceField(
        label=_("Special group"), queryset=GroupType.objects.none(), to_field_name="code", empty_label=None,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, types: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = types


def as_detail(row: dict[str, Any]) -> forms.Field:
    """How one of a type's own fields is asked for."""
    common = {"label": row["label"], "required": bool(row.get("required"))}
    if row["kind"] == DetailKind.CHOICE:
        choices = [(word, word) for word in row["choices"]]
        return forms.ChoiceField(choices=[("", "—"), *choices], **common)
    if row["kind"] == DetailKind.DATE:
        return DayField(first=FIRST_YEAR, **common)
    if row["kind"] == DetailKind.NUMBER:
        return forms.IntegerField(min_value=0, max_value=LARGEST, **common)
    if row["kind"] == DetailKind.FLAG:
        return forms.BooleanField(label=row["label"], required=False)
    return CleanCharField(max_length=LONGEST_DETAIL, **common)


class DetailsForm(KeyedForm):
    """The own fields of a type, besides what every file has."""

    risk = forms.TypedChoiceField(label=_("Risk"), choices=Risk.choices, coerce=lambda text: Risk(int(text)))

    def __init__(
        self, *args: Any, kind: GroupType, held: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for row in kind.fields:
            name = PREFIX + row["name"]
            self.fields[name] = as_detail(row)
            self.initial[name] = _shown(row, (held or {}).get(row["name"], ""))

    @property
    def details(self) -> dict[str, str]:
        """What was said, as a file holds it: texts, a flag only where it is raised."""
        said = {row["name"]: self.cleaned_data.get(PREFIX + row["name"]) for row in self.kind.fields}
        return {name: _kept(value) for name, value in said.items() if value not in (None, "", False)}


def _shown(row: dict[str, Any], text: str) -> Any:
    return text == YES if row["kind"] == DetailKind.FLAG else text


def _kept(value: Any) -> str:
    return YES if value is True else str(value)


class ProposalForm(DetailsForm):
    """Somebody is proposed for a special group."""

    basis = CleanCharField(
        label=_("Basis"), max_length=200, help_text=_("The document it rests on, with its number and day.")
    )
    field_order = ("basis", "risk")


class ChangeForm(DetailsForm):
    """Risk or details are other ones now."""

    reason = CleanCharField(label=_("Why it changes"), max_length=200)


class ReviewForm(KeyedForm):
    """What the second pair of eyes says; a refusal needs it."""

    note = CleanCharField(label=_("What the review says"), max_length=200, required=False)


class CloseForm(KeyedForm):
    """Why the file ends, and on which day."""

    reason = forms.ChoiceField(
        label=_("Why it is closed"), choices=[("", "—"), *((reason.value, reason.label) for reason in CLOSED_BY_HAND)],
        help_text=_("Who has died or moved away is entered so in the register; her files close with that."),
    )  # fmt: skip
    on = DayField(label=_("Day"), first=2000, required=True)
    note = CleanCharField(label=_("Note"), max_length=200, required=False)
