"""What a spot check is drawn from, how far it has come, and what waits for whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from cases.enums import Action
from cases.models import Case, CaseEvent
from grids.enums import Level, Right, Role
from grids.models import Grid, Post, User
from grids.scopes import Scope

from ..enums import Bar, SpotResult
from ..models import SpotCheck, SpotItem
from ..rules import checks, sampling
from ..rules.rates import Period

VERIFYING = [role for role in Role if Right.VERIFY in role.rights]


# --- drawing ------------------------------------------------------------------------------------------


def closings(grid: Grid, month: date, moment: datetime) -> QuerySet[CaseEvent]:
    """The closings of a month that still stood at a moment: of cases of a place not opened again by then.

    Only events before the moment are read, so the same moment gives the same closings at any later time.
    """
    period = Period.of(month, moment)
    again = CaseEvent.objects.filter(
        case=OuterRef("case"), seq__gt=OuterRef("seq"), action=Action.REOPEN, at__lt=moment
    )
    found = CaseEvent.objects.filter(
        action=Action.CLOSE, at__gte=period.start, at__lt=period.moment,
        **{f"case__{Level(grid.level).path_field}": grid.pk},
    )  # fmt: skip
    return found.filter(~Exists(again)).order_by()


def lot_names(found: QuerySet[CaseEvent]) -> dict[str, int]:
    """The name under which each closing draws its lot: the number of the case and that of the event, as on paper."""
    return {f"{number}/{seq}": pk for number, seq, pk in found.values_list("case__number", "seq", "pk")}


def sampled(grid: Grid, month: date, moment: datetime, wanted: int, seed: str) -> tuple[int, list[int]]:
    """How many closings there are to draw from, and the events that the seed draws, in the order of their lots."""
    names = lot_names(closings(grid, month, moment))
    return len(names), [names[name] for name in sampling.sample(names, wanted, seed)]


def is_drawn_again(spot: SpotCheck) -> bool:
    """Whether its seed still draws its very cases from what was closed when it was drawn."""
    drawn = sampled(spot.grid, spot.month, spot.drawn_at, spot.wanted, spot.seed)
    return drawn == (spot.population, list(spot.items.order_by("place").values_list("event_id", flat=True)))


@dataclass
class Hands:
    """Whose work a closing stands on: who fed the result back, and who passed it. Nothing is closed without both."""

    handler: int = 0
    verifier: int = 0


def hands_of(events: list[CaseEvent]) -> dict[int, Hands]:
    """The last feedback and the last pass before each closing, by the closing; one query."""
    moves = CaseEvent.objects.filter(
        case__in=[event.case_id for event in events],
        action__in=(Action.FEED_BACK, Action.SETTLE, Action.PASS),
    )
    found = {event.case_id: (event, Hands()) for event in events}
    for case, seq, action, post in moves.order_by("seq").values_list("case_id", "seq", "action", "post_id"):
        closing, hands = found[case]
        if seq > closing.seq:
            continue
        if action == Action.PASS:
            hands.verifier = post
        else:
            hands.handler = post
    return {closing.pk: hands for closing, hands in found.values()}


# --- who may look -------------------------------------------------------------------------------------------


def bar_of(case: Case, user: User, barring: Any = tuple(checks.BARRING)) -> Bar | None:
    """Why a person has to leave looking again at a case to somebody else, if she has."""
    moves = CaseEvent.objects.filter(case=case, actor=user, action__in=barring)
    return checks.bar(moves.values_list("action", flat=True), barring)


def could_check(item: SpotItem, at: datetime) -> QuerySet[Post]:
    """Whose post lets her verify there, and who had no hand in the case."""
    path = [item.building_id, item.community_id, item.street_id, item.district_id]
    hers = CaseEvent.objects.filter(
        case=item.case_id, actor=OuterRef("user"), action__in=tuple(checks.BARRING)
    )
    held = Post.objects.filter(grid__in=[pk for pk in path if pk], role__in=VERIFYING).current(at)
    return held.filter(~Exists(hers)).select_related("user", "grid").order_by("-level", "role", "pk")


# --- lists ----------------------------------------------------------------------------------------------------


def spot_checks(scope: Scope) -> QuerySet[SpotCheck]:
    """The drawings a person may read, each with how far it has come."""
    done = Count("items", filter=Q(items__done_at__isnull=False))
    wrong = Count("items", filter=Q(items__result=SpotResult.NOT_CONFIRMED))
    rows = SpotCheck.objects.within(scope, Right.FIGURES).select_related("grid", "drawn_by__user")
    found: QuerySet[SpotCheck] = rows.annotate(drawn=Count("items"), done=done, wrong=wrong)
    return found


def items_of(spot: SpotCheck) -> QuerySet[SpotItem]:
    people = ("verifier__user", "verifier__grid", "handler__user", "done_by__user", "checker__user", "rating")
    return spot.items.select_related("case__category", "grid", "event", *people).order_by("place")


@dataclass(frozen=True)
class Progress:
    """What has been found so far."""

    drawn: int
    confirmed: int
    not_confirmed: int
    not_reachable: int

    @property
    def done(self) -> int:
        return self.confirmed + self.not_confirmed + self.not_reachable

    @property
    def open(self) -> int:
        return self.drawn - self.done


def progress(items: list[SpotItem]) -> Progress:
    found = [item.result for item in items]
    return Progress(len(items), *(found.count(result) for result in SpotResult))


def to_check(scope: Scope, at: datetime) -> QuerySet[SpotItem]:
    """What waits for this person: open, where she may verify, with no hand of hers in it, not given to another."""
    rows = SpotItem.objects.within(scope, Right.VERIFY).open().for_hands_of(scope.user_id, at)
    found: QuerySet[SpotItem] = rows
    return found
