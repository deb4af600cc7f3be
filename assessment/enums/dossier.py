"""The chapters of a dossier and the traces it counts (docs/rules/dossier.md)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Chapter(TextChoices):
    """The parts of a dossier that count traces."""

    PATROLS = "patrols", _("Patrols and diary")
    CASES = "cases", _("Cases")
    INQUIRIES = "inquiries", _("Inquiries")
    VISITS = "visits", _("Visits and registers")
    CHECKS = "checks", _("Spot checks and mutual checks")


class Trace(TextChoices):
    """One number of a dossier: how many traces of a kind a person left, or had to answer for."""

    PATROLS = "patrols", _("Patrols begun")
    PATROL_DAYS = "patrol_days", _("Days with a patrol")
    DUTY_WALKED = "duty_walked", _("Days of duty with a patrol")
    DIARY = "diary", _("Diary lines")
    DIARY_CASES = "diary_cases", _("Diary lines that became a case")
    CASES = "cases", _("Cases she had a hand in")
    REPORTED = "reported", _("Cases reported")
    DISPATCHED = "dispatched", _("Cases given to a unit")
    GIVEN = "given", _("Cases she answered for")
    SIGNED = "signed", _("Signed for")
    SIGNED_IN_TIME = "signed_in_time", _("Signed for by her in time")
    SIGN_LATE = "sign_late", _("Sign limits passed with her")
    RETURNED = "returned", _("Given back as wrongly addressed")
    RESULTS = "results", _("Results handed in")
    RESULTS_IN_TIME = "results_in_time", _("Results handed in in time")
    EXPIRED = "expired", _("Limits passed with her")
    REWORKED = "reworked", _("Results of hers sent back")
    ASSISTED = "assisted", _("Assistance fed back")
    VERIFIED = "verified", _("Results verified by her")
    CLOSED = "closed", _("Cases closed by her")
    SUPERVISED = "supervised", _("Supervision orders issued by her")
    ASKED = "asked", _("Inquiries issued by her")
    ANSWERED = "answered", _("Inquiries answered by her")
    ANSWERED_IN_TIME = "answered_in_time", _("Inquiries she answered in time")
    DECIDED = "decided", _("Inquiries decided by her")
    UPHELD = "upheld", _("Inquiries upheld against her unit")
    HOME_VISITS = "home_visits", _("Visits to households")
    GROUP_VISITS = "group_visits", _("Visits to special groups")
    VISITS_DUE = "visits_due", _("Visits that answered a due day")
    VISITS_IN_TIME = "visits_in_time", _("Due visits made in time")
    VERIFICATIONS = "verifications", _("Households found as registered")
    INSPECTIONS = "inspections", _("Inspections of premises")
    RESULTS_CHECKED = "results_checked", _("Results of hers looked at again")
    RESULTS_WRONG = "results_wrong", _("Results of hers not confirmed")
    VERDICTS_CHECKED = "verdicts_checked", _("Verifications of hers looked at again")
    VERDICTS_WRONG = "verdicts_wrong", _("Verifications of hers not confirmed")
    SPOT_CHECKS = "spot_checks", _("Cases she looked at again")
    MUTUAL_CHECKS = "mutual_checks", _("Grids she checked")


# What a dossier divides by what; the days of duty are days of the calendar and no trace.
DUTY_DAYS = "duty_days"

# part of a whole
TRACE_RATES: dict[Trace, "Trace | str"] = {
    Trace.DUTY_WALKED:      DUTY_DAYS,
    Trace.SIGNED_IN_TIME:   Trace.SIGNED,
    Trace.RESULTS_IN_TIME:  Trace.RESULTS,
    Trace.ANSWERED_IN_TIME: Trace.ANSWERED,
    Trace.VISITS_IN_TIME:   Trace.VISITS_DUE,
    Trace.RESULTS_WRONG:    Trace.RESULTS_CHECKED,
    Trace.VERDICTS_WRONG:   Trace.VERDICTS_CHECKED,
}  # fmt: skip
