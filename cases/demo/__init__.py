"""The demo: 三官庙街道 of 中原区 with invented people, lived through the real actions (docs/demo.md).

A door like the commands that use it: it reads no clock, calls the actions one by one, and nothing else
in the house knows of it.
"""

from .people import LOGINS, PASSWORD, Login
from .seeding import SeedingRefused, Size, Tally, is_seeded, seed

__all__ = [
    "LOGINS",
    "PASSWORD",
    "Login",
    "SeedingRefused",
    "Size",
    "Tally",
    "is_seeded",
    "seed",
]
