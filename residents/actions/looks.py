"""Seeing personal data in full: with a reason, within a limit, on record before it is shown."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Post, User, path_of_row
from grids.rules.workdays import local_date

from ..enums import Field, LookKind
from ..models import GroupFile, Look, Resident, Visit
from ..queries.groups import held_in
from ..queries.policies import policy_of
from .writing import RegisterRefused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTED = (LookKind.REVEAL, LookKind.VISIT)  # what shows one value in full
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
    _may_look(resident, reason, by, at)
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


@transaction.atomic
def read_visit(visit: Visit, *, reason: str, by: Post, at: datetime, address: str | None = None) -> str:
    """What was said on a visit, for somebody who says why; a look at whoever the visit was to.

    Raises RegisterRefused without a reason, LooksExhausted beyond the limits.
    """
    stay = visit.household.stays.select_related("resident").order_by("relation", "pk").first()
    she = visit.resident or (stay.resident if stay else None)
    if she is None:
        raise RegisterRefused(_("Nobody is entered in this household. Enter who lives there first."))
    _may_look(she, reason, by, at)
    Look.objects.create(
        **path_of_row(visit), resident=she, visit=visit, kind=LookKind.VISIT, reason=reason.strip(), at=at,
        user=by.user, post=by, address=address,
    )  # fmt: skip
    return visit.what.open() if visit.what else ""


def _may_look(resident: Resident, reason: str, by: Post, at: datetime) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise RegisterRefused(_("Say in a few words what you need it for."))
    if resident.is_child(local_date(at)) and by.grid_id not in (resident.building_id, resident.community_id):
        raise RegisterRefused(_("Data of children under 14 are shown in full to their own community only."))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.user_id)  # her looks, one at a time
    _within_limits(by, at)


def _within_limits(by: Post, at: datetime) -> None:
    assert by.grid is not None
    policy = policy_of(by.grid, local_date(at))
    looks = Look.objects.filter(user=by.user_id, kind__in=COUNTED)
    for span, most in ((HOUR, policy.looks_per_hour), (DAY, policy.looks_per_day)):
        if looks.filter(at__gt=at - span).count() >= most:
            hours = int(span / HOUR)
            message = _("You have seen %(n)d values in full within %(hours)d h. The looks go on later.")
            raise LooksExhausted(message % {"n": most, "hours": hours})
