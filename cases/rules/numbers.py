"""Numbers of cases and papers that people can read over the phone: place, date or year, running number."""

from datetime import date


def prefix(place: str, day: date) -> str:
    """三官庙-20261121: what the running number counts within."""
    return f"{place}-{day:%Y%m%d}"


def number(prefix: str, running: int) -> str:
    """三官庙-20261121-0007; beyond 9999 the number simply grows."""
    return f"{prefix}-{running:04d}"


def paper_prefix(place: str, year: int) -> str:
    """东街社区一号网格〔2026〕质询: what the running number of an inquiry counts within."""
    return f"{place}〔{year}〕质询"


def paper_number(prefix: str, running: int) -> str:
    """东街社区一号网格〔2026〕质询0001号."""
    return f"{prefix}{running:04d}号"


def admission_prefix(place: str, year: int) -> str:
    """中原准入〔2026〕: what the running number of an application for admission counts within."""
    return f"{place.removesuffix('区') or place}准入〔{year}〕"


def admission_number(prefix: str, running: int) -> str:
    """中原准入〔2026〕1号."""
    return f"{prefix}{running}号"
