"""Where people work and meet: organisations, and the premises they use."""

from datetime import date

from django.db import models
from django.db.models import Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gridgov.kit.masking import Kind
from gridgov.kit.sealing import SealedField, Sealing
from grids.models import InGrid
from grids.scopes import GridScopedQuerySet

from ..enums import OrganisationKind, PremisesKind, Risk
from .places import Building, by_scope

IN_USE = Q(is_active=True)


class Organisation(InGrid, Sealing):
    """A company, a social organisation, an individual business; known by its credit code."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind)
    code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    representative = SealedField(_("legal representative"), kind=Kind.NAME)
    phone = SealedField(_("phone"), kind=Kind.PHONE)
    staff = models.PositiveIntegerField(_("staff"), null=True, blank=True)
    has_party = models.BooleanField(_("has a Party organisation"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in business"), default=True)

    history = HistoricalRecords()
    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        indexes = by_scope("organisation")
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="organisation_once_per_district",
                fields=["district", "code"],
                condition=~Q(code=""),
                violation_error_message=_("This organisation is registered in the district already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("residents:organisation", args=[self.pk])


class PremisesQuerySet(GridScopedQuerySet):
    def active(self) -> "PremisesQuerySet":
        return self.filter(IN_USE)

    def due(self, day: date) -> "PremisesQuerySet":
        """Those whose inspection falls on that day or before. Where none is planned, one is due."""
        return self.filter(inspection_due_by(day))


def inspection_due_by(day: date) -> Q:
    return IN_USE & (Q(inspection_due__lte=day) | Q(inspection_due__isnull=True))


def inspection_overdue(day: date) -> Q:
    """Those whose inspection should have been before that day."""
    return IN_USE & Q(inspection_due__lt=day)


def being_put_right() -> Q:
    """Those where an inspection found something that no re-inspection has seen put right."""
    return IN_USE & Q(rectify_until__isnull=False)


class Premises(InGrid, Sealing):
    """A shop, a company's rooms, a public venue (场所). Inspected as often as its risk asks for."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=PremisesKind)
    house = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="premises", verbose_name=_("building")
    )
    address = models.CharField(_("address"), max_length=120)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    rooms = models.PositiveSmallIntegerField(_("rooms"), null=True, blank=True)
    area = models.DecimalField(_("area in m²"), max_digits=8, decimal_places=2, null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="premises",
        verbose_name=_("organisation"),
    )  # fmt: skip
    licence = models.CharField(_("licence number"), max_length=40, blank=True)
    licence_until = models.DateField(_("licence valid until"), null=True, blank=True)
    keeper = SealedField(_("person in charge"), kind=Kind.NAME)
    phone = SealedField(_("phone"), kind=Kind.PHONE)
    risk = models.PositiveSmallIntegerField(_("risk class"), choices=Risk, default=Risk.LOW)
    # What the last inspection left behind; the day of the next follows from them and the risk (rules.inspecting).
    inspected_on = models.DateField(_("last inspection"), null=True, blank=True)
    rectify_until = models.DateField(_("to be put right by"), null=True, blank=True)
    inspection_due = models.DateField(_("next inspection"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords(excluded_fields=["inspected_on", "rectify_until", "inspection_due"])
    objects = PremisesQuerySet.as_manager()

    class Meta:
        verbose_name = _("premises")
        verbose_name_plural = _("premises")
        indexes = [
            *by_scope("premises"),
            Index(fields=["house"], name="premises_in_house"),
            # read by the inspections due in a grid and by those overdue up the levels
            Index(fields=["building", "inspection_due"], condition=IN_USE, name="premises_due_building"),
            Index(fields=["street", "inspection_due"], condition=IN_USE, name="premises_due_street"),
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="premises_once_per_place",
                fields=["grid", "name", "address"],
                violation_error_message=_("These premises are registered already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("residents:premises", args=[self.pk])
