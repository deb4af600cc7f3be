"""Scores as people read them: the ranking of a place, one score down to its records, one grid over the months."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import Basis, Deduction, Input, RunState, Section
from ..models import Appeal, Correction, Indicator, Mark, MonthlyScore, Proposal, Run, Scheme, Share
from ..rules.formulas import RECIPES, TAKEN
from ..rules.scoring import Line, plain
from .records import has_records


def district_of(grid: Grid) -> Grid:
    """The district that assesses a grid."""
    code = grid.code[: Level.DISTRICT.code_length]
    return grid if grid.level == Level.DISTRICT else Grid.objects.get(code=code)


def runs_seen(district: Grid, scope: Scope) -> QuerySet[Run]:
    """The months that exist for a person: a draft is the district's own business."""
    runs = Run.objects.filter(grid=district).select_related("grid", "scheme")
    return runs if scope.covers_grid(district.code, Right.SUPERVISE) else runs.exclude(state=RunState.DRAFT)


def scores_seen(scope: Scope) -> QuerySet[MonthlyScore]:
    """The scores a person may read: of her place and below, drafts only at the district."""
    is_open = ~Q(run__state=RunState.DRAFT) | scope.condition(MonthlyScore, Right.SUPERVISE) & Q(
        run__grid__in=[span.grid_id for span in scope.spans(Right.SUPERVISE)]
    )
    return MonthlyScore.objects.within(scope, Right.FIGURES).filter(is_open)


def ranking(run: Run, place: Grid, level: int) -> QuerySet[MonthlyScore]:
    """The grids of one level in a place, the best first."""
    rows = MonthlyScore.objects.filter(run=run, level=level).inside(place)
    return rows.select_related("grid").prefetch_related("proposals").order_by("-is_ranked", "-final", "-pk")


def levels_of(place: Grid) -> list[Level]:
    """What can be ranked in a place: itself at the lowest level, else everything below it."""
    return [level for level in Level if level > place.level] or [Level.BUILDING]


# --- one score, explained -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One number in a formula: what it is, how much, and whether it leads to its records."""

    name: Input
    number: int
    leads: bool

    @property
    def label(self) -> str:
        return str(self.name.label)


@dataclass(frozen=True)
class Explained:
    """One line of a score: the points, the formula with the numbers in it, and what it rests on."""

    indicator: Indicator
    line: Line
    part: Part | None
    whole: Part | None
    unit: str
    mark: Mark | None
    corrected: Decimal

    @property
    def share(self) -> str:
        """The formula with the numbers filled in."""
        line = self.line
        if line.basis == Basis.MEASURED:
            return f"{line.part} ÷ {line.whole}"
        if line.basis == Basis.FILLED:
            ours, theirs = line.need - line.whole, f"{line.peers[0]} ÷ {line.peers[1]}"
            return f"({line.part} + {ours} × {theirs}) ÷ {line.need}"
        return "1"

    @property
    def formula(self) -> str:
        """Weight times share: what a person can compute again by hand."""
        return f"{plain(self.indicator.weight)} × {self.share} = {self.line.points}"

    @property
    def why(self) -> str:
        """What the points rest on, in a sentence."""
        line = self.line
        words: dict[Basis, str] = {
            Basis.MEASURED: "",
            Basis.FILLED: _(
                "Fewer than %(need)d to count: filled up to %(need)d with the average of all grids of this level."
            )
            % {"need": line.need},
            Basis.NOTHING: _("No grid of this level has anything to count: full points."),
            Basis.MARKED: "",
            Basis.UNMARKED: _("Not inspected: full points."),
        }
        return words[line.basis]


@dataclass(frozen=True)
class Taken:
    """One deduction: how often, how much each, how much together."""

    kind: Deduction
    part: Part
    each: Decimal
    points: Decimal


@dataclass(frozen=True)
class Explanation:
    """Everything a score was made of."""

    score: MonthlyScore
    sections: list[tuple[Section, Decimal, list[Explained]]]
    taken: list[Taken]
    corrections: list[tuple[str, Correction]]  # with the name of the line
    appeals: list[tuple[str, Appeal]]
    shares: list[Share]
    proposals: list[Proposal]


def explained(score: MonthlyScore) -> Explanation:
    """A score from its total down to the numbers, each with the way to its records; a constant number of queries."""
    indicators = {each.code: each for each in score.run.scheme.indicators.order_by("position")}
    lines = [line for line in score.rows if line.code in indicators]
    marks = Mark.objects.select_related("proposed_by__user", "decided_by__user")
    by_pk = marks.in_bulk([line.mark for line in lines if line.mark])
    corrections = list(score.corrections.select_related("by__user"))
    names = {code: each.label for code, each in indicators.items()} | {
        kind.value: str(kind.label) for kind in Deduction
    }
    told = [_explained(score, line, indicators[line.code], by_pk, corrections) for line in lines]
    return Explanation(
        score=score,
        sections=[
            (section, points, [each for each in told if each.indicator.section == section])
            for section, points in score.sections.items()
        ],
        taken=[_taken(score, kind, points) for kind, points in score.taken.items()],
        corrections=[(names.get(each.indicator, each.indicator), each) for each in corrections],
        appeals=[
            (names.get(each.indicator, each.indicator), each)
            for each in score.appeals.select_related("filed_by__user", "decided_by__user", "correction")
        ],
        shares=list(score.shares.select_related("user", "post").order_by("post__role", "-days")),
        proposals=list(score.proposals.select_related("decided_by__user")),
    )


