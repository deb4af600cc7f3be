"""The inspections of the demo: grid leaders look at premises as often as the risk asks for, as they keep up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from gridgov.kit.bulk import update_rows
from grids.demo.town import GRID, clock, weekdays
from grids.rules.workdays import local_date

from .. import actions
from ..enums import CheckAnswer, CheckItem, InspectionKind, InspectionResult, Risk
from ..models import Inspection, Premises
from ..rules import inspecting
from .agenda import Agenda
from .rounds import Pace
from .special import key
from .staff import Staff
from .texts import FINDINGS

# How often something is not in order, by risk and when it is looked at again.
FAULTY = {Risk.LOW: 0.12, Risk.MEDIUM: 0.2, Risk.HIGH: 0.3}
STILL_FAULTY = 0.18
FAILED = 0.12  # of those where something is not in order
SPECIAL = 0.08
RENEWED, LICENSED = 0.6, 3 * 365  # of the licences that have run out, and for how many days
RARE = {CheckItem.SLEEPING, CheckItem.GAS, CheckItem.FOOD}  # do not apply everywhere they are asked for

# In the grid that visitors sign in to, so many days before the last one: what is due there whatever chance brings.
FOUND_LONG_AGO, FOUND_LATELY, DUE = timedelta(days=8), timedelta(days=2), timedelta(days=4)
STAGED = timedelta(days=14)  # for so long chance leaves them alone


@dataclass
class Inspections:
    """Goes from shop to shop."""

    rng: Random
    staff: Staff
    agenda: Agenda
    paces: Mapping[int, Pace]  # by building grid
    until: date
    staged: set[int] = field(default_factory=set)

    def plan(self, first: date) -> None:
        """The first inspections are spread over the days that the risk class gives for them."""
        shops = list(Premises.objects.select_related("grid").order_by("pk"))
        for shop in shops:
            shop.inspection_due = first + timedelta(
                days=self.rng.randrange(1, inspecting.EVERY[Risk(shop.risk)])
            )
        self._stage([shop for shop in shops if shop.grid.code == GRID])
        update_rows(shops, ("inspection_due",))

    def week(self, first: date) -> None:
        """Everything that falls due until the weekend after, as far as the grids get to it."""
        due = Premises.objects.due(first + timedelta(days=8)).order_by("pk")
        if first > self.until - STAGED:
            due = due.exclude(pk__in=self.staged)
        for shop in due:
            if self.rng.random() < self.paces[shop.grid_id].done:
                self.agenda.on(self._moment(first, shop.inspection_due), partial(self.inspect, shop))

    def inspect(self, shop: Premises, at: datetime, days: int | None = None) -> Inspection:
        """One look at premises; given days for putting right, something is not in order."""
        bad = self._not_in_order(shop, at, must_be=days is not None)
        result, until = InspectionResult.PASSED, None
        if bad:
            is_failed = self.rng.random() < FAILED and days is None
            result = InspectionResult.FAILED if is_failed else InspectionResult.RECTIFY
            until = local_date(at) + timedelta(days=days or self.rng.randrange(4, 16))
        done = actions.inspect(
            shop, kind=self._kind(shop), result=result, answers=self._answers(shop, bad),
            found=_in_words(bad, bool(shop.rectify_until)), until=until,
            by=self.staff.leader(shop.grid_id, at), at=at, key=key(self.rng),
        )  # fmt: skip
        self._see_licence(shop, at)
        return done

    def _see_licence(self, shop: Premises, at: datetime) -> None:
        """Whoever looks in sees a licence that has run out; most keepers have the new one by then."""
        on = local_date(at)
        if shop.licence_until and shop.licence_until < on and self.rng.random() < RENEWED:
            by = self.staff.leader(shop.grid_id, at)
            actions.correct_place(shop, by=by, at=at, licence_until=on + timedelta(days=LICENSED))

    def _stage(self, shops: list[Premises]) -> None:
        """Three premises of the grid of visitors: one to be re-inspected, one being put right, one overdue."""
        shops.sort(key=lambda shop: -shop.risk)
        again, lately, overdue = shops[0], shops[1], shops[-1]
        self.staged = {again.pk, lately.pk, overdue.pk}
        overdue.inspection_due = self.until - DUE
        for shop, ago, days in ((again, FOUND_LONG_AGO, 7), (lately, FOUND_LATELY, 6)):
            act = partial(self._inspect_again, shop.pk, days)
            self.agenda.on(clock(self.until - ago, 10, self.rng.randrange(60)), act)

    def _inspect_again(self, pk: int, days: int, at: datetime) -> None:
        self.inspect(Premises.objects.get(pk=pk), at, days)

    def _moment(self, first: date, due: date | None) -> datetime:
        """On a working day of the week, and if it can be, not after the day it falls due."""
        days = weekdays(first)
        in_time = [day for day in days if due and day <= due]
        return clock(self.rng.choice(in_time or days), self.rng.randrange(9, 18), self.rng.randrange(60))

    def _kind(self, shop: Premises) -> InspectionKind:
        if shop.rectify_until:
            return InspectionKind.RECHECK
        return InspectionKind.SPECIAL if self.rng.random() < SPECIAL else InspectionKind.ROUTINE

    def _not_in_order(self, shop: Premises, at: datetime, must_be: bool) -> list[CheckItem]:
        """What is found; a re-inspection looks at what was found before."""
        items = inspecting.items_of(shop.kind)
        chance = FAULTY[Risk(shop.risk)]
        if shop.rectify_until:
            answers = shop.inspections.filter(done_at__lt=at).latest("pk").answers
            items = [item for item in items if answers[item] == CheckAnswer.BAD]
            chance = STILL_FAULTY
        if not must_be and self.rng.random() >= chance:
            return []
        found = set(self.rng.sample(items, min(len(items), self.rng.choice((1, 1, 1, 2, 2, 3)))))
        return [item for item in items if item in found]

    def _answers(self, shop: Premises, bad: list[CheckItem]) -> dict[str, str]:
        return {item.value: self._answer(item, item in bad) for item in inspecting.items_of(shop.kind)}

    def _answer(self, item: CheckItem, is_bad: bool) -> str:
        if is_bad:
            return CheckAnswer.BAD
        return CheckAnswer.NONE if item in RARE and self.rng.random() < 0.3 else CheckAnswer.OK


def _in_words(bad: list[CheckItem], is_again: bool) -> str:
    if not bad:
        return ""
    return f"{'复查仍未改好：' if is_again else ''}{'；'.join(FINDINGS[item] for item in bad)}。"
