"""Two entries of one person become one, and two again as long as nobody has gone on from there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from gridgov.kit.sealing import Sealed
from grids.models import PATH, Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import Change, Relation, Whereabouts
from ..models import Apart, Household, Merge, PointEntry, Resident, Stay
from ..queries.duplicates import older_first
from ..queries.merging import HOME, SAID_BY_NUMBER, dependants_of, said_of_stays, why_not_undone
from ..queries.tracing import id_trace, name_traces, phone_trace
from ..rules.merging import Spell, woven
from . import groups, volunteers
from .facts import write_facts
from .stays import close_if_empty, done, locked_resident
from .writing import RegisterRefused, record, save

WHEREABOUTS = ("household", "relation", "state", "ended_on", *PATH)


@dataclass(frozen=True)
class Before:
    """How the two entries stood, as far as it is written nowhere else."""

    survivor: int  # of its history
    other: int
    stays: list[dict[str, Any]]


@transaction.atomic
def merge(
    survivor: Resident, other: Resident, *, taken: Collection[str], by: Post | None, at: datetime, key: UUID
) -> Resident:
    """Two entries of one person become one. What is in `taken` is believed of the other, all else of the survivor.

    `taken` are names of fields, and HOME for where she lives. What hangs on the other entry comes along. Raises
    RegisterRefused.
    """
    if known := done(key):
        return known.resident
    survivor, other = _both(survivor, other)
    resident_of_home, left = (other, survivor) if HOME in taken else (survivor, other)
    _keeps_a_head(left, resident_of_home)
    _has_no_account(other)
    before = _as_they_stand(survivor, other, by, at)
    stays = _one_story(resident_of_home, left)
    deserted, home = left.household, {name: getattr(resident_of_home, name) for name in WHEREABOUTS}
    facts = _taken_facts(survivor, other, taken)

    _step_aside(other, survivor, by, at)
    for name, value in home.items():
        setattr(survivor, name, value)
    write_facts(survivor, facts, at)
    save(survivor, by=by, at=at)
    _write_stays(survivor, other, stays)
    moved = _bring_along(other, survivor)
    _go_along(survivor, by, at)
    closed = _close(deserted, by, at)
    _record(survivor, other, before, moved, closed, by, at, key)
    return survivor


@transaction.atomic
def unmerge(merge: Merge, *, by: Post | None, at: datetime, key: UUID) -> Resident:
    """The two entries are two again, every row as it was. Raises RegisterRefused once somebody has gone on."""
    if known := done(key):
        return known.resident
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    survivor, other = _in_order(merge.survivor, merge.other)
    merge.survivor, merge.other = survivor, other
    if why := why_not_undone(merge, at):
        raise RegisterRefused(why)
    _send_back(merge)
    for pk in merge.rows["closed"]:
        household = Household.objects.select_for_update(of=("self",)).get(pk=pk)
        household.closed_on = None
        save(household, by=by, at=at)
    _restore(survivor, merge.rows["before"]["survivor"], by, at)
    _restore(other, merge.rows["before"]["other"], by, at)
    _write_rows(merge.rows["stays"], survivor, other)
    for resident in (survivor, other):
        _go_along(resident, by, at)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    for resident, its_key in ((survivor, key), (other, uuid5(key, "other"))):
        record(
            resident, Change.UNMERGE, on=local_date(at), by=by, at=at, key=its_key,
            household=resident.household, merge=merge.pk,
        )  # fmt: skip
    return other


# --- before anything is written -----------------------------------------------------------------------


def tell_apart(first: Resident, second: Resident, *, by: Post | None, at: datetime) -> Apart:
    """Two entries that look alike are two people: nobody is asked about them again. Raises RegisterRefused."""
    if first.pk == second.pk:
        raise RegisterRefused(_("These are not two entries but one."))
    older, newer = older_first(first, second)
    return Apart.objects.get_or_create(first=older, second=newer, defaults={"by": by, "at": at})[0]


def suspect_again(first: Resident, second: Resident) -> None:
    """They may be one person after all."""
    older, newer = older_first(first, second)
    Apart.objects.filter(first=older, second=newer).delete()


def _in_order(first: Resident, second: Resident) -> tuple[Resident, Resident]:
    """Both rows locked, the older first, so that two people who merge crosswise wait instead of meeting."""
    rows = Resident.objects.select_for_update(of=("self",)).select_related("household", "grid").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[first.pk, second.pk])}
    return found[first.pk], found[second.pk]


def _both(survivor: Resident, other: Resident) -> tuple[Resident, Resident]:
    if survivor.pk == other.pk:
        raise RegisterRefused(_("These are not two entries but one."))
    if survivor.district_id != other.district_id:
        raise RegisterRefused(_("The two entries lie in different districts."))
    _in_order(survivor, other)
    return locked_resident(survivor), locked_resident(other)


def _keeps_a_head(left: Resident, stays: Resident) -> None:
    """The household that the person turns out not to live in goes on with a head, if it goes on."""
    if not left.household or left.relation != Relation.HEAD:
        return
    remain = left.household.members.living().exclude(pk__in=[left.pk, stays.pk])
    is_replaced = stays.household == left.household and stays.relation == Relation.HEAD
    if remain.exists() and not is_replaced:
        raise RegisterRefused(
            _("One entry is head of a household that goes on without it. Name another head there first.")
        )


def _has_no_account(other: Resident) -> None:
    """Points are only ever added to a ledger: an account stays with the entry it was opened for."""
    if PointEntry.objects.filter(resident=other).exists():
        raise RegisterRefused(_("This entry has an account of points. Let it be the one that stays."))


def _go_along(resident: Resident, by: Post | None, at: datetime) -> None:
    """What lies where its person lives follows her."""
    groups.take_along(resident, by=by, at=at)
    volunteers.take_along(resident, by=by, at=at)


def _as_they_stand(survivor: Resident, other: Resident, by: Post | None, at: datetime) -> Before:
    return Before(
        _written(survivor, by, at), _written(other, by, at), [*said_of_stays(survivor), *said_of_stays(other)]
    )


def _written(resident: Resident, by: Post | None, at: datetime) -> int:
    """The row of the history that says how she stands; one is written for whoever has none."""
    last = resident.history.order_by("-history_id").first()
    if last is None:
        save(resident, by=by, at=at)
        last = resident.history.order_by("-history_id").first()
    number: int = last.history_id
    return number


def _one_story(leading: Resident, left: Resident) -> list[Spell]:
    gone = None if leading.is_living else leading.ended_on
    return woven(_spells(leading), _spells(left), gone)


def _spells(resident: Resident) -> list[Spell]:
    return [
        Spell(stay.household_id, stay.relation, stay.since, stay.until)
        for stay in resident.stays.order_by("since", "pk")
    ]


def _taken_facts(survivor: Resident, other: Resident, taken: Collection[str]) -> dict[str, Any]:
    """The facts that come from the other entry; birth date and sex follow from the number where one stays."""
    number = (other if "id_number" in taken else survivor).id_number
    names = set(taken) - {HOME} - (SAID_BY_NUMBER if number else frozenset())
    return {name: _opened(getattr(other, name)) for name in sorted(names)}


def _opened(value: Any) -> Any:
    """A value to be sealed for another row: nobody sees it on the way."""
    return value.open() if isinstance(value, Sealed) else value


# --- the writing --------------------------------------------------------------------------------------


def _step_aside(other: Resident, survivor: Resident, by: Post | None, at: datetime) -> None:
    other.state, other.merged_into, other.household = Whereabouts.MERGED, survivor, None
    other.ended_on = other.ended_on or local_date(at)
    save(other, by=by, at=at)


def _write_stays(survivor: Resident, other: Resident, spells: list[Spell]) -> None:
    """The survivor's stays are the whole story; the other entry tells none any more."""
    Stay.objects.filter(resident__in=[survivor, other]).delete()
    homes = Household.objects.in_bulk({spell.household for spell in spells})
    for spell in spells:
        home = homes[spell.household]
        Stay.objects.create(
            **path_of_row(home), resident=survivor, household=home, relation=spell.relation, since=spell.since,
            until=spell.until,
        )  # fmt: skip


