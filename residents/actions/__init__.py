"""Every change of this room, one function per verb."""

from . import groups
from .groups import load_group_types
from .households import join, split
from .inspections import add_premises_photos, inspect
from .looks import LooksExhausted, look_into, read_visit, reveal
from .merging import merge, unmerge
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
    "add_premises_photos",
    "correct",
    "correct_place",
    "groups",
    "inspect",
    "join",
    "leave",
    "load_group_types",
    "look_into",
    "make_head",
    "merge",
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
    "split",
    "unmerge",
    "verify_household",
    "visit",
]
