"""The scheme a district begins with: reference.md D8, our own reading of what the articles and peers name.

Only the weights of the three sections are the articles'. Every line says so where it is shown.
"""

from decimal import Decimal

from django.utils.translation import gettext_noop as _

from ..enums import Formula, Section
from .scoring import Indicator

CASES = 5  # fewer cases to be closed say nothing about one grid
DOORS = 5

S, F = Section, Formula
Row = tuple[str, Section, str, Formula | None, int, str, bool]
DEFAULTS: tuple[Row, ...] = (
    # code           section        weight formula     minimum name                         holds until the next
    ("patrol",       S.DAILY,       "10", F.PATROL,    1,     _("Patrol days kept"),          False),
    ("visits",       S.DAILY,       "10", F.VISITS,    DOORS, _("Visits in time"),            False),
    ("freshness",    S.DAILY,       "10", F.FRESHNESS, DOORS, _("Freshness of the register"), False),
    ("diary",        S.DAILY,       "3",  F.DIARY,     1,     _("Diary"),                     False),
    ("signing",      S.DAILY,       "2",  F.SIGNING,   CASES, _("Signing for in time"),       False),
    ("training",     S.DAILY,       "5",  None,        1,     _("Meetings and training"),     False),
    ("computer",     S.FACILITIES,  "2",  None,        1,     _("Office computer"),           True),
    ("phone",        S.FACILITIES,  "2",  None,        1,     _("Grid phone"),                True),
    ("intercom",     S.FACILITIES,  "2",  None,        1,     _("Intercom"),                  True),
    ("rules_posted", S.FACILITIES,  "2",  None,        1,     _("Rules on the wall"),         True),
    ("files",        S.FACILITIES,  "2",  None,        1,     _("Files in order"),            True),
    ("closing",      S.PERFORMANCE, "15", F.CLOSING,   CASES, _("Closing rate"),              False),
    ("on_time",      S.PERFORMANCE, "15", F.ON_TIME,   CASES, _("On-time closing rate"),      False),
    ("no_rework",    S.PERFORMANCE, "5",  F.NO_REWORK, CASES, _("Without rework"),            False),
    ("satisfaction", S.PERFORMANCE, "10", F.SATISFACTION, CASES, _("Satisfaction of residents"), False),
    ("campaigns",    S.PERFORMANCE, "5",  None,        1,     _("Campaigns"),                 False),
)  # fmt: skip

LOOKS_AT = {
    "training": _("Attended the regular meeting and the training of the month."),
    "computer": _("A computer of its own, working and on the platform."),
    "phone": _("A phone of its own that reports and is answered."),
    "intercom": _("An intercom that works."),
    "rules_posted": _("Duties, map and contact card hang where people see them."),
    "files": _("Ledgers and files are complete and at hand."),
    "campaigns": _("How far the campaigns of the month have come."),
}


def indicator(row: Row) -> Indicator:
    """A row as the rules take it."""
    code, section, weight, formula, minimum, *_words = row
    return Indicator(code, section, Decimal(weight), formula, minimum)
