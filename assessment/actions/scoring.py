"""The way of a month: computed, reviewed, open to appeals, published. It only goes on."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gridgov.kit.bulk import insert_rows, update_rows
from grids.enums import Level, Right, Role
from grids.models import Grid, Post
from grids.queries import work_calendar
from grids.rules.workdays import count, first_of_quarter, last_day_of, local_date

from ..enums import Input, MarkState, RunState, Section, Standing
from ..models import Appeal, MonthlyScore, Proposal, Run, Share
from ..models.scores import packed
from ..queries.inputs import Place, population
from ..queries.runs import Computed, computed, marks_stand_otherwise, previous, run_of, seal_of
from ..queries.schemes import scheme_of
from ..rules import rates, scoring
from ..rules.rates import Period
from ..rules.scoring import Record, Score
from .schemes import ensure_scheme

APPEAL_DAYS = 3  # working days, domain.md §7

Tell = Callable[[int, int], None]  # done, of how many
Each = TypeVar("Each")


class ScoringRefused(ValueError):
    """Why a month cannot go on like this, in words for the person who tried."""


# --- computing ----------------------------------------------------------------------------------------------


@transaction.atomic
def score_month(
    district: Grid, month: date, *, by: Post | None, at: datetime, tell: Tell = lambda done, total: None
) -> Run:
    """Compute the scores of every grid of a district; again as long as nobody may appeal against them.

    `by` is None when the month ended and nobody had to ask. Of the month under way it is a draft of the days so far.
    """
    if by is not None:
        _may(by, district, Right.SUPERVISE)
    Grid.objects.select_for_update(no_key=True).get(pk=district.pk)
    run = _draft(district, month, by, at)
    tell(1, 3)
    places = population(district)
    result = computed(run, places)
    tell(2, 3)
    _replace_scores(run, result)
    tell(3, 3)
    return run


def _draft(district: Grid, month: date, by: Post | None, at: datetime) -> Run:
    ensure_scheme(district, at=at)
    try:
        period = Period.of(month, at)
    except ValueError:
        raise ScoringRefused(_("This month has not begun.")) from None
    run = run_of(district, period.month) or Run(grid=district, month=period.month)
    if run.state not in (RunState.DRAFT, RunState.REVIEW):
        raise ScoringRefused(
            _("This month is open to appeals or published. What is wrong is corrected by a counter-entry.")
        )
    scheme = scheme_of(district, period.month)
    if scheme is None:
        raise ScoringRefused(_("No scheme holds for this month yet."))
    run.scheme = scheme
    run.cut_off, run.made_at, run.made_by = period.moment, at, by
    run.calendar_version = work_calendar().version
    run.save()
    return run


COLUMNS = (
    "run_id", "grid_id", "building_id", "community_id", "street_id", "district_id", "level", "kind", "counts", "lines",
    "deducted", "daily", "facilities", "performance", "computed", "corrected", "final", "to_close", "is_ranked",
    "place", "peer_place",
)  # fmt: skip


def _replace_scores(run: Run, result: Computed) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM assessment_monthlyscore WHERE run_id = %s", [run.pk])
    insert_rows(MonthlyScore, COLUMNS, _rows(run, result))
    run.peers = {str(level): dict(sums) for level, sums in result.peers.items()}
    run.save(update_fields=["peers"])


def _rows(run: Run, result: Computed) -> Iterator[list[Any]]:
    """A row for each place, its places in the ranking with it: written once, not again to be ranked."""
    by_code = {place.code: place.pk for place in result.places}
    scores, counted = result.scores, result.counts
    entries = [
        Entry(place.level, place.kind, scores[place.pk].total, counted[place.pk][Input.TO_CLOSE])
        for place in result.places
    ]
    for place, stands in zip(result.places, _standings(run, entries), strict=True):
        path, figures = _path(place, by_code), _figures(scores[place.pk], counted[place.pk])
        yield [run.pk, place.pk, *path, place.level, place.kind, *figures, *stands]


def _path(place: Place, by_code: dict[str, int]) -> Iterator[int | None]:
    for level in reversed(Level):
        yield by_code[place.code[: level.code_length]] if level <= place.level else None


def _figures(score: Score, counts: dict[str, int]) -> list[Any]:
    lines = json.dumps([packed(line) for line in score.lines])
    deducted = {kind.value: str(points) for kind, points in score.deducted.items()}
    sections = [score.sections[section] for section in Section]
    total = score.total
    return [counts, lines, deducted, *sections, total, Decimal("0.00"), total, counts[Input.TO_CLOSE]]


# --- ranking ------------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """What the place of a grid in the ranking depends on."""

    level: int
    kind: str
    final: Decimal
    to_close: int


Stands = tuple[bool, int | None, int | None]


def _standings(run: Run, entries: Sequence[Entry]) -> list[Stands]:
    """Whether each is ranked, its place within the level and within the peer group; too few cases are only listed."""
    finals = [entry.final if entry.to_close >= run.scheme.ranked_from else None for entry in entries]
    by_level = _places(finals, [entry.level for entry in entries])
    by_peers = _places(finals, [scoring.peer_group(entry.level, entry.kind) for entry in entries])
    return [
        (final is not None, place, peer_place)
        for final, place, peer_place in zip(finals, by_level, by_peers, strict=True)
    ]


def _places(finals: Sequence[Decimal | None], groups: Sequence[Any]) -> list[int | None]:
    """The place of each among those of its group."""
    found: list[int | None] = [None] * len(finals)
    for members in _grouped(range(len(finals)), groups.__getitem__):
        for number, place in zip(members, rates.places([finals[n] for n in members]), strict=True):
            found[number] = place
    return found


def _grouped(each: Iterable[Each], key: Callable[[Each], Any]) -> Iterable[list[Each]]:
    groups: dict[Any, list[Each]] = {}
    for one in each:
        groups.setdefault(key(one), []).append(one)
    return groups.values()


def _rank(run: Run) -> None:
    """Rank again after what was corrected since."""
    scores = list(
        MonthlyScore.objects.filter(run=run).only("level", "kind", "final", "to_close").order_by("pk")
    )
    entries = [Entry(score.level, score.kind, score.final, score.to_close) for score in scores]
    for score, stands in zip(scores, _standings(run, entries), strict=True):
        score.is_ranked, score.place, score.peer_place = stands
    update_rows(scores, ("is_ranked", "place", "peer_place"))


# --- review, appeals, publication ----------------------------------------------------------------------------


@transaction.atomic
def give_to_review(run: Run, *, by: Post, at: datetime) -> Run:
    """The streets and grids may look at the draft; inspectors still enter, and it may be computed again."""
    run = _locked(run, by, RunState.DRAFT)
    if not run.period.is_whole:
        raise ScoringRefused(
            _("The month is not over yet, or was computed before its end. Compute it again.")
        )
    run.state, run.reviewed_at, run.reviewed_by = RunState.REVIEW, at, by
    run.save()
    return run


@transaction.atomic
def open_appeals(run: Run, *, by: Post, at: datetime) -> Run:
    """The figures stand; for three working days grids may appeal against them."""
    run = _locked(run, by, RunState.REVIEW)
    if marks_stand_otherwise(run, at):
        raise ScoringRefused(
            _("Inspections were approved since the scores were computed. Compute them again first.")
        )
    run.state, run.appeals_at, run.appeals_by = RunState.APPEALS, at, by
    run.appeals_until = count(work_calendar(), local_date(at), APPEAL_DAYS).due_at
    run.save()
    return run


@transaction.atomic
def publish(run: Run, *, by: Post, at: datetime) -> Run:
    """The month is frozen with its inputs, its scheme and a seal over every figure; warnings are proposed.

    Only after the days for appeals, and when every appeal is decided.
    """
    run = _locked(run, by, RunState.APPEALS, Right.POLICY)
    if run.appeals_until and at < run.appeals_until:
        last = {"when": f"{last_day_of(run.appeals_until):%Y-%m-%d}"}
        raise ScoringRefused(_("Grids may still appeal until %(when)s.") % last)
    if waiting := Appeal.objects.filter(score__run=run, state=MarkState.PROPOSED).count():
        raise ScoringRefused(_("%(n)d appeals are not decided yet.") % {"n": waiting})
    _rank(run)
    _share(run)
    _propose(run)
    run.hash = seal_of(run)
    run.state, run.published_at, run.published_by = RunState.PUBLISHED, at, by
    run.save()
    return run


def _locked(run: Run, by: Post, state: RunState, right: Right = Right.SUPERVISE) -> Run:
    run = Run.objects.select_for_update(of=("self",)).select_related("grid", "scheme").get(pk=run.pk)
    _may(by, run.grid, right)
    if run.state != state:
        raise ScoringRefused(
            _("Somebody was faster: the month stands at “%(state)s” now.")
            % {"state": run.get_state_display()}
        )
    return run


def _may(by: Post, district: Grid, right: Right) -> None:
    if right not in by.rights or by.grid_id != district.pk or district.level != Level.DISTRICT:
        raise ScoringRefused(_("The district assesses its grids."))


STAFF = [role for role in Role if role.rights != {Right.REPORT} and isinstance(role.place, Level)]


def _share(run: Run) -> None:
    """Who held a post of each grid in the month, and for how many of its days (同奖同罚)."""
    first, last = run.month, run.period.last
    scores = dict(MonthlyScore.objects.filter(run=run).values_list("grid_id", "pk"))
    posts = Post.objects.filter(
        Q(until__isnull=True) | Q(until__gt=run.period.start),
        role__in=STAFF, grid__code__startswith=run.grid.code, since__lt=run.period.end,
    ).order_by("pk")  # fmt: skip
    held = (
        (scores[grid], pk, user, scoring.days_held(since, until, first, last))
        for pk, grid, user, since, until in posts.values_list("pk", "grid_id", "user_id", "since", "until")
        if grid in scores
    )
    insert_rows(Share, ("score_id", "post_id", "user_id", "days"), [row for row in held if row[3]])


# --- what a month proposes --------------------------------------------------------------------------------------


def _propose(run: Run) -> None:
    """Best, last and warned grids, level by level; each waits for a person (§8)."""
    before = _bottom_of(run_of(run.grid, previous(run.period.start)))
    yellows = _yellows_before(run)
    found: list[Proposal] = []
    scores = MonthlyScore.objects.filter(run=run, level__gt=Level.DISTRICT).order_by("grid__code")
    for level in _grouped(scores, lambda score: score.level):
        ranked = [score.place for score in level if score.place]
        for score in level:
            record = Record(
                score.final, score.place, len(ranked), max(ranked, default=0), score.grid_id in before,
                yellows.get(score.grid_id, 0),
            )  # fmt: skip
            found += [
                Proposal(score=score, standing=each) for each in scoring.standings(record, run.scheme.terms)
            ]
    Proposal.objects.bulk_create(found)


def _bottom_of(run: Run | None) -> set[int]:
    """The grids that were at the bottom of their level in a published month."""
    if run is None or not run.is_published:
        return set()
    scores = MonthlyScore.objects.filter(run=run, place__isnull=False).only(
        "level", "kind", "place", "grid_id"
    )
    return {
        score.grid_id
        for level in _grouped(scores, lambda score: score.level)
        for score in level
        if scoring.is_at_the_bottom(score.place, len(level), run.scheme.terms)
    }


def _yellows_before(run: Run) -> dict[int, int]:
    """Yellow warnings of the earlier months of the quarter that nobody has dropped."""
    first = first_of_quarter(run.month)
    earlier = Proposal.objects.filter(
        score__run__grid=run.grid, score__run__month__gte=first, score__run__month__lt=run.month,
        standing=Standing.YELLOW,
    ).exclude(is_confirmed=False)  # fmt: skip
    found: dict[int, int] = {}
    for grid in earlier.values_list("score__grid_id", flat=True):
        found[grid] = found.get(grid, 0) + 1
    return found


@transaction.atomic
def decide_proposal(proposal: Proposal, *, confirm: bool, reason: str, by: Post, at: datetime) -> Proposal:
    """A person confirms what a month proposed for a grid, or drops it, and says why. Once."""
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("score__run__grid")
        .get(pk=proposal.pk)
    )
    _may(by, proposal.score.run.grid, Right.POLICY)
    if proposal.decided_at is not None:
        raise ScoringRefused(_("This has been decided already."))
    if not reason.strip():
        raise ScoringRefused(_("Please give the reason."))
    proposal.is_confirmed, proposal.reason = confirm, reason.strip()
    proposal.decided_at, proposal.decided_by = at, by
    proposal.save()
    return proposal
