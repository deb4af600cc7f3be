"""When somebody in a special group is visited next (docs/rules/registers.md, special groups; reference.md D1).

The risk gives the days between two visits, as the type says. What makes a person need more than her risk
tells puts an upper limit on them; it never makes the visits rarer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..enums import Risk
from . import identity

WEEK, MONTH = 7, 30
YES = "yes"  # how a flag stands among the details
SCATTERED, DISABLED = "分散供养", "失能"  # words of the shipped types, as their choices spell them
SEVERE = ("一级", "二级")
OLD = 80


@dataclass(frozen=True)
class Circumstances:
    """What is known of a person on the day of a visit."""

    code: str  # of the type
    details: Mapping[str, str] = field(default_factory=dict)
    age: int | None = None
    opened_on: date | None = None


def _is_very_old(she: Circumstances, on: date) -> bool:
    return she.age is not None and she.age >= OLD


def _is_ill(she: Circumstances, on: date) -> bool:
    return she.details.get("illness") == YES


def _cannot_help_herself(she: Circumstances, on: date) -> bool:
    return she.details.get("supply") == SCATTERED and she.details.get("care") == DISABLED


def _is_severely_disabled(she: Circumstances, on: date) -> bool:
    return she.details.get("grade") in SEVERE


def _is_in_her_first_year(she: Circumstances, on: date) -> bool:
    since = _day(she.details.get("released_on")) or she.opened_on
    return since is None or identity.age(since, on) < 1


# type     at most every  when
LIMITS: tuple[tuple[str, int, Callable[[Circumstances, date], bool]], ...] = (
    ("DJ",   WEEK,        _is_very_old),
    ("DJ",   WEEK,        _is_ill),
    ("WB",   WEEK,        _cannot_help_herself),
    ("CJ",   MONTH,       _is_severely_disabled),
    ("XMSF", MONTH,       _is_in_her_first_year),
)  # fmt: skip


def interval(days: Mapping[Risk, int], risk: Risk, she: Circumstances, on: date) -> int:
    """Days until the next visit."""
    limits = [most for code, most, applies in LIMITS if code == she.code and applies(she, on)]
    return min([days[risk], *limits])


def next_visit(days: Mapping[Risk, int], risk: Risk, she: Circumstances, on: date) -> date:
    """The day on which the next visit is due, counted from the last one (or from the opening of the file)."""
    return on + timedelta(days=interval(days, risk, she, on))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
