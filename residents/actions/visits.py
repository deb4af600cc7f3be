"""Somebody goes to a household's door: the visit is written down, and the next one is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.kit.images import CleanImage
from grids.models import Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import Met, Purpose
from ..models import GroupFile, Household, Visit
from ..queries.policies import PolicyBook
from ..rules import visiting
from . import groups
from .people import verify_household
from .photos import keep
from .stays import locked
from .writing import RegisterRefused


@dataclass(frozen=True)
class Position:
    """Where the phone was: WGS 84, accuracy in metres."""

    latitude: Decimal
    longitude: Decimal
    accuracy: int | None = None

    def __str__(self) -> str:
        return f"{self.latitude},{self.longitude},{self.accuracy or ''}"


@transaction.atomic
def visit(
    household: Household, *, purpose: Purpose, met: Met, by: Post, at: datetime, key: UUID, what: str = "",
    file: GroupFile | None = None, agreed: date | None = None, position: Position | None = None,
    photos: Sequence[CleanImage] = (),
) -> Visit:  # fmt: skip
    """She was there. Who met somebody has verified the household, and the next visit is due by the rhythm.

    `file` is the special group's the visit was for; `agreed` an earlier day for the next one. The same key
    again is the same visit. Raises RegisterRefused.
    """
    if known := _done(key, household, by):
        return known
    household = locked(household)
    if known := _done(key, household, by):  # a twin has written it meanwhile
        return known
    today = local_date(at)
    _may_be_for(file, household)
    _may_be_agreed(agreed, today)
    done = Visit(
        **path_of_row(household), household=household, file=file, resident=file.resident if file else None,
        done_at=at, by=by, purpose=purpose, met=met, next_due=agreed, key=key,
    )  # fmt: skip
    done.what, done.position = what or None, str(position) if position else None
    if met != Met.NOBODY:
        _answer(done, file or household, today)
        _count(household, file, agreed, by, at)
    done.save(force_insert=True)
    keep(done, photos, by=by, at=at)
    return done


def _done(key: UUID, household: Household, by: Post) -> Visit | None:
    known = Visit.objects.filter(key=key).select_related("by").first()
    if known and (known.by.user_id, known.household_id) != (by.user_id, household.pk):
        raise RegisterRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _may_be_for(file: GroupFile | None, household: Household) -> None:
    if file and (not file.is_open or file.resident.household_id != household.pk):
        raise RegisterRefused(_("This file is not open any more, or the person lives elsewhere now."))


def _may_be_agreed(agreed: date | None, today: date) -> None:
    if agreed and agreed <= today:
        raise RegisterRefused(_("The day of the next visit has to lie ahead."))


def _answer(done: Visit, about: Household | GroupFile, today: date) -> None:
    """Decide once and for all whether it is the visit that was due, and whether it was on time."""
    due, last = _planned(about)
    if due and visiting.answers(due, today, last):
        done.due_on, done.on_time = due, visiting.is_on_time(due, today)


def _planned(about: Household | GroupFile) -> tuple[date | None, date | None]:
    """When the visit is due, and when the last one was."""
    if isinstance(about, GroupFile):
        return about.next_visit_due, about.last_visited_on
    return about.visit_due, about.visited_on


def _count(household: Household, file: GroupFile | None, agreed: date | None, by: Post, at: datetime) -> None:
    """The household is verified; it and the file are next due after the days of their rhythm."""
    today = local_date(at)
    verify_household(household, on=today, by=by, at=at)
    days = PolicyBook(today).of_row(household).ordinary_days
    household.visited_on = today
    household.visit_due = visiting.next_due(today, days, None if file else agreed)
    household.save(update_fields=["visited_on", "visit_due"])
    if file:
        groups.visited(file, on=today, by=by, at=at, agreed=agreed)
