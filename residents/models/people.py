"""Who lives here: households, people, how long they stayed, and everything that happened to their entries."""

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gridgov.kit.masking import Kind
from gridgov.kit.sealing import SealedField, Sealing
from grids.models import InGrid, Post
from grids.scopes import GridScopedQuerySet

from ..enums import (
    Arrival,
    Change,
    Education,
    Marriage,
    Occupation,
    Politics,
    Registration,
    Relation,
    Sex,
    Whereabouts,
)
from ..rules import identity
from .places import Dwelling, by_scope

LIVING = Q(state=Whereabouts.LIVING)


class HouseholdQuerySet(GridScopedQuerySet):
    def open(self) -> "HouseholdQuerySet":
        """Those in which somebody lives."""
        return self.filter(closed_on__isnull=True)

    def due(self, day: date) -> "HouseholdQuerySet":
        """Those whose next visit falls on that day or before. Where none is planned, one is due."""
        return self.filter(Q(visit_due__lte=day) | Q(visit_due__isnull=True))

    def overdue(self, day: date) -> "HouseholdQuerySet":
        """Those whose visit should have been before that day."""
        return self.filter(visit_due__lt=day)

    def fresh(self, since: Any) -> "HouseholdQuerySet":
        """Those somebody has verified on that day or later."""
        return self.filter(verified_on__gte=since)

    def stale(self, since: Any) -> "HouseholdQuerySet":
        return self.filter(Q(verified_on__lt=since) | Q(verified_on__isnull=True))


class Household(InGrid):
    """The people behind one door who keep house together. Its head is one of its members."""

    dwelling = models.ForeignKey(
        Dwelling, models.PROTECT, related_name="households", verbose_name=_("dwelling")
    )
    number = models.CharField(
        _("household number"), max_length=20, blank=True
    )  # 户号, where the ledger has one
    opened_on = models.DateField(_("from the day on"))
    closed_on = models.DateField(_("until"), null=True, blank=True)
    verified_on = models.DateField(_("last verified on"), null=True, blank=True)
    verified_by = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    visited_on = models.DateField(_("last visit"), null=True, blank=True)  # on which somebody was at home
    visit_due = models.DateField(_("next visit"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    history = HistoricalRecords(excluded_fields=["verified_on", "verified_by", "visited_on", "visit_due"])
    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        indexes = [
            *by_scope("household", Q(closed_on__isnull=True)),
            # read by the freshness of a grid, by street for all its grids
            Index(fields=["street", "building", "verified_on"], condition=Q(closed_on__isnull=True),
                  name="household_freshness"),
            # read by the visits due in a grid and by those overdue up the levels
            Index(fields=["building", "visit_due"], condition=Q(closed_on__isnull=True),
                  name="household_due_building"),
            Index(fields=["street", "visit_due"], condition=Q(closed_on__isnull=True),
                  name="household_due_street"),
        ]  # fmt: skip
        constraints = [
            *InGrid.Meta.constraints,
            CheckConstraint(
                name="household_ends_after_it_began",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.dwelling)

    def get_absolute_url(self) -> str:
        return reverse("residents:household", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class Verification(InGrid):
    """One day on which somebody found a household as the register has it. How fresh it was on any day is read here."""

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="verifications", verbose_name=_("household"), db_index=False
    )
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("written down at"))
    by = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("written down by"))

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        indexes = [
            Index(fields=["street", "on"], name="verification_street_day")
        ]  # read by the scores of a month
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(name="verification_once_a_day", fields=["household", "on"]),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.on}"


class ResidentQuerySet(GridScopedQuerySet):
    def living(self) -> "ResidentQuerySet":
        """Those who live here now."""
        return self.filter(LIVING)

    def children(self, on: date) -> "ResidentQuerySet":
        """Those under fourteen on a day."""
        return self.filter(birth_date__gt=on.replace(year=on.year - identity.CHILD, day=min(on.day, 28)))


