"""Where people live: buildings and the dwellings in them."""

import re

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Index, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gridgov.kit.masking import Kind
from gridgov.kit.sealing import SealedField, Sealing
from gridgov.kit.text import Bigrams
from grids.enums import Management
from grids.models import InGrid
from grids.rules import houses
from grids.scopes import GridScopedQuerySet

from ..enums import Occupancy
from ..rules.searching import squeezed


def in_order(*parts: str) -> str:
    """A key by which 2号楼 stands before 10号楼: every number padded."""
    padded = (re.sub(r"\d+", lambda found: found.group().zfill(5), part) for part in parts)
    return " ".join(word for part in padded for word in part.split())


def by_scope(model: str, condition: models.Q | None = None, order: tuple[str, ...] = ("-id",)) -> list[Index]:
    """The indexes that every list of a register is read by, one for each level a scope can lie at."""
    levels = ("building", "community", "street", "district")
    return [
        Index(fields=[level, *order], condition=condition, name=f"{model}_by_{level}") for level in levels
    ]


class Building(InGrid):
    """A building (楼栋) of a building grid. Managed by a property company, or by nobody."""

    house_no = models.CharField(_("building"), max_length=20)
    name = models.CharField(_("courtyard or estate"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    units = models.PositiveSmallIntegerField(_("units"), null=True, blank=True)
    built_year = models.PositiveSmallIntegerField(_("built in"), null=True, blank=True)
    management = models.CharField(
        _("management"), max_length=10, choices=Management, default=Management.UNKNOWN
    )
    company = models.CharField(_("property company"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    sort_key = models.CharField(max_length=240, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords()
    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        indexes = by_scope("house", order=("sort_key", "id"))
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="house_once_per_grid",
                fields=["grid", "name", "house_no"],
                violation_error_message=_("This grid has that building already."),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, *houses.said(self.house_no, "")) if part)

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_key = in_order(self.name, self.house_no)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("residents:building", args=[self.pk])


class Dwelling(InGrid, Sealing):
    """A flat or a house where people live: one door."""

    house = models.ForeignKey(
        Building, models.PROTECT, related_name="dwellings", verbose_name=_("building"), db_index=False
    )
    unit_no = models.CharField(_("unit"), max_length=20, blank=True)
    floor = models.CharField(_("floor"), max_length=10, blank=True)
    room_no = models.CharField(_("room"), max_length=20)
    area = models.DecimalField(_("area in m²"), max_digits=8, decimal_places=2, null=True, blank=True)
    occupancy = models.CharField(_("use"), max_length=1, choices=Occupancy, default=Occupancy.OWNER)
    owner_name = SealedField(_("owner"), kind=Kind.NAME)
    owner_phone = SealedField(_("owner's phone"), kind=Kind.PHONE)
    note = models.CharField(_("note"), max_length=200, blank=True)
    sort_key = models.CharField(max_length=320, editable=False)
    search_text = models.CharField(max_length=160, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords()
    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("dwelling")
        verbose_name_plural = _("dwellings")
        indexes = [
            *by_scope("dwelling"),
            GinIndex(
                Bigrams("search_text"), name="dwelling_by_address"
            ),  # read by every search for an address
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="dwelling_once_per_building",
                fields=["house", "unit_no", "room_no"],
                violation_error_message=_("This building has that dwelling already."),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.house.name, self.door) if part)

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_key = in_order(self.house.name, self.house.house_no, self.unit_no, self.room_no)
        self.search_text = squeezed(f"{self.house.name}{self.door}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return reverse("residents:dwelling", args=[self.pk])

    @property
    def door(self) -> str:
        """Building, unit and room as people say them: 3号楼2单元501."""
        place = "".join(houses.said(self.house.house_no, self.unit_no))
        return f"{place}{self.room_no}" + ("室" if self.room_no.isdecimal() else "")
