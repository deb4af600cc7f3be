"""People in the register: entered once per district, corrected, moved in, within and away; households with them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.models import Post
from grids.rules.workdays import local_date

from ..enums import Change, CloseReason, Relation, Whereabouts
from ..models import Dwelling, Household, RegisterEvent, Resident, Stay
from ..queries.policies import PolicyBook
from ..queries.tracing import id_trace, name_traces, phone_trace
from ..rules import identity, visiting
from ..rules.identity import Fault, NumberRefused
from . import groups
from .writing import PATH, RegisterRefused, path_of_row, record, save

FAULTS = {
    Fault.LENGTH: gettext_lazy("An ID number has 18 characters."),
    Fault.SIGNS: gettext_lazy("An ID number is made of digits; only the last character may be an X."),
    Fault.BIRTH: gettext_lazy("The ID number names a day of birth that does not exist."),
    Fault.FUTURE: gettext_lazy("The ID number names a day of birth that is yet to come."),
    Fault.CHECK: gettext_lazy("The last character of the ID number does not fit: a digit is mistyped."),
}


@transaction.atomic
def open_household(
    dwelling: Dwelling, *, on: date, by: Post | None, at: datetime, note: str = ""
) -> Household:
    """People who keep house together are entered behind a door."""
    _not_ahead(on, at)
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
    if known := _done(key):
        return known.resident
    household = locked(household)
    _not_ahead(on, at)
    resident = Resident(**path_of_row(household), household=household, relation=relation)
    _write_facts(resident, facts, at)
    if resident.id_trace and (other := _namesake(resident)):
        raise RegisterRefused(_already(other))
    _keep_one_head(household, resident)
    save(resident, by=by, at=at)
    _begin_stay(resident, household, on)
    record(resident, Change.REGISTER, on=on, by=by, at=at, key=key, household=household)
    return resident


@transaction.atomic
def correct(
    resident: Resident, *, by: Post | None, at: datetime, key: UUID, facts: Mapping[str, Any]
) -> Resident:
    """What is written of a person changes: only the facts that are given; history keeps what was."""
    if known := _done(key):
        return known.resident
    resident = _locked_resident(resident)
    before = {name: getattr(resident, name) for name in facts}
    _write_facts(resident, facts, at)
    if resident.id_trace and (other := _namesake(resident)):
        raise RegisterRefused(_already(other))
    if resident.household:
        _keep_one_head(resident.household, resident)
    save(resident, by=by, at=at)
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
    if known := _done(key):
        return known.resident
    resident, household = _locked_resident(resident), locked(household)
    _not_ahead(on, at)
    _may_arrive(resident, household)
    was_here = resident.is_living
    old = resident.household
    _end_stay(resident, on)
    resident.household, resident.relation, resident.state, resident.ended_on = (
        household, relation, Whereabouts.LIVING, None,
    )  # fmt: skip
    for name in PATH:
        setattr(resident, name, getattr(household, name))
    _keep_one_head(household, resident)
    save(resident, by=by, at=at)
    groups.take_along(resident, by=by, at=at)
    _begin_stay(resident, household, on)
    change = Change.MOVE if was_here else Change.MOVE_IN
    record(
        resident, change, on=on, by=by, at=at, key=key, household=household, note=note,
        came_from=old.pk if old else None,
    )  # fmt: skip
    _close_if_empty(old, on, by, at)
    return resident


@transaction.atomic
def leave(
    resident: Resident, *, change: Change, on: date, by: Post | None, at: datetime, key: UUID, note: str = ""
) -> Resident:
    """She moves away (MOVE_OUT) or dies (DIE); her entry stays, her household closes when nobody is left."""
    if known := _done(key):
        return known.resident
    resident = _locked_resident(resident)
    _not_ahead(on, at)
    if not resident.is_living:
        raise RegisterRefused(_("She does not live here any more."))
    old = resident.household
    _may_give_up_headship(resident)
    _end_stay(resident, on)
    resident.household, resident.ended_on = None, on
    resident.state = Whereabouts.DEAD if change == Change.DIE else Whereabouts.LEFT
    save(resident, by=by, at=at)
    why = CloseReason.DIED if change == Change.DIE else CloseReason.MOVED_AWAY
    groups.close_all(resident, why, on=on, by=by, at=at)
    record(resident, change, on=on, by=by, at=at, key=key, household=old, note=note)
    _close_if_empty(old, on, by, at)
    return resident


@transaction.atomic
def make_head(
    resident: Resident, *, former_as: Relation, by: Post | None, at: datetime, key: UUID
) -> Resident:
    """She becomes the head of the household she lives in; who was head is now something else to her."""
    if known := _done(key):
        return known.resident
    resident = _locked_resident(resident)
    if not resident.household:
        raise RegisterRefused(_("Only who lives in a household can be its head."))
    household = locked(resident.household)
    for former in household.members.living().filter(relation=Relation.HEAD).exclude(pk=resident.pk):
        former.relation = former_as
        save(former, by=by, at=at)
    resident.relation = Relation.HEAD
    save(resident, by=by, at=at)
    record(resident, Change.HEAD, on=local_date(at), by=by, at=at, key=key, household=household)
    return resident


@transaction.atomic
def verify_household(household: Household, *, on: date, by: Post, at: datetime) -> Household:
    """Somebody has been there: what the register says of this household was true on that day."""
    household = locked(household)
    _not_ahead(on, at)
    if household.verified_on is None or household.verified_on < on:
        household.verified_on, household.verified_by = on, by
        household.save(update_fields=["verified_on", "verified_by"])
    return household


# --- what they have in common -------------------------------------------------------------------------


def _done(key: UUID) -> RegisterEvent | None:
    """The event this form has caused before."""
    return RegisterEvent.objects.filter(key=key).select_related("resident").first()


def locked(household: Household) -> Household:
    """The household as it stands now, in nobody else's hands until this is written."""
    found = (
        Household.objects.select_for_update(of=("self",))
        .select_related("dwelling__house")
        .get(pk=household.pk)
    )
    if not found.is_open:
        raise RegisterRefused(_("This household is closed. Open one for the dwelling."))
    return found


