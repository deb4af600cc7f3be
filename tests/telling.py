"""A room that tells people of something, for tests of the ground floor that know no other room."""

from datetime import datetime

from grids.actions import NewNotice, notify
from grids.models import Notice, User
from grids.queries.notices import Kind, Said, tell

PLAIN, URGENT = "test_plain", "test_urgent"
HIDDEN = 13  # the subject that nobody may see


def _words(notices, scope):
    return {n.pk: Said(f"第{n.subject}件事", f"/cases/{n.subject}/") for n in notices if n.subject != HIDDEN}


tell([Kind(PLAIN, "平常"), Kind(URGENT, "急事", is_urgent=True)], _words)


def tell_of(person: User, *subjects: int, at: datetime, kind: str = PLAIN) -> list[Notice]:
    """So many things happened that she is to know."""
    notify(NewNotice(person.pk, kind, subject, f"{kind}/{subject}", at) for subject in subjects)
    return list(Notice.objects.of(person).filter(kind=kind, subject__in=subjects).order_by("pk"))
