"""What must add up in the report on admission (docs/rules/admission.md §6)."""

from ..enums import AdmissionFigure as A
from .rates import Balance

APPLICATIONS = Balance((A.PENDING_BEFORE, A.APPLIED), (A.ADMITTED, A.REFUSED, A.WITHDRAWN, A.PENDING))
AFFAIRS = Balance((A.LISTED_BEFORE, A.BEGUN), (A.LEFT, A.LISTED))
BALANCES = (APPLICATIONS, AFFAIRS)
