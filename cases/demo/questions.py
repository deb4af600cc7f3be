"""How the demo questions the level above: rights used or left, papers answered late or in time, objections decided."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from grids.enums import Level, Role
from grids.models import Grid, Post

from .. import actions
from ..enums import InquiryState, Verdict
from ..models import Inquiry
from . import texts

if TYPE_CHECKING:
    from .life import Life

# Of a hundred papers at a state so many are taken up on a morning.
READINESS = {
    InquiryState.RIGHT: 0.3, InquiryState.ISSUED: 0.55, InquiryState.ANSWERED: 0.7, InquiryState.OBJECTED: 0.6,
}  # fmt: skip
CONTENT = 0.7  # of the answers

ASKERS = {
    Level.BUILDING: (Role.GRID_LEADER,),
    Level.COMMUNITY: (Role.COMMUNITY_DIRECT, Role.COMMUNITY_FIRST),
    Level.STREET: (Role.STREET_FIRST,),
}
ANSWERERS = {
    Level.COMMUNITY: (Role.COMMUNITY_DIRECT,),
    Level.STREET: (Role.STREET_FIRST,),
    Level.DISTRICT: (Role.DISTRICT_OFFICIAL,),
}
DECIDERS = {
    Level.STREET: (Role.STREET_FIRST, Role.STREET_SUPERVISOR),
    Level.DISTRICT: (Role.DISTRICT_OFFICIAL,),
}


def discuss(life: Life, morning: datetime) -> None:
    """Every paper that waits for somebody is taken up today, or another day."""
    waiting = Inquiry.objects.filter(state__in=READINESS, gained_at__lt=morning).order_by("pk")
    for paper in waiting:
        if life.chance(READINESS[InquiryState(paper.state)]):
            at = morning + life.minutes(1, 300)
            life.on(at, partial(take_up, life, paper.pk, at))


def take_up(life: Life, pk: int, at: datetime) -> None:
    """Whoever has the next word says it. What the clock has settled meanwhile is left alone."""
    actions.sweep(at=at)
    paper = Inquiry.objects.select_related("case", "asker", "answerer", "decider").get(pk=pk)
    says = {
        InquiryState.RIGHT: _ask, InquiryState.ISSUED: _answer, InquiryState.ANSWERED: _judge,
        InquiryState.OBJECTED: _decide,
    }.get(InquiryState(paper.state))  # fmt: skip
    if says:
        says(life, paper, at)


def _ask(life: Life, paper: Inquiry, at: datetime) -> None:
    actions.ask(paper, question=life.rng.choice(texts.QUESTIONS), by=_of(life, paper.asker, ASKERS), at=at)


def _answer(life: Life, paper: Inquiry, at: datetime) -> None:
    progress, cause, measures = life.rng.choice(texts.ANSWERS)
    by = _of(life, paper.answerer, ANSWERERS)
    actions.answer(paper, progress=progress, cause=cause, measures=measures, by=by, at=at)


def _judge(life: Life, paper: Inquiry, at: datetime) -> None:
    by = _of(life, paper.asker, ASKERS)
    if life.chance(CONTENT):
        actions.accept(paper, by=by, at=at)
    else:
        actions.object_(paper, note=life.rng.choice(texts.OBJECTIONS), by=by, at=at)


def _decide(life: Life, paper: Inquiry, at: datetime) -> None:
    stands, words = life.rng.choice(texts.DECISIONS)
    verdict = Verdict.UPHELD if stands else Verdict.DISMISSED
    actions.decide(paper, verdict=verdict, note=words, by=_of(life, paper.decider, DECIDERS), at=at)


def _of(life: Life, grid: Grid, roles: dict[Level, tuple[Role, ...]]) -> Post:
    return life.rng.choice(life.cast.all(grid, *roles[Level(grid.level)]))
