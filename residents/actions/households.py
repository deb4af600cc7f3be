"""Households part and come together: some members open one of their own, or two behind one door become one."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Post

from ..enums import Change, Relation
from ..models import Dwelling, Household, Resident
from .people import open_household
from .stays import done, locked, locked_resident, renew_stay, settle
from .writing import RegisterRefused, not_ahead, record, save

Relations = Mapping[int, Relation]  # who somebody (by the key of her entry) is to the head


@transaction.atomic
def split(
    household: Household, dwelling: Dwelling, *, leaving: Relations, on: date, by: Post | None, at: datetime,
    key: UUID, note: str = "",
) -> Household:  # fmt: skip
    """Some members open a household of their own, behind the same door or another one of the district.

    `leaving` says who they are to its head, who is one of them. Raises RegisterRefused.
    """
    if known := done(key):
        return known.household or household
    household = locked(household)
    not_ahead(on, at)
    going, staying = _parted(household, leaving)
    if dwelling.district_id != household.district_id:
        raise RegisterRefused(_("The household lies in another district. Register her there."))
    _one_head(leaving.values())
    _one_head(member.relation for member in staying)
    new = open_household(dwelling, on=on, by=by, at=at, note=note)
    for member in going:
        settle(member, new, relation=leaving[member.pk], on=on, by=by, at=at)
        record(
            member, Change.SPLIT, on=on, by=by, at=at, key=_key_of(key, member, going), household=new, note=note,
            came_from=household.pk,
        )  # fmt: skip
    return new


@transaction.atomic
def join(
    household: Household, other: Household, *, relations: Relations, on: date, by: Post | None, at: datetime,
    key: UUID, note: str = "",
) -> Household:  # fmt: skip
    """Two households behind one door become one: the other's members come in, and it closes.

    `relations` says of everybody in both who she is to the one head. Raises RegisterRefused.
    """
    if known := done(key):
        return known.household or household
    if household.pk == other.pk or household.dwelling_id != other.dwelling_id:
        raise RegisterRefused(_("Only two households behind the same door join."))
    household, other = _both_locked(household, other)
    not_ahead(on, at)
    here, coming = _members(household), _members(other)
    if {member.pk for member in [*here, *coming]} != set(relations):
        raise RegisterRefused(_("The members have changed meanwhile. Load the page again."))
    _one_head(relations.values())
    changed = [member for member in here if member.relation != relations[member.pk]]
    for member in sorted(changed, key=lambda member: relations[member.pk] == Relation.HEAD):
        _is_now(member, relations[member.pk], on, by, at)
    for member in coming:
        settle(member, household, relation=relations[member.pk], on=on, by=by, at=at)
    other.closed_on = max(on, other.opened_on)
    save(other, by=by, at=at)
    for member in [*here, *coming]:
        record(
            member, Change.JOIN, on=on, by=by, at=at, key=_key_of(key, member, [*here, *coming]),
            household=household, note=note, came_from=other.pk,
        )  # fmt: skip
    return household


def _parted(household: Household, leaving: Relations) -> tuple[list[Resident], list[Resident]]:
    """Who goes and who stays; neither is nobody."""
    members = _members(household)
    going = [member for member in members if member.pk in leaving]
    staying = [member for member in members if member.pk not in leaving]
    if len(going) != len(leaving):
        raise RegisterRefused(_("The members have changed meanwhile. Load the page again."))
    if not going:
        raise RegisterRefused(_("Choose who opens the new household."))
    if not staying:
        raise RegisterRefused(_("All of them would leave. Let them move house instead."))
    return going, staying


def _members(household: Household) -> list[Resident]:
    """Who lives there, each row locked."""
    return [locked_resident(member) for member in household.members.living().order_by("pk")]


def _both_locked(household: Household, other: Household) -> tuple[Household, Household]:
    """The older first, so that two people who join crosswise wait instead of meeting."""
    found = {one.pk: locked(one) for one in sorted((household, other), key=lambda one: one.pk)}
    return found[household.pk], found[other.pk]


def _one_head(relations: Iterable[str]) -> None:
    """Raises RegisterRefused unless exactly one of them is the head."""
    heads = list(relations).count(Relation.HEAD)
    if heads == 0:
        raise RegisterRefused(_("Each household needs a head who lives in it. Name one."))
    if heads > 1:
        raise RegisterRefused(_("A household has one head only."))


def _is_now(member: Resident, relation: Relation, on: date, by: Post | None, at: datetime) -> None:
    member.relation = relation
    save(member, by=by, at=at)
    renew_stay(member, on)


def _key_of(key: UUID, member: Resident, all_: list[Resident]) -> UUID:
    """The form's key on the first event, one that follows from it on each of the others."""
    return key if member == all_[0] else uuid5(key, str(member.pk))
