"""Keeping and forgetting filters of the list."""

from django.db import transaction
from django.utils.translation import gettext as _

from grids.models import User

from ..models import SavedFilter

FILTERS_AT_MOST = 20


class FilterRefused(ValueError):
    """Why a filter cannot be kept, in words for its owner."""


@transaction.atomic
def save_filter(*, owner: User, name: str, query: str) -> SavedFilter:
    """A person keeps what she asked the list for; the same name again means the new query."""
    User.objects.select_for_update().get(pk=owner.pk)  # two windows of one person count together
    known = SavedFilter.objects.filter(owner=owner)
    if not known.filter(name=name).exists() and known.count() >= FILTERS_AT_MOST:
        raise FilterRefused(_("You keep %(n)d filters already. Delete one first.") % {"n": FILTERS_AT_MOST})
    return SavedFilter.objects.update_or_create(owner=owner, name=name, defaults={"query": query})[0]


def delete_filter(saved: SavedFilter) -> None:
    """A person no longer needs a filter."""
    saved.delete()
