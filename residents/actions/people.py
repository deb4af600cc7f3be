"""People in the register: entered once per district, corrected, moved in, within and away; households with them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import Change, CloseReason, Relation, Whereabouts
from ..models import Dwelling, Household, Resident, Verification
from ..queries.policies import PolicyBook
from ..rules import visiting
from . import groups, volunteers
from .facts import already, namesake, write_facts
from .stays import (
    begin_stay,
    close_if_empty,
    done,
    end_stay,
    keep_one_head,
    locked,
    locked_resident,
    may_give_up_headship,
    renew_stay,
    settle,
)
from .writing import RegisterRefused, not_ahead, record, save


@transaction.atomic
def open_household(
    dwelling: Dwelling, *, on: date, by: Post | None, at: datetime, note: str = ""
) -> Household:
    """People who keep house together are entered behind a door."""
    not_ahead(on, at)
    if not dwelling.is_active:
        raise RegisterRefused(_("%(place)s is no longer in use.") % {"place": dwelling})
    household = Household(**path_of_row(dwelling), dwelling=dwelling, opened_on=on, note=note)
    today = local_date(at)
    household.visit_due = visiting.next_due(today, PolicyBook(today).of_row(dwelling).ordinary_days)
    return save(household, by=by, at=at)


@transaction.atomic
def register(
    household: Household, *, relation: Relation, on: date, by: Post | None, at: datetime, key: UUID,
    facts: Mapping[str, Any],
) -> Resident:  # fmt: skip
    """A person is entered into a household of the district, in which she is registered nowhere yet.

    `facts` are the fields of a `Resident`; an ID number gives birth date and sex. The same key again is the
    same entry. Raises RegisterRefused.
    """
    if known := done(key):
        return known.resident
    household = locked(household)
    not_ahead(on, at)
    resident = Resident(**path_of_row(household), household=household, relation=relation)
    write_facts(resident, facts, at)
    if resident.id_trace and (other := namesake(resident)):
        raise RegisterRefused(already(other))
    keep_one_head(household, resident)
    save(resident, by=by, at=at)
    begin_stay(resident, household, on)
    record(resident, Change.REGISTER, on=on, by=by, at=at, key=key, household=household)
    return resident


@transaction.atomic
def correct(
    resident: Resident, *, by: Post | None, at: datetime, key: UUID, facts: Mapping[str, Any]
) -> Resident:
    """What is written of a person changes: only the facts that are given; history keeps what was."""
    if known := done(key):
        return known.resident
    resident = locked_resident(resident)
    before = {name: getattr(resident, name) for name in facts}
    write_facts(resident, facts, at)
    if resident.id_trace and (other := namesake(resident)):
        raise RegisterRefused(already(other))
    if resident.household:
        keep_one_head(resident.household, resident)
    save(resident, by=by, at=at)
    if "relation" in facts:
        resident.stays.filter(until__isnull=True).update(relation=resident.relation)
    changed = sorted(name for name, value in before.items() if _differs(value, getattr(resident, name)))
    record(
        resident, Change.CORRECT, on=local_date(at), by=by, at=at, key=key, household=resident.household,
        fields=changed,
    )  # fmt: skip
    return resident


@transaction.atomic
def move(
    resident: Resident, household: Household, *, relation: Relation, on: date, by: Post | None, at: datetime,
    key: UUID, note: str = "",
) -> Resident:  # fmt: skip
    """She moves into another household of the district, from wherever she was, also from away."""
    if known := done(key):
        return known.resident
    resident, household = locked_resident(resident), locked(household)
    not_ahead(on, at)
    _may_arrive(resident, household)
    was_here = resident.is_living
    old = resident.household
    settle(resident, household, relation=relation, on=on, by=by, at=at)
    change = Change.MOVE if was_here else Change.MOVE_IN
    record(
        resident, change, on=on, by=by, at=at, key=key, household=household, note=note,
        came_from=old.pk if old else None,
    )  # fmt: skip
    close_if_empty(old, on, by, at)
    return resident


@transaction.atomic
def leave(
    resident: Resident, *, change: Change, on: date, by: Post | None, at: datetime, key: UUID, note: str = ""
) -> Resident:
    """She moves away (MOVE_OUT) or dies (DIE); her entry stays, her household closes when nobody is left."""
    if known := done(key):
        return known.resident
    resident = locked_resident(resident)
    not_ahead(on, at)
    if not resident.is_living:
        raise RegisterRefused(_("She does not live here any more."))
    old = resident.household
    may_give_up_headship(resident)
    end_stay(resident, on)
    resident.household, resident.ended_on = None, on
    resident.state = Whereabouts.DEAD if change == Change.DIE else Whereabouts.LEFT
    save(resident, by=by, at=at)
    why = CloseReason.DIED if change == Change.DIE else CloseReason.MOVED_AWAY
    groups.close_all(resident, why, on=on, by=by, at=at)
    volunteers.end_with(resident, on=on, by=by, at=at)
    record(resident, change, on=on, by=by, at=at, key=key, household=old, note=note)
    close_if_empty(old, on, by, at)
    return resident


@transaction.atomic
def make_head(
    resident: Resident, *, former_as: Relation, by: Post | None, at: datetime, key: UUID
) -> Resident:
    """She becomes the head of the household she lives in; who was head is now something else to her."""
    if known := done(key):
        return known.resident
    resident = locked_resident(resident)
    if not resident.household:
        raise RegisterRefused(_("Only who lives in a household can be its head."))
    household = locked(resident.household)
    for former in household.members.living().filter(relation=Relation.HEAD).exclude(pk=resident.pk):
        former.relation = former_as
        save(former, by=by, at=at)
        renew_stay(former, local_date(at))
    resident.relation = Relation.HEAD
    save(resident, by=by, at=at)
    renew_stay(resident, local_date(at))
    record(resident, Change.HEAD, on=local_date(at), by=by, at=at, key=key, household=household)
    return resident


@transaction.atomic
def verify_household(household: Household, *, on: date, by: Post, at: datetime) -> Household:
    """Somebody has been there: what the register says of this household was true on that day."""
    household = locked(household)
    not_ahead(on, at)
    if household.verified_on is None or household.verified_on < on:
        household.verified_on, household.verified_by = on, by
        household.save(update_fields=["verified_on", "verified_by"])
    Verification.objects.get_or_create(
        household=household, on=on, defaults={**path_of_row(household), "at": at, "by": by}
    )
    return household


def _may_arrive(resident: Resident, household: Household) -> None:
    if resident.state == Whereabouts.DEAD:
        raise RegisterRefused(_("According to the register she has died."))
    if resident.district_id != household.district_id:
        raise RegisterRefused(_("The household lies in another district. Register her there."))
    if resident.household_id == household.pk:
        raise RegisterRefused(_("She lives there already."))
    may_give_up_headship(resident)


def _differs(old: Any, new: Any) -> bool:
    """Sealed values never compare equal twice, so what was given anew counts as changed."""
    return bool(old != new)
