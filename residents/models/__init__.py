from .exports import ExportRequest
from .groups import GroupEvent, GroupFile, GroupType
from .inspections import Inspection, InspectionPhoto, PremisesPhoto
from .ledgers import LedgerFile, LedgerTemplate
from .looks import Look
from .merges import Apart, Merge
from .people import Household, RegisterEvent, Resident, Stay, Verification
from .places import Building, Dwelling
from .points import PointCorrection, PointEntry, PointItem, PointRule
from .policies import RegisterPolicy
from .premises import Organisation, Premises
from .visits import Visit, VisitPhoto
from .volunteers import Activity, Membership, Participation, Team, Volunteer

__all__ = [
    "Activity",
    "Apart",
    "Building",
    "Dwelling",
    "ExportRequest",
    "GroupEvent",
    "GroupFile",
    "GroupType",
    "Household",
    "Inspection",
    "InspectionPhoto",
    "LedgerFile",
    "LedgerTemplate",
    "Look",
    "Membership",
    "Merge",
    "Organisation",
    "Participation",
    "PointCorrection",
    "PointEntry",
    "PointItem",
    "PointRule",
    "Premises",
    "PremisesPhoto",
    "RegisterEvent",
    "RegisterPolicy",
    "Resident",
    "Stay",
    "Team",
    "Verification",
    "Visit",
    "VisitPhoto",
    "Volunteer",
]
