"""Grids and departments in the administration."""

from typing import Any

import shapely
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.errors import ShapelyError
from shapely.geometry import shape

from gridgov.kit.forms import CleanCharField, PastedJSONField

from ..actions.tree import TreeRefused, deactivate_grid, edit_grid, reactivate_grid
from ..models import Department, Grid
from ..rules import codes
from .history import HistoryAdmin

AREAS = ("Polygon", "MultiPolygon")
PHONE_ROWS = 20


class GridForm(forms.ModelForm):
    """What can be said about a grid beside its code and its place in the tree."""

    name = CleanCharField(label=gettext_lazy("name"), max_length=codes.NAME_LIMIT)

    class Meta:
        model = Grid
        fields = ("name", "kind", "management", "scope_note", "service_phones", "boundary")
        field_classes = dict.fromkeys(("service_phones", "boundary"), PastedJSONField)

    def clean_service_phones(self) -> list[list[str]]:
        rows = self.cleaned_data["service_phones"] or []
        if not isinstance(rows, list) or len(rows) > PHONE_ROWS or not all(map(_is_phone_row, rows)):
            raise ValidationError(_('Write rows of name and number: [["Water", "0371-…"], …]'))
        return rows

    def clean_boundary(self) -> dict[str, Any] | None:
        boundary = self.cleaned_data["boundary"]
        if boundary and not _is_area(boundary):
            raise ValidationError(
                _("The boundary must be a GeoJSON polygon in degrees (WGS 84) that does not cross itself.")
            )
        return boundary or None


def _is_phone_row(row: Any) -> bool:
    return (
        isinstance(row, list)
        and len(row) == 2
        and all(isinstance(cell, str) and 0 < len(cell) <= 40 for cell in row)
    )


def _is_area(boundary: Any) -> bool:
    if not isinstance(boundary, dict) or boundary.get("type") not in AREAS:
        return False
    try:
        area = shape(boundary)
    except (ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    earth = shapely.box(-180, -90, 180, 90)
    return not area.is_empty and area.is_valid and earth.covers(area)


@admin.register(Grid)
class GridAdmin(HistoryAdmin):
    """A plain list by code: mptt's own list indents with inline styles, which our pages refuse."""

    form = GridForm
    fields = ("code", "parent", "is_active", *GridForm.Meta.fields)
    readonly_fields = ("code", "parent", "is_active")
    list_display = ("code", "name", "level", "management", "is_active")
    list_filter = ("level", "management", "kind", "is_active")
    search_fields = ("code", "name")
    ordering = ("code",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("take_out_of_use", "put_back_into_use")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # grids come from files of official codes: manage.py load_grids

    def has_delete_permission(self, request: HttpRequest, obj: Grid | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Grid, form: forms.ModelForm, change: bool) -> None:
        facts = {field: form.cleaned_data[field] for field in form.changed_data}
        edit_grid(obj, by=request.user, at=request.at, **facts)

    @admin.action(description=gettext_lazy("Take out of use"), permissions=["change"])
    def take_out_of_use(self, request: HttpRequest, grids: QuerySet[Grid]) -> None:
        # The lowest first, so that a whole community can be chosen at once.
        self._each(request, grids.order_by("-code"), deactivate_grid)

    @admin.action(description=gettext_lazy("Put back into use"), permissions=["change"])
    def put_back_into_use(self, request: HttpRequest, grids: QuerySet[Grid]) -> None:
        self._each(request, grids.order_by("code"), reactivate_grid)

    def _each(self, request: HttpRequest, grids: QuerySet[Grid], verb: Any) -> None:
        for grid in grids:
            try:
                verb(grid, by=request.user, at=request.at)
            except TreeRefused as refusal:
                messages.error(request, str(refusal))


@admin.register(Department)
class DepartmentAdmin(HistoryAdmin):
    list_display = ("name", "grid", "code", "phone", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("grid",)
    search_fields = ("name", "code", "grid__name")
    raw_id_fields = ("grid",)
    ordering = ("grid__code", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Department | None = None) -> bool:
        return False
