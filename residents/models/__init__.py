from .groups import GroupEvent, GroupFile, GroupType
from .looks import Look
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
    "Look",
    "Organisation",
    "Premises",
    "RegisterEvent",
    "RegisterPolicy",
    "Resident",
    "Stay",
    "Visit",
    "VisitPhoto",
]
