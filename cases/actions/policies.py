"""Setting the numbers of the clock: a new row from a moment on, never a change of an old one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid, Post
from grids.rules.workdays import parse_hours

from ..enums import Refusal
from ..models import Policy
from ..queries.policies import latest
from ..rules.lifecycle import NotAllowed


class PolicyRefused(ValueError):
    """Why these numbers cannot hold, in words for the person who sets them."""


@transaction.atomic
def set_policy(
    grid: Grid, *, reason: str, by: Post, at: datetime, since: datetime | None = None, seen: int | None = None,
    key: UUID | None = None, **numbers: Any,
) -> Policy:  # fmt: skip
    """From `since` on these numbers hold in a district or street; clocks that run by then keep theirs.

    What is not among `numbers` is not set here: a street then does as its district does. `seen` is the last
    row that the person knew of (`queries.policies.latest`); None when no page was involved.
    """
    if Right.POLICY not in by.rights or by.grid_id != grid.pk:
        raise NotAllowed(Refusal.NO_RIGHT)
    since = max(since or at, at)
    Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    if key and (known := Policy.objects.filter(key=key).first()):
        return _replayed(known, grid, by)
    if seen is not None and seen != latest(grid):
        raise PolicyRefused(
            _("Somebody has set numbers anew meanwhile. Look at what holds now, and rehearse again.")
        )
    if Policy.objects.filter(grid=grid, since=since).exists():
        raise PolicyRefused(_("There is a policy for this place from that moment already."))
    policy = Policy(
        grid=grid, level=Level(grid.level), since=since, set_at=at, set_by=by.user, reason=reason, key=key,
        **numbers,
    )  # fmt: skip
    _check(policy)
    policy.save(force_insert=True)
    return policy


def _replayed(known: Policy, grid: Grid, by: Post) -> Policy:
    """The same form again is the same row; the form of another place or person is nobody's here."""
    if (known.grid_id, known.set_by_id) != (grid.pk, by.user_id):
        raise PolicyRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _check(policy: Policy) -> None:
    try:
        policy.full_clean(exclude=["grid", "set_by"], validate_unique=False, validate_constraints=False)
        if policy.working_hours:
            parse_hours(policy.working_hours)
    except ValidationError as wrong:
        raise PolicyRefused("; ".join(wrong.messages)) from wrong
    except ValueError as wrong:
        raise PolicyRefused(
            _("Write the working hours like this: %(example)s") % {"example": "08:30-12:00,14:00-17:30"}
        ) from wrong
