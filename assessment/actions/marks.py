"""What people say about a score: an inspector enters, a second person approves; a grid appeals, the district decides."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid, Post, path_of, path_of_row
from grids.rules.workdays import local_date

from ..enums import MarkState, RunState
from ..models import Appeal, Correction, Mark, MonthlyScore, Run
from ..queries.schemes import scheme_of
from ..rules import scoring
from .schemes import ensure_scheme
from .scoring import ScoringRefused


def _used() -> ScoringRefused:
    return ScoringRefused(_("This form has been used by somebody else. Please open it again."))


# --- inspections ------------------------------------------------------------------------------------------------


@transaction.atomic
def inspect(
    grid: Grid, *, indicator: str, month: date, points: Decimal, reason: str, evidence: str, by: Post, at: datetime,
    key: UUID,
) -> Mark:  # fmt: skip
    """An inspector enters the points of an inspected indicator: why, and on which evidence. Somebody else approves."""
    if known := Mark.objects.filter(key=key).select_related("proposed_by").first():
        return _replayed(known, grid, by)
    _stands_over(by, grid)
    if month > local_date(at):
        raise ScoringRefused(_("This month has not begun."))
    most = _most(grid, month, indicator, at)
    if not 0 <= points <= most:
        raise ScoringRefused(_("This indicator has 0 to %(n)s points.") % {"n": scoring.plain(most)})
    if not reason.strip() or not evidence.strip():
        raise ScoringRefused(_("An entry needs a reason and its evidence."))
    return Mark.objects.create(
        **path_of(grid), indicator=indicator, month=month, points=points, reason=reason.strip(),
        evidence=evidence.strip(), proposed_by=by, proposed_at=at, key=key,
    )  # fmt: skip


def _replayed(known: Mark, grid: Grid, by: Post) -> Mark:
    if (known.grid_id, known.proposed_by.user_id) != (grid.pk, by.user_id):
        raise _used()
    return known


def _stands_over(by: Post, row: Any) -> None:
    """Inspectors stand over the place: a street over its communities, the district over all."""
    place = by.grid
    if Right.SUPERVISE not in by.rights or place is None or not _code(row).startswith(place.code):
        raise ScoringRefused(_("Your post does not allow this here."))


def _code(row: Any) -> str:
    return str(row.code if isinstance(row, Grid) else row.grid.code)


def _still_open(grid: Grid, month: date) -> None:
    district = _district(grid)
    late = Run.objects.filter(
        grid__code=district, month=month, state__in=[RunState.APPEALS, RunState.PUBLISHED]
    )
    if late.exists():
        raise ScoringRefused(
            _("This month is open to appeals or published. What is wrong is corrected by a counter-entry.")
        )


def _district(grid: Grid) -> str:
    return grid.code[: Level.DISTRICT.code_length]


def _most(grid: Grid, month: date, indicator: str, at: datetime) -> Decimal:
    """The points an entry can give: an indicator's weight, as long as its month is open; a quarter's judgement 100."""
    if indicator == scoring.QUARTER:
        if month.month % 3 != 1:
            raise ScoringRefused(_("A quarter is named by its first month."))
        return scoring.EVERYTHING
    _still_open(grid, month)
    weight: Decimal = _inspected(grid, month, indicator, at).weight
    return weight


def _inspected(grid: Grid, month: date, code: str, at: datetime) -> Any:
    district = Grid.objects.get(code=_district(grid))
    ensure_scheme(district, at=at)
    scheme = scheme_of(district, month)
    line = scheme.indicators.filter(code=code, formula="").first() if scheme else None
    if line is None:
        raise ScoringRefused(_("The scheme of this month has no such inspected indicator."))
    return line


@transaction.atomic
def decide_mark(mark: Mark, *, approve: bool, note: str = "", by: Post, at: datetime) -> Mark:
    """A second person approves what an inspector entered, or refuses it and says why."""
    mark = Mark.objects.select_for_update(of=("self",)).select_related("grid", "proposed_by").get(pk=mark.pk)
    _stands_over(by, mark)
    if mark.state != MarkState.PROPOSED:
        raise ScoringRefused(_("This has been decided already."))
    if mark.proposed_by.user_id == by.user_id:
        raise ScoringRefused(_("Somebody else than who inspected decides."))
    if mark.indicator != scoring.QUARTER:
        _still_open(mark.grid, mark.month)
    if not approve and not note.strip():
        raise ScoringRefused(_("Please give the reason."))
    mark.state = MarkState.APPROVED if approve else MarkState.REFUSED
    mark.decided_by, mark.decided_at, mark.decision = by, at, note.strip()
    mark.save()
    return mark


# --- appeals ------------------------------------------------------------------------------------------------------


@transaction.atomic
def appeal(
    score: MonthlyScore, *, indicator: str, reason: str, evidence: str, by: Post, at: datetime, key: UUID
) -> Appeal:
    """A grid does not accept the points of one indicator, within the days for it, on evidence."""
    run = Run.objects.select_for_update(of=("self",)).get(pk=score.run_id)
    if known := Appeal.objects.filter(key=key).select_related("filed_by").first():
        if (known.score_id, known.filed_by.user_id) != (score.pk, by.user_id):
            raise _used()
        return known
    if Right.INQUIRE not in by.rights or by.grid_id != score.grid_id:
        raise ScoringRefused(_("The grid itself appeals, by who answers for it."))
    if run.state != RunState.APPEALS or run.appeals_until is None or at >= run.appeals_until:
        raise ScoringRefused(_("The days for appeals are over, or have not begun."))
    if indicator not in {line.code for line in score.rows} | set(score.deducted):
        raise ScoringRefused(_("The score has no such line."))
    if not reason.strip() or not evidence.strip():
        raise ScoringRefused(_("An appeal needs a reason and its evidence."))
    return _filed(score, indicator, reason.strip(), evidence.strip(), by, at, key)


def _filed(
    score: MonthlyScore, indicator: str, reason: str, evidence: str, by: Post, at: datetime, key: UUID
) -> Appeal:
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                **path_of_row(score), score=score, indicator=indicator, reason=reason, evidence=evidence, filed_by=by,
                filed_at=at, key=key,
            )  # fmt: skip
    except IntegrityError as error:
        raise ScoringRefused(_("This indicator has been appealed against already.")) from error


@transaction.atomic
def decide_appeal(appeal: Appeal, *, points: Decimal | None, decision: str, by: Post, at: datetime) -> Appeal:
    """The district grants so many points by a counter-entry, or refuses (`points` is None). Never by who appealed."""
    run = Run.objects.select_for_update(of=("self",)).get(pk=appeal.score.run_id)
    appeal = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("score__grid", "filed_by")
        .get(pk=appeal.pk)
    )
    _decides(run, appeal, by)
    if not decision.strip():
        raise ScoringRefused(_("Please give the reason."))
    if points is not None:
        appeal.correction = _correct(run, appeal.score, appeal.indicator, points, decision.strip(), by, at)
    appeal.state = MarkState.REFUSED if points is None else MarkState.APPROVED
    appeal.decided_by, appeal.decided_at, appeal.decision = by, at, decision.strip()
    appeal.save()
    return appeal


def _decides(run: Run, appeal: Appeal, by: Post) -> None:
    if Right.SUPERVISE not in by.rights or by.grid_id != run.grid_id:
        raise ScoringRefused(_("The district decides on appeals."))
    if appeal.state != MarkState.PROPOSED:
        raise ScoringRefused(_("This has been decided already."))
    if appeal.filed_by.user_id == by.user_id:
        raise ScoringRefused(_("Nobody decides on an appeal of her own."))


@transaction.atomic
def amend(
    score: MonthlyScore, *, indicator: str, points: Decimal, reason: str, by: Post, at: datetime, key: UUID
) -> Correction:
    """A published score turns out to be wrong: the amendment stands beside it, the published figure stays."""
    run = Run.objects.select_for_update(of=("self",)).get(pk=score.run_id)
    if known := Correction.objects.filter(key=key).first():
        if (known.score_id, known.by_id) != (score.pk, by.pk):
            raise _used()
        return known
    if Right.POLICY not in by.rights or by.grid_id != run.grid_id:
        raise ScoringRefused(_("The district amends what it has published."))
    if not run.is_published:
        raise ScoringRefused(_("Only a published score is amended."))
    if not reason.strip():
        raise ScoringRefused(_("Please give the reason."))
    return _correct(run, score, indicator, points, reason.strip(), by, at, key)


def _correct(
    run: Run, score: MonthlyScore, indicator: str, points: Decimal, reason: str, by: Post, at: datetime,
    key: UUID | None = None,
) -> Correction:  # fmt: skip
    """One counter-entry, within what the line can carry; before publication the score follows it."""
    room = room_of(score, indicator)
    if not points or not room[0] <= points <= room[1]:
        raise ScoringRefused(
            _("This line can be corrected by %(least)s to %(most)s points.")
            % {"least": room[0], "most": room[1]}
        )
    entry = Correction.objects.create(
        score=score, indicator=indicator, points=points, reason=reason, at=at, by=by, is_amendment=run.is_published,
        key=key,
    )  # fmt: skip
    if not run.is_published:
        score.corrected += points
        score.final = scoring.bounded(score.computed + score.corrected)
        score.save(update_fields=["corrected", "final"])
    return entry


def room_of(score: MonthlyScore, indicator: str) -> tuple[Decimal, Decimal]:
    """How many points a line can lose and gain: what it has, and what its weight or deduction leaves."""
    made = sum(score.corrections.filter(indicator=indicator).values_list("points", flat=True), Decimal(0))
    if indicator in score.deducted:
        return -made, Decimal(score.deducted[indicator]) - made
    line = next((line for line in score.rows if line.code == indicator), None)
    weight = score.run.scheme.indicators.filter(code=indicator).values_list("weight", flat=True).first()
    if line is None or weight is None:
        raise ScoringRefused(_("The score has no such line."))
    return -(line.points + made), weight - line.points - made
