"""Seeing personal data in full: with a reason, within a limit, on record before it is shown."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Post, User
from grids.rules.workdays import local_date

from ..enums import Field, LookKind
from ..models import GroupFile, Look, Resident
from ..queries.groups import held_in
from .writing import RegisterRefused, path_of_row

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# span   looks within it, of one person at her work
LIMITS = ((HOUR, 30), (DAY, 120))
SHORTEST_REASON = 4


class LooksExhausted(RegisterRefused):
    """She has looked at more than her work can need; the hour or the day has to pass."""


@transaction.atomic
def reveal(
    resident: Resident, field: Field, *, reason: str, by: Post, at: datetime, address: str | None = None
) -> str:
    """One value of one person in full, for somebody who says why. Written down in the same transaction.

    Raises RegisterRefused without a reason, LooksExhausted beyond the limits.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise RegisterRefused(_("Say in a few words what you need it for."))
    if resident.is_child(local_date(at)) and by.grid_id not in (resident.building_id, resident.community_id):
        raise RegisterRefused(_("Data of children under 14 are shown in full to their own community only."))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.user_id)  # her looks, one at a time
    _within_limits(by, at)
    Look.objects.create(
        **path_of_row(resident), resident=resident, kind=LookKind.REVEAL, field=field, reason=reason.strip(),
        at=at, user=by.user, post=by, address=address,
    )  # fmt: skip
    value = getattr(resident, field)
    return value.open() if value else ""


@transaction.atomic
def look_into(
    file: GroupFile, *, in_full: bool, by: Post, at: datetime, address: str | None = None
) -> dict[str, str] | None:
    """Somebody opens the file of a special group; what it holds, where she may see it in full.

    The look is written down first: always where she sees the details, and for sensitive types always.
    """
    if in_full or file.type.is_sensitive:
        Look.objects.create(
            **path_of_row(file), resident=file.resident, file=file, kind=LookKind.FILE, reason=_("file opened"),
            at=at, user=by.user, post=by, address=address,
        )  # fmt: skip
    return held_in(file) if in_full else None


def _within_limits(by: Post, at: datetime) -> None:
    looks = Look.objects.filter(user=by.user_id, kind=LookKind.REVEAL)
    for span, most in LIMITS:
        if looks.filter(at__gt=at - span).count() >= most:
            hours = int(span / HOUR)
            message = _("You have seen %(n)d values in full within %(hours)d h. The looks go on later.")
            raise LooksExhausted(message % {"n": most, "hours": hours})
