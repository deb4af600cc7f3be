"""Every change of this room, one function per verb."""

from .keys import left_over, make_traces, rotate_keys
from .looks import LooksExhausted, reveal
from .people import correct, leave, make_head, move, open_household, register, verify_household
from .places import (
    correct_place,
    register_building,
    register_dwelling,
    register_organisation,
    register_premises,
)
from .writing import RegisterRefused

__all__ = [
    "LooksExhausted",
    "RegisterRefused",
    "correct",
    "correct_place",
    "leave",
    "left_over",
    "make_head",
    "make_traces",
    "move",
    "open_household",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "reveal",
    "rotate_keys",
    "verify_household",
]
