"""What is past its time is cleared away: a table of kinds, each with how it is counted and how it is cleared."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from gridgov.kit.sealing import sealed_fields
from grids.rules.workdays import local_date

from ..enums import Change, Whereabouts
from ..models import Look, Resident, Visit
from ..rules.retention import GONE, LOOKS, VISITS, Keep
from .writing import record, save

STAYING = (
    "name",
    "id_number",
)  # of an entry that is restricted: by them somebody who comes back is known again
CLEARED = [field.name for field in sealed_fields(Resident) if field.name not in STAYING]


@dataclass(frozen=True)
class Retention:
    """One rule at work: what it is called, how many records are past their time, and how they are cleared."""

    rule: Keep
    told: Promise
    due: Callable[[date], int]
    clear: Callable[[date, datetime], int]


@dataclass(frozen=True)
class Retained:
    """What a rule found, or did."""

    told: str
    years: int
    number: int


def apply_retention(*, at: datetime, is_rehearsal: bool) -> list[Retained]:
    """Every rule once; a rehearsal only counts."""
    found = []
    for each in RETENTION:
        before = each.rule.before(local_date(at))
        number = each.due(before) if is_rehearsal else each.clear(before, at)
        found.append(Retained(str(each.told), each.rule.years, number))
    return found


# --- looks --------------------------------------------------------------------------------------------


def _midnight(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


def _old_looks(before: date) -> int:
    return Look.objects.filter(at__lt=_midnight(before)).count()


def _clear_looks(before: date, at: datetime) -> int:
    """By the one function the database lets do it, which knows the three years itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT residents_clear_looks(%s)", [_midnight(before)])
        return int(cursor.fetchone()[0])


# --- people who are gone ------------------------------------------------------------------------------


def _gone(before: date) -> QuerySet[Resident]:
    """Entries of people who left or died long ago and of whom more is kept than name and ID number."""
    more = Q()
    for name in CLEARED:
        more |= Q(**{f"{name}__isnull": False})
    return Resident.objects.filter(more, state__in=[Whereabouts.LEFT, Whereabouts.DEAD], ended_on__lt=before)


def _count_gone(before: date) -> int:
    return _gone(before).count()


def _restrict_gone(before: date, at: datetime) -> int:
    keys = list(_gone(before).order_by("pk").values_list("pk", flat=True))
    return sum(_restrict(pk, before, at) for pk in keys)


@transaction.atomic
def _restrict(pk: int, before: date, at: datetime) -> bool:
    """One entry is restricted, in its history, too; who came back meanwhile keeps hers."""
    resident = _gone(before).select_for_update(of=("self",)).filter(pk=pk).first()
    if resident is None:
        return False
    nothing = dict.fromkeys(CLEARED)
    for name in CLEARED:
        setattr(resident, name, None)
    resident.phone_trace = None
    save(resident, by=None, at=at)
    resident.history.update(**nothing)
    record(resident, Change.RESTRICT, on=local_date(at), by=None, at=at, key=uuid4())
    return True


# --- what was said at doors ---------------------------------------------------------------------------


def _told(before: date) -> QuerySet[Visit]:
    """Visits of long ago of which more is kept than that they were made."""
    said = Q(what__isnull=False) | Q(position__isnull=False)
    return Visit.objects.filter(said, done_at__lt=_midnight(before))


def _count_told(before: date) -> int:
    return _told(before).count()


def _forget_told(before: date, at: datetime) -> int:
    return _told(before).update(what=None, position=None)


# --- the table ----------------------------------------------------------------------------------------

RETENTION = (
    #         rule    what it is about                               counted by   cleared by
    Retention(LOOKS,  _("looks at personal data"),                   _old_looks,  _clear_looks),
    Retention(GONE,   _("entries of people who have left or died"),  _count_gone, _restrict_gone),
    Retention(VISITS, _("what was said and seen on visits"),         _count_told, _forget_told),
)  # fmt: skip
