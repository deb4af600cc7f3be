"""Accountability reviews: opened by rule, heard, decided by a person, appealed, decided by another person.

Lock order: case, then review; a charge changes only under the lock of its review.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.numbering import next_running
from cases.models import Case
from grids.actions import NewNotice, notify
from grids.enums import Right
from grids.models import Grid, Post, path_of_row
from grids.queries import work_calendar
from grids.rules import workdays
from grids.rules.workdays import local_date

from ..enums import Finding, Ground, Measure, ReviewChange, ReviewNotice
from ..models import Charge, Review, ReviewEvent
from ..queries.reviews import concerned, judges, may_judge
from ..queries.tracing import Found, trace_of
from ..rules import tracing
from ..rules.tracing import APPEAL_DAYS, HEARING_DAYS, Stand

SHORTEST = 2


class ReviewRefused(ValueError):
    """Why a review stays as it is, in words for a clerk."""


@transaction.atomic
def open_review(case: Case, *, finding: Finding, note: str = "", by: Post, at: datetime, key: UUID) -> Review:
    """What went wrong with a case is traced back: the rule names whom it concerns, and each of them is told.

    The same key again is the same review. Raises ReviewRefused.
    """
    case = Case.objects.lock(case.pk)
    if known := _known(key, by):
        if (known.change, known.review.case_id) != (ReviewChange.OPENED, case.pk):
            raise ReviewRefused(_("This form was used for something else. Load the page again."))
        return known.review
    _must_act(by, at)
    if not _supervises(by, case):
        raise ReviewRefused(_("Only who supervises this place opens a review."))
    found = _reviewable(case, finding, by, at)
    review = Review(
        **path_of_row(case), case=case, finding=finding, found_at=found.last_at,
        times=len(found.moments), gravity=found.gravity, inquiry=found.inquiry, note=note.strip(),
        opened_at=at, opened_by=by, number=_next_number(by.grid, at),
    )  # fmt: skip
    _save(review)
    _charge(review, found, at)
    _record(review, ReviewChange.OPENED, by=by, at=at, key=key, note=review.note)
    return review


def _reviewable(case: Case, finding: Finding, by: Post, at: datetime) -> Found:
    trace = trace_of(case, at)
    found = trace.of(finding)
    if found is None:
        raise ReviewRefused(_("Nothing of the kind happened to this case."))
    if trace.under_way:
        raise ReviewRefused(_("A review of this case is under way already."))
    if found.is_reviewed:
        raise ReviewRefused(_("This has been reviewed already."))
    if not found.proposed:
        raise ReviewRefused(_("Nobody held the posts that answer for it on that day."))
    if by.user_id in {one.post.user_id for one in found.proposed}:
        raise ReviewRefused(_("It concerns you: somebody else opens this review."))
    return found


def _charge(review: Review, found: Found, at: datetime) -> None:
    due_at = _in_working_days(HEARING_DAYS, at)
    Charge.objects.bulk_create(
        Charge(
            review=review, post=one.post, user_id=one.post.user_id, responsibility=one.responsibility,
            proposed_ground=one.ground, proposed_measure=one.measure, decider_level=one.decider_level,
            hear_due_at=due_at,
        )
        for one in found.proposed
    )  # fmt: skip
    _tell(review, ReviewNotice.TO_ANSWER, [one.post.user_id for one in found.proposed], at)


def _next_number(grid: Grid | None, at: datetime) -> str:
    """中原责追〔2026〕1号: counted by the place of whoever opens it, and by year."""
    place = grid.short_name if grid else ""
    short = place.removesuffix("区") or place
    prefix = f"{short}责追〔{local_date(at).year}〕"
    return f"{prefix}{next_running(prefix)}号"


@transaction.atomic
def speak(charge: Charge, *, statement: str, by: Post, at: datetime, key: UUID) -> Charge:
    """The person concerned says how it was (本人陈述), once and in time. Whoever could decide is told."""
    charge = _locked(charge)
    if _done(key, charge, by, ReviewChange.SPOKEN):
        return charge
    _must_be_her(charge, by)
    if charge.is_decided or charge.spoke_at is not None:
        raise ReviewRefused(_("A statement is made once, before the decision."))
    if at >= charge.hear_due_at:
        raise ReviewRefused(_("The time to speak has run out."))
    charge.statement, charge.spoke_at = _needs(statement, _("Say how it was.")), at
    _write(charge, ReviewChange.SPOKEN, by=by, at=at, key=key, note=charge.statement)
    _tell(charge.review, ReviewNotice.TO_DECIDE, _judges(charge, at), at, charge)
    return charge


@transaction.atomic
def decide(
    charge: Charge, *, measure: Measure, ground: Ground, reasons: str, by: Post, at: datetime, key: UUID
) -> Charge:
    """A person decides what follows for another person, after she was heard; it may be nothing."""
    charge = _locked(charge)
    if _done(key, charge, by, ReviewChange.DECIDED):
        return charge
    _must_judge(charge, by, at)
    if charge.is_decided:
        raise ReviewRefused(_("This was decided already."))
    if not tracing.may_be_decided(charge.spoke_at, charge.hear_due_at, at):
        raise ReviewRefused(_("She has not been heard, and her time to speak has not run out."))
    charge.decided_at, charge.decided_by = at, by
    charge.measure = charge.decided_measure = measure
    charge.ground, charge.reasons = ground, _needs(reasons, _("A decision has its reasons."))
    charge.appeal_due_at = charge.in_force_from = _in_working_days(APPEAL_DAYS, at)
    _write(
        charge,
        ReviewChange.DECIDED,
        by=by,
        at=at,
        key=key,
        note=charge.reasons,
        measure=measure,
        ground=ground,
    )
    _tell(charge.review, ReviewNotice.DECIDED, [charge.user_id], at, charge)
    return charge  # fmt: skip


@transaction.atomic
def appeal(charge: Charge, *, text: str, by: Post, at: datetime, key: UUID) -> Charge:
    """She does not agree, in time and once: until somebody else has decided, nothing is in force."""
    charge = _locked(charge)
    if _done(key, charge, by, ReviewChange.APPEALED):
        return charge
    _must_be_her(charge, by)
    if charge.appeal_due_at is None:
        raise ReviewRefused(_("There is no decision to appeal against yet."))
    if charge.appealed_at is not None:
        raise ReviewRefused(_("An appeal was lodged already."))
    if at >= charge.appeal_due_at:
        raise ReviewRefused(_("The time to appeal has run out."))
    charge.appealed_at, charge.appeal = at, _needs(text, _("Say why you do not agree."))
    charge.in_force_from = None
    _write(charge, ReviewChange.APPEALED, by=by, at=at, key=key, note=charge.appeal)
    deciders = [pk for pk in _judges(charge, at) if charge.decided_by and pk != charge.decided_by.user_id]
    _tell(charge.review, ReviewNotice.TO_RULE, deciders, at, charge)
    return charge


@transaction.atomic
def rule(charge: Charge, *, measure: Measure, reasons: str, by: Post, at: datetime, key: UUID) -> Charge:
    """Somebody else decides on the appeal, for good: the measure stands, becomes milder or falls."""
    charge = _locked(charge)
    if _done(key, charge, by, ReviewChange.RULED):
        return charge
    _must_judge(charge, by, at)
    if not charge.has_open_appeal or charge.decided_by is None:
        raise ReviewRefused(_("There is no appeal that waits for a decision."))
    if charge.decided_by.user_id == by.user_id:
        raise ReviewRefused(_("Somebody else than the one who decided first decides on the appeal."))
    if not tracing.may_follow(Measure(charge.decided_measure), measure):
        raise ReviewRefused(_("An appeal makes nothing worse: choose the same measure or a milder one."))
    charge.ruled_at, charge.ruled_by, charge.ruled_measure = at, by, measure
    charge.ruling = _needs(reasons, _("A decision has its reasons."))
    charge.measure, charge.in_force_from = measure, at
    _write(charge, ReviewChange.RULED, by=by, at=at, key=key, note=charge.ruling, measure=measure)
    _tell(charge.review, ReviewNotice.RULED, [charge.user_id, charge.decided_by.user_id], at, charge)
    return charge


# --- what they have in common -------------------------------------------------------------------------


def _locked(charge: Charge) -> Charge:
    """The charge as it stands now, under the lock of its review."""
    Review.objects.select_for_update().get(pk=charge.review_id)
    rows = Charge.objects.select_related("review", "user", "post", "decided_by")
    return rows.get(pk=charge.pk)


def _known(key: UUID, by: Post) -> ReviewEvent | None:
    """The event this form has caused before; somebody else's form is refused."""
    event = ReviewEvent.objects.filter(key=key).select_related("review", "by").first()
    if event and event.by.user_id != by.user_id:
        raise ReviewRefused(_("This form was used for something else. Load the page again."))
    return event


