"""How long personal data is kept in full, and what is left of it then (docs/rules/registers.md §retention; PIPL §47)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Keep:
    """One kind of record and for how many years it is kept as it is."""

    name: str
    years: int

    def before(self, today: date) -> date:
        """What is dated earlier than this day is past its time."""
        day = today.day if (today.month, today.day) != (2, 29) else 28
        return date(today.year - self.years, today.month, day)


# The record of looks has to cover three years (PIPL §56); the database refuses to clear a younger one.
LOOKS = Keep("looks", years=3)
# Who has moved away or died: her entry is restricted, name and ID number stay.
GONE = Keep("gone", years=2)
# What was written on a visit.
VISITS = Keep("visits", years=5)

RULES = (LOOKS, GONE, VISITS)
