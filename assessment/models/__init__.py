from .mutual_checks import MutualCheck, Pair
from .ratings import PeriodRating, Rating
from .spot_checks import SpotCheck, SpotItem

__all__ = ["MutualCheck", "Pair", "PeriodRating", "Rating", "SpotCheck", "SpotItem"]
