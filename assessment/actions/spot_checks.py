"""Spot checks: drawn by lot, given to somebody, done once by whoever had no hand in the case."""

from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import CaseEvent
from grids.enums import Right
from grids.models import Grid, Post, path_of, path_of_row

from ..enums import HeardBy, Satisfaction, SpotMethod, SpotResult
from ..models import SpotCheck, SpotItem
from ..queries.spot_checks import bar_of, hands_of, sampled
from .checking import Barred, CheckRefused, Overtaken, enter, may, of_another_form, plain
from .ratings import take_down


@transaction.atomic
def draw_spot_check(
    grid: Grid, *, month: date, wanted: int, seed: str, by: Post, at: datetime, key: UUID, note: str = ""
) -> SpotCheck:
    """Draw a sample of the cases closed in a month. The same key again is the same drawing.

    Everything that is needed to draw again is kept with it. Raises CheckRefused where there is nothing to draw.
    """
    Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    spot = SpotCheck(
        **path_of(grid), month=month, wanted=wanted, seed=seed, note=note, drawn_by=by, drawn_at=at, key=key
    )
    known = SpotCheck.objects.filter(key=key, grid=grid, drawn_by__user=by.user_id).first()
    if known:
        return known
    of_another_form(SpotCheck, key)
    may(by, Right.SUPERVISE, spot, at)
    spot.population, drawn = sampled(grid, month, at, wanted, seed)
    if not drawn:
        raise CheckRefused(
            _("No case that was closed there in that month stands closed: nothing to draw from.")
        )
    enter(spot)
    _lay_out(spot, drawn)
    return spot


def _lay_out(spot: SpotCheck, drawn: list[int]) -> None:
    """One item for each closing, where its case happened, with those whose work is looked at."""
    found = CaseEvent.objects.select_related("case").in_bulk(drawn)
    events = [found[pk] for pk in drawn]
    hands = hands_of(events)
    SpotItem.objects.bulk_create(
        SpotItem(
            **path_of_row(event.case), spot_check=spot, place=place, case=event.case,
            event=event, handler_id=hands[event.pk].handler, verifier_id=hands[event.pk].verifier,
        )
        for place, event in enumerate(events, start=1)
    )  # fmt: skip


@transaction.atomic
def give_item(item: SpotItem, to: Post | None, *, by: Post, at: datetime) -> SpotItem:
    """Who drew the sample gives a case in it to one checker, or (to nobody) leaves it to whoever comes first."""
    item = SpotItem.objects.lock(item.pk)
    may(by, Right.SUPERVISE, item, at)
    _is_open(item)
    if item.checker_id == (to.pk if to else None):
        return item
    if to:
        _had_no_hand(item, to)
        may(to, Right.VERIFY, item, at)
    item.checker, item.given_by, item.given_at = to, by, at
    item.save(update_fields=["checker", "given_by", "given_at"])
    return item


@transaction.atomic
def check_item(
    item: SpotItem, *, method: SpotMethod, result: SpotResult, by: Post, at: datetime, key: UUID, note: str = "",
    satisfaction: Satisfaction | None = None, words: str = "",
) -> SpotItem:  # fmt: skip
    """Somebody without a hand in the case has called back or gone there. Once and for all; the same key is the same.

    What the resident said of it becomes the evaluation of that closing. Raises Barred, Overtaken, CheckRefused.
    """
    item = SpotItem.objects.lock(item.pk)
    if item.key == key and item.done_by and item.done_by.user_id == by.user_id:
        return item
    may(by, Right.VERIFY, item, at)
    _is_open(item)
    of_another_form(SpotItem, key)
    _is_hers(item, by, at)
    _fits(result, note, satisfaction)
    item.method, item.result, item.note, item.done_by, item.done_at = method, result, plain(note), by, at
    item.key = key
    item.save(update_fields=["method", "result", "note", "done_by", "done_at", "key"])
    if satisfaction:
        take_down(
            item.case, item.event, satisfaction=satisfaction, words=words, how=HeardBy.SPOT_CHECK, item=item,
            by=by, at=at, key=uuid5(key, "rating"),
        )  # fmt: skip
    return item


def _is_open(item: SpotItem) -> None:
    if item.done_by:
        raise Overtaken(_("%(who)s has looked at this case already.") % {"who": item.done_by.user})


def _had_no_hand(item: SpotItem, post: Post) -> None:
    if bar := bar_of(item.case, post.user):
        raise Barred(str(bar.label))


def _is_hers(item: SpotItem, by: Post, at: datetime) -> None:
    """Nobody's before; or given to this person, or to somebody whose post has ended since."""
    _had_no_hand(item, by)
    given = item.checker
    if given and given.user_id != by.user_id and given.is_current(at):
        raise Barred(_("This check was given to %(who)s.") % {"who": given.user})


def _fits(result: SpotResult, note: str, satisfaction: Satisfaction | None) -> None:
    if result.is_error and not note.strip():
        raise CheckRefused(_("Say in a few words what is not so."))
    if satisfaction and not result.counts:
        raise CheckRefused(_("Where nobody was reached, nobody has said how satisfied she is."))
