from .groups import GroupEvent, GroupFile, GroupType
from .inspections import Inspection, InspectionPhoto, PremisesPhoto
from .looks import Look
from .merges import Merge
from .people import Household, RegisterEvent, Resident, Stay
from .places import Building, Dwelling
from .policies import RegisterPolicy
from .premises import Organisation, Premises
from .visits import Visit, VisitPhoto

__all__ = [
    "Building",
    "Dwelling",
    "GroupEvent",
    "GroupFile",
    "GroupType",
    "Household",
    "Inspection",
    "InspectionPhoto",
    "Look",
    "Merge",
    "Organisation",
    "Premises",
    "PremisesPhoto",
    "RegisterEvent",
    "RegisterPolicy",
    "Resident",
    "Stay",
    "Visit",
    "VisitPhoto",
]
