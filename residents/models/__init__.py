from .looks import Look
from .people import Household, RegisterEvent, Resident, Stay
from .places import Building, Dwelling
from .points import PointCorrection, PointEntry, PointItem, PointRule
from .premises import Organisation, Premises
from .volunteers import Activity, Membership, Participation, Team, Volunteer

__all__ = [
    "Activity",
    "Building",
    "Dwelling",
    "Household",
    "Look",
    "Membership",
    "Organisation",
    "Participation",
    "PointCorrection",
    "PointEntry",
    "PointItem",
    "PointRule",
    "Premises",
    "RegisterEvent",
    "Resident",
    "Stay",
    "Team",
    "Volunteer",
]
