from .marks import Appeal, Mark
from .mutual_checks import MutualCheck, Pair
from .ratings import PeriodRating, Rating
from .schemes import Indicator, Scheme
from .scores import Correction, MonthlyScore, Proposal, Run, Share
from .spot_checks import SpotCheck, SpotItem

__all__ = [
    "Appeal",
    "Correction",
    "Indicator",
    "Mark",
    "MonthlyScore",
    "MutualCheck",
    "Pair",
    "PeriodRating",
    "Proposal",
    "Rating",
    "Run",
    "Scheme",
    "Share",
    "SpotCheck",
    "SpotItem",
]
