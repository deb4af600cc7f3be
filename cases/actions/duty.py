"""Filling the roster: who is on duty on which day. What has been is not changed."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid, Post, User

from ..enums import Refusal
from ..models import DutyShift
from ..queries.duty import Line, candidates, month_of, standing
from ..rules.duty import DutyDay
from ..rules.lifecycle import NotAllowed


class RosterRefused(ValueError):
    """Why the roster cannot be like this, in words for the person who fills it."""


@transaction.atomic
def set_roster(
    grid: Grid,
    month: date,
    wanted: Mapping[date, Post | None],
    *,
    by: Post,
    at: datetime,
    seen: str | None = None,
) -> int:
    """From now on these people are on duty on these days of a month; how many days have changed.

    A day that is over stays as it was; one that runs changes hands at this moment. `seen` is how the month stood
    when the person looked (`queries.duty.standing`). The same roster sent twice changes nothing the second time.
    """
    if not {Right.POLICY, Right.DISPATCH} & by.rights or by.grid_id != grid.pk:
        raise NotAllowed(Refusal.NO_RIGHT)
    Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    changes = [
        (line, wanted[line.day.date])
        for line in month_of(grid, month)
        if line.day.date in wanted and _who(line, at) != wanted[line.day.date]
    ]
    if changes and seen is not None and seen != standing(grid, month):
        raise RosterRefused(_("Somebody has changed this month meanwhile. Here is how it stands now."))
    able = {post.pk for post in candidates(grid, at)}
    for line, post in changes:
        _change(grid, line, post, able, by, at)
    return len(changes)


def _who(line: Line, at: datetime) -> Post | None:
    """Who has the rest of a day: nobody any more, where the last shift has been cut short."""
    if line.last is None or line.last.until < line.day.until:
        return None
    return line.last.post


def _change(grid: Grid, line: Line, post: Post | None, able: set[int], by: Post, at: datetime) -> None:
    day = line.day
    if day.is_over(at):
        raise RosterRefused(_("%(day)s is over; its roster stays as it was.") % {"day": day.date})
    if post is not None and post.pk not in able:
        raise RosterRefused(_("%(person)s holds no post here that could be on duty.") % {"person": post.user})
    _free(day, line.last, by, at)
    if post is not None:
        shift = DutyShift(
            grid=grid, level=Level(grid.level), post=post, since=max(day.since, at), until=day.until, set_at=at,
            set_by=by.user,
        )  # fmt: skip
        _save(shift, by.user, at)


def _free(day: DutyDay, last: DutyShift | None, by: Post, at: datetime) -> None:
    """A duty to come is taken off the plan; one that runs ends now, and stays on record."""
    if last is None or last.until <= at:
        return
    if last.since >= at:
        last._history_user, last._history_date = by.user, at  # type: ignore[attr-defined]
        last.delete()
        return
    last.until, last.set_at, last.set_by = at, at, by.user
    _save(last, by.user, at)


def _save(shift: DutyShift, by: User, at: datetime) -> None:
    """History says who filled it and who changed it."""
    shift._history_user, shift._history_date = by, at  # type: ignore[attr-defined]
    shift.save()
