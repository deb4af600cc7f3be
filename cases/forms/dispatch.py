"""Several waiting cases chosen at once."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gridgov.kit.forms import KeyedForm

AT_MOST = 50
BIGGEST = 2**63 - 1


@dataclass(frozen=True)
class Chosen:
    """A case as it was on the page: its key, and the version the person saw."""

    pk: int
    version: int


class ChosenField(forms.Field):
    """The boxes ticked in the queue, each "key:version"."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "required": _("No case is selected."),
        "invalid": _("The selection cannot be read. Load the page again and repeat."),
        "too_many": _("At most %(limit)d cases at once."),
    }

    def to_python(self, value: Any) -> list[Chosen]:
        chosen = {one.pk: one for one in map(self._one, value or [])}
        if len(chosen) > AT_MOST:
            raise ValidationError(self.error_messages["too_many"] % {"limit": AT_MOST}, code="too_many")
        return list(chosen.values())

    def _one(self, text: str) -> Chosen:
        pk, _colon, version = text.partition(":")
        parts = (pk, version or "0")
        if not all(part.isascii() and part.isdigit() and int(part[:20]) <= BIGGEST for part in parts):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return Chosen(int(pk), int(version or 0))


class ChosenForm(forms.Form):
    """Cases to print the orders of."""

    case = ChosenField()


class BulkForm(KeyedForm):
    """Cases to give to their natural addressees, each once, however often the form is sent."""

    case = ChosenField()