def _locked_resident(resident: Resident) -> Resident:
    found = Resident.objects.select_for_update(of=("self",)).select_related("household").get(pk=resident.pk)
    if found.state == Whereabouts.MERGED:
        raise RegisterRefused(_("This entry was merged into another one. Go on there."))
    return found


def _write_facts(resident: Resident, facts: Mapping[str, Any], at: datetime) -> None:
    """Set the given facts, and what follows from them: traces, and birth date and sex from the number."""
    for name, value in facts.items():
        setattr(resident, name, value)
    if "name" in facts:
        if not facts["name"]:
            raise RegisterRefused(_("A name is needed."))
        resident.name_traces = name_traces(facts["name"])
    if "phone" in facts:
        resident.phone_trace = phone_trace(facts["phone"]) if facts["phone"] else None
    if "id_number" in facts:
        _write_number(resident, facts, at)
    if resident.birth_date and resident.birth_date > local_date(at):
        raise RegisterRefused(_("The day of birth is yet to come."))


def _write_number(resident: Resident, facts: Mapping[str, Any], at: datetime) -> None:
    if not facts["id_number"]:
        resident.id_trace = None
        return
    try:
        found = identity.identity(facts["id_number"], local_date(at))
    except NumberRefused as no:
        raise RegisterRefused(str(FAULTS[no.fault])) from no
    if facts.get("birth_date") not in (None, found.birth_date):
        raise RegisterRefused(_("The day of birth is not that of the ID number."))
    resident.id_number, resident.id_trace = found.number, id_trace(found.number)
    resident.birth_date, resident.sex = found.birth_date, found.sex


def _namesake(resident: Resident) -> Resident | None:
    """Whoever has the same ID number in the district already."""
    same = Resident.objects.filter(district_id=resident.district_id, id_trace=resident.id_trace)
    found: Resident | None = (
        same.exclude(pk=resident.pk)
        .exclude(state=Whereabouts.MERGED)
        .select_related("grid", "household")
        .first()
    )
    return found


def _already(other: Resident) -> str:
    """Where she is registered: the grid, whose staff can be asked; nothing else of her."""
    if other.is_living:
        return _(
            "This ID number is registered at %(place)s already. If she has moved, move her from there."
        ) % {"place": other.grid}
    return _("This ID number was registered at %(place)s before. Let her move in again from that entry.") % {
        "place": other.grid
    }


def _keep_one_head(household: Household, newcomer: Resident) -> None:
    heads = household.members.living().filter(relation=Relation.HEAD).exclude(pk=newcomer.pk)
    if newcomer.relation == Relation.HEAD and heads.exists():
        raise RegisterRefused(_("The household has a head already."))


def _may_arrive(resident: Resident, household: Household) -> None:
    if resident.state == Whereabouts.DEAD:
        raise RegisterRefused(_("According to the register she has died."))
    if resident.district_id != household.district_id:
        raise RegisterRefused(_("The household lies in another district. Register her there."))
    if resident.household_id == household.pk:
        raise RegisterRefused(_("She lives there already."))
    _may_give_up_headship(resident)


def _may_give_up_headship(resident: Resident) -> None:
    """A household that goes on needs a head."""
    home = resident.household
    if resident.relation == Relation.HEAD and home and home.members.living().count() > 1:
        raise RegisterRefused(_("Name another head of the household first: she is its head and not alone."))


def _begin_stay(resident: Resident, household: Household, on: date) -> None:
    Stay.objects.create(
        **path_of_row(household), resident=resident, household=household, relation=resident.relation, since=on
    )


def _end_stay(resident: Resident, on: date) -> None:
    for stay in resident.stays.filter(until__isnull=True):
        if stay.since > on:
            raise RegisterRefused(_("She has lived there only since %(day)s.") % {"day": stay.since})
        stay.until = on
        stay.save(update_fields=["until"])


def _close_if_empty(household: Household | None, on: date, by: Post | None, at: datetime) -> None:
    if household and household.is_open and not household.members.living().exists():
        household.closed_on = max(on, household.opened_on)
        save(household, by=by, at=at)


def _not_ahead(on: date, at: datetime) -> None:
    if on > local_date(at):
        raise RegisterRefused(_("The day is yet to come."))


def _differs(old: Any, new: Any) -> bool:
    """Sealed values never compare equal twice, so what was given anew counts as changed."""
    return bool(old != new)