def _done(key: UUID, charge: Charge, by: Post, change: ReviewChange) -> bool:
    event = _known(key, by)
    if event and (event.charge_id, event.change) != (charge.pk, change):
        raise ReviewRefused(_("This form was used for something else. Load the page again."))
    return event is not None


def _must_act(by: Post, at: datetime) -> None:
    if not by.is_current(at):
        raise ReviewRefused(_("The post you acted from has ended."))


def _supervises(by: Post, row: Case | Review) -> bool:
    reaches = bool(by.path_column) and getattr(row, by.path_column) == by.grid_id
    return reaches and Right.SUPERVISE in by.rights


def _must_be_her(charge: Charge, by: Post) -> None:
    """She speaks as who she was that day, even where that post has ended since."""
    if by.user_id != charge.user_id:
        raise ReviewRefused(_("Only the person concerned can do this."))


def _must_judge(charge: Charge, by: Post, at: datetime) -> None:
    _must_act(by, at)
    review = charge.review
    if not _supervises(by, review):
        raise ReviewRefused(_("Only who supervises this place decides."))
    about = concerned(review)
    if by.user_id in about:
        raise ReviewRefused(_("Nobody decides in a review that concerns herself."))
    if not may_judge(by, charge, about):
        raise ReviewRefused(_("Somebody at a level above that post decides."))


