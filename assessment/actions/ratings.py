"""What residents say is taken down: of a closed case once, of a grid and period by sheets. Nothing is edited."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, CaseEvent
from grids.enums import Right
from grids.models import Grid, Post, path_of, path_of_row
from grids.rules.workdays import local_date

from ..enums import Dimension, HeardBy, Satisfaction
from ..models import PeriodRating, Rating, SpotItem
from ..models.ratings import GRADES, grade_column
from ..queries.satisfaction import standing_closing
from ..queries.spot_checks import bar_of
from ..rules import checks
from ..rules.checks import HANDLING, Odd
from .checking import Barred, CheckRefused, Overtaken, enter, may, of_another_form, plain

SAID = {
    Odd.NEGATIVE: gettext_lazy("A count cannot be below zero."),
    Odd.MORE_RETURNED: gettext_lazy("More sheets came back than were handed out."),
    Odd.MORE_ANSWERED: gettext_lazy("A question has more answers than sheets came back."),
}  # fmt: skip


# --- one case -----------------------------------------------------------------------------------------------


@transaction.atomic
def rate_case(
    case: Case, *, closing: int, satisfaction: Satisfaction, how: HeardBy, by: Post, at: datetime, key: UUID,
    words: str = "",
) -> Rating:  # fmt: skip
    """Staff who did not handle a closed case take down what its resident said of it.

    `closing` is the number of the closing event the person was looking at. Raises Barred, Overtaken, CheckRefused.
    """
    case = Case.objects.lock(case.pk)
    known = Rating.objects.filter(key=key, case=case, by__user=by.user_id).first()
    if known:
        return known
    may(by, Right.VERIFY, case, at)
    if bar := bar_of(case, by.user, HANDLING):
        raise Barred(str(bar.label))
    event = standing_closing(case)
    if event is None:
        raise CheckRefused(_("Only a closed case is evaluated."))
    if event.seq != closing:
        raise Overtaken(_("The case was opened and closed again since. Look at the new result first."))
    return take_down(case, event, satisfaction=satisfaction, words=words, how=how, by=by, at=at, key=key)


def take_down(
    case: Case, event: CaseEvent, *, satisfaction: Satisfaction, words: str, how: HeardBy, by: Post, at: datetime,
    key: UUID, item: SpotItem | None = None,
) -> Rating:  # fmt: skip
    """The evaluation of one closing, once; whoever calls holds the case. Raises Overtaken, CheckRefused."""
    if Rating.objects.filter(event=event).exists():
        raise Overtaken(_("What the resident says of this closing was taken down already. It counts once."))
    of_another_form(Rating, key)
    rating = Rating(
        **path_of_row(case), case=case, event=event, satisfaction=satisfaction,
        words=plain(words), how=how, item=item, by=by, at=at, key=key,
    )  # fmt: skip
    enter(rating)
    return rating


# --- sheets about a grid --------------------------------------------------------------------------------------

Sheets = Mapping[tuple[Dimension, Satisfaction], int]


@transaction.atomic
def record_period_rating(
    grid: Grid, *, since: date, until: date, handed_out: int, returned: int, sheets: Sheets, by: Post,
    at: datetime, key: UUID, note: str = "",
) -> PeriodRating:  # fmt: skip
    """The street enters what residents of a grid wrote on their sheets. The same key again is the same entry.

    A grid and period has one entry that stands; raises CheckRefused, Overtaken, Barred.
    """
    Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    known = PeriodRating.objects.filter(key=key, grid=grid, by__user=by.user_id).first()
    if known:
        return known
    of_another_form(PeriodRating, key)
    row = PeriodRating(
        **path_of(grid), since=since, until=until, handed_out=handed_out, returned=returned, note=note, by=by,
        at=at, key=key, **_columns(sheets),
    )  # fmt: skip
    may(by, Right.SUPERVISE, row, at)
    if until > local_date(at):
        raise CheckRefused(_("The period has not ended yet."))
    _counts_fit(handed_out, returned, sheets)
    if _entries(row).filter(corrects__isnull=True, counter__isnull=True).exists():
        raise CheckRefused(_("The sheets of this grid and period are entered already. Correct that entry."))
    return _add(row)


@transaction.atomic
def correct_period_rating(
    wrong: PeriodRating, *, handed_out: int, returned: int, sheets: Sheets, reason: str, by: Post, at: datetime,
    key: UUID,
) -> PeriodRating:  # fmt: skip
    """A wrong entry is taken back by its counter-entry and entered anew; both stay to be seen."""
    Grid.objects.select_for_update(no_key=True).get(pk=wrong.grid_id)
    again = uuid5(key, "again")
    known = PeriodRating.objects.filter(key=again, grid=wrong.grid_id, by__user=by.user_id).first()
    if known:
        return known
    of_another_form(PeriodRating, key)
    wrong = PeriodRating.objects.get(pk=wrong.pk)
    may(by, Right.SUPERVISE, wrong, at)
    _stands(wrong)
    if not reason.strip():
        raise CheckRefused(_("Please give the reason."))
    _counts_fit(handed_out, returned, sheets)
    about = {**path_of_row(wrong), "since": wrong.since, "until": wrong.until}
    counter = {name: -n for name, n in wrong.counts.items()}
    _add(PeriodRating(**about, **counter, corrects=wrong, note=reason, by=by, at=at, key=key))
    return _add(
        PeriodRating(
            **about, handed_out=handed_out, returned=returned, note=reason, by=by, at=at, key=again,
            **_columns(sheets),
        )
    )  # fmt: skip


def _columns(sheets: Sheets) -> dict[str, int]:
    return {grade_column(*grade): sheets.get(grade, 0) for grade in GRADES}


def _counts_fit(handed_out: int, returned: int, sheets: Sheets) -> None:
    if what := checks.odd(handed_out, returned, sheets):
        raise CheckRefused(str(SAID[what]))


def _stands(row: PeriodRating) -> None:
    if row.is_counter or PeriodRating.objects.filter(corrects=row).exists():
        raise Overtaken(_("This entry was corrected already. Look at the list."))


def _entries(row: PeriodRating) -> QuerySet[PeriodRating]:
    return PeriodRating.objects.filter(grid=row.grid_id, since=row.since, until=row.until)


def _add(row: PeriodRating) -> PeriodRating:
    """The next entry of its grid and period; whoever calls holds the grid."""
    row.seq = _entries(row).count() + 1
    row.note = plain(row.note)
    enter(row)
    return row
