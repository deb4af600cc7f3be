"""Where: the tree of grids and the departments that share its work (条块融合)."""

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from mptt.managers import TreeManager
from mptt.models import MPTTModel, TreeForeignKey
from mptt.querysets import TreeQuerySet
from simple_history.models import HistoricalRecords

from ..enums import GridKind, Level, Management, Right
from ..rules.codes import ancestry
from ..scopes import GridScopedQuerySet, Scope


class GridQuerySet(TreeQuerySet):
    def active(self) -> "GridQuerySet":
        return self.filter(is_active=True)

    def within(self, scope: Scope, right: str = Right.VIEW) -> "GridQuerySet":
        """The grids a person may see: those of her posts and everything below them."""
        allowed = Q(pk__in=[])
        for span in scope.spans(right):
            allowed |= Q(code__startswith=span.code)
        return self.filter(allowed)

    def at(self, level: Level) -> "GridQuerySet":
        return self.filter(level=level)


class Grid(MPTTModel):
    """One node of a district: the district itself, a street, a community, or a building grid."""

    code = models.CharField(
        _("code"),
        max_length=15,
        unique=True,
        help_text=_("Official division code; a building grid appends three digits to its community's."),
    )
    name = models.CharField(_("name"), max_length=60)
    parent = TreeForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=GridKind, default=GridKind.COMMUNITY)
    management = models.CharField(
        _("management"), max_length=10, choices=Management, default=Management.UNKNOWN
    )
    # Chinese sorts by sound: the embedded server has no ICU, so the key is stored.
    sort_key = models.CharField(_("sort key"), max_length=240, blank=True, editable=False)
    scope_note = models.CharField(_("extent"), max_length=200, blank=True)
    # What stands on the contact card; what is empty comes from the grid above (rules/cards.py).
    services = models.TextField(_("services"), blank=True, default="")
    service_phones = models.JSONField(_("service phones"), default=list, blank=True)
    service_points = models.JSONField(_("service points"), default=list, blank=True)
    supervision_phone = models.CharField(_("supervision phone"), max_length=40, blank=True, default="")
    boundary = models.JSONField(_("boundary"), null=True, blank=True, help_text=_("GeoJSON, WGS 84"))
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords(excluded_fields=["lft", "rght", "tree_id", "level"])
    objects = TreeManager.from_queryset(GridQuerySet)()

    class MPTTMeta:
        order_insertion_by = ["code"]

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        indexes = ()
        permissions = [(right.value, right.name.lower()) for right in Right]
        constraints = [
            CheckConstraint(
                name="grid_code_has_the_length_of_its_level",
                condition=Q(Exact(Length("code"), 6 + 3 * F("level"))) & Q(level__lte=Level.BUILDING),
                violation_error_message=_("The code does not have the length of its level."),
            ),
            CheckConstraint(
                name="grid_root_is_a_district",
                condition=Q(level=Level.DISTRICT, parent__isnull=True)
                | Q(level__gt=Level.DISTRICT, parent__isnull=False),
                violation_error_message=_("A district has no parent, every other grid has one."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assessment:grid", args=[self.code])

    @property
    def short_name(self) -> str:
        """The name as people say it: 三官庙 for 三官庙街道."""
        for ending in ("街道", "社区居委会", "社区居民委员会", "村民委员会", "村委会", "镇", "乡"):
            if self.name.endswith(ending) and len(self.name) > len(ending):
                return self.name.removesuffix(ending)
        return self.name


def path_of(grid: Grid) -> dict[str, Any]:
    """The columns of an `InGrid` row that lies in `grid`: the grid and its whole path.

    One query. The path is written when the row is born and stays: after a regrouping the row still
    says where it happened. Asked by code: the tree numbers of a grid in hand may be old by now.
    """
    path: dict[str, Any] = {"grid_id": grid.pk}
    above = Grid.objects.filter(code__in=ancestry(grid.code)).order_by()
    for pk, level in above.values_list("pk", "level"):
        path[f"{Level(level).path_field}_id"] = pk
    return path


PATH = ("grid_id", "building_id", "community_id", "street_id", "district_id")


def path_of_row(row: Any) -> dict[str, Any]:
    """Where a row lies, for another row that lies in the same place."""
    return {name: getattr(row, name) for name in PATH}


def _path_key(level: Level, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        Grid, models.PROTECT, null=null, blank=null, related_name="+", db_index=False, editable=False,
        verbose_name=level.label,
    )  # fmt: skip


class InGrid(models.Model):
    """A row that lies in a grid carries its whole path, so a scope is an equality on one column."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="+", db_index=False, verbose_name=_("grid"))
    building = _path_key(Level.BUILDING, null=True)
    community = _path_key(Level.COMMUNITY, null=True)
    street = _path_key(Level.STREET, null=True)
    district = _path_key(Level.DISTRICT, null=False)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_path_ends_at_its_grid",
                condition=Q(grid=Coalesce("building", "community", "street", "district")),
                violation_error_message=_("The stored path does not end at the grid."),
            )
        ]


class DepartmentQuerySet(models.QuerySet):
    def active(self) -> "DepartmentQuerySet":
        return self.filter(is_active=True)

    def serving(self, *grid_ids: int | None) -> "DepartmentQuerySet":
        """The departments of a street or its district: those a case there can be given to."""
        return self.active().filter(grid_id__in=[pk for pk in grid_ids if pk])


class Department(models.Model):
    """A functional department (职能部门) of a street or a district."""

    grid = models.ForeignKey(Grid, models.PROTECT, related_name="departments", verbose_name=_("grid"))
    code = models.SlugField(
        _("duty code"), max_length=30, help_text=_("What categories name as their lead department.")
    )
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("duty phone"), max_length=20, blank=True)
    duties = models.TextField(_("duty list"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords()
    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        permissions = [
            (right.value, right.name.lower()) for right in (Right.VIEW, Right.HANDLE, Right.GROUPS)
        ]
        constraints = [
            models.UniqueConstraint(
                name="department_duty_once_per_grid",
                fields=["grid", "code"],
                violation_error_message=_("This place already has a department with that duty code."),
            )
        ]

    def __str__(self) -> str:
        return self.name
