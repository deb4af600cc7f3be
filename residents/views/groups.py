"""Special groups: the list of files, how many there are, one file, and every move on it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.kit import listing
from gridgov.kit.listing import around, capped_count, query_string
from gridgov.kit.searches import address_of, asked
from grids.enums import Right
from grids.models import Post
from grids.rules.workdays import local_date

from .. import actions
from ..actions import groups as verbs
from ..enums import CloseReason, Field, FileState
from ..forms.groups import ChangeForm, CloseForm, GroupFilterForm, ProposalForm, ReviewForm, TypeForm
from ..models import GroupFile, Resident
from ..queries import groups as questions
from ..queries.registers import cells
from .asking import acting_post, entry_in_scope, must_hold, reader
from .lists import PRINTED

TABS = (FileState.OPEN, FileState.PROPOSED, FileState.CLOSED, FileState.REFUSED)


# --- lists --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The files she sees; who may only read figures is led to them."""
    if not request.scope.rights & {*questions.SEES}:
        must_hold(request, Right.FIGURES)
        return redirect("residents:group_figures")
    form, rows = _asked(request)
    if request.method == "POST":
        return address_of(request, form.fields)
    page = listing.page(rows, cursor=request.GET.get("cursor"))
    context = {
        "form": form,
        "sought": form.sought,
        "is_narrowed": form.sought.is_narrowed or form.kind,
        "tabs": _tabs(request, form.state),
        "state": form.state,
        "rows": questions.lines(page.rows, reader(request)),
        "total": capped_count(rows),
        "paper_url": reverse("residents:groups_paper") + query_string(request.GET),
        **around(request.GET, page),
    }
    return render(request, "residents/groups.html", context)


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The same rows on paper, masked like the list."""
    if not request.scope.rights & {*questions.SEES}:
        raise PermissionDenied
    _form, rows = _asked(request)
    shown = list(rows.order_by("-pk")[: PRINTED + 1])
    who = reader(request)
    context = {
        "register": questions.GROUPS,
        "rows": [{"cells": cells(questions.GROUPS, row, who)} for row in shown[:PRINTED]],
        "is_cut": len(shown) > PRINTED,
        "at": request.at,
        "printed": PRINTED,
    }
    return render(request, "residents/paper.html", context)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """How many open files there are of each type, and no names."""
    must_hold(request, Right.FIGURES)
    context = {
        "figures": questions.figures(request.scope, request.at),
        "fewest": questions.FEWEST,
        "at": request.at,
        "sees_files": bool(request.scope.rights & {*questions.SEES}),
    }
    return render(request, "residents/group_figures.html", context)


def _asked(request: HttpRequest) -> tuple[GroupFilterForm, QuerySet[GroupFile]]:
    types = list(questions.visible_types(request.scope))
    form = GroupFilterForm(asked(request), scope=request.scope, types=types)
    rows = questions.found_files(request.scope, form.state, form.sought, form.kind, local_date(request.at))
    return form, rows


def _tabs(request: HttpRequest, current: FileState) -> list[dict[str, Any]]:
    """One for each state, with what the list was narrowed to kept."""
    numbers = questions.states(request.scope)
    kept = request.GET.copy()
    kept.pop("cursor", None)
    tabs = []
    for state in TABS:
        kept["state"] = state.value
        waits = state == FileState.PROPOSED
        tabs.append(
            {"label": state.label, "url": f"?{kept.urlencode()}", "count": numbers.get(state, 0),
             "current": state == current, "hot": waits}
        )  # fmt: skip
    return tabs


# --- proposing ----------------------------------------------------------------------------------------


@require_safe
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Into which group somebody is proposed. The type goes by form: with a person it stands in no address."""
    person = _person(request, pk)
    _proposer(request, person)
    form = TypeForm(types=questions.proposable_types(request.scope, person))
    return _proposal_page(request, person, form, _("Next"))


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of the type chosen; sent with what it asks for, it is a proposal."""
    person = _person(request, pk)
    by = _proposer(request, person)
    chosen = TypeForm(request.POST, types=_choosable(request, person))
    if not chosen.is_valid():
        return _proposal_page(request, person, chosen, _("Next"), status=422)

    kind = chosen.cleaned_data["type"]
    if "key" not in request.POST:
        return _proposal_page(request, person, ProposalForm(kind=kind), _("Propose"), kind=kind)

    form = ProposalForm(request.POST, kind=kind)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("risk", "basis", "key")}
        try:
            return redirect(verbs.propose(person, kind, details=form.details, by=by, at=request.at, **said))
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    return _proposal_page(request, person, form, _("Propose"), kind=kind, status=422)


def _person(request: HttpRequest, pk: int) -> Resident:
    rows = Resident.objects.select_related("grid", "household__dwelling__house")
    person = entry_in_scope(request, rows, pk)
    if not reader(request).knows_groups_of(person):
        raise Http404
    return person


def _proposer(request: HttpRequest, person: Resident) -> Post:
    """Who keeps the register there and may know of files; without either it is a refusal."""
    by = acting_post(request, person, Right.KEEP)
    if not any(request.scope.covers(person, right) for right in questions.SEES):
        raise PermissionDenied
    return by


def _choosable(request: HttpRequest, person: Resident) -> Any:
    """Those she may propose, and those there already: the same form sent twice is answered, not refused."""
    return questions.proposable_types(request.scope, person, with_there=True)


def _proposal_page(
    request: HttpRequest, person: Resident, form: Any, button: str, *, kind: Any = None, status: int = 200
) -> HttpResponse:
    context = {
        "resident": person,
        "name": reader(request).sees(person, Field.NAME),
        "form": form,
        "button": button,
        "kind": kind,
    }
    return render(request, "residents/group_propose.html", context, status=status)


# --- one file -----------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, _file(request, pk))


def _file(request: HttpRequest, pk: int) -> GroupFile:
    """A file that exists for her, or 404."""
    rows = GroupFile.objects.seen_by(request.scope).select_related(
        "grid", "type", "resident__household__dwelling__house", "proposed_by__user", "reviewed_by__user"
    )
    file = rows.filter(pk=pk).first()
    if file is None or not reader(request).knows_groups_of(file.resident):
        raise Http404
    return file


def show(
    request: HttpRequest, file: GroupFile, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a file; what it holds is opened only for who works with the person, and on record."""
    who, by = reader(request), questions.reading_post(request.scope, file)
    if by is None:
        raise PermissionDenied
    in_full = questions.may_open(who, file)
    address = request.META.get("REMOTE_ADDR") or None
    held = actions.look_into(file, in_full=in_full, by=by, at=request.at, address=address)
    context = {
        "file": file,
        "name": who.sees(file.resident, Field.NAME),
        "details": questions.details_shown(file, held),
        "in_full": in_full,
        "late": file.days_late(who.today),
        "events": file.events.select_related("by__user"),
        "looks": file.looks.select_related("user").order_by("-pk")[:20] if in_full else None,
        "leads_to_person": request.scope.covers(file.resident, Right.REGISTER),
        **_offered(request, file, held),
        **(forms or {}),
    }
    answer = render(request, "residents/group_file.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _offered(request: HttpRequest, file: GroupFile, held: dict[str, str] | None) -> dict[str, Any]:
    """The forms of what she may do to it now."""
    offered: dict[str, Any] = {}
    if file.is_waiting and request.scope.covers(file, Right.REVIEW):
        is_mine = file.proposed_by.user_id == request.user.pk
        offered["review"] = None if is_mine else ReviewForm(auto_id="review_%s")
        offered["waits_for_another"] = is_mine
    if file.is_open and request.scope.covers(file, Right.KEEP):
        offered["close_form"] = CloseForm(initial={"on": local_date(request.at)}, auto_id="close_%s")
        if held is not None:
            offered["change_form"] = ChangeForm(
                kind=file.type, held=held, initial={"risk": file.risk}, auto_id="change_%s"
            )
    return offered


@require_POST
def open_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The second pair of eyes agrees."""
    file = _file(request, pk)
    by = acting_post(request, file, Right.REVIEW)
    form = ReviewForm(request.POST, auto_id="review_%s")
    return _take(
        request,
        file,
        "review",
        form,
        lambda: verbs.open_file(file, by=by, at=request.at, **form.cleaned_data),
    )


@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """The second pair of eyes does not agree, and says why."""
    file = _file(request, pk)
    by = acting_post(request, file, Right.REVIEW)
    form = ReviewForm(request.POST, auto_id="review_%s")
    return _take(
        request, file, "review", form, lambda: verbs.refuse(file, by=by, at=request.at, **form.cleaned_data)
    )


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Risk or details are other ones now."""
    file = _file(request, pk)
    by = acting_post(request, file, Right.KEEP)
    form = ChangeForm(request.POST, kind=file.type, auto_id="change_%s")

    def write() -> None:
        said = {name: form.cleaned_data[name] for name in ("risk", "reason", "key")}
        verbs.change(file, details=form.details, by=by, at=request.at, **said)

    return _take(request, file, "change_form", form, write)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The file ends."""
    file = _file(request, pk)
    by = acting_post(request, file, Right.KEEP)
    form = CloseForm(request.POST, auto_id="close_%s")

    def write() -> None:
        said = dict(form.cleaned_data)
        verbs.close(file, reason=CloseReason(said.pop("reason")), by=by, at=request.at, **said)

    return _take(request, file, "close_form", form, write)


def _take(
    request: HttpRequest, file: GroupFile, name: str, form: Any, write: Callable[[], object]
) -> HttpResponse:
    """One form of the page of a file: refused in its own words, or done."""
    if form.is_valid():
        try:
            write()
            return redirect(file)
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    return show(request, file, {name: form}, status=422)
