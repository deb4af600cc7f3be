"""Asking for a register as a file, and deciding on it."""

from typing import Any

from django import forms
from django.db.models import Field as ModelField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import CleanCharField, KeyedForm, choice_or_any
from grids.models import Grid

from ..actions import Wanted
from ..models.looks import REASON_LENGTH
from ..queries.exports import MASKED_MOST, UNMASKED_MOST
from ..queries.registers import Register
from .filters import indented

MASKED, UNMASKED = "masked", "unmasked"
EXTENTS = [
    (MASKED, gettext_lazy("masked, made at once")),
    (UNMASKED, gettext_lazy("unmasked, once somebody above has released it")),
]


class ExportForm(KeyedForm):
    """Of which place, narrowed to what, masked or not. Words cannot be asked for: they may be somebody's name."""

    grid = forms.ChoiceField(label=gettext_lazy("Which place"))

    def __init__(
        self, *args: Any, register: Register, grids: list[Grid], can_unmask: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.register, self.can_unmask = register, can_unmask
        self.grids = {grid.code: grid for grid in grids}
        self.fields["grid"].choices = indented(grids)
        for name in register.filters:
            field: ModelField[Any, Any] = register.model._meta.get_field(name)  # type: ignore[assignment]
            self.fields[name] = choice_or_any(field.verbose_name, field.choices)
        for name, (label, _asked) in register.switches.items():
            self.fields[name] = forms.BooleanField(label=label, required=False)
        if can_unmask:
            self._offer_unmasked()

    def _offer_unmasked(self) -> None:
        limits = {"masked": f"{MASKED_MOST:,}", "unmasked": f"{UNMASKED_MOST:,}"}
        self.fields["extent"] = forms.ChoiceField(
            label=gettext_lazy("Personal data"), choices=EXTENTS, initial=MASKED, widget=forms.RadioSelect,
            help_text=_("At most %(masked)s entries masked, %(unmasked)s unmasked.") % limits,
        )  # fmt: skip
        self.fields["reason"] = CleanCharField(
            label=gettext_lazy("What you need it for"), max_length=REASON_LENGTH, required=False,
            help_text=gettext_lazy(
                "Needed for unmasked data. It is kept with your name on the record of everybody in the file."
            ),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("extent") == UNMASKED and not said.get("reason"):
            self.add_error("reason", _("Say in a few words what you need it for."))
        return said

    @property
    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(
            register=self.register.name,
            grid=self.grids[said["grid"]],
            choices={name: str(said[name]) for name in self.register.filters if said.get(name)},
            switches=[name for name in self.register.switches if said.get(name)],
            is_unmasked=said.get("extent") == UNMASKED,
            reason=said.get("reason", ""),
        )


class DecisionForm(forms.Form):
    """Released, or not and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What you decide"), widget=forms.RadioSelect,
        choices=[("release", gettext_lazy("release")), ("refuse", gettext_lazy("do not release"))],
    )  # fmt: skip
    note = CleanCharField(
        label=gettext_lazy("Why it is not released"),
        max_length=REASON_LENGTH,
        required=False,
    )
