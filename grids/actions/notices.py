"""People are told: written where it happens, read by whom it is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ..models import Notice, User
from ..queries.notices import kind_of
from ..rules.notices import KEEP_READ

ROWS = 2000  # in one statement
CLEARED = 5000  # in one statement


@dataclass(frozen=True)
class NewNotice:
    """Whom to tell what. `key` names what happened: the same again is told once."""

    person_id: int
    kind: str
    subject: int
    key: str
    at: datetime


def notify(news: Iterable[NewNotice]) -> None:
    """Tell people, within the transaction of what they are told of; nothing is sent from here.

    Raises KeyError for a kind that no room has announced.
    """
    rows = [
        Notice(
            person_id=new.person_id, kind=kind_of(new.kind).name, subject=new.subject, key=new.key, at=new.at
        )
        for new in news
    ]
    if not rows:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("A notice is written in the transaction of what it tells of.")
    Notice.objects.bulk_create(rows, batch_size=ROWS, ignore_conflicts=True)


def mark_read(notice: Notice, *, by: User, at: datetime) -> bool:
    """She has seen it; whether it was new to her. Somebody else's stays as it is."""
    return bool(Notice.objects.of(by).unread().filter(pk=notice.pk).update(read_at=at))


def mark_all_read(*, by: User, at: datetime, up_to: int | None = None) -> int:
    """She has seen them all, or all up to the last one her page showed; how many were new to her."""
    unread = Notice.objects.of(by).unread()
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=at)


def clear_read_notices(*, at: datetime) -> int:
    """What was read long ago goes; what happened stays with the case it happened to."""
    gone = 0
    while old := list(
        Notice.objects.filter(read_at__lt=at - KEEP_READ).values_list("pk", flat=True)[:CLEARED]
    ):
        Notice.objects.filter(pk__in=old).delete()
        gone += len(old)
    return gone
