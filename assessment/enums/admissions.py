"""What is counted about the admission of grid affairs (docs/rules/admission.md §6)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AdmissionFigure(TextChoices):
    """A number of the report on admission: of applications, of affairs on the list, of cases given to grids."""

    PENDING_BEFORE = "pending_before", _("Under review before")
    APPLIED = "applied", _("Applied for")
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Not admitted")
    WITHDRAWN = "withdrawn", _("Taken back")
    PENDING = "pending", _("Under review at the end")
    LISTED_BEFORE = "listed_before", _("On the list before")
    BEGUN = "begun", _("Came on the list")
    LEFT = "left", _("Left the list")
    LISTED = "listed", _("On the list at the end")
    GIVEN = "given", _("Cases given to grids below")
