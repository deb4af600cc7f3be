"""The register of the demo district: wholly invented people behind the doors of its real courtyards (docs/demo.md).

A door like the command that uses it: it reads no clock, and nothing else in the house knows of it.
"""

from .seeding import SeedingRefused, Size, Tally, is_seeded, seed

__all__ = ["SeedingRefused", "Size", "Tally", "is_seeded", "seed"]
