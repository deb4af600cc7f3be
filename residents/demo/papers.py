"""The registers of the demo as files: one that the worker makes, one that waits for somebody to answer for it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from grids.demo.town import COMMUNITY, GRID, clock
from grids.enums import Role
from grids.models import Grid

from .. import actions
from ..actions import Wanted
from .agenda import Agenda
from .special import key
from .staff import Staff


@dataclass
class Papers:
    """Asks for exports where visitors sign in."""

    rng: Random
    staff: Staff
    agenda: Agenda

    def plan(self, until: date) -> None:
        """Both on the last two days; a file is kept for days only."""
        premises = Wanted("premises", Grid.objects.get(code=COMMUNITY), switches=("licence",))
        residents = Wanted(
            "residents",
            Grid.objects.get(code=GRID),
            is_unmasked=True,
            reason="高龄津贴年度核对，逐户打电话确认",
        )
        self.agenda.on(clock(until, 11, 5), partial(self.ask, premises, Role.MAINTAINER))
        self.agenda.on(
            clock(until - timedelta(days=1), 16, 30), partial(self.ask, residents, Role.GRID_LEADER)
        )

    def ask(self, wanted: Wanted, role: Role, at: datetime) -> None:
        by = self.staff.one(wanted.grid.pk, role, at)
        actions.ask_for_export(wanted, by=by, at=at, key=key(self.rng))
