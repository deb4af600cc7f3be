"""Forms about several people or entries at once: merging two, a household that splits or joins, the register as of a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import ANY, CleanCharField, DayField, KeyedForm, choice_or_any
from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import Relation
from ..queries.merging import Side
from .entries import FIRST_YEAR
from .filters import grids_below, indented

FIRST, SECOND = "first", "second"
Member = tuple[int, str]  # the key of her entry, and who she is in words


class MergeForm(KeyedForm):
    """Which entry survives, and of each fact that differs which entry is believed."""

    survivor = forms.ChoiceField(
        label=gettext_lazy("Entry that stays"),
        choices=[(FIRST, gettext_lazy("the first")), (SECOND, gettext_lazy("the second"))],
        initial=FIRST,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, sides: Iterable[Side], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = list(sides)
        self.sides = [side for side in self.told if side.differs]
        for side in self.sides:
            self.fields[side.name] = forms.ChoiceField(
                label=side.label,
                choices=[(FIRST, side.first), (SECOND, side.second)],
                initial=SECOND if side.is_known_to_second_only else FIRST,
                widget=forms.RadioSelect,
            )

    @property
    def rows(self) -> list[tuple[Side, Any]]:
        """Every fact, and the choice where the entries differ."""
        return [(side, self[side.name] if side.differs else None) for side in self.told]

    @property
    def first_survives(self) -> bool:
        return bool(self.cleaned_data["survivor"] == FIRST)

    @property
    def taken(self) -> set[str]:
        """The facts that are believed of the entry that does not survive."""
        survivor = self.cleaned_data["survivor"]
        return {side.name for side in self.sides if self.cleaned_data[side.name] != survivor}


class MembersForm(KeyedForm):
    """Who each member of a household will be to its head, one choice for each."""

    on = DayField(label=gettext_lazy("Day"), first=FIRST_YEAR, required=True)
    note = CleanCharField(label=gettext_lazy("Note"), max_length=200, required=False)

    stays: tuple[tuple[str, Any], ...] = ()  # what can be said besides a relation

    def __init__(self, *args: Any, members: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        for pk, who in members:
            self.fields[f"member_{pk}"] = forms.ChoiceField(
                label=who, choices=[*self.stays, *Relation.choices], required=not self.stays
            )
        self.order_fields([*(f"member_{pk}" for pk, _who in members), "door", "on", "note"])

    @property
    def relations(self) -> dict[int, Relation]:
        """What was said of each of whom something was said."""
        said = {pk: self.cleaned_data[f"member_{pk}"] for pk, _who in self.members}
        return {pk: Relation(relation) for pk, relation in said.items() if relation}


class SplitForm(MembersForm):
    """Who opens the new household, and behind which door."""

    stays = (("", gettext_lazy("stays in this household")),)
    door = CleanCharField(
        label=gettext_lazy("Dwelling of the new household"), max_length=60, required=False,
        help_text=gettext_lazy("As people say it, such as 平安里3号楼2单元501. Empty: behind the same door."),
    )  # fmt: skip


class JoinForm(MembersForm):
    """Who everybody is in the household that two become."""


class AsOfForm(forms.Form):
    """A day and a grid, as they stand in the address."""

    day = DayField(label=gettext_lazy("Day"), first=FIRST_YEAR)
    grid = choice_or_any(gettext_lazy("Grid"), [])

    def __init__(self, query: QueryDict, *, scope: Scope, today: date) -> None:
        super().__init__(query)
        self.today = today
        self.grids = {grid.code: grid for grid in grids_below(scope, Right.REGISTER)}
        self.fields["grid"].choices = [ANY, *indented(self.grids.values())]

    def clean_day(self) -> date:
        day: date | None = self.cleaned_data["day"]
        if day and day > self.today:
            raise forms.ValidationError(_("The day is yet to come."))
        return day or self.today

    @property
    def asked(self) -> tuple[date, Grid | None]:
        """Today and everywhere, as far as nothing else made sense."""
        self.is_valid()
        return self.cleaned_data.get("day", self.today), self.grids.get(self.cleaned_data.get("grid", ""))
