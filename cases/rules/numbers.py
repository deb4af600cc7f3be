"""Case numbers that people can read over the phone: place, date, running number."""

from datetime import date


def prefix(place: str, day: date) -> str:
    """三官庙-20261121: what the running number counts within."""
    return f"{place}-{day:%Y%m%d}"


def number(prefix: str, running: int) -> str:
    """三官庙-20261121-0007; beyond 9999 the number simply grows."""
    return f"{prefix}-{running:04d}"
