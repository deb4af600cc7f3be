"""Scoring the grids of a month: read as of its moment, computed by the rules. Nothing is written here.

Draft, published month and its verification all come from `computed`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cases.queries.chain import chain_key
from gridgov.kit import hashing
from grids.enums import Level
from grids.models import Grid
from grids.rules.workdays import first_of_month, local_date

from ..models import MonthlyScore, Run
from ..rules import scoring
from ..rules.scoring import Score
from .inputs import Counts, Place, inputs
from .schemes import marks_of

KIND = "scoring"  # of the job that computes a month because a person has asked for it


@dataclass(frozen=True)
class Computed:
    """Every score of a run, as the rows say now."""

    places: list[Place]
    counts: Counts
    peers: Mapping[int, Mapping[str, int]]  # by level
    scores: Mapping[int, Score]  # by grid


def computed(run: Run, places: list[Place]) -> Computed:
    """The scores of these places, of the run's scheme, as of its moment and of what was approved when it was made."""
    indicators = list(run.scheme.indicators.order_by("position"))
    counts = inputs(run.grid, run.period, places)
    marks = marks_of(run.grid, run.month, indicators, at=run.made_at)
    peers = {
        level.value: scoring.sums(counts[place.pk] for place in places if place.level == level)
        for level in Level
    }
    rules, terms = [each.rule for each in indicators], run.scheme.terms
    scores = {
        place.pk: scoring.score(rules, terms, counts[place.pk], peers[place.level], marks.get(place.pk, {}))
        for place in places
    }
    return Computed(places, counts, peers, scores)


def marks_stand_otherwise(run: Run, at: datetime) -> bool:
    """Whether entries of inspectors were approved since the run was computed, that it would count."""
    lines = list(run.scheme.indicators.all())
    then, now = (marks_of(run.grid, run.month, lines, at=moment) for moment in (run.made_at, at))
    return then != now


def scored_places(run: Run) -> list[Place]:
    """The grids that a run has scored: they stay its own when grids come and go."""
    rows = MonthlyScore.objects.filter(run=run).order_by("grid__code")
    return [Place(*row) for row in rows.values_list("grid_id", "grid__code", "level", "kind")]


def seal_of(run: Run) -> bytes:
    """A chain over every score of a run in the order of the codes: what one figure changes, the last link shows."""
    link, key = b"", chain_key()
    for facts in _facts(run):
        link = hashing.chain(key, link, facts)
    return link or hashing.chain(key, b"", {"run": run.pk})


def _facts(run: Run) -> Iterator[dict[str, object]]:
    names = (
        "grid__code", "level", "kind", "counts", "lines", "deducted", "daily", "facilities", "performance", "computed",
        "corrected", "final", "to_close", "is_ranked", "place", "peer_place",
    )  # fmt: skip
    head = {
        "run": run.pk,
        "month": run.month,
        "scheme": run.scheme_id,
        "moment": run.cut_off,
        "peers": run.peers,
    }
    yield head
    for row in MonthlyScore.objects.filter(run=run).order_by("grid__code").values_list(*names).iterator():
        yield dict(zip(names, row, strict=True))


# --- verifying a published month ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A figure that the rows give otherwise now than when it was published: a candidate for an amendment."""

    code: str
    grid: str
    what: str
    published: str
    now: str


@dataclass(frozen=True)
class Verification:
    """What came of computing a published month again."""

    run: Run
    scores: int
    is_sealed: bool  # the published figures are as they were published
    differences: list[Difference]  # what the rows say otherwise now

    @property
    def is_clean(self) -> bool:
        return self.is_sealed and not self.differences


def verified(run: Run) -> Verification:
    """Compute a month again from the rows and compare every count, point and sum, bit for bit."""
    places = scored_places(run)
    again = computed(run, places)
    kept = {score.grid_id: score for score in MonthlyScore.objects.filter(run=run).select_related("grid")}
    found = [line for place in places for line in _compared(kept[place.pk], again)]
    is_sealed = run.hash is not None and bytes(run.hash) == seal_of(run)
    return Verification(run, len(places), is_sealed, found)


def _compared(kept: MonthlyScore, again: Computed) -> Iterator[Difference]:
    grid, score = kept.grid, again.scores[kept.grid_id]
    now = {**again.counts[grid.pk], **{line.code: line for line in score.lines}, "total": score.total}
    then = {**kept.counts, **{line.code: line for line in kept.rows}, "total": kept.computed}
    for name in then:
        if then[name] != now.get(name):
            yield Difference(grid.code, grid.name, name, _said(then[name]), _said(now.get(name)))


def _said(value: object) -> str:
    return str(getattr(value, "points", value))


# --- which run --------------------------------------------------------------------------------------------


def run_of(district: Grid, month: date) -> Run | None:
    return Run.objects.filter(grid=district, month=month).select_related("grid", "scheme").first()


def waiting_districts(at: datetime) -> list[Grid]:
    """The districts whose last month is over and has not been computed yet."""
    scored = Run.objects.filter(month=previous(at)).values("grid")
    return list(Grid.objects.at(Level.DISTRICT).active().exclude(pk__in=scored).order_by("code"))


def previous(at: datetime) -> date:
    """The first of the month before the one a moment lies in."""
    return first_of_month(local_date(at), -1)
