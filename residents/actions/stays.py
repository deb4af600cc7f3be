"""What every change of a household or of who lives in it rests on: rows locked, one head, stays that begin and end."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from grids.models import PATH, Post, path_of_row

from ..enums import Relation, Whereabouts
from ..models import Household, RegisterEvent, Resident, Stay
from . import groups, volunteers
from .writing import RegisterRefused, save


def done(key: UUID) -> RegisterEvent | None:
    """The event this form has caused before."""
    return RegisterEvent.objects.filter(key=key).select_related("resident").first()


def locked(household: Household) -> Household:
    found = (
        Household.objects.select_for_update(of=("self",))
        .select_related("dwelling__house")
        .get(pk=household.pk)
    )
    if not found.is_open:
        raise RegisterRefused(_("This household is closed. Open one for the dwelling."))
    return found


def locked_resident(resident: Resident) -> Resident:
    found = Resident.objects.select_for_update(of=("self",)).select_related("household").get(pk=resident.pk)
    if found.state == Whereabouts.MERGED:
        raise RegisterRefused(_("This entry was merged into another one. Go on there."))
    return found


def keep_one_head(household: Household, newcomer: Resident) -> None:
    heads = household.members.living().filter(relation=Relation.HEAD).exclude(pk=newcomer.pk)
    if newcomer.relation == Relation.HEAD and heads.exists():
        raise RegisterRefused(_("The household has a head already."))


def may_give_up_headship(resident: Resident) -> None:
    """A household that goes on needs a head."""
    home = resident.household
    if resident.relation == Relation.HEAD and home and home.members.living().count() > 1:
        raise RegisterRefused(_("Name another head of the household first: she is its head and not alone."))


def settle(
    resident: Resident, household: Household, *, relation: Relation, on: date, by: Post | None, at: datetime
) -> None:
    """From that day on she lives in that household, wherever she was before."""
    end_stay(resident, on)
    resident.household, resident.relation, resident.state, resident.ended_on = (
        household, relation, Whereabouts.LIVING, None,
    )  # fmt: skip
    for name in PATH:
        setattr(resident, name, getattr(household, name))
    keep_one_head(household, resident)
    save(resident, by=by, at=at)
    groups.take_along(resident, by=by, at=at)
    volunteers.take_along(resident, by=by, at=at)
    begin_stay(resident, household, on)


def begin_stay(resident: Resident, household: Household, on: date) -> None:
    Stay.objects.create(
        **path_of_row(household), resident=resident, household=household, relation=resident.relation, since=on
    )


def end_stay(resident: Resident, on: date) -> None:
    for last in resident.stays.filter(until__isnull=True):
        stay = _as_begun(last, on)
        if stay.since > on:
            raise RegisterRefused(_("She has lived there only since %(day)s.") % {"day": stay.since})
        stay.until = on
        stay.save(update_fields=["until"])


def _as_begun(stay: Stay, on: date) -> Stay:
    """Who became something else to the head after that day has lived there longer: the later stays go."""
    while stay.since > on:
        before = stay.resident.stays.filter(household=stay.household_id, until=stay.since).exclude(pk=stay.pk)
        earlier = before.order_by("-since").first()
        if earlier is None:
            break
        stay.delete()
        stay = earlier
    return stay


def renew_stay(resident: Resident, on: date) -> None:
    """From that day on she is something else to the head; as of an earlier day she was what she was."""
    stay = resident.stays.filter(until__isnull=True).select_related("household").first()
    if stay and stay.relation != resident.relation:
        end_stay(resident, on)
        begin_stay(resident, stay.household, on)


def close_if_empty(household: Household | None, on: date, by: Post | None, at: datetime) -> None:
    if household and household.is_open and not household.members.living().exists():
        household.closed_on = max(on, household.opened_on)
        save(household, by=by, at=at)
