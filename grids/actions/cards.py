"""Keeping the contact card of a grid."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.kit.refusals import Forbidden

from ..models import Grid, Post
from ..queries.cards import keeps, standing_of
from ..rules.cards import KEPT
from .tree import edit_grid


class CardRefused(ValueError):
    """Why the card stays as it is, in words for who keeps it."""


@transaction.atomic
def keep_card(grid: Grid, *, by: Post, at: datetime, seen: str | None = None, **facts: Any) -> Grid:
    """A keeper corrects what the card of her place says; history remembers what it said before.

    `seen` is how the card stood when she opened it (`queries.cards.standing_of`): what somebody else
    has written meanwhile is not written over. The same card sent twice changes nothing the second time.
    """
    if unknown := facts.keys() - set(KEPT):
        raise TypeError(f"Not on a card: {', '.join(sorted(unknown))}")
    if not keeps(by, grid):
        raise Forbidden(not_hers(grid))
    locked: Grid = Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    differs = any(getattr(locked, name) != value for name, value in facts.items())
    if differs and seen is not None and seen != standing_of(locked):
        raise CardRefused(
            _(
                "Somebody has changed this card meanwhile. Compare it with what you have typed, then save again."
            )
        )
    return edit_grid(locked, by=by.user, at=at, **facts)


def not_hers(grid: Grid) -> str:
    return _("The contact card of %(grid)s is kept by its own community or street.") % {"grid": grid}
