"""What a case is about: a tree kept as data (two classes, twenty items, and below)."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..enums import Ledger, Severity, Unit
from ..rules.clock import Limit


class CategoryQuerySet(models.QuerySet):
    def leaves(self) -> "CategoryQuerySet":
        """What a case can be filed under."""
        return self.filter(is_active=True, children__isnull=True)


class Category(models.Model):
    """One item of the tree. Leaves say how long, who leads, and whether photos are needed."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    ledger = models.CharField(_("ledger"), max_length=8, choices=Ledger)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, default=Severity.NORMAL)
    limit_amount = models.PositiveSmallIntegerField(_("handling limit"), default=7)
    limit_unit = models.CharField(_("counted in"), max_length=14, choices=Unit, default=Unit.WORKING_DAYS)
    sign_hours = models.PositiveSmallIntegerField(_("sign limit (working hours)"), default=7)
    lead_department = models.SlugField(
        _("lead department"), max_length=30, blank=True, help_text=_("The duty code of the department.")
    )
    needs_photo = models.BooleanField(_("photo evidence needed"), default=True)
    keywords = models.CharField(
        _("words that suggest it"), max_length=200, blank=True, help_text=_("Separated by spaces.")
    )
    is_admitted = models.BooleanField(_("may be pushed down to grids"), default=True)
    admitted_by = models.CharField(_("admitted by"), max_length=60, blank=True)
    admitted_on = models.DateField(_("admitted on"), null=True, blank=True)
    admission_ground = models.CharField(_("ground of admission"), max_length=120, blank=True)
    is_official = models.BooleanField(_("named in an official text"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords()
    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["code"]
        constraints = [
            CheckConstraint(
                name="category_limit_is_positive",
                condition=Q(limit_amount__gte=1, sign_hours__gte=1),
                violation_error_message=_("A limit is at least one."),
            ),
            CheckConstraint(
                name="category_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message=_("A category cannot be its own parent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def limit(self) -> Limit:
        """What a unit gets for such a case where the dispatcher says nothing else."""
        return Limit(self.limit_amount, Unit(self.limit_unit))
