"""The community points of the demo: what the places give for an hour, what is handed out, what is taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from django.db.models import Sum

from grids.demo.town import COMMUNITY, GRID, clock, weekdays
from grids.enums import Role
from grids.models import Grid, Post, path_of

from .. import actions
from ..enums import ActivityKind, PointKind
from ..models import Participation, PointCorrection, PointEntry, Resident
from ..queries.points import balance, on_offer, rule_in
from ..rules.points import HALF_HOUR
from .agenda import Agenda
from .special import key
from .staff import Staff
from .texts import OF_COMMUNITY, OF_DISTRICT

OWN_RULES = timedelta(days=9)  # after the first day, in the community that visitors sign in to
REDEEMING = 0.35  # of the communities hand something out in a week
LEFT_EARLY = "签到表核对：提前半小时离开，时长多记"


@dataclass
class Points:
    """Sets the rules, hands out, takes back."""

    rng: Random
    staff: Staff
    agenda: Agenda
    communities: list[Grid]
    first: date
    until: date

    def begin(self) -> None:
        """The district's rules, soon the one community's own, and at the end two corrections."""
        shown = next(community for community in self.communities if community.code == COMMUNITY)
        self.agenda.on(clock(weekdays(self.first)[0], 9, 30), partial(self.set_rules, shown))
        self.agenda.on(clock(self.first + OWN_RULES, 16), partial(self.set_own_rules, shown))
        eve = self.until - timedelta(days=1)
        self.agenda.on(clock(eve, 9, 20), partial(self.take_back, shown, True))
        self.agenda.on(clock(self.until, 9, 40), partial(self.take_back, shown, False))

    def week(self, first: date) -> None:
        """On the last working day some communities hand out what was earned; where visitors sign in, every week."""
        for community in self.communities:
            if community.code == COMMUNITY or self.rng.random() < REDEEMING:
                afternoon = clock(weekdays(first)[-1], self.rng.randrange(14, 17), self.rng.randrange(60))
                self.agenda.on(afternoon, partial(self.redeem, community))

    # --- the rules ----------------------------------------------------------------------------

    def set_rules(self, community: Grid, at: datetime) -> None:
        district = Grid.objects.get(pk=path_of(community)["district_id"])
        actions.set_point_rule(
            district, by=self.staff.one(district.pk, Role.DISTRICT_OFFICIAL, at), at=at, key=key(self.rng),
            reason="全区志愿服务积分办法（试行）", hour_points=2, kind_points={ActivityKind.ELDERS: 3},
            report_points=2, keep_years=2, items=OF_DISTRICT,
        )  # fmt: skip

    def set_own_rules(self, community: Grid, at: datetime) -> None:
        first = self.staff.one(path_of(community)["street_id"], Role.STREET_FIRST, at)
        actions.set_point_rule(
            community, by=first, at=at, key=key(self.rng), reason="居民议事会商定：助老、调解多记分，增加大米和理发",
            hour_points=2, kind_points={ActivityKind.ELDERS: 4, ActivityKind.MEDIATION: 3}, report_points=3,
            keep_years=3, items=OF_COMMUNITY,
        )  # fmt: skip

    # --- handing out and taking back ----------------------------------------------------------

    def redeem(self, community: Grid, at: datetime) -> None:
        """One or two of those who have earned enough get something they can afford."""
        rule = rule_in(community, at)
        items = [item for item, left in on_offer(rule) if left > 1] if rule else []
        if not items:
            return
        by = self._keeper(community, at)
        people = Resident.objects.living().filter(community=community).annotate(has=Sum("points__amount"))
        able = list(people.filter(has__gte=items[0].price).order_by("pk"))
        for person in self.rng.sample(able, min(len(able), self.rng.choice((1, 2)))):
            can = [item for item in items if item.price <= person.has]
            item = self.rng.choice(can[-2:])  # she has saved up for it
            actions.redeem(person, item, pieces=1, by=by, at=at, key=key(self.rng))

    def take_back(self, community: Grid, is_granted: bool, at: datetime) -> None:
        """Half an hour too much was confirmed: the maintainer asks, and a second person grants it, or has yet to."""
        if entry := self._half_an_hour_too_much(community):
            row = Participation.objects.get(pk=entry.of_participation)
            asked = actions.ask_correction(
                entry, reason=LEFT_EARLY, hours=row.hours - HALF_HOUR, by=self._keeper(community, at), at=at,
                key=key(self.rng),
            )  # fmt: skip
            if is_granted:
                self.agenda.on(at + timedelta(hours=6), partial(self.grant, asked))

    def grant(self, correction: PointCorrection, at: datetime) -> None:
        second = self.staff.one(correction.community_id, Role.COMMUNITY_DIRECT, at)
        actions.decide_correction(correction, is_granted=True, by=second, at=at)

    def _half_an_hour_too_much(self, community: Grid) -> PointEntry | None:
        """Hours that nobody has asked about, of somebody who has not spent them; those of the visitors' grid first."""
        entries = PointEntry.objects.inside(community).filter(kind=PointKind.EARN, corrections__isnull=True)
        newest = entries.select_related("resident__grid").order_by("-pk")
        ordered = sorted(newest, key=lambda entry: entry.resident.grid.code != GRID)
        return next((entry for entry in ordered if balance(entry.resident) >= entry.amount), None)

    def _keeper(self, community: Grid, at: datetime) -> Post:
        return self.staff.one(community.pk, Role.MAINTAINER, at)
