"""What comes into this room from outside: ledgers of households, and the types of special groups."""

from .groups import read_group_types

__all__ = ["read_group_types"]
