"""Every change of this room, one function per verb."""

from . import groups
from .activities import amend_activity, call_off, confirm_hours, plan_activity, sign_off, sign_up
from .exports import Wanted, ask_for_export, publish_export, refuse_export, release_export
from .groups import load_group_types
from .households import join, split
from .inspections import add_premises_photos, inspect
from .keys import left_over, make_traces, rotate_keys
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
from .looks import LooksExhausted, look_into, read_visit, reveal
from .merging import merge, suspect_again, tell_apart, unmerge
from .people import correct, leave, make_head, move, open_household, register, verify_household
from .places import (
    correct_place,
    register_building,
    register_dwelling,
    register_organisation,
    register_premises,
)
from .points import ask_correction, award, decide_correction, lapse, redeem, set_point_rule
from .policies import set_register_policy
from .retention import apply_retention
from .visits import visit
from .volunteers import amend_team, amend_volunteer, enlist, found_team, join_team, leave_team, retire
from .writing import RegisterRefused

__all__ = [
    "LedgerWithdrawn",
    "LoadRefused",
    "LooksExhausted",
    "RegisterRefused",
    "Wanted",
    "add_premises_photos",
    "amend_activity",
    "amend_team",
    "amend_volunteer",
    "apply_retention",
    "ask_correction",
    "ask_for_export",
    "award",
    "call_off",
    "clear_expired_ledgers",
    "confirm_hours",
    "correct",
    "correct_place",
    "decide_correction",
    "discard_ledger",
    "enlist",
    "found_team",
    "groups",
    "inspect",
    "join",
    "join_team",
    "lapse",
    "leave",
    "leave_team",
    "left_over",
    "load_group_types",
    "look_into",
    "make_head",
    "make_traces",
    "merge",
    "move",
    "note_check",
    "open_household",
    "order_check",
    "order_load",
    "plan_activity",
    "plan_load",
    "publish_export",
    "read_visit",
    "receive_ledger",
    "redeem",
    "refuse_export",
    "register",
    "register_building",
    "register_dwelling",
    "register_organisation",
    "register_premises",
    "release_export",
    "retire",
    "reveal",
    "rotate_keys",
    "set_point_rule",
    "set_register_policy",
    "sign_off",
    "sign_up",
    "split",
    "suspect_again",
    "take_in",
    "tell_apart",
    "unmerge",
    "verify_household",
    "visit",
]
