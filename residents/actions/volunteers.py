"""Volunteers and their teams: entered, corrected, ended; who joins and who leaves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import PATH, Grid, Post, path_of, path_of_row
from grids.rules.workdays import local_date

from ..enums import Change
from ..models import Membership, RegisterEvent, Resident, Team, Volunteer
from .writing import RegisterRefused, not_ahead, record, save


@transaction.atomic
def enlist(
    resident: Resident, *, since: date, by: Post | None, at: datetime, key: UUID, **facts: Any
) -> Volunteer:
    """A resident becomes a volunteer. The same key again is the same entry."""
    resident = _locked_resident(resident)
    if RegisterEvent.objects.filter(key=key, resident=resident).exists():
        return Volunteer.objects.filter(resident=resident).latest("pk")
    if not resident.is_living:
        raise RegisterRefused(_("She does not live here any more."))
    not_ahead(since, at)
    volunteer = Volunteer(**path_of_row(resident), resident=resident, since=since, **facts)
    _fits_her_post(volunteer)
    save(volunteer, by=by, at=at)
    record(resident, Change.ENLIST, on=since, by=by, at=at, key=key)
    return volunteer


@transaction.atomic
def amend_volunteer(volunteer: Volunteer, *, by: Post | None, at: datetime, **facts: Any) -> Volunteer:
    """What is written of a volunteer changes; her history keeps what was."""
    found = _locked(volunteer)
    for name, value in facts.items():
        setattr(found, name, value)
    _fits_her_post(found)
    return save(found, by=by, at=at)


@transaction.atomic
def retire(volunteer: Volunteer, *, until: date, by: Post | None, at: datetime, key: UUID) -> Volunteer:
    """She volunteers no more; her hours and points stay."""
    resident = _locked_resident(volunteer.resident)
    if RegisterEvent.objects.filter(key=key, resident=resident).exists():
        return Volunteer.objects.get(pk=volunteer.pk)
    not_ahead(until, at)
    found = _locked(volunteer)
    _end(found, until, by=by, at=at)
    record(resident, Change.RETIRE, on=until, by=by, at=at, key=key)
    return found


def take_along(resident: Resident, *, by: Post | None, at: datetime) -> None:
    """Who moves house goes on as a volunteer of the new grid; a post in the old one she leaves behind."""
    for volunteer in (
        Volunteer.objects.open().select_for_update(of=("self",), no_key=True).filter(resident=resident)
    ):
        if volunteer.grid_id == resident.grid_id:
            continue
        for name in PATH:
            setattr(volunteer, name, getattr(resident, name))
        volunteer.post = None
        save(volunteer, by=by, at=at)


def end_with(resident: Resident, *, on: date, by: Post | None, at: datetime) -> None:
    """Who moves away or dies volunteers no more."""
    for volunteer in (
        Volunteer.objects.open().select_for_update(of=("self",), no_key=True).filter(resident=resident)
    ):
        _end(volunteer, max(on, volunteer.since), by=by, at=at)
        record(resident, Change.RETIRE, on=on, by=by, at=at, key=uuid4())


# --- teams ---------------------------------------------------------------------------------------------


@transaction.atomic
def found_team(grid: Grid, *, by: Post | None, at: datetime, key: UUID, **facts: Any) -> Team:
    """A team of volunteers of a grid; the same key again is the same team."""
    if known := Team.objects.filter(key=key).first():
        return known
    return save(Team(**path_of(grid), key=key, **facts), by=by, at=at)


@transaction.atomic
def amend_team(team: Team, *, by: Post | None, at: datetime, **facts: Any) -> Team:
    """What is written of a team changes. Its leader is one of its members."""
    found = Team.objects.select_for_update(of=("self",), no_key=True).get(pk=team.pk)
    for name, value in facts.items():
        setattr(found, name, value)
    if found.leader and not _is_member(found, found.leader):
        raise RegisterRefused(_("Only a member of the team can lead it."))
    return save(found, by=by, at=at)


@transaction.atomic
def join_team(team: Team, volunteer: Volunteer, *, since: date, by: Post | None, at: datetime) -> Membership:
    """A volunteer joins a team; who is in it already stays as she is."""
    team = Team.objects.select_for_update(of=("self",), no_key=True).get(pk=team.pk)
    if known := team.memberships.filter(volunteer=volunteer, until__isnull=True).first():
        return known
    not_ahead(since, at)
    _lives_inside(volunteer, team)
    return save(Membership(team=team, volunteer=volunteer, since=since), by=by, at=at)


@transaction.atomic
def leave_team(member: Membership, *, by: Post | None, at: datetime) -> Membership:
    """She leaves the team; if she led it, nobody does."""
    team = Team.objects.select_for_update(of=("self",), no_key=True).get(pk=member.team_id)
    member = Membership.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    if member.until is None:
        member.until = max(local_date(at), member.since)
        save(member, by=by, at=at)
    if team.leader_id == member.volunteer_id:
        team.leader = None
        save(team, by=by, at=at)
    return member


# --- what they have in common --------------------------------------------------------------------------


def _locked(volunteer: Volunteer) -> Volunteer:
    found = (
        Volunteer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("post")
        .get(pk=volunteer.pk)
    )
    if not found.is_open:
        raise RegisterRefused(_("She does not volunteer any more. Enter her anew from her own page."))
    return found


def _locked_resident(resident: Resident) -> Resident:
    return Resident.objects.select_for_update(of=("self",), no_key=True).get(pk=resident.pk)


def _end(volunteer: Volunteer, until: date, *, by: Post | None, at: datetime) -> None:
    for member in volunteer.memberships.filter(until__isnull=True):
        leave_team(member, by=by, at=at)
    volunteer.until = until
    save(volunteer, by=by, at=at)


def _fits_her_post(volunteer: Volunteer) -> None:
    if volunteer.post and volunteer.post.grid_id != volunteer.grid_id:
        raise RegisterRefused(_("That post lies in another grid."))


def _is_member(team: Team, volunteer: Volunteer) -> bool:
    return team.memberships.filter(volunteer=volunteer, until__isnull=True).exists()


def _lives_inside(volunteer: Volunteer, place: Team) -> None:
    if not Volunteer.objects.open().inside(place.grid).filter(pk=volunteer.pk).exists():
        raise RegisterRefused(_("She does not volunteer in this grid."))
