"""Every change of this room, one function per verb."""

from .ledgers import (
    LedgerWithdrawn,
    clear_expired_ledgers,
    discard_ledger,
    note_check,
    order_check,
    order_load,
    receive_ledger,
    take_in,
)
from .loading import LoadRefused, plan_load
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
    "LedgerWithdrawn",
    "LoadRefused",
    "LooksExhausted",
    "RegisterRefused",
    "clear_expired_ledgers",
    "correct",
    "correct_place",
    "discard_ledger",
    "leave",
    "make_head",
    "move",
    "note_check",
    "open_household",
    "order_check",
    "order_load",
    "plan_load",
    "receive_ledger",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "reveal",
    "take_in",
    "verify_household",
]
