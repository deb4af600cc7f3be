"""What somebody has in points and how it came; which rules hold; what is left in the cupboard."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.scopes import Scope

from ..enums import CorrectionState, PointKind
from ..models import PointCorrection, PointEntry, PointItem, PointRule, Resident

SHOWN = 100  # entries on a page


def last_entry(resident: Resident) -> PointEntry | None:
    return PointEntry.objects.filter(resident=resident.pk).order_by("-seq").first()


def balance(resident: Resident) -> int:
    """What she has now."""
    last = last_entry(resident)
    return last.balance_after if last else 0


def ledger(resident: Resident) -> list[PointEntry]:
    """The last entries of somebody, the newest first, each with what waits or was decided about it."""
    rows = PointEntry.objects.filter(resident=resident.pk).select_related("by__user", "item")
    return list(rows.prefetch_related("corrections").order_by("-seq")[:SHOWN])


def waiting_corrections(resident: Resident) -> QuerySet[PointCorrection]:
    """The corrections that a second person has still to decide."""
    rows = PointCorrection.objects.filter(entry__resident=resident.pk, state=CorrectionState.WAITING)
    return rows.select_related("entry__item", "asked_by__user").order_by("pk")


def rule_for(row: Any, at: datetime) -> PointRule | None:
    """The rules that hold at a moment where a row lies: its community's, or else its district's."""
    return _latest(Q(grid=row.community_id) | Q(grid=row.district_id), at)


def rule_in(place: Grid, at: datetime) -> PointRule | None:
    """The same for a community or a district."""
    return _latest(Q(grid=place) | Q(grid__code=place.code[: Level.DISTRICT.code_length]), at)


def _latest(where: Q, at: datetime) -> PointRule | None:
    return PointRule.objects.filter(where, since__lte=at).order_by("-level", "-since").first()


def left_of(item: PointItem) -> int:
    """The pieces that are still there."""
    gone = PointEntry.objects.filter(item=item).aggregate(gone=Sum("pieces"))["gone"] or 0
    return int(item.stock - gone)


def on_offer(rule: PointRule) -> list[tuple[PointItem, int]]:
    """What the rules offer, and how many pieces of it are left; one query."""
    items = rule.items.annotate(gone=Sum("entries__pieces")).order_by("price", "pk")
    return [(item, item.stock - (item.gone or 0)) for item in items]


def movements(resident: Resident) -> list[tuple[date, int]]:
    """Day and amount of every entry of somebody, in order."""
    rows = PointEntry.objects.filter(resident=resident.pk).order_by("seq")
    return [(local_date(moment), amount) for moment, amount in rows.values_list("at", "amount")]


def places_of(scope: Scope) -> list[Grid]:
    """The districts and communities whose rules concern somebody: hers, and those above and below her."""
    spans = [*scope.spans(Right.REGISTER), *scope.spans(Right.POLICY)]
    length = Level.COMMUNITY.code_length
    wanted = Q(pk__in=[])
    for span in spans:
        wanted |= Q(code=span.code[: Level.DISTRICT.code_length])
        wanted |= Q(code__startswith=span.code[:length], level=Level.COMMUNITY)
    return list(Grid.objects.filter(wanted).active().order_by("code"))


# --- the proof -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flaw:
    """An entry that does not follow from the one before it. Names nobody."""

    entry: int
    what: str

    def __str__(self) -> str:
        return _("Entry %(entry)d: %(what)s") % {"entry": self.entry, "what": self.what}


def flaws() -> Iterator[Flaw]:
    """Every entry whose number or balance does not follow from the one before; one query."""
    rows = PointEntry.objects.annotate(number_before=_before("seq"), had=_before("balance_after"))
    for entry in rows.order_by("resident", "seq").iterator():
        if entry.seq != entry.number_before + 1:
            yield Flaw(entry.pk, _("an entry before it is missing"))
        elif entry.balance_after != entry.had + entry.amount:
            yield Flaw(entry.pk, _("the balance is not the one before plus the amount"))
    yield from _without_reason()


def _before(column: str) -> Window:
    """What the entry before it in the same account says; 0 for the first."""
    return Window(Lag(column, default=0), partition_by=F("resident"), order_by=F("seq").asc())


def _without_reason() -> Iterator[Flaw]:
    """Counter-entries that nobody asked for and a second person granted."""
    granted = PointCorrection.objects.filter(state=CorrectionState.MADE)
    sources = {f"entry:{pk}" for pk in granted.values_list("entry", flat=True).iterator()}
    rows = PointEntry.objects.filter(kind=PointKind.CORRECT).order_by("pk")
    for pk, source in rows.values_list("pk", "source").iterator():
        if source not in sources:
            yield Flaw(pk, _("nobody has granted this correction"))
