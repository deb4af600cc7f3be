"""Mutual checks: grids paired by lot, each checked once by the one whose turn it is."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from grids.enums import Level, Right
from grids.models import Grid, Post, path_of

from ..models import MutualCheck, Pair
from ..models.mutual_checks import FULL_SCORE
from ..queries.mutual_checks import CHECKERS, is_her_own, peers
from ..rules import sampling
from .checking import Barred, CheckRefused, Overtaken, enter, in_post, may, of_another_form, plain


@transaction.atomic
def draw_mutual_check(
    place: Grid, *, level: Level, month: date, seed: str, by: Post, at: datetime, key: UUID, note: str = ""
) -> MutualCheck:
    """Pair all grids of a level below a place for a month, once. The same key again is the same round."""
    Grid.objects.select_for_update(no_key=True).get(pk=place.pk)
    known = MutualCheck.objects.filter(key=key, grid=place, drawn_by__user=by.user_id).first()
    if known:
        return known
    of_another_form(MutualCheck, key)
    drawn = MutualCheck(
        **path_of(place), level=level, month=month, seed=seed, note=note, drawn_by=by, drawn_at=at, key=key
    )
    may(by, Right.SUPERVISE, drawn, at)
    grids = {grid.code: grid for grid in peers(place, level)}
    try:
        pairs = sampling.pairs(grids, seed)
    except sampling.TooFewPeers:
        raise CheckRefused(
            _("There are not two grids of this level below %(place)s.") % {"place": place}
        ) from None
    enter(drawn)
    Pair.objects.bulk_create(
        Pair(**path_of(grids[checked]), mutual_check=drawn, checker=grids[checker])
        for checker, checked in pairs
    )
    return drawn


@transaction.atomic
def check_grid(pair: Pair, *, score: int, findings: str, by: Post, at: datetime, key: UUID) -> Pair:
    """Whoever answers for the checking grid has been to the other one. Once; the same key again is the same.

    Raises Barred, Overtaken, CheckRefused.
    """
    pair = (
        Pair.objects.select_for_update(of=("self",))
        .select_related("checker", "done_by__user")
        .get(pk=pair.pk)
    )
    if pair.key == key and pair.done_by and pair.done_by.user_id == by.user_id:
        return pair
    _goes_for(pair, by, at)
    if pair.done_by:
        raise Overtaken(_("%(who)s has checked this grid already.") % {"who": pair.done_by.user})
    of_another_form(Pair, key)
    if not 0 <= score <= FULL_SCORE:
        raise CheckRefused(_("A score lies between 0 and 100."))
    if not findings.strip():
        raise CheckRefused(_("Say in a few words what was found."))
    pair.score, pair.findings, pair.done_by, pair.done_at, pair.key = score, plain(findings), by, at, key
    pair.save(update_fields=["score", "findings", "done_by", "done_at", "key"])
    return pair


def _goes_for(pair: Pair, by: Post, at: datetime) -> None:
    in_post(by, at)
    if (by.grid_id, by.role) != (pair.checker_id, CHECKERS[pair.checker.level]):
        raise Barred(_("Only whoever answers for %(grid)s checks for it.") % {"grid": pair.checker})
    if is_her_own(pair, by, at):
        raise Barred(_("You hold a post in the grid that is to be checked, so you cannot check it."))
