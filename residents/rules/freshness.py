"""Which households are fresh (docs/rules/registers.md §6)."""

from datetime import date, timedelta


def fresh_since(on: date, days: int) -> date:
    """The earliest day of verification with which a household counts as fresh on a day."""
    return on - timedelta(days=days)


def share(fresh: int, all_: int) -> float | None:
    """Fresh of all, or nothing where there is nothing to keep fresh."""
    return fresh / all_ if all_ else None
