"""The scores of the demo district: computed, inspected, appealed against and published like any others (docs/demo.md).

A door like the command that uses it: it reads no clock, and nothing else in the house knows of it.
"""

from .seeding import SeedingRefused, Tally, is_seeded, seed

__all__ = ["SeedingRefused", "Tally", "is_seeded", "seed"]
