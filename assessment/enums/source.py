"""The figures that the articles published, checked against their own counts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Source(TextChoices):
    """The articles that published figures, by the numbers they came with."""

    DISTRICT_2015 = "000", _("Article 000: a district, 2015")
    STREET_2013 = "001", _("Article 001: a street, 2013")
    STREET_2014 = "003", _("Article 003: a street and its neighbours, up to January 2014")


class Printed(TextChoices):
    """What a published figure counts."""

    KEY_CLOSED = "key_closed", _("Key-domain ledger: solved of found")
    CIVIC_CLOSED = "civic_closed", _("Civic affairs: solved of found")
    BOTH_CLOSED = "both_closed", _("Both ledgers together: solved of found")
    DISPOSED = "disposed", _("Dealt with of entered")
    TAKEN_ON = "taken_on", _("Taken on: dispatched + escalated (+ waiting)")
    GRIDS = "grids", _("Grids of the three levels")
    POINTS = "points", _("Points: daily work + facilities + work performance")
    MEETINGS = "meetings", _("Joint meetings in a year")
    OPERATIONS = "operations", _("Joint operations in a year")
    INSPECTIONS = "inspections", _("Inspections in a year")

    @property
    def is_share(self) -> bool:
        """A part of a whole, in per cent."""
        return self in SHARES


SHARES = (Printed.KEY_CLOSED, Printed.CIVIC_CLOSED, Printed.BOTH_CLOSED, Printed.DISPOSED)


class Why(TextChoices):
    """Why a printed figure does not follow from its own counts."""

    COPIED = "copied", _("The rate printed is that of the other ledger.")
    ROUNDED = "rounded", _("Rounded wrongly: for the printed rate it takes a larger count.")
