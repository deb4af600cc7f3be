"""People who may be in the register twice: the list of them, the two entries beside each other, merging and undoing."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as draw
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids.enums import Right
from grids.models import Post

from .. import actions
from ..enums import Field
from ..forms.moves import MergeForm
from ..models import Resident
from ..queries.duplicates import FIRST, duplicates, told_apart
from ..queries.merging import follows, side_by_side
from ..queries.shown import Reader
from .asking import acting_post, entry_in_scope, must_hold, reader
from .taking import take

RESIDENTS = Resident.objects.select_related("grid", "household__dwelling__house", "merged_into")


@require_safe
def likely(request: HttpRequest) -> HttpResponse:
    """Pairs of entries that may be one person."""
    must_hold(request, Right.KEEP)
    who, found = reader(request), duplicates(request.scope)
    context = {
        "pairs": [(_shown(pair.first, who), _shown(pair.second, who)) for pair in found.pairs],
        "apart": [(_shown(pair.first, who), _shown(pair.second, who)) for pair in found.apart],
        "outside": found.outside,
        "most": FIRST,
    }
    return draw(request, "residents/duplicates.html", context)


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """The two entries beside each other; what is chosen makes them one."""
    first, second, by = _both(request, pk, other)

    def enter(form: MergeForm) -> Resident:
        survivor, gone = (first, second) if form.first_survives else (second, first)
        return actions.merge(
            survivor, gone, taken=form.taken, by=by, at=request.at, key=form.cleaned_data["key"]
        )

    who = reader(request)
    form = MergeForm(request.POST or None, sides=side_by_side(first, second, who))
    return take(
        request, form, enter, _("Merge two entries"), first, "merge",
        rows=form.rows, entries=[_shown(first, who), _shown(second, who)],
        follows=[follows(first), follows(second)], apart=told_apart(first, second),
    )  # fmt: skip


def _both(request: HttpRequest, pk: int, other: int) -> tuple[Resident, Resident, Post]:
    """Two entries that she keeps, and the post from which she keeps the first."""
    first = entry_in_scope(request, RESIDENTS.all(), pk)
    second = entry_in_scope(request, RESIDENTS.all(), other)
    by = acting_post(request, first, Right.KEEP)
    acting_post(request, second, Right.KEEP)
    return first, second, by


@require_POST
def tell_apart(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """The two entries are two people, and leave the list."""
    first, second, by = _both(request, pk, other)
    try:
        actions.tell_apart(first, second, by=by, at=request.at)
        messages.success(request, _("Noted: these are two people."))
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect("residents:duplicates")


@require_POST
def suspect_again(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Back into the list."""
    first, second, _by = _both(request, pk, other)
    actions.suspect_again(first, second)
    return redirect("residents:merge", pk, other)


@require_POST
def unmerge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two again, if nobody has gone on since. `pk` is the entry that went into the other."""
    other = entry_in_scope(request, RESIDENTS.all(), pk)
    by = acting_post(request, other, Right.KEEP)
    found = get_object_or_404(other.own_merges.filter(undone_at__isnull=True))
    acting_post(request, found.survivor, Right.KEEP)
    try:
        actions.unmerge(found, by=by, at=request.at, key=uuid4())
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect(other)


def _shown(resident: Resident, who: Reader) -> dict[str, Any]:
    return {
        "resident": resident,
        "name": who.sees(resident, Field.NAME),
        "phone": who.sees(resident, Field.PHONE),
        "id_number": who.sees(resident, Field.ID_NUMBER),
    }
