"""The sweep as its two triggers call it: beat's worker and cron, side by side and unaware of each other."""

from datetime import datetime

from grids.actions import heartbeats
from grids.enums import Recurring
from grids.models import Heartbeat

from ..enums import DeadlineState
from ..models import Deadline
from ..queries import guards
from ..queries.waiting_work import is_anything_to_do
from .handover import hand_over
from .recount import recount
from .sweep import Swept, sweep


class SweepHeld(RuntimeError):
    """Why nothing was worked off, in words for the operator. Nothing has fired."""


def keep_time(*, at: datetime, host: datetime, allow_mass: bool = False, retry_parked: bool = False) -> Swept:
    """Everything due by `at` happens, unless something is wrong; once all of it is done, health is told so.

    `host` is what the clock of this machine says. An operator may sweep as of an earlier `at`: that proves
    nothing about what fell due since, so it is no sign of life.
    """
    if wrong := guards.wrong_clock(host):
        raise SweepHeld(wrong)
    if retry_parked:
        Deadline.objects.parked().update(state=DeadlineState.PENDING, attempts=0)
    swept = _work(at, allow_mass) if is_anything_to_do(at) else Swept()
    if not Heartbeat.objects.filter(name=Recurring.SWEEP, at__gt=at, at__lte=host).exists():
        heartbeats.note_finished(Recurring.SWEEP, at=at)
    return swept


def _work(at: datetime, allow_mass: bool) -> Swept:
    """By today's calendar first: it may be the calendar that makes so much due."""
    recount(at=at)
    if not allow_mass and (wrong := guards.mass_due(at)):
        raise SweepHeld(wrong)
    swept = sweep(at=at)
    hand_over(at=at)
    return swept
