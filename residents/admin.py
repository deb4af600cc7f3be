"""The types of special groups in the administration. Files and people are nobody's business here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import PastedJSONField
from grids.admin.history import HistoryAdmin

from .enums import DetailKind
from .models import GroupType
from .rules import details


class GroupTypeForm(forms.ModelForm):
    """What can be said about a type; its own fields are a list that every file of it is asked for."""

    fields = PastedJSONField(
        label=gettext_lazy("Own fields"), required=False,
        help_text=gettext_lazy("A list of fields, each with name, label, kind, choices and required."),
    )  # fmt: skip

    class Meta:
        model = GroupType
        fields = (
            "code", "name", "position", "sensitivity", "is_sensitive", "low_days", "medium_days", "high_days", "lead",
            "fields", "source", "is_active",
        )  # fmt: skip

    def clean_fields(self) -> list[dict[str, Any]]:
        rows = self.cleaned_data["fields"] or []
        if not details.is_well_formed(rows, set(DetailKind)):
            raise ValidationError(
                _("Each field needs a name of small letters, a label, a kind and, as a choice, its words.")
            )
        return details.tidied(rows)


@admin.register(GroupType)
class GroupTypeAdmin(HistoryAdmin):
    """A change holds from now on: due days of visits follow with the next visit or change of a file."""

    form = GroupTypeForm
    list_display = (
        "name", "code", "sensitivity", "is_sensitive", "low_days", "medium_days", "high_days", "lead", "is_active",
    )  # fmt: skip
    list_filter = ("sensitivity", "is_sensitive", "is_active")
    ordering = ("position", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: GroupType | None = None) -> tuple[str, ...]:
        # The code is what the rules of the rhythm and files of types know it by.
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: GroupType, form: forms.ModelForm, change: bool) -> None:
        obj._history_user, obj._history_date = request.user, request.at
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: GroupType | None = None) -> bool:
        return False
