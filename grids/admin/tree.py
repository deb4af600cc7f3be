"""Grids and departments in the administration."""

import re
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
from ..models import Department, Grid
from ..rules import codes
from .history import HistoryAdmin

AREAS = ("Polygon", "MultiPolygon")
PHONE_ROWS = 20
PHONE_ROW = re.compile(r"(\S.{0,39}?)[\s:：]+([0-9+(][0-9+() -]{1,39})")


class ServicePhonesField(CleanTextField):
    """The services of a contact card as people write them: a line for each, its name and its number."""

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **options: Any) -> None:
        options["widget"] = AdminTextareaWidget(attrs={"rows": 8})
        super().__init__(max_length=PHONE_ROWS * 100, empty_value=[], **options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(" ".join(row) for row in value or ())

    def to_python(self, value: Any) -> list[list[str]]:
        text = super().to_python(value) or ""
        lines = [line.strip() for line in text.splitlines()]
        rows = {number: PHONE_ROW.fullmatch(line) for number, line in enumerate(lines, start=1) if line}
        problems = [_phone_problem(number) for number, row in rows.items() if row is None]
        if len(rows) > PHONE_ROWS:
            problems.append(_("At most %(count)d services have room on a card.") % {"count": PHONE_ROWS})
        if problems:
            raise ValidationError(problems)
        return [list(row.groups()) for row in rows.values()]


def _phone_problem(line: int) -> str:
    return _("Line %(line)d needs the name of a service and its number: Waterworks 0371-…") % {"line": line}


class GridForm(forms.ModelForm):
    """What can be said about a grid beside its code and its place in the tree."""

    name = CleanCharField(label=gettext_lazy("name"), max_length=codes.NAME_LIMIT)

    class Meta:
        model = Grid
        fields = ("name", "kind", "management", "scope_note", "service_phones", "boundary")
        field_classes = {"service_phones": ServicePhonesField, "boundary": PastedJSONField}

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
