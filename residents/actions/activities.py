"""Activities of volunteers: planned, signed up for, called off; the hours confirmed once they are over."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Grid, Post, path_of, path_of_row

from ..enums import ActivityState
from ..models import Activity, Participation, Volunteer
from ..rules.points import HALF_HOUR, most_hours
from .points import credit_hours
from .writing import RegisterRefused, save


@transaction.atomic
def plan_activity(grid: Grid, *, by: Post | None, at: datetime, key: UUID, **facts: Any) -> Activity:
    """An activity is announced in a grid; the same key again is the same activity."""
    if known := Activity.objects.filter(key=key).first():
        return known
    activity = Activity(**path_of(grid), key=key, **facts)
    _is_sound(activity)
    return save(activity, by=by, at=at)


@transaction.atomic
def amend_activity(activity: Activity, *, by: Post | None, at: datetime, **facts: Any) -> Activity:
    """What is written of an activity changes, as long as it is planned."""
    found = _locked(activity)
    if not found.is_planned:
        raise RegisterRefused(_("The activity is over or was called off."))
    for name, value in facts.items():
        setattr(found, name, value)
    _is_sound(found)
    return save(found, by=by, at=at)


@transaction.atomic
def call_off(activity: Activity, *, by: Post | None, at: datetime) -> Activity:
    """It does not take place. What was held already cannot be called off."""
    found = _locked(activity)
    if found.is_cancelled:
        return found
    if not found.is_planned:
        raise RegisterRefused(_("The activity was held already."))
    found.state = ActivityState.CANCELLED
    return save(found, by=by, at=at)


@transaction.atomic
def sign_up(
    activity: Activity, volunteer: Volunteer, *, by: Post | None, at: datetime, key: UUID
) -> Participation:
    """A volunteer takes part. Also afterwards, for who came without a word: the hours are confirmed anyway."""
    activity = _locked(activity)
    if known := Participation.objects.filter(activity=activity, volunteer=volunteer).first():
        return known
    if activity.is_cancelled:
        raise RegisterRefused(_("The activity was called off."))
    if not Volunteer.objects.open().inside(activity.grid).filter(pk=volunteer.pk).exists():
        raise RegisterRefused(_("She does not volunteer in this grid."))
    if activity.is_planned and activity.wanted and activity.participations.count() >= activity.wanted:
        raise RegisterRefused(_("As many have signed up as are wanted."))
    row = Participation(
        **path_of_row(volunteer), activity=activity, volunteer=volunteer, signed_up_at=at, signed_up_by=by,
        key=key,
    )  # fmt: skip
    return save(row, by=by, at=at)


@transaction.atomic
def sign_off(participation: Participation, *, by: Post | None, at: datetime) -> None:
    """She does not come after all; her place is free again. Hours that are confirmed stay."""
    _locked(participation.activity)
    found = Participation.objects.filter(pk=participation.pk).first()
    if found is None:
        return
    if found.hours is not None:
        raise RegisterRefused(_("Her hours are confirmed already."))
    found._history_user = by.user if by else None
    found._history_date = at
    found.delete()


@transaction.atomic
def confirm_hours(
    activity: Activity, hours: Mapping[int, Decimal], *, by: Post, at: datetime
) -> list[Participation]:
    """Who came, and for how long: hours by participation. Each earns its points, once.

    What is confirmed already with the same hours stays as it is. Raises RegisterRefused, and nothing is
    confirmed, if the activity is not over, or somebody was there longer than it lasted.
    """
    activity = _locked(activity)
    _is_over(activity, at)
    rows = activity.participations.filter(pk__in=hours).select_related("volunteer__resident")
    # One account after the other in one order for all: two confirmations never wait for each other.
    ordered = sorted(rows, key=lambda row: row.volunteer.resident_id)
    confirmed = [row for row in ordered if _confirm(row, hours[row.pk], activity, by=by, at=at)]
    if confirmed and activity.is_planned:
        activity.state = ActivityState.HELD
        save(activity, by=by, at=at)
    return confirmed


def _confirm(row: Participation, hours: Decimal, activity: Activity, *, by: Post, at: datetime) -> bool:
    _are_possible(hours, activity)
    if row.hours == hours:
        return False
    if row.hours is not None:
        raise RegisterRefused(_("Hours that are confirmed are changed by a correction of the points."))
    row.hours, row.confirmed_by, row.confirmed_at = hours, by, at
    save(row, by=by, at=at)
    credit_hours(row, activity, by=by, at=at)
    return True


def _locked(activity: Activity) -> Activity:
    return (
        Activity.objects.select_for_update(of=("self",), no_key=True)
        .select_related("grid")
        .get(pk=activity.pk)
    )


def _is_sound(activity: Activity) -> None:
    if activity.team and not _is_above(activity.team.grid, activity):
        raise RegisterRefused(_("The team belongs to another grid."))
    if most_hours(activity.ends_at - activity.begins_at) < HALF_HOUR:
        raise RegisterRefused(_("An activity lasts half an hour at least."))


def _is_above(grid: Grid, activity: Activity) -> bool:
    return grid.pk in (activity.building_id, activity.community_id, activity.street_id, activity.district_id)


def _is_over(activity: Activity, at: datetime) -> None:
    if activity.is_cancelled:
        raise RegisterRefused(_("The activity was called off."))
    if at < activity.ends_at:
        raise RegisterRefused(_("Hours are confirmed when the activity is over."))


def _are_possible(hours: Decimal, activity: Activity) -> None:
    most = most_hours(activity.ends_at - activity.begins_at)
    if not HALF_HOUR <= hours <= most or hours % HALF_HOUR:
        raise RegisterRefused(
            _("Hours are given by the half hour; this activity lasted %(most)s h.") % {"most": most}
        )
