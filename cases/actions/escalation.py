"""What a grid cannot solve goes up; what stands with the wrong unit goes across (docs/rules/escalation.md)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level
from grids.models import Department, Grid, Post

from ..enums import Action, Outcome, Refusal
from ..models import Assignment, Case
from ..queries.policies import policy_at
from ..rules.clock import Limit
from ..rules.lifecycle import NotAllowed
from .handling import AssignmentRefused, came_up, end_assignment, may_be_given, open_assignment
from .ledger import Turn


@transaction.atomic
def escalate(
    case: Case, *, note: str, by: Post, at: datetime, version: int | None = None, key: UUID | None = None
) -> Case:
    """A grid that cannot solve it reports it to the grid above (上报上级), whose own clock starts."""
    turn = Turn.begin(case, Action.ESCALATE, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case, below = turn.case, turn.given
    above = next(iter(levels_above(case, below)), None)
    if above is None:
        raise NotAllowed(Refusal.NO_LEVEL_ABOVE)
    end_assignment(below, Outcome.ESCALATED, turn.at)
    days = policy_at(case.district_id, case.street_id, turn.at).days_at(above.level)
    assignment = open_assignment(turn, above, Limit(days), raised_from=below, raised_to=above)
    return turn.finish(
        note=note, unit=str(above), below=str(below.unit), limit=days, assignment=assignment.pk
    )  # fmt: skip


def levels_above(case: Case, below: Assignment) -> Iterable[Grid]:
    """The grids above the one that has the work, the nearest first; above a department, its own grid first."""
    unit = below.unit
    lowest = unit.level - 1 if isinstance(unit, Grid) else unit.grid.level
    above = (getattr(case, Level(level).path_field) for level in range(lowest, -1, -1))
    return (grid for grid in above if grid is not None)


@transaction.atomic
def transfer(
    case: Case, *, unit: Grid | Department, note: str, by: Post, at: datetime, instruction: str = "",
    version: int | None = None, key: UUID | None = None,
) -> Case:  # fmt: skip
    """The dispatcher gives work under way to another unit (转办). The clock runs on: nothing resets it."""
    turn = Turn.begin(case, Action.TRANSFER, by=by, at=at, version=version, key=key)
    if turn.is_replay:
        return turn.case
    case, lead = turn.case, turn.given
    may_be_given(case, unit, by=by, at=turn.at)
    if unit == lead.unit:
        raise AssignmentRefused(_("%(unit)s has the case already.") % {"unit": unit})
    end_assignment(lead, Outcome.TRANSFERRED, turn.at)
    assignment = open_assignment(
        turn, unit, lead.limit, instruction=instruction, continues=lead, **came_up(lead)
    )
    return turn.finish(
        note=note, unit=str(unit), below=str(lead.unit), clock="runs on", assignment=assignment.pk
    )