def _bring_along(other: Resident, survivor: Resident) -> dict[str, list[int]]:
    """What hangs on the other entry hangs on the survivor now; which rows those were."""
    moved = {}
    for dependant, rows in dependants_of(other):
        keys = sorted(rows.values_list("pk", flat=True))
        if keys:
            _hang_on(dependant.model, dependant.field, keys, survivor)
            moved[dependant.name] = keys
    return moved


def _hang_on(model: type[models.Model], field: str, keys: list[int], resident: Resident) -> None:
    try:
        with transaction.atomic():
            model._default_manager.filter(pk__in=keys).update(**{field: resident})
    except IntegrityError as error:
        message = _("Both entries have %(what)s that exclude each other. End one of them first.")
        raise RegisterRefused(message % {"what": model._meta.verbose_name_plural}) from error


def _close(household: Household | None, by: Post | None, at: datetime) -> list[int]:
    """The household that existed only through the second entry."""
    if household is None:
        return []
    close_if_empty(household, local_date(at), by, at)
    return [] if household.is_open else [household.pk]


def _record(
    survivor: Resident, other: Resident, before: Before, moved: dict[str, list[int]], closed: list[int],
    by: Post | None, at: datetime, key: UUID,
) -> None:  # fmt: skip
    rows = {
        "before": {"survivor": before.survivor, "other": before.other},
        "after": {"survivor": _written(survivor, by, at), "other": _written(other, by, at)},
        "stays": before.stays,
        "stays_after": said_of_stays(survivor),
        "moved": moved,
        "closed": closed,
    }
    merge = Merge.objects.create(
        **path_of_row(survivor), survivor=survivor, other=other, at=at, by=by, rows=rows
    )
    for resident, its_key in ((survivor, key), (other, uuid5(key, "other"))):
        record(
            resident, Change.MERGE, on=local_date(at), by=by, at=at, key=its_key,
            household=survivor.household, merge=merge.pk, into=survivor.pk,
        )  # fmt: skip


# --- and back -----------------------------------------------------------------------------------------


def _restore(resident: Resident, history_id: int, by: Post | None, at: datetime) -> None:
    """The entry as one row of its history says, with the traces that belong to it."""
    was = resident.history.get(history_id=history_id)
    for column in was.tracked_fields:
        setattr(resident, column.attname, getattr(was, column.attname))
    resident.name_traces = name_traces(resident.name.open())
    resident.id_trace = id_trace(resident.id_number.open()) if resident.id_number else None
    resident.phone_trace = phone_trace(resident.phone.open()) if resident.phone else None
    if resident.household and not resident.household.is_open:
        raise RegisterRefused(_("The household she lived in is closed. Enter her anew where she lives."))
    save(resident, by=by, at=at)


def _send_back(merge: Merge) -> None:
    for dependant, _rows in dependants_of(merge.survivor):
        if keys := merge.rows["moved"].get(dependant.name):
            _hang_on(dependant.model, dependant.field, keys, merge.other)


def _write_rows(rows: list[dict[str, Any]], survivor: Resident, other: Resident) -> None:
    """The stays of both entries under their old keys."""
    Stay.objects.filter(resident__in=[survivor, other]).delete()
    for row in rows:
        days = {name: row[name] and date.fromisoformat(row[name]) for name in ("since", "until")}
        Stay.objects.create(**{**row, **days})
