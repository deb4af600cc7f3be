"""The list of grid affairs put in force, an affair applied for, heard, decided on, and taken off again.

Whatever changes what is on a list does so under the lock of its district; an application under its own.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.actions import NewNotice, notify
from grids.enums import Right
from grids.models import Department, Grid, Post
from grids.rules.workdays import local_date

from ..enums import (
    AdmissionChange,
    AdmissionNotice,
    AdmissionRefusal,
    AdmissionState,
    AffairExit,
)  # fmt: skip
from ..models import Admission, AdmissionEvent, Affair, AffairList, Category
from ..queries.admissions import department_people, facts_of, reviewers
from ..queries.affairs import district_of
from ..queries.permits import stands
from ..rules import admission as rule
from ..rules import numbers
from .numbering import next_running

ONE_DAY = timedelta(days=1)
C = AdmissionChange


class AdmissionRefused(ValueError):
    """Why the list or an application stays as it is, in words for a clerk."""

    def __init__(self, why: AdmissionRefusal | str) -> None:
        super().__init__(str(why.label) if isinstance(why, AdmissionRefusal) else why)


# --- the list -------------------------------------------------------------------------------------------


@transaction.atomic
def put_in_force(
    district: Grid, *, categories: Collection[Category], basis: str, by: Post, at: datetime, key: UUID,
    since: date | None = None,
) -> AffairList:  # fmt: skip
    """From its day on the grids of a district are given what stands on its list; once for each district."""
    _must_act(by, at)
    if Right.POLICY not in by.rights or by.grid_id != district.pk:
        raise AdmissionRefused(AdmissionRefusal.NO_RIGHT)
    _lock(district.pk)
    if found := AffairList.objects.filter(district=district).first():
        return _same(found, found.key, key)
    since = since or local_date(at)
    _obey(rule.term_refusal(since, None, local_date(at)))
    row = AffairList.objects.create(
        district=district, since=since, basis=basis.strip(), set_at=at, set_by=by, key=key
    )
    Affair.objects.bulk_create(
        Affair(on_list=row, category=category, since=since) for category in categories
    )  # fmt: skip
    return row


def _same(found: AffairList, used: UUID, key: UUID) -> AffairList:
    if used != key:
        raise AdmissionRefused(_("Somebody was faster: the list of this district is in force already."))
    return found


# --- an application -------------------------------------------------------------------------------------


@transaction.atomic
def apply(
    department: Department, *, category: Category, name: str, basis: str, work: str, task: str, means: str,
    wanted_since: date, by: Post, at: datetime, key: UUID, powers: str = "", wanted_until: date | None = None,
) -> Admission:  # fmt: skip
    """A department asks that an affair be admitted to the grids; the district can ask for it.

    The same key again is the same application. Raises AdmissionRefused.
    """
    _must_act(by, at)
    district = district_of(department)
    if not _may_apply(by, department, district):
        raise AdmissionRefused(AdmissionRefusal.NO_RIGHT)
    if known := _known(key, by):
        return known
    _obey(rule.term_refusal(wanted_since, wanted_until, local_date(at)))
    row = Admission.objects.create(
        number=_next_number(district, at), district=district, department=department, category=category, name=name,
        basis=basis, work=work, task=task, powers=powers, means=means, wanted_since=wanted_since,
        wanted_until=wanted_until, applied_at=at, applied_by=by,
    )  # fmt: skip
    _record(row, C.APPLIED, by=by, at=at, key=key)
    deciders = [person for person in reviewers(district.pk, at) if person != by.user_id]
    _tell(row, AdmissionNotice.TO_REVIEW, deciders, at)
    return row


def _may_apply(by: Post, department: Department, district: Grid) -> bool:
    if by.department_id == department.pk:
        return Right.HANDLE in by.rights
    return by.grid_id == district.pk and Right.SUPERVISE in by.rights


def _next_number(district: Grid, at: datetime) -> str:
    prefix = numbers.admission_prefix(district.short_name, local_date(at).year)
    return numbers.admission_number(prefix, next_running(prefix))


@transaction.atomic
def convene(admission: Admission, *, day: date, by: Post, at: datetime, key: UUID) -> Admission:
    """The district brings an application before the joint meeting (联席会议) of a day."""
    row, done = _begin(admission, C.CONVENED, by, at, key)
    if done:
        return row
    row.state, row.met_on = AdmissionState.MEETING, day
    row.save(update_fields=["state", "met_on"])
    _record(row, C.CONVENED, by=by, at=at, key=key, day=day)
    return row


@transaction.atomic
def give_opinion(
    admission: Admission, *, who: str, agrees: bool, words: str, by: Post, at: datetime, key: UUID
) -> Admission:
    """What one participant of the joint meeting said goes on record, for good."""
    row, done = _begin(admission, C.OPINION, by, at, key)
    if not done:
        _record(row, C.OPINION, by=by, at=at, key=key, note=words, day=row.met_on, who=who, agrees=agrees)
    return row


@transaction.atomic
def admit(
    admission: Admission, *, since: date, by: Post, at: datetime, key: UUID, last: date | None = None,
    conditions: str = "",
) -> Admission:  # fmt: skip
    """The affair is admitted: its category is on the list from a day on, to a last day if it is for a term."""
    row, done = _begin(admission, C.ADMITTED, by, at, key)
    if done:
        return row
    _obey(rule.term_refusal(since, last, local_date(at)))
    _put_on_list(row, since, last)
    _decide(row, AdmissionState.ADMITTED, conditions, by, at)
    _record(row, C.ADMITTED, by=by, at=at, key=key, note=conditions, day=since)
    _tell(row, AdmissionNotice.ADMITTED, _applicants(row, by, at), at)
    return row


def _put_on_list(admission: Admission, since: date, last: date | None) -> None:
    _lock(admission.district_id)
    listed = AffairList.objects.filter(district=admission.district_id).first()
    if listed is None:
        raise AdmissionRefused(_("This district has no list of affairs yet. Put it in force first."))
    affair = Affair(
        on_list=listed, category=admission.category, admission=admission, since=since,
        until=last + ONE_DAY if last else None,
    )  # fmt: skip
    try:
        affair.validate_constraints()
    except ValidationError as error:
        raise AdmissionRefused(" ".join(error.messages)) from error
    affair.save()


@transaction.atomic
def refuse(admission: Admission, *, reason: str, by: Post, at: datetime, key: UUID) -> Admission:
    """The affair is not admitted, for a reason that the department reads."""
    row, done = _begin(admission, C.REFUSED, by, at, key)
    if done:
        return row
    if not reason.strip():
        raise AdmissionRefused(_("A refusal has its reason."))
    _decide(row, AdmissionState.REFUSED, reason, by, at)
    _record(row, C.REFUSED, by=by, at=at, key=key, note=reason)
    _tell(row, AdmissionNotice.REFUSED, _applicants(row, by, at), at)
    return row


def _decide(row: Admission, state: AdmissionState, words: str, by: Post, at: datetime) -> None:
    row.state, row.decision, row.decided_by, row.decided_at = state, words.strip(), by, at
    row.save(update_fields=["state", "decision", "decided_by", "decided_at"])


@transaction.atomic
def take_back(admission: Admission, *, reason: str, by: Post, at: datetime, key: UUID) -> Admission:
    """The department takes its application back before it is decided."""
    row, done = _begin(admission, C.WITHDRAWN, by, at, key)
    if done:
        return row
    row.state = AdmissionState.WITHDRAWN
    row.save(update_fields=["state"])
    _record(row, C.WITHDRAWN, by=by, at=at, key=key, note=reason)
    return row


# --- exit -----------------------------------------------------------------------------------------------


@transaction.atomic
def leave(affair: Affair, *, day: date, reason: str, by: Post, at: datetime, key: UUID) -> Affair:
    """An affair is off the list from a day on: the department asks for it, or the district removes it (退出).

    What grids were given before stays with them.
    """
    _must_act(by, at)
    _lock(affair.on_list.district_id)
    row = Affair.objects.select_related("on_list", "category", "admission").get(pk=affair.pk)
    how = _how(row, by)
    if row.left_key == key:
        return row
    if row.left_at is not None:
        raise AdmissionRefused(AdmissionRefusal.ENDED)
    _obey(rule.exit_refusal(row.since, row.until, day, local_date(at)))
    if not reason.strip():
        raise AdmissionRefused(_("An exit has its reason."))
    row.until, row.left_at, row.left_by, row.left_key = day, at, by, key
    row.left_how, row.left_because = how, reason.strip()
    row.save()
    if row.admission:
        _record(row.admission, C.LEFT, by=by, at=at, key=key, note=row.left_because, day=day)
        _tell(row.admission, AdmissionNotice.LEFT, _concerned(row.admission, by, at), at)
    return row


def _how(affair: Affair, by: Post) -> AffairExit:
    if by.grid_id == affair.on_list.district_id and Right.SUPERVISE in by.rights:
        return AffairExit.REMOVED
    if affair.admission and by.department_id == affair.admission.department_id:
        return AffairExit.REQUEST
    raise AdmissionRefused(AdmissionRefusal.NO_RIGHT)


# --- what they have in common ---------------------------------------------------------------------------


def _begin(
    admission: Admission, change: AdmissionChange, by: Post, at: datetime, key: UUID
) -> tuple[Admission, bool]:
    """The application as it stands now, under its lock, and whether this form has had its effect before."""
    row = Admission.objects.select_for_update(of=("self",), no_key=True).get(pk=admission.pk)
    if known := AdmissionEvent.objects.filter(key=key).select_related("by").first():
        if (known.admission_id, known.change, known.by.user_id) != (row.pk, change, by.user_id):
            raise AdmissionRefused(_("This form was used for something else. Load the page again."))
        return row, True
    _must_act(by, at)
    _obey(rule.refusal(change, facts_of(row, by, local_date(at))))
    return row, False


def _known(key: UUID, by: Post) -> Admission | None:
    """The application that this form has made before; somebody else's form is refused."""
    event = AdmissionEvent.objects.filter(key=key).select_related("admission", "by").first()
    if event and (event.change, event.by.user_id) != (C.APPLIED, by.user_id):
        raise AdmissionRefused(_("This form was used for something else. Load the page again."))
    return event.admission if event else None


