from .looks import Look
from .merges import Merge
from .people import Household, RegisterEvent, Resident, Stay
from .places import Building, Dwelling
from .premises import Organisation, Premises

__all__ = [
    "Building",
    "Dwelling",
    "Household",
    "Look",
    "Merge",
    "Organisation",
    "Premises",
    "RegisterEvent",
    "Resident",
    "Stay",
]
