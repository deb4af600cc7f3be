from .hints import HintLook
from .marks import Appeal, Mark
from .mutual_checks import MutualCheck, Pair
from .ratings import PeriodRating, Rating
from .reviews import Charge, Review, ReviewEvent
from .rollup import Rollup, RollupRow
from .schemes import Indicator, Scheme
from .scores import Correction, MonthlyScore, Proposal, Run, Share
from .spot_checks import SpotCheck, SpotItem

__all__ = [
    "Appeal",
    "Charge",
    "Correction",
    "HintLook",
    "Indicator",
    "Mark",
    "MonthlyScore",
    "MutualCheck",
    "Pair",
    "PeriodRating",
    "Proposal",
    "Rating",
    "Review",
    "ReviewEvent",
    "Rollup",
    "RollupRow",
    "Run",
    "Scheme",
    "Share",
    "SpotCheck",
    "SpotItem",
]