def _explained(
    score: MonthlyScore,
    line: Line,
    indicator: Indicator,
    marks: dict[int, Mark],
    corrections: list[Correction],
) -> Explained:
    recipe = RECIPES[indicator.rule.formula] if indicator.rule.formula else None
    return Explained(
        indicator=indicator,
        line=line,
        part=_part(score, recipe.part) if recipe else None,
        whole=_part(score, recipe.whole) if recipe else None,
        unit=str(recipe.unit) if recipe else "",
        mark=marks.get(line.mark or 0),
        corrected=sum((each.points for each in corrections if each.indicator == line.code), Decimal(0)),
    )


def _part(score: MonthlyScore, name: Input) -> Part:
    number = score.counts[name]
    return Part(name, number, bool(number) and has_records(name))


def _taken(score: MonthlyScore, kind: Deduction, points: Decimal) -> Taken:
    return Taken(kind, _part(score, TAKEN[kind]), score.run.scheme.terms.each(kind), points)


def amended(score: MonthlyScore) -> Decimal | None:
    """The score with what was found wrong after its publication; None where nothing was."""
    later = [each.points for each in score.corrections.all() if each.is_amendment]
    return score.final + sum(later, Decimal(0)) if later else None


def history(grid: Grid, scope: Scope, until: date, months: int = 12) -> list[MonthlyScore]:
    """A grid over the months up to one, the oldest first."""
    found = scores_seen(scope).filter(grid=grid, run__month__lte=until).select_related("run")
    return list(found.order_by("-run__month")[:months])[::-1]


# --- who may do what with a month --------------------------------------------------------------------------


def appealable(score: MonthlyScore, scope: Scope, at: datetime) -> list[tuple[str, str]]:
    """The lines that the person may still appeal against, by code; nothing unless she answers for the grid."""
    run = score.run
    is_open = run.state == RunState.APPEALS and run.appeals_until is not None and at < run.appeals_until
    if not is_open or scope.post_at(score.grid_id, Right.INQUIRE) is None:
        return []
    done = set(score.appeals.values_list("indicator", flat=True))
    return [(code, label) for code, label in lines_of(score) if code not in done]


def lines_of(score: MonthlyScore) -> list[tuple[str, str]]:
    """Every line of a score that can be corrected, with its name."""
    labels = {each.code: each.label for each in score.run.scheme.indicators.all()}
    named = [(line.code, labels.get(line.code, line.code)) for line in score.rows]
    return [*named, *((kind.value, str(kind.label)) for kind in score.taken)]


def labels_of(scheme: Scheme) -> dict[str, str]:
    """The names of everything a line can be called."""
    names = {each.code: each.label for each in scheme.indicators.all()}
    return {**names, **{kind.value: str(kind.label) for kind in Deduction}}


# --- what waits ---------------------------------------------------------------------------------------------


def marks_seen(scope: Scope) -> QuerySet[Mark]:
    """The entries of inspectors in the places she stands over."""
    rows = Mark.objects.within(scope, Right.SUPERVISE)
    return rows.select_related("grid", "proposed_by__user", "decided_by__user").order_by("-pk")


def appeals_seen(scope: Scope) -> QuerySet[Appeal]:
    """The appeals of the places whose figures she reads."""
    rows = Appeal.objects.within(scope, Right.FIGURES)
    return rows.select_related(
        "grid", "score__run__scheme", "score__run__grid", "filed_by__user", "decided_by__user", "correction"
    ).order_by("-pk")


def open_to_appeal(scope: Scope, at: datetime) -> QuerySet[MonthlyScore]:
    """The scores of the very grids she answers for, while they may be appealed against."""
    mine = [post.grid_id for post in scope.posts if Right.INQUIRE in post.rights and post.grid_id]
    return MonthlyScore.objects.filter(run__state=RunState.APPEALS, run__appeals_until__gt=at, grid__in=mine)


def marks_to_decide(scope: Scope) -> QuerySet[Mark]:
    """Entries that wait for a second person, who is not the one who made them."""
    return Mark.objects.within(scope, Right.SUPERVISE).waiting().exclude(proposed_by__user=scope.user_id)


def appeals_to_decide(scope: Scope) -> QuerySet[Appeal]:
    """The appeals of the districts she decides in, but for her own."""
    mine = [span.grid_id for span in scope.spans(Right.SUPERVISE) if span.level == Level.DISTRICT]
    rows = Appeal.objects.waiting().filter(district__in=mine)
    return rows.exclude(filed_by__user=scope.user_id)


def proposals_of(run: Run) -> QuerySet[Proposal]:
    """What a month proposes for grids, those that wait for a person first."""
    rows = Proposal.objects.filter(score__run=run).select_related(
        "score__grid", "score__run", "decided_by__user"
    )
    return rows.order_by("-decided_at", "standing", "score__level", "score__place")


def undecided(run: Run) -> int:
    """How many of them wait for a decision."""
    return Proposal.objects.filter(score__run=run, decided_at=None).count()


def standing_of(scores: Iterable[MonthlyScore]) -> dict[int, list[Any]]:
    """What was confirmed of each score, for a list."""
    return {score.pk: [each for each in score.proposals.all() if each.is_confirmed] for score in scores}
