"""Grids and departments in the administration."""

from typing import Any

import shapely
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.errors import ShapelyError
from shapely.geometry import shape

from gridgov.kit.forms import CleanCharField, CleanTextField, PastedJSONField

from ..actions.tree import TreeRefused, deactivate_grid, edit_grid, reactivate_grid
from ..enums import Level
from ..forms import ContactsField, PhoneField, PointsField
from ..models import Department, Grid
from ..rules import cards, codes
from .history import HistoryAdmin

AREAS = ("Polygon", "MultiPolygon")


class GridForm(forms.ModelForm):
    """What can be said about a grid beside its code and its place in the tree."""

    name = CleanCharField(label=gettext_lazy("name"), max_length=codes.NAME_LIMIT)
    services = CleanTextField(
        label=gettext_lazy("services"), max_length=cards.SERVICES_LIMIT, required=False,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip
    supervision_phone = PhoneField(label=gettext_lazy("supervision phone"), required=False)

    class Meta:
        model = Grid
        fields = ("name", "kind", "management", "scope_note", *cards.CARD_FACTS, "boundary")
        field_classes = {
            "service_phones": ContactsField,
            "service_points": PointsField,
            "boundary": PastedJSONField,
        }
        widgets = {
            "service_phones": AdminTextareaWidget(attrs={"rows": 8}),
            "service_points": AdminTextareaWidget(attrs={"rows": 6}),
        }

    def clean_boundary(self) -> dict[str, Any] | None:
        boundary = self.cleaned_data["boundary"]
        if boundary and not _is_area(boundary):
            raise ValidationError(
                _("The boundary must be a GeoJSON polygon in degrees (WGS 84) that does not cross itself.")
            )
        return boundary or None


def _is_area(boundary: Any) -> bool:
    if not isinstance(boundary, dict) or boundary.get("type") not in AREAS:
        return False
    try:
        area = shape(boundary)
    except (ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    earth = shapely.box(-180, -90, 180, 90)
    return not area.is_empty and area.is_valid and earth.covers(area)


class LevelFilter(admin.SimpleListFilter):
    """mptt's field is a number without a name."""

    title = gettext_lazy("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(level.value), level.label) for level in Level]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Grid]) -> QuerySet[Grid]:
        chosen = {str(level.value): level for level in Level}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(level=chosen)


@admin.register(Grid)
class GridAdmin(HistoryAdmin):
    """A plain list by code: mptt's own list indents with inline styles, which our pages refuse."""

    form = GridForm
    fields = ("code", "parent", "is_active", *GridForm.Meta.fields)
    readonly_fields = ("code", "parent", "is_active")
    list_display = ("code", "name", "level_name", "management", "is_active")
    list_filter = (LevelFilter, "management", "kind", "is_active")
    search_fields = ("code", "name")
    ordering = ("code",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("take_out_of_use", "put_back_into_use")

    @admin.display(description=gettext_lazy("level"), ordering="level")
    def level_name(self, grid: Grid) -> str:
        return Level(grid.level).label

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
