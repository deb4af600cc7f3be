"""Community points: earned, redeemed, taken back by two people, lapsed. Every entry is added, none is changed.

An account is a resident. Whoever books on it locks her row first; where an item is handed out, its row
before hers. So balances never cross, and stock is never promised twice.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level
from grids.models import Grid, Post, path_of, path_of_row
from grids.rules.workdays import local_date

from ..enums import ActivityKind, CorrectionState, PointKind
from ..models import (
    Activity,
    Participation,
    PointCorrection,
    PointEntry,
    PointItem,
    PointRule,
    Resident,
)
from ..queries.points import balance, last_entry, left_of, movements, rule_for
from ..rules import points as rules
from ..rules.points import HALF_HOUR, most_hours
from .writing import RegisterRefused, save

Item = tuple[str, int, int]  # name, price, stock


@transaction.atomic
def set_point_rule(
    grid: Grid, *, reason: str, hour_points: int, items: Sequence[Item], by: Post, at: datetime, key: UUID,
    kind_points: Mapping[str, int] | None = None, report_points: int = 0, keep_years: int | None = None,
) -> PointRule:  # fmt: skip
    """From now on these rules hold in a community or a district; what was earned and redeemed stays."""
    Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    if known := PointRule.objects.filter(key=key, grid=grid).first():
        return known
    if grid.level not in (Level.DISTRICT, Level.COMMUNITY):
        raise RegisterRefused(_("Rules of points are set for districts and communities."))
    kinds = {kind: points for kind, points in (kind_points or {}).items() if kind in ActivityKind.values}
    rule = PointRule(
        **path_of(grid), level=grid.level, since=at, set_at=at, set_by=by, reason=reason,
        hour_points=hour_points, kind_points=kinds, report_points=report_points, keep_years=keep_years, key=key,
    )  # fmt: skip
    save(rule, by=by, at=at)
    for name, price, stock in items:
        save(PointItem(rule=rule, name=name, price=price, stock=stock), by=by, at=at)
    return rule


def credit_hours(row: Participation, activity: Activity, *, by: Post, at: datetime) -> PointEntry | None:
    """The points for confirmed hours, by the rules that held when the activity was over."""
    rule = rule_for(row.volunteer.resident, activity.ends_at)
    amount = _worth(row.hours or Decimal(0), rule, activity)
    if not amount:
        return None
    resident = _locked(row.volunteer.resident)
    return _book(
        resident, PointKind.EARN, amount, by=by, at=at, key=uuid4(), rule=rule, note=activity.title,
        source=f"participation:{row.pk}",
    )  # fmt: skip


@transaction.atomic
def award(
    resident: Resident, *, source: str, by: Post | None, at: datetime, key: UUID, note: str = ""
) -> PointEntry | None:
    """The points for a reported problem that was verified. `source` names it; it counts once."""
    resident = _locked(resident)
    if known := PointEntry.objects.filter(source=source).first():
        return known
    rule = rule_for(resident, at)
    if rule is None or not rule.report_points:
        return None
    return _book(
        resident,
        PointKind.EARN,
        rule.report_points,
        by=by,
        at=at,
        key=key,
        rule=rule,
        source=source,
        note=note,
    )


@transaction.atomic
def redeem(
    resident: Resident, item: PointItem, *, pieces: int, by: Post, at: datetime, key: UUID
) -> PointEntry:
    """She gets something for her points. The same key again is the same entry; nothing is handed out twice.

    Raises RegisterRefused if too few points or pieces are left, or the item is offered no more.
    """
    item = PointItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    resident = _locked(resident)
    if known := PointEntry.objects.filter(key=key).first():
        return _replayed(known, resident)
    rule = rule_for(resident, at)
    if rule is None or item.rule_id != rule.pk:
        raise RegisterRefused(_("%(item)s is not on offer any more.") % {"item": item})
    if not 1 <= pieces <= left_of(item):
        raise RegisterRefused(_("Of %(item)s %(n)d are left.") % {"item": item, "n": left_of(item)})
    return _book(
        resident, PointKind.REDEEM, -item.price * pieces, by=by, at=at, key=key, rule=rule, item=item,
        pieces=pieces,
    )  # fmt: skip


@transaction.atomic
def lapse(resident: Resident, *, at: datetime) -> PointEntry | None:
    """What she earned too many years ago and has not spent lapses; once a year."""
    resident = _locked(resident)
    rule = rule_for(resident, at)
    if rule is None or not rule.keep_years:
        return None
    year = local_date(at).year
    source = f"lapse:{year}:{resident.pk}"
    amount = rules.lapsing(movements(resident), date(year - rule.keep_years, 1, 1))
    if not amount or PointEntry.objects.filter(source=source).exists():
        return None
    return _book(resident, PointKind.EXPIRE, -amount, by=None, at=at, key=uuid4(), rule=rule, source=source)


# --- taking back ---------------------------------------------------------------------------------------


@transaction.atomic
def ask_correction(
    entry: PointEntry, *, reason: str, by: Post, at: datetime, key: UUID, hours: Decimal | None = None
) -> PointCorrection:
    """Somebody asks that an entry be taken back; of confirmed hours, which they should have been.

    Raises RegisterRefused for what was taken back, or is a counter-entry itself.
    """
    _locked(entry.resident)
    if known := PointCorrection.objects.filter(key=key, entry=entry).first():
        return known
    if entry.kind not in (PointKind.EARN, PointKind.REDEEM):
        raise RegisterRefused(_("This entry cannot be taken back."))
    if row := _participation_of(entry):
        hours = hours or Decimal(0)
        _can_be_right(hours, row)
    else:
        hours = None
    correction = PointCorrection(
        **path_of_row(entry), entry=entry, hours=hours, reason=reason, asked_by=by, asked_at=at, key=key
    )
    return save(correction, by=by, at=at)


@transaction.atomic
def decide_correction(
    correction: PointCorrection, *, is_granted: bool, by: Post, at: datetime
) -> PointCorrection:
    """A second person grants it, and the counter-entry is made; or refuses it, and nothing happens."""
    entry = PointEntry.objects.select_related("item", "rule", "resident").get(pk=correction.entry_id)
    if entry.item_id:
        PointItem.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.item_id)
    resident = _locked(entry.resident)
    correction = PointCorrection.objects.select_for_update(of=("self",)).select_related("asked_by").get(
        pk=correction.pk
    )  # fmt: skip
    if not correction.is_waiting:
        return correction
    if correction.asked_by.user_id == by.user_id:
        raise RegisterRefused(_("A second person decides about a correction."))
    correction.state = CorrectionState.MADE if is_granted else CorrectionState.REFUSED
    correction.decided_by, correction.decided_at = by, at
    save(correction, by=by, at=at)
    if is_granted:
        _take_back(entry, resident, correction, by=by, at=at)
    return correction


def _take_back(
    entry: PointEntry, resident: Resident, correction: PointCorrection, *, by: Post, at: datetime
) -> None:
    right = 0
    if row := _participation_of(entry):
        row.hours = correction.hours
        save(row, by=by, at=at)
        right = _worth(row.hours or Decimal(0), entry.rule, row.activity)
    if right != entry.amount:
        _book(
            resident, PointKind.CORRECT, right - entry.amount, by=by, at=at, key=correction.key, rule=entry.rule,
            item=entry.item, pieces=-entry.pieces, source=f"entry:{entry.pk}", note=correction.reason,
        )  # fmt: skip


def _participation_of(entry: PointEntry) -> Participation | None:
    if entry.of_participation is None:
        return None
    return Participation.objects.select_related("activity").get(pk=entry.of_participation)


def _can_be_right(hours: Decimal, row: Participation) -> None:
    most = most_hours(row.activity.ends_at - row.activity.begins_at)
    if not 0 <= hours <= most or hours % HALF_HOUR:
        raise RegisterRefused(
            _("Hours are given by the half hour; this activity lasted %(most)s h.") % {"most": most}
        )
    if hours == row.hours:
        raise RegisterRefused(_("These are the hours that were confirmed."))


# --- booking -------------------------------------------------------------------------------------------


def _book(
    resident: Resident,
    kind: PointKind,
    amount: int,
    *,
    by: Post | None,
    at: datetime,
    key: UUID,
    **facts: Any,
) -> PointEntry:
    """One entry more. The account is locked by whoever calls."""
    last = last_entry(resident)
    after = (last.balance_after if last else 0) + amount
    if after < 0:
        raise RegisterRefused(_("The points do not suffice: there are %(n)d.") % {"n": balance(resident)})
    entry = PointEntry(
        **path_of_row(resident), resident=resident, seq=last.seq + 1 if last else 1, kind=kind, amount=amount,
        balance_after=after, by=by, at=at, key=key, **facts,
    )  # fmt: skip
    return save(entry, by=by, at=at)


def _worth(hours: Decimal, rule: PointRule | None, activity: Activity) -> int:
    if rule is None:
        return 0
    return rules.earned(hours, rules.rate(rule.hour_points, rule.kind_points, activity.kind))


def _locked(resident: Resident) -> Resident:
    """The account, in nobody else's hands until the transaction ends."""
    return Resident.objects.select_for_update(of=("self",), no_key=True).get(pk=resident.pk)


def _replayed(known: PointEntry, resident: Resident) -> PointEntry:
    if known.resident_id != resident.pk:
        raise RegisterRefused(_("This form has been used already. Please open it again."))
    return known