def _must_act(by: Post, at: datetime) -> None:
    if not stands(by, at):
        raise AdmissionRefused(AdmissionRefusal.POST_ENDED)


def _obey(refusal: AdmissionRefusal | None) -> None:
    if refusal:
        raise AdmissionRefused(refusal)


def _lock(district_id: int) -> None:
    Grid.objects.select_for_update(no_key=True).get(pk=district_id)


def _record(
    row: Admission, change: AdmissionChange, *, by: Post, at: datetime, key: UUID, note: str = "",
    day: date | None = None, who: str = "", agrees: bool | None = None,
) -> None:  # fmt: skip
    AdmissionEvent.objects.create(
        admission=row, change=change, by=by, at=at, key=key, note=note.strip(), day=day, who=who, agrees=agrees
    )  # fmt: skip


def _applicants(row: Admission, by: Post, at: datetime) -> list[int]:
    """Whom a decision is told: the people of the department, and whoever applied for it."""
    people = {*department_people(row.department_id, at), row.applied_by.user_id}
    return sorted(people - {by.user_id})


def _concerned(row: Admission, by: Post, at: datetime) -> list[int]:
    """Whom an exit is told: the department and the district, but for who decided on it."""
    people = {*_applicants(row, by, at), *reviewers(row.district_id, at)}
    return sorted(people - {by.user_id})


def _tell(row: Admission, kind: AdmissionNotice, people: Collection[int], at: datetime) -> None:
    notify(NewNotice(person, kind, row.pk, f"admission {row.pk} {kind}", at) for person in people)
