"""The published figures beside the same ones of this installation, as far as they are kept here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from grids.enums import Level
from grids.models import Grid
from grids.rules.workdays import local_date

from ..enums import Figure, Printed, Rate
from ..rules.source import worked_out
from .tally import Row, Tally, tally

GRID_LEVELS = (Level.STREET, Level.COMMUNITY, Level.BUILDING)
# What was taken on is somewhere: the balance of every report.
TAKEN_ON = (Figure.DISPATCHED, Figure.ESCALATED, Figure.WAITING)


@dataclass(frozen=True)
class Live:
    """A published figure of our own: its counts, and what they come to."""

    measure: Printed
    numbers: tuple[int, ...]

    @property
    def right(self) -> Decimal | None:
        """The rate or the sum, by the same rule as that of the articles."""
        return worked_out(self.measure, self.numbers)


def live(place: Grid | None, at: datetime) -> dict[Printed, Live]:
    """The grids of the installation, and the month so far of a place whose figures the reader may see."""
    counts = {Printed.GRIDS: _grids()}
    if place is not None:
        counts |= _month(tally(place, local_date(at), cut_off=at))
    return {measure: Live(measure, numbers) for measure, numbers in counts.items()}


def _grids() -> tuple[int, ...]:
    levels = Grid.objects.active().order_by().values("level").annotate(n=Count("*"))
    found: Mapping[int, int] = dict(levels.values_list("level", "n"))
    return tuple(found.get(level, 0) for level in GRID_LEVELS)


def _month(report: Tally) -> dict[Printed, tuple[int, ...]]:
    ledgers: dict[str, Row] = {row.key["ledger"]: row for row in report.by_ledger}
    return {
        Printed.KEY_CLOSED: ledgers["key"].parts(Rate.CLOSING),
        Printed.CIVIC_CLOSED: ledgers["civic"].parts(Rate.CLOSING),
        Printed.BOTH_CLOSED: report.total.parts(Rate.CLOSING),
        Printed.DISPOSED: report.total.parts(Rate.DISPOSAL),
        Printed.TAKEN_ON: tuple(report.total[f] for f in TAKEN_ON),
    }
