"""Is there a reason why the sweep must not act by itself now?"""

from datetime import datetime

from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ..enums import DeadlineState
from ..models import Deadline
from ..rules import guards


def wrong_clock(host: datetime) -> str:
    """Why what this machine takes for now cannot be trusted; empty when it can."""
    database = _database_clock()
    if guards.clocks_agree(host, database):
        return ""
    told = {"host": _second(host), "database": _second(database)}
    return _(
        "The clock of this machine says %(host)s, that of the database %(database)s. No deadline is worked off "
        "until they agree: set the clocks right."
    ) % told  # fmt: skip


def mass_due(at: datetime) -> str:
    """Why so much that is due cannot be right; empty when it can. What an outage has piled up is right."""
    sudden = Deadline.objects.due(at).filter(set_at__gt=F("due_at") - guards.NOTICE).count()
    if sudden <= guards.MASS:
        return ""
    pending = Deadline.objects.filter(state=DeadlineState.PENDING).count()
    if not guards.is_mass(sudden, pending):
        return ""
    return _(
        "%(sudden)d of %(pending)d deadlines have become due out of the blue: they were set to a moment that had "
        "passed or was less than an hour away, as by a mistake in the calendar or a bulk change. Nothing is worked "
        "off until somebody has looked. If it is right, manage.py sweep_deadlines --allow-mass lets them through "
        "once."
    ) % {"sudden": sudden, "pending": pending}  # fmt: skip


def _database_clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def _second(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
