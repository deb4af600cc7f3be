"""Every change of the upper floor: one function a verb, one transaction each.

The verbs of an accountability review are those of `assessment.actions.reviews`: there, too, one decides and appeals.
"""

from .checking import Barred, CheckRefused, Overtaken
from .hints import HintRefused, look_at
from .marks import amend, appeal, decide_appeal, decide_mark, inspect, room_of
from .mutual_checks import check_grid, draw_mutual_check
from .ratings import correct_period_rating, rate_case, record_period_rating
from .rollups import NotOver, keep_rollups, roll_up
from .schemes import SchemeRefused, ensure_scheme, set_scheme
from .scoring import (
    ScoringRefused,
    decide_proposal,
    give_to_review,
    open_appeals,
    publish,
    score_month,
)
from .spot_checks import check_item, draw_spot_check, give_item

__all__ = [
    "Barred",
    "CheckRefused",
    "HintRefused",
    "NotOver",
    "Overtaken",
    "SchemeRefused",
    "ScoringRefused",
    "amend",
    "appeal",
    "check_grid",
    "check_item",
    "correct_period_rating",
    "decide_appeal",
    "decide_mark",
    "decide_proposal",
    "draw_mutual_check",
    "draw_spot_check",
    "ensure_scheme",
    "give_item",
    "give_to_review",
    "inspect",
    "keep_rollups",
    "look_at",
    "open_appeals",
    "publish",
    "rate_case",
    "record_period_rating",
    "roll_up",
    "room_of",
    "score_month",
    "set_scheme",
]
