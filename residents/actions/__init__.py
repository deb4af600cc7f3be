"""Every change of this room, one function per verb."""

from .activities import amend_activity, call_off, confirm_hours, plan_activity, sign_off, sign_up
from .looks import LooksExhausted, reveal
from .people import correct, leave, make_head, move, open_household, register, verify_household
from .places import (
    correct_place,
    register_building,
    register_dwelling,
    register_organisation,
    register_premises,
)
from .points import ask_correction, award, decide_correction, lapse, redeem, set_point_rule
from .volunteers import amend_team, amend_volunteer, enlist, found_team, join_team, leave_team, retire
from .writing import RegisterRefused

__all__ = [
    "LooksExhausted",
    "RegisterRefused",
    "amend_activity",
    "amend_team",
    "amend_volunteer",
    "ask_correction",
    "award",
    "call_off",
    "confirm_hours",
    "correct",
    "correct_place",
    "decide_correction",
    "enlist",
    "found_team",
    "join_team",
    "lapse",
    "leave",
    "leave_team",
    "make_head",
    "move",
    "open_household",
    "plan_activity",
    "redeem",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "retire",
    "reveal",
    "set_point_rule",
    "sign_off",
    "sign_up",
    "verify_household",
]
