"""What `manage.py check` says about secrets that settings alone would let pass."""

import os
from itertools import combinations
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from .crypto import NUMBER_OF


@register(Tags.security, deploy=True)
def secrets_are_given(**options: Any) -> list[CheckMessage]:
    """Made-up secrets differ from machine to machine, and one for everything is one to lose."""
    found: list[CheckMessage] = [
        Warning(
            f"{name} is not set; this machine made one up. Set the same on every machine.", id="gridgov.W001"
        )
        for name in ("SECRET_KEY", "CHAIN_KEY", "DATA_KEYS", "INDEX_KEY")
        if not os.environ.get(name)
    ]
    found += [
        Warning(f"{one} is the same as {other}. Set another one.", id="gridgov.W002")
        for (other, first), (one, second) in combinations(_secrets(), 2)
        if first == second
    ]
    return found


def _secrets() -> list[tuple[str, str]]:
    """Every secret with the name of the variable it comes from."""
    keys = [("DATA_KEYS", text) for _number, text in settings.DATA_KEYS]
    return [(name, getattr(settings, name)) for name in ("SECRET_KEY", "CHAIN_KEY", "INDEX_KEY")] + keys


@register(Tags.security)
def the_cipher_is_one_of_ours(**options: Any) -> list[CheckMessage]:
    """Found out at the start, not by the first clerk who registers somebody."""
    if settings.DATA_CIPHER in NUMBER_OF:
        return []
    return [Error(f"DATA_CIPHER is one of {', '.join(NUMBER_OF)}.", id="gridgov.E001")]
