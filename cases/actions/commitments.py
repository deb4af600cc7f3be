"""A department promises anew: a row from a day on, never a change of an old one."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import Department, Post
from grids.rules.workdays import local_date

from ..enums import AdmissionRefusal
from ..models import Category, Commitment
from ..queries.affairs import district_of
from ..queries.commitments import may_promise
from ..queries.permits import stands


class CommitmentRefused(ValueError):
    """Why this promise cannot be made, in words for the person who makes it."""


@transaction.atomic
def promise(
    department: Department, *, category: Category | None, words: str, by: Post, at: datetime, key: UUID,
    sign_hours: int | None = None, finish_days: int | None = None, since: date | None = None,
) -> Commitment:  # fmt: skip
    """From a day on a department promises how soon it signs and how soon it has done what it is given.

    The same key again is the same promise. Raises CommitmentRefused.
    """
    if not stands(by, at):
        raise CommitmentRefused(str(AdmissionRefusal.POST_ENDED.label))
    if not may_promise(by, department, district_of(department)):
        raise CommitmentRefused(str(AdmissionRefusal.NO_RIGHT.label))
    Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    if known := Commitment.objects.filter(key=key).select_related("set_by").first():
        if (known.department_id, known.set_by.user_id) != (department.pk, by.user_id):
            raise CommitmentRefused(_("This form was used for something else. Load the page again."))
        return known
    since = since or local_date(at)
    if since < local_date(at):
        raise CommitmentRefused(str(AdmissionRefusal.PAST.label))
    row = Commitment(
        department=department, category=category, sign_hours=sign_hours, finish_days=finish_days,
        words=words.strip(), since=since, set_at=at, set_by=by, key=key,
    )  # fmt: skip
    try:
        row.validate_constraints()
    except ValidationError as error:
        raise CommitmentRefused(" ".join(error.messages)) from error
    row.save(force_insert=True)
    return row
