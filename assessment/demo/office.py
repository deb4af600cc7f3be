"""What everybody who assesses in the demo shares: chance, the last moment, who holds which post."""

from datetime import datetime
from random import Random
from uuid import UUID

from grids.demo.town import STREET, clock
from grids.enums import Level, Role
from grids.models import Grid, Post
from grids.queries import work_calendar
from grids.rules.workdays import due_date, local_date


class Office:
    """The district and its street, up to the last evening of the demo."""

    def __init__(self, rng: Random, end: datetime) -> None:
        self.rng, self.end = rng, end
        self.district = Grid.objects.get(code=STREET[: Level.DISTRICT.code_length])
        self.street = Grid.objects.get(code=STREET)
        self.calendar = work_calendar()

    def post(self, role: Role, grid: Grid | None = None) -> Post:
        """Who holds that post on the last evening."""
        return Post.objects.current(self.end).filter(role=role, grid=grid or self.district).order_by("pk")[0]

    def day(self, after: datetime, days: int, hour: int) -> datetime:
        """A time of day so many working days later."""
        return clock(due_date(self.calendar, local_date(after), days), hour)

    def key(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)
