"""The numbers of the clock, and which of several settings holds (docs/rules/escalation.md §2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from grids.enums import Level


@dataclass(frozen=True)
class Policy:
    """What holds in one place at one moment. The defaults are the product's."""

    community_days: int = 7
    street_days: int = 7
    district_days: int = 7
    reply_days: int = 2
    watch_days: int = 30  # of the calendar: what the questioned side does to the asker for so long is listed
    building_escalates: bool = True
    community_escalates: bool = True
    street_escalates: bool = True
    department_escalates: bool = False
    inquiry_automatic: bool = False
    remind_half: bool = True
    remind_eve: bool = True
    working_hours: str = ""  # empty: as the installation is set up
    versions: tuple[int, ...] = ()  # the rows it was put together from, the widest first

    def days_at(self, level: int) -> int:
        """The limit in working days of a grid of this level for what comes up to it."""
        return (self.district_days, self.street_days, self.community_days)[level]

    def escalates_from(self, level: int | None) -> bool:
        """Whether the expired work of a unit goes up by itself; None is a department."""
        if level is None:
            return self.department_escalates
        by_level = {
            Level.BUILDING: self.building_escalates,
            Level.COMMUNITY: self.community_escalates,
            Level.STREET: self.street_escalates,
        }
        return by_level.get(Level(level), False)

    @property
    def version(self) -> int | None:
        """The row that had the last word; None where only defaults hold."""
        return self.versions[-1] if self.versions else None


# The articles name this number; every other default is our own and says so on screen.
FROM_THE_ARTICLES = ("community_days", "street_days", "district_days")
SET = tuple(field.name for field in fields(Policy) if field.name != "versions")


def settle(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> Policy:
    """The policy that rows make together, from the district's down to the street's.

    A row is (its key, what it sets); what it leaves empty stays as it was.
    """
    policy = Policy()
    for version, said in rows:
        found = {name: said[name] for name in SET if said.get(name) not in (None, "")}
        policy = replace(policy, **found, versions=(*policy.versions, version))
    return policy


def origins(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[str, int | None]:
    """For each number the row that had the last word about it; None where the product's default holds."""
    found: dict[str, int | None] = dict.fromkeys(SET)
    for version, said in rows:
        found |= {name: version for name in SET if said.get(name) not in (None, "")}
    return found
