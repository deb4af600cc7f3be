"""Every change of this room, one function per verb."""

from .households import join, split
from .looks import LooksExhausted, reveal
from .merging import merge, unmerge
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
    "join",
    "leave",
    "make_head",
    "merge",
    "move",
    "open_household",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "reveal",
    "split",
    "unmerge",
    "verify_household",
]
