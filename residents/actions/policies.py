"""Setting the numbers of the registers: a new row from a day on, never a change of an old one."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Grid, Post
from grids.rules.workdays import local_date

from ..models import RegisterPolicy
from ..queries.policies import PolicyBook, latest, place_of, said
from ..rules import policy as rule
from .writing import RegisterRefused


@transaction.atomic
def set_register_policy(
    grid: Grid, *, reason: str, since: date, by: Post, at: datetime, key: UUID, seen: int | None = None,
    **numbers: int,
) -> RegisterPolicy:  # fmt: skip
    """From a day on these numbers hold in a district or street.

    What is not among `numbers` is not set here: a street then does as its district does. `seen` is the last
    row that the person knew of (`queries.policies.latest`). Raises RegisterRefused.
    """
    Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    if known := RegisterPolicy.objects.filter(key=key).first():
        return _replayed(known, grid, by)
    if by.grid_id != grid.pk:
        raise RegisterRefused(_("%(grid)s sets its own numbers.") % {"grid": grid})
    if seen is not None and seen != latest(grid):
        raise RegisterRefused(_("Somebody has set numbers anew meanwhile. Look at what holds now."))
    if since < local_date(at):
        raise RegisterRefused(_("That day has passed. Numbers hold from today or from a later day."))
    row = RegisterPolicy(
        grid=grid, level=grid.level, since=since, set_at=at, set_by=by.user, reason=reason, key=key, **numbers
    )
    _check(row)
    row.save(force_insert=True)
    return row


def _replayed(known: RegisterPolicy, grid: Grid, by: Post) -> RegisterPolicy:
    """The same form again is the same row; the form of another place or person is nobody's here."""
    if (known.grid_id, known.set_by_id) != (grid.pk, by.user_id):
        raise RegisterRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _check(row: RegisterPolicy) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise RegisterRefused(" ".join(error.messages)) from error
    above = [
        held for held in PolicyBook(row.since).rows_of(*place_of(row.grid)) if held.grid_id != row.grid_id
    ]
    if not rule.fits(rule.settle(said([*above, row]))):
        raise RegisterRefused(_("Within a day nobody can see less in full than within an hour."))