class Resident(InGrid, Sealing):
    """A person, once per district. What identifies her lies sealed and shows masked."""

    name = SealedField(_("full name"), kind=Kind.NAME)
    former_name = SealedField(_("former name"), kind=Kind.NAME)
    name_traces = ArrayField(models.BigIntegerField(), default=list, editable=False)
    id_number = SealedField(_("ID number"), kind=Kind.ID_NUMBER)
    id_trace = models.BinaryField(null=True, editable=False)
    phone = SealedField(_("phone"), kind=Kind.PHONE)
    phone_trace = models.BinaryField(null=True, editable=False)
    registered_address = SealedField(_("registered address"), kind=Kind.ADDRESS)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("household")
    )
    relation = models.CharField(
        _("relation to the head"), max_length=2, choices=Relation, default=Relation.OTHER
    )
    registration = models.CharField(
        _("household register"), max_length=2, choices=Registration, default=Registration.SAME
    )
    marriage = models.CharField(_("marriage"), max_length=2, choices=Marriage, blank=True)
    education = models.CharField(_("education"), max_length=2, choices=Education, blank=True)
    politics = models.CharField(_("political affiliation"), max_length=2, choices=Politics, blank=True)
    native_place = models.CharField(_("native place"), max_length=40, blank=True)
    occupation = models.CharField(_("occupation"), max_length=1, choices=Occupation, blank=True)
    job = models.CharField(_("trade or profession"), max_length=40, blank=True)
    employer = models.CharField(_("school or employer"), max_length=80, blank=True)
    arrival_reason = models.CharField(_("came here"), max_length=2, choices=Arrival, blank=True)
    permit_until = models.DateField(_("residence permit valid until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(_("whereabouts"), max_length=8, choices=Whereabouts, default=Whereabouts.LIVING)
    ended_on = models.DateField(_("left or died on"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    history = HistoricalRecords(excluded_fields=["name_traces", "id_trace", "phone_trace"])
    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        indexes = [
            *by_scope("resident", LIVING),
            GinIndex(fields=["name_traces"], name="resident_by_name"),  # read by the search of the register
            Index(fields=["phone_trace"], name="resident_by_phone"),
            Index(
                fields=["district", "birth_date"], name="resident_by_birth"
            ),  # read by the likely duplicates
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="resident_once_per_district",
                fields=["district", "id_trace"],
                condition=Q(id_trace__isnull=False) & ~Q(state=Whereabouts.MERGED),
                violation_error_message=_("This person is registered in the district already."),
            ),
            UniqueConstraint(
                name="household_has_one_head",
                fields=["household"],
                condition=Q(relation=Relation.HEAD) & LIVING,
                violation_error_message=_("The household has a head already."),
            ),
            CheckConstraint(
                name="resident_lives_in_a_household",
                condition=LIVING & Q(household__isnull=False, ended_on__isnull=True)
                | ~LIVING & Q(household__isnull=True),
                violation_error_message=_("Who lives here belongs to a household; who has left does not."),
            ),
            CheckConstraint(
                name="resident_merged_says_into_whom",
                condition=Q(state=Whereabouts.MERGED, merged_into__isnull=False)
                | ~Q(state=Whereabouts.MERGED) & Q(merged_into__isnull=True),
            ),
            CheckConstraint(name="resident_has_a_name", condition=Q(name__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("residents:resident", args=[self.pk])

    @property
    def is_living(self) -> bool:
        return self.state == Whereabouts.LIVING

    def age(self, on: date) -> int | None:
        return identity.age(self.birth_date, on) if self.birth_date else None

    def is_child(self, on: date) -> bool:
        return identity.is_child(self.birth_date, on)


class StayQuerySet(GridScopedQuerySet):
    def on(self, day: date) -> "StayQuerySet":
        """Who lived where on a day: [since, until)."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Stay(InGrid):
    """One person in one household for a time. The register as of any day is made of these."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="stays")
    household = models.ForeignKey(Household, models.PROTECT, related_name="stays")
    relation = models.CharField(_("relation to the head"), max_length=2, choices=Relation)
    since = models.DateField(_("from the day on"))
    until = models.DateField(_("until"), null=True)

    objects = StayQuerySet.as_manager()

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        indexes = [
            Index(
                fields=["community", "since"], name="stay_by_community"
            ),  # read by the register as of a day
            Index(fields=["building", "since"], name="stay_by_building"),  # the same for a building grid
        ]
        constraints = [
            *InGrid.Meta.constraints,
            UniqueConstraint(
                name="stay_one_at_a_time", fields=["resident"], condition=Q(until__isnull=True)
            ),
            CheckConstraint(
                name="stay_ends_after_it_began", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.since} – {self.until or ''}"


class RegisterEvent(InGrid):
    """Something that happened to a person in the register. Never changed, never taken out; holds no personal data."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="events")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="events")
    change = models.CharField(_("what happened"), max_length=10, choices=Change)
    on = models.DateField(_("day"))  # when it happened; `at` is when it was written down
    at = models.DateTimeField(_("written down at"))
    by = models.ForeignKey(
        Post, models.PROTECT, null=True, related_name="+", verbose_name=_("written down by")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    data = models.JSONField(default=dict)
    key = models.UUIDField(unique=True)

    objects = GridScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of the register")
        verbose_name_plural = _("events of the register")
        ordering = ["pk"]
        constraints = [*InGrid.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.get_change_display()} {self.on}"