def _needs(text: str, sentence: str) -> str:
    if len(text.strip()) < SHORTEST:
        raise ReviewRefused(sentence)
    return text.strip()


def _in_working_days(days: int, at: datetime) -> datetime:
    """The end of a limit that begins today; the day itself is not counted."""
    return workdays.count(work_calendar(), local_date(at), days).due_at


def _judges(charge: Charge, at: datetime) -> list[int]:
    return [post.user_id for post in judges(charge, at)]


def _save(row: Any) -> None:
    """What the constraints forbid is refused in their words."""
    try:
        row.validate_constraints()
    except ValidationError as error:
        raise ReviewRefused(" ".join(error.messages)) from error
    row.save()


def _write(
    charge: Charge, change: ReviewChange, *, by: Post, at: datetime, key: UUID, note: str, **data: str
) -> None:
    """The charge, how its review stands now, and the one event that says so."""
    _save(charge)
    review = charge.review
    stands = [
        Stand(one.spoke_at is not None, one.is_decided, one.appealed_at is not None, one.ruled_at is not None)
        for one in Charge.objects.filter(review=review)
    ]
    review.state = tracing.standing(stands)
    review.save(update_fields=["state"])
    _record(review, change, charge=charge, by=by, at=at, key=key, note=note, **data)


def _record(
    review: Review, change: ReviewChange, *, by: Post, at: datetime, key: UUID, note: str,
    charge: Charge | None = None, **data: str,
) -> None:  # fmt: skip
    ReviewEvent.objects.create(
        review=review, charge=charge, change=change, at=at, by=by, note=note, key=key, data=data
    )


def _tell(
    review: Review, kind: ReviewNotice, people: list[int], at: datetime, charge: Charge | None = None
) -> None:
    what = f"review {review.pk} {kind} {charge.pk if charge else ''}".strip()
    notify(NewNotice(person, kind, review.pk, what, at) for person in people)
