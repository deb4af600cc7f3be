"""What voluntary hours are worth, and what of it lapses (docs/rules/registers.md, community points)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

HALF_HOUR = Decimal("0.5")


def rate(hour_points: int, kind_points: Mapping[str, int], kind: str) -> int:
    """Points for an hour of an activity of this kind; what is not named is worth the ordinary hour."""
    return kind_points.get(kind, hour_points)


def earned(hours: Decimal, points_per_hour: int) -> int:
    """Whole points, half a point up."""
    return int((hours * points_per_hour).quantize(Decimal(1), ROUND_HALF_UP))


def most_hours(lasted: timedelta) -> Decimal:
    """The most hours somebody can have given to an activity: what it lasted, in whole half hours."""
    return HALF_HOUR * (lasted // timedelta(minutes=30))


def lapsing(entries: Iterable[tuple[date, int]], before: date) -> int:
    """How many points lapse: those that came before a day and were not spent since. Old ones are spent first."""
    came = spent = 0
    for on, amount in entries:
        if amount < 0:
            spent -= amount
        elif on < before:
            came += amount
    return max(0, came - spent)
