"""What the record of looks can be narrowed to, as it stands in the address."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import ANY, CleanCharField, DayField, choice_or_any
from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import LookKind
from ..queries.looks import Looked
from .filters import few, grids_below, indented


class LookFilterForm(forms.Form):
    """Who looked, in which way, when, at people of which place."""

    account = CleanCharField(label=_("Account"), max_length=150, required=False)
    kind = choice_or_any(_("Kind"), LookKind.choices)
    since = DayField(label=_("Looked from"))
    until = DayField(label=_("Looked until"))
    grid = choice_or_any(_("Grid"), [])

    def __init__(self, query: QueryDict, *, scope: Scope) -> None:
        super().__init__(query)
        self.grids = {grid.code: grid for grid in _places(scope)}
        self.fields["grid"].choices = [ANY, *indented(self.grids.values())]

    @property
    def looked(self) -> Looked:
        """What was asked for, as far as it made sense."""
        self.is_valid()
        data = {name: self.cleaned_data.get(name) for name in ("account", "kind", "since", "until")}
        grid = self.grids.get(self.cleaned_data.get("grid", ""))
        return Looked(**{name: value for name, value in data.items() if value}, grid=grid)


def _places(scope: Scope) -> list[Grid]:
    """The auditor has no place of her own: every grid is hers to ask for."""
    if scope.audits:
        return few(Grid.objects.active())
    return grids_below(scope, Right.KEEP)
