"""The numbers of the registers, and which of several settings holds (docs/rules/registers.md §5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Policy:
    """What holds in one place on one day. The defaults are the product's."""

    fresh_days: int = 7
    ordinary_days: int = 180  # every household is visited twice a year
    looks_per_hour: int = 30  # of one person at her work
    looks_per_day: int = 120


# The articles name this number (data refreshed weekly); every other default is our own and says so on screen.
FROM_THE_ARTICLES = ("fresh_days",)
SET = tuple(field.name for field in fields(Policy))

# number          most that can be set
MOST = {
    "fresh_days":     366,
    "ordinary_days":  366,
    "looks_per_hour": 500,
    "looks_per_day":  2000,
}  # fmt: skip


def settle(rows: Iterable[Mapping[str, Any]]) -> Policy:
    """The policy that rows make together, from the district's down to the street's; what one leaves empty stays."""
    policy = Policy()
    for said in rows:
        policy = replace(policy, **{name: said[name] for name in SET if said.get(name) is not None})
    return policy


def fits(policy: Policy) -> bool:
    """Whether the numbers make sense together: nobody may look oftener in an hour than in a day."""
    return policy.looks_per_hour <= policy.looks_per_day
