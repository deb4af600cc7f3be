"""What a register can be narrowed to, as it stands in the address; nonsense is left aside and said at its field."""

from typing import Any

from django import forms
from django.db.models import Field as ModelField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import ANY, CleanCharField, choice_or_any
from grids.enums import Level
from grids.models import Grid
from grids.models.tree import GridQuerySet
from grids.scopes import Scope

from ..queries.registers import Register, Sought

MOST_GRIDS = 200  # more than this nobody finds her way through: communities then


class RegisterFilterForm(forms.Form):
    """Words, place, and the choices of the register."""

    q = CleanCharField(label=_("Words"), max_length=60, required=False)
    grid = choice_or_any(_("Grid"), [])

    def __init__(self, query: QueryDict, *, register: Register, scope: Scope, right: str) -> None:
        super().__init__(query)
        self.register = register
        self.fields["q"].widget = forms.TextInput(attrs={"placeholder": register.words, "type": "search"})
        self.grids = {grid.code: grid for grid in grids_below(scope, right)}
        self.fields["grid"].choices = [ANY, *indented(self.grids.values())]
        for name in register.filters:
            field: ModelField[Any, Any] = register.model._meta.get_field(name)  # type: ignore[assignment]
            self.fields[name] = choice_or_any(field.verbose_name, field.choices)
        for name, (label, _asked) in register.switches.items():
            self.fields[name] = forms.BooleanField(label=label, required=False)

    @property
    def sought(self) -> Sought:
        """What was asked for, as far as it made sense."""
        self.is_valid()
        data = self.cleaned_data
        return Sought(
            q=data.get("q", ""),
            grid=self.grids.get(data.get("grid", "")),
            choices={name: data[name] for name in self.register.filters if data.get(name)},
            switches=tuple(name for name in self.register.switches if data.get(name)),
        )


def grids_below(scope: Scope, right: str) -> list[Grid]:
    """The grids a list can be narrowed to; of very many only those down to the communities."""
    return fewer(Grid.objects.within(scope, right).active())


def fewer(rows: GridQuerySet) -> list[Grid]:
    """These grids in their order; of very many only those down to the communities."""
    grids = list(rows.order_by("code").only("code", "name", "level"))
    if len(grids) > MOST_GRIDS:
        return [grid for grid in grids if grid.level <= Level.COMMUNITY]
    return grids


def indented(grids: Any) -> list[tuple[str, str]]:
    grids = list(grids)
    top = min((grid.level for grid in grids), default=Level.DISTRICT)
    return [(grid.code, "　" * (grid.level - top) + grid.name) for grid in grids]
