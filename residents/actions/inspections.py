"""Premises are looked at: what was found is written down, and the next inspection is due."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.images import CleanImage
from grids.models import Post, path_of_row
from grids.rules.workdays import local_date

from ..enums import InspectionKind, InspectionResult
from ..models import Inspection, Premises, PremisesPhoto
from ..rules import inspecting, visiting
from ..rules.inspecting import LONGEST, Misfit
from .photos import keep
from .writing import RegisterRefused

MOST_PHOTOS = 12  # of the premises themselves

SAID = {
    Misfit.ITEMS: gettext_lazy("Answer each item of the list."),
    Misfit.PASSED: gettext_lazy("Something is not in order, so the premises have not passed."),
    Misfit.UNSAID: gettext_lazy("Say in a few words what was found."),
    Misfit.DAY: gettext_lazy("Name the day by which it is put right: after today, at most %(days)d days ahead."),
    Misfit.NO_DAY: gettext_lazy("Who has passed has nothing to put right by a day."),
    Misfit.KIND: gettext_lazy("Something is to be put right here: only a re-inspection can follow."),
}  # fmt: skip


@transaction.atomic
def inspect(
    premises: Premises, *, kind: InspectionKind, result: InspectionResult, answers: Mapping[str, str],
    by: Post, at: datetime, key: UUID, found: str = "", until: date | None = None,
    photos: Sequence[CleanImage] = (),
) -> Inspection:  # fmt: skip
    """Somebody has looked at premises. What is to be put right stays open until a re-inspection has seen it.

    `answers` has an answer for each item of the premises' kind, `until` the day for putting right. The same key
    again is the same inspection. Raises RegisterRefused.
    """
    premises = _locked(premises)
    if known := _done(key, premises, by):
        return known
    today = local_date(at)
    _may_be(premises, kind)
    if what := inspecting.misfit(premises.kind, answers, result, found, until, today):
        raise RegisterRefused(SAID[what] % {"days": LONGEST})
    done = Inspection(
        **path_of_row(premises), premises=premises, done_at=at, by=by, kind=kind, result=result, answers=dict(answers),
        looked_at=premises.kind, found=found, rectify_until=until, answered=_open_one(premises), key=key,
    )  # fmt: skip
    _answer(done, premises, today)
    done.save(force_insert=True)
    keep(done, photos, by=by, at=at)
    _plan(premises, today, until)
    return done


def _locked(premises: Premises) -> Premises:
    found: Premises = Premises.objects.select_for_update(of=("self",)).get(pk=premises.pk)
    return found


def _done(key: UUID, premises: Premises, by: Post) -> Inspection | None:
    known = Inspection.objects.filter(key=key).select_related("by").first()
    if known and (known.by.user_id, known.premises_id) != (by.user_id, premises.pk):
        raise RegisterRefused(_("This form has been used by somebody else. Please open it again."))
    return known


def _may_be(premises: Premises, kind: InspectionKind) -> None:
    if not premises.is_active:
        raise RegisterRefused(_("%(place)s is no longer in use.") % {"place": premises})
    if kind in inspecting.kinds(premises.rectify_until is not None):
        return
    if kind == InspectionKind.RECHECK:
        raise RegisterRefused(_("Nothing is to be put right here, so there is nothing to re-inspect."))
    raise RegisterRefused(str(SAID[Misfit.KIND]))


def _open_one(premises: Premises) -> Inspection | None:
    """The inspection whose findings nobody has seen put right yet."""
    if premises.rectify_until is None:
        return None
    return premises.inspections.filter(rectify_until__isnull=False, recheck__isnull=True).latest("pk")


def _answer(done: Inspection, premises: Premises, today: date) -> None:
    """Decide once and for all whether it is the inspection that was due, and whether it was on time."""
    due = premises.inspection_due
    if due and (done.answered or visiting.answers(due, today, premises.inspected_on)):
        done.due_on, done.on_time = due, inspecting.is_on_time(due, today)


def _plan(premises: Premises, today: date, until: date | None) -> None:
    """What the inspection leaves behind; it is no change of the entry, so its history says nothing of it."""
    due = inspecting.next_due(premises.risk, today, until)
    Premises.objects.filter(pk=premises.pk).update(
        inspected_on=today, rectify_until=until, inspection_due=due
    )


@transaction.atomic
def add_premises_photos(
    premises: Premises, photos: Sequence[CleanImage], *, by: Post, at: datetime
) -> Premises:
    """Photos of premises as they look; the same photo again is there once. Raises RegisterRefused."""
    premises = _locked(premises)
    keep(premises, photos, by=by, at=at)
    if PremisesPhoto.objects.filter(premises=premises).count() > MOST_PHOTOS:
        raise RegisterRefused(_("At most %(n)d photos of the premises are kept.") % {"n": MOST_PHOTOS})
    return premises
