"""Every change of the upper floor: one function a verb, one transaction each."""

from .marks import amend, appeal, decide_appeal, decide_mark, inspect, room_of
from .schemes import SchemeRefused, ensure_scheme, set_scheme
from .scoring import (
    ScoringRefused,
    decide_proposal,
    give_to_review,
    open_appeals,
    publish,
    score_month,
)

__all__ = [
    "SchemeRefused",
    "ScoringRefused",
    "amend",
    "appeal",
    "decide_appeal",
    "decide_mark",
    "decide_proposal",
    "ensure_scheme",
    "give_to_review",
    "inspect",
    "open_appeals",
    "publish",
    "room_of",
    "score_month",
    "set_scheme",
]
