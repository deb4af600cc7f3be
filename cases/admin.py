"""The category tree in the administration. Cases are nobody's business here: they have their own pages."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.admin.history import HistoryAdmin

from .models import Category
from .queries.categories import has_been_used


class CategoryForm(forms.ModelForm):
    """What can be said about a category, with the tree kept a tree."""

    class Meta:
        model = Category
        fields = (
            "code", "name", "parent", "ledger", "severity", "limit_amount", "limit_unit", "sign_hours",
            "lead_department", "needs_photo", "keywords", "is_admitted", "admitted_by", "admitted_on",
            "admission_ground", "is_active",
        )  # fmt: skip

    def clean_parent(self) -> Category | None:
        parent: Category | None = self.cleaned_data["parent"]
        above = parent
        while above is not None:
            if above.pk == self.instance.pk:
                raise ValidationError(_("A category cannot lie below itself."))
            above = above.parent
        return parent

    def clean_ledger(self) -> str:
        """The ledgers of past months are counted by what cases were filed under."""
        ledger: str = self.cleaned_data["ledger"]
        if "ledger" in self.changed_data and self.instance.pk and has_been_used(self.instance):
            raise ValidationError(
                _(
                    "Cases were filed under it, so it stays in its ledger. Take it out of use and add a new one."
                )
            )
        return ledger

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("is_admitted") and bool(said.get("admitted_by")) != bool(said.get("admitted_on")):
            self.add_error("admitted_on", _("Say by whom and on which day it was admitted, or neither."))
        return said


@admin.register(Category)
class CategoryAdmin(HistoryAdmin):
    """A change holds for cases reported from now on; limits that run are not touched."""

    form = CategoryForm
    fieldsets = (
        (
            None,
            {
                "fields": ("code", "name", "parent", "source", "ledger", "severity", "is_active"),
                "description": gettext_lazy(
                    "A problem is filed under a category without any below it. One that is no longer used is "
                    "taken out of use, never deleted: old cases keep it."
                ),
            },
        ),
        (
            gettext_lazy("Limits"),
            {
                "fields": ("limit_amount", "limit_unit", "sign_hours", "lead_department", "needs_photo"),
                "description": gettext_lazy(
                    "The limit is what the dispatch desk suggests. A clock that runs already is not changed."
                ),
            },
        ),
        (
            gettext_lazy("Pushing down to the grids"),
            {
                "fields": ("is_admitted", "admitted_by", "admitted_on", "admission_ground"),
                "description": gettext_lazy(
                    "What is not admitted can be given to departments only. Say who admitted it, when, on what ground."
                ),
            },
        ),
        (
            gettext_lazy("Suggestion from the diary"),
            {
                "fields": ("keywords",),
                "description": gettext_lazy("A diary line with one of these words suggests this category."),
            },
        ),
    )
    list_display = (
        "code",
        "name",
        "parent",
        "ledger",
        "severity",
        "limit",
        "lead_department",
        "source",
        "is_active",
    )
    list_filter = ("ledger", "severity", "is_official", "is_admitted", "is_active")
    list_select_related = ("parent",)
    list_per_page = 100
    search_fields = ("code", "name", "keywords")
    ordering = ("code",)

    @admin.display(description=gettext_lazy("source"))
    def source(self, category: Category) -> str:
        """Nobody should take our own suggestion for a rule of the city."""
        return _("Official text") if category.is_official else _("gridgov's default, not official")

    @admin.display(description=gettext_lazy("handling limit"))
    def limit(self, category: Category) -> str:
        return f"{category.limit_amount} {category.get_limit_unit_display()}"

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> tuple[str, ...]:
        # The code is what files of categories know it by.
        return ("code", "source") if obj else ("source",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).select_related("parent")

    def save_model(self, request: HttpRequest, obj: Category, form: forms.ModelForm, change: bool) -> None:
        obj._history_user, obj._history_date = request.user, request.at
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        return False
