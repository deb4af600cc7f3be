"""Every change of this room, one function per verb."""

from .exports import Wanted, ask_for_export, publish_export, refuse_export, release_export
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
from .retention import apply_retention
from .writing import RegisterRefused

__all__ = [
    "LooksExhausted",
    "RegisterRefused",
    "Wanted",
    "apply_retention",
    "ask_for_export",
    "correct",
    "correct_place",
    "leave",
    "left_over",
    "make_head",
    "make_traces",
    "move",
    "open_household",
    "publish_export",
    "refuse_export",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "release_export",
    "reveal",
    "rotate_keys",
    "verify_household",
]
