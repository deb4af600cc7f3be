"""The daily patrol: start, diary lines on the way, a line that becomes a case, the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.kit.images import CleanImage
from grids.enums import Right
from grids.models import Grid, Post, path_of, path_of_row
from grids.rules.workdays import local_date

from ..enums import Channel, Refusal
from ..models import Case, Category, DiaryEntry, Patrol
from ..rules.lifecycle import NotAllowed
from ..rules.suggestion import suggest
from .reporting import report

Written = TypeVar("Written", Patrol, DiaryEntry)


class PatrolRefused(ValueError):
    """Why a patrol step is not possible now, in words for the person on patrol."""


@transaction.atomic
def start_patrol(*, by: Post, at: datetime, key: UUID, weather: str = "", route: str = "") -> Patrol:
    """A grid leader sets out. The same key again is the same patrol."""
    grid = _may_patrol(by, at)
    Post.objects.select_for_update().get(pk=by.pk)  # two phones, one patrol
    if known := Patrol.objects.filter(key=key).first():
        return _own(known, known.post_id == by.pk)
    if Patrol.objects.under_way().filter(post=by).exists():
        raise PatrolRefused(_("Your patrol is under way already."))
    return Patrol.objects.create(
        **path_of(grid), post=by, started_at=at, date=local_date(at), weather=weather, route=route, key=key
    )


@transaction.atomic
def write_diary(
    patrol: Patrol, *, text: str, by: Post, at: datetime, key: UUID, house_no: str = "", unit_no: str = ""
) -> DiaryEntry:
    """One line of the diary, with a guess at what it would be as a case."""
    patrol = _under_way(patrol, by)
    if known := DiaryEntry.objects.filter(key=key).first():
        return _own(known, known.patrol_id == patrol.pk)
    words = Category.objects.leaves().exclude(keywords="").values_list("pk", "keywords")
    return DiaryEntry.objects.create(
        patrol=patrol, at=max(at, patrol.started_at), text=text, house_no=house_no, unit_no=unit_no, key=key,
        suggestion_id=suggest(text, words), **path_of_row(patrol),
    )  # fmt: skip


@transaction.atomic
def raise_case(
    entry: DiaryEntry, *, category: Category, by: Post, at: datetime, photos: Sequence[CleanImage] = (),
    keep_position: bool = False,
) -> Case:  # fmt: skip
    """A diary line becomes a case and stays linked to it; a second tap gives the same case."""
    entry = (
        DiaryEntry.objects.select_for_update(of=("self",)).select_related("patrol", "grid").get(pk=entry.pk)
    )
    if entry.patrol.post_id != by.pk:
        raise NotAllowed(Refusal.NOT_THE_REPORTER)
    if entry.case is None:
        entry.case = report(
            category=category, grid=entry.grid, text=entry.text, house_no=entry.house_no, unit_no=entry.unit_no,
            channel=Channel.DIARY, photos=photos, keep_position=keep_position, by=by, at=at, key=entry.key,
        )  # fmt: skip
        entry.save(update_fields=["case"])
    return entry.case


@transaction.atomic
def end_patrol(patrol: Patrol, *, by: Post, at: datetime) -> Patrol:
    """The walk is over; what was written stays."""
    patrol = Patrol.objects.select_for_update().get(pk=patrol.pk)
    if patrol.post_id != by.pk:
        raise NotAllowed(Refusal.NOT_THE_REPORTER)
    if patrol.is_under_way:
        patrol.ended_at = max(at, patrol.started_at)
        patrol.save(update_fields=["ended_at"])
    return patrol


def _own(known: Written, is_own: bool) -> Written:
    """What this very form wrote before; a key that another form has used is refused."""
    if not is_own:
        raise PatrolRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _may_patrol(by: Post, at: datetime) -> Grid:
    """The grid this post patrols."""
    if not Post.objects.current(at).filter(pk=by.pk).exists():
        raise NotAllowed(Refusal.POST_ENDED)
    if by.grid is None or Right.PATROL not in by.rights:
        raise NotAllowed(Refusal.NO_RIGHT)
    return by.grid


def _under_way(patrol: Patrol, by: Post) -> Patrol:
    patrol = Patrol.objects.select_for_update().get(pk=patrol.pk)
    if patrol.post_id != by.pk:
        raise NotAllowed(Refusal.NOT_THE_REPORTER)
    if not patrol.is_under_way:
        raise PatrolRefused(_("This patrol has ended. Start a new one to write on."))
    return patrol
