"""What a case was found on, where another room knows it: a visit to a household, an inspection of premises.

A case names it and asks no further; whoever comes from there finds the case by the same name.
"""

import re

PATTERN = r"^(visit|inspection):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def is_origin(text: str) -> bool:
    """Whether it names one: `visit:` or `inspection:`, and its uid."""
    return re.fullmatch(PATTERN[1:-1], text, re.ASCII) is not None
