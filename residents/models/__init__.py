from .ledgers import LedgerFile, LedgerTemplate
from .looks import Look
from .people import Household, RegisterEvent, Resident, Stay
from .places import Building, Dwelling
from .premises import Organisation, Premises

__all__ = [
    "Building",
    "Dwelling",
    "Household",
    "LedgerFile",
    "LedgerTemplate",
    "Look",
    "Organisation",
    "Premises",
    "RegisterEvent",
    "Resident",
    "Stay",
]
