"""Every change of this room, one function per verb."""

from . import groups
from .groups import load_group_types
from .looks import LooksExhausted, look_into, read_visit, reveal
from .people import correct, leave, make_head, move, open_household, register, verify_household
from .places import (
    correct_place,
    register_building,
    register_dwelling,
    register_organisation,
    register_premises,
)
from .policies import set_register_policy
from .visits import visit
from .writing import RegisterRefused

__all__ = [
    "LooksExhausted",
    "RegisterRefused",
    "correct",
    "correct_place",
    "groups",
    "leave",
    "load_group_types",
    "look_into",
    "make_head",
    "move",
    "open_household",
    "read_visit",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "reveal",
    "set_register_policy",
    "verify_household",
    "visit",
]
