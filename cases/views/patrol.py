"""The daily patrol and the diary written on it."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Post
from grids.rules.workdays import first_of_month, local_date

from .. import actions
from ..forms.patrol import WEATHERS, LineForm, RaiseForm, StartForm
from ..models import DiaryEntry, Patrol
from ..queries import choices, patrols
from ..rules.lifecycle import NotAllowed
from .answers import forbidden


@require_safe
def patrol(request: HttpRequest) -> HttpResponse:
    """Today: set out, or go on with the patrol under way."""
    _may_patrol(request)
    today = patrols.today(request.scope, request.at)
    if today.under_way and not today.is_forgotten(request.at):
        return redirect(today.under_way)
    return start_page(request, StartForm(posts=patrols.patrol_posts(request.scope)), 200)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """She sets out. The same form twice is the same patrol."""
    _may_patrol(request)
    form = StartForm(request.POST, posts=patrols.patrol_posts(request.scope))
    if not form.is_valid():
        return start_page(request, form, 422)

    try:
        begun = actions.start_patrol(by=form.post_chosen, at=request.at, **form.said)
    except actions.PatrolRefused as no:
        form.add_error(None, str(no))
        return start_page(request, form, 409)
    return redirect(begun)


def start_page(request: HttpRequest, form: StartForm, status: int) -> HttpResponse:
    today = patrols.today(request.scope, request.at)
    month = local_date(request.at).replace(day=1)
    context = {
        "form": form,
        "today": today,
        "forgotten": today.under_way if today.is_forgotten(request.at) else None,
        "figures": patrols.figures_of(patrols.patrol_posts(request.scope), month),
        "weathers": WEATHERS,
    }
    return render(request, "cases/patrol.html", context, status=status)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, _seen(request, pk))


def show(
    request: HttpRequest, walk: Patrol, line: LineForm | None = None, raised: RaiseForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The patrol with its lines; the forms only for the person who walks it."""
    is_mine = _post_of(request, walk) is not None
    context = {
        "patrol": walk,
        "is_mine": is_mine,
        "is_forgotten": walk.is_under_way and walk.date < local_date(request.at),
        "form": line or (LineForm() if is_mine and walk.is_under_way else None),
        "lines": _lines(walk, is_mine, raised),
        "summary": patrols.summary(walk, request.at),
    }
    return render(request, "cases/patrol_detail.html", context, status=status)


def _lines(walk: Patrol, is_mine: bool, raised: RaiseForm | None) -> list[dict[str, object]]:
    """Each line, with the form that makes it a case while it is none."""
    entries = list(walk.entries.all())
    leaves = choices.leaves() if is_mine and any(entry.case_id is None for entry in entries) else []
    return [{"entry": entry, "form": _raise_form(entry, leaves, raised)} for entry in entries]


def _raise_form(entry: DiaryEntry, leaves: list, raised: RaiseForm | None) -> RaiseForm | None:
    if entry.case_id or not leaves:
        return None
    return raised if raised and raised.entry.pk == entry.pk else RaiseForm(entry=entry, leaves=leaves)


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of the diary."""
    walk = _seen(request, pk)
    by = _own_post(request, walk)
    form = LineForm(request.POST)
    if not form.is_valid():
        return show(request, walk, line=form, status=422)

    try:
        actions.write_diary(walk, by=by, at=request.at, **form.cleaned_data)
    except actions.PatrolRefused as no:
        form.add_error(None, str(no))
        return show(request, walk, line=form, status=409)
    return redirect(walk)


@require_POST
def raise_case(request: HttpRequest, pk: int) -> HttpResponse:
    """A line becomes a case, with one tap where its words say what it is."""
    entry = get_object_or_404(DiaryEntry.objects.within(request.scope), pk=pk)
    walk = _seen(request, entry.patrol_id)
    by = _own_post(request, walk)
    form = RaiseForm(request.POST, request.FILES, entry=entry, leaves=choices.leaves())
    if not form.is_valid():
        return show(request, walk, raised=form, status=422)

    return _carried_out(
        request, walk, form, lambda: actions.raise_case(entry, by=by, at=request.at, **form.cleaned_data)
    )


def _carried_out(
    request: HttpRequest, walk: Patrol, form: RaiseForm, do: Callable[[], object]
) -> HttpResponse:
    try:
        case = do()
    except NotAllowed as no:
        raise forbidden(no.refusal) from no
    except actions.ReportRefused as no:
        form.add_error(None, str(no))
        return show(request, walk, raised=form, status=422)
    messages.success(request, _("The line is now case %(number)s.") % {"number": case})
    return redirect(f"{walk.get_absolute_url()}#line{form.entry.pk}")


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The walk is over. Ending it twice changes nothing."""
    walk = _seen(request, pk)
    actions.end_patrol(walk, by=_own_post(request, walk), at=request.at)
    return redirect(walk)


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """My patrols of a month, with its figures."""
    _may_patrol(request)
    month = patrols.month_of(request.GET.get("month", ""), request.at)
    current = local_date(request.at).replace(day=1)
    context = {
        "month": month,
        "previous": first_of_month(month, -1),
        "next": first_of_month(month, 1) if month < current else None,
        "walks": patrols.of_month(request.scope, month),
        "figures": patrols.figures_of(patrols.patrol_posts(request.scope), month),
    }
    return render(request, "cases/patrol_history.html", context)


@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The day's diary (民情日记) on paper."""
    walk = _seen(request, pk)
    context = {
        "patrol": walk,
        "lines": reversed(walk.entries.all()),
        "summary": patrols.summary(walk, request.at),
        "back_url": walk.get_absolute_url(),
    }
    return render(request, "cases/diary_sheet.html", context)


def _seen(request: HttpRequest, pk: int) -> Patrol:
    """The patrol, if it lies in the person's subtree; otherwise it does not exist."""
    return get_object_or_404(patrols.patrols_seen(request.scope), pk=pk)


def _may_patrol(request: HttpRequest) -> None:
    if Right.PATROL not in request.scope.rights:
        raise PermissionDenied


def _post_of(request: HttpRequest, walk: Patrol) -> Post | None:
    """The current post of this person from which the patrol is walked."""
    return next((post for post in patrols.patrol_posts(request.scope) if post.pk == walk.post_id), None)


def _own_post(request: HttpRequest, walk: Patrol) -> Post:
    post = _post_of(request, walk)
    if post is None:
        raise Forbidden(_("Only the person who walks this patrol, and still holds its post, can do this."))
    return post
