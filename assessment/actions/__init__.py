"""Every change of this room, one function per verb."""

from .checking import Barred, CheckRefused, Overtaken
from .mutual_checks import check_grid, draw_mutual_check
from .ratings import correct_period_rating, rate_case, record_period_rating
from .spot_checks import check_item, draw_spot_check, give_item

__all__ = [
    "Barred",
    "CheckRefused",
    "Overtaken",
    "check_grid",
    "check_item",
    "correct_period_rating",
    "draw_mutual_check",
    "draw_spot_check",
    "give_item",
    "rate_case",
    "record_period_rating",
]
