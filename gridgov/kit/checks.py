"""What `manage.py check --deploy` says about secrets that settings alone would let pass."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


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
    if settings.CHAIN_KEY == settings.SECRET_KEY:
        found.append(Warning("CHAIN_KEY is the same as SECRET_KEY. Set another one.", id="gridgov.W002"))
    return found
