"""Recurring work says when it was last finished: health asks nothing else of it."""

from datetime import datetime

from ..models import Heartbeat


def note_finished(*names: str, at: datetime) -> None:
    """This work is done once more. Two at the same moment leave one row.

    Always in the same order, so that two workers never wait for each other.
    """
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=at) for name in sorted(names)],
        update_conflicts=True, unique_fields=["name"], update_fields=["at"],
    )  # fmt: skip
