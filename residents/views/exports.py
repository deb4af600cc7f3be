"""Taking a register out as a file: asking, deciding, and what became of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.kit import listing
from grids.enums import Right

from .. import actions
from ..forms.exports import DecisionForm, ExportForm
from ..forms.filters import grids_below
from ..models import ExportRequest
from ..queries.exports import caliber, mine, title_of, visible, waiting
from ..queries.registers import REGISTERS, Register
from .asking import acting_post, must_hold, post_in

PAGE_SIZE = 20


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """A register, narrowed like its list, as a file."""
    if name not in REGISTERS:
        raise Http404
    must_hold(request, Right.KEEP)
    register = REGISTERS[name]
    form = _form(request, register)
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted
        by = post_in(request, wanted.grid, Right.KEEP)
        try:
            asked = actions.ask_for_export(wanted, key=form.cleaned_data["key"], by=by, at=request.at)
            return redirect(asked.job or asked)
        except actions.RegisterRefused as no:
            form.add_error(None, str(no))
    context = {"register": register, "form": form, "back": reverse("residents:list", args=[name])}
    return render(request, "residents/export.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, register: Register) -> ExportForm:
    """Filled with what the list was narrowed to; without its words."""
    known = {
        "grids": grids_below(request.scope, Right.KEEP),
        "can_unmask": bool(register.person) and Right.REVEAL in request.scope.rights,
    }
    if request.method == "POST":
        return ExportForm(request.POST, register=register, **known)
    names = ("grid", *register.filters, *register.switches)
    initial = {name: request.GET[name] for name in names if name in request.GET}
    return ExportForm(initial=initial, register=register, **known)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Her exports, and what waits for her release."""
    if not {Right.KEEP, Right.RELEASE} & request.scope.rights:
        raise PermissionDenied
    page = listing.page(mine(request.scope), cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    context = {
        "waiting": [(each, title_of(each)) for each in waiting(request.scope).order_by("pk")],
        "releases": Right.RELEASE in request.scope.rights,
        "keeps": Right.KEEP in request.scope.rights,
        "rows": [(each, title_of(each)) for each in page.rows],
        **listing.around(request.GET, page),
    }
    return render(request, "residents/exports.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(visible(request.scope), pk=pk))


def _show(
    request: HttpRequest, asked: ExportRequest, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    is_own = asked.asked_by.user_id == request.user.pk
    context: dict[str, Any] = {
        "asked": asked,
        "title": title_of(asked),
        "caliber": caliber(asked),
        "is_own": is_own,
        "can_decide": asked.is_waiting and not is_own and request.scope.covers(asked, Right.RELEASE),
        "form": form or DecisionForm(),
        "at": request.at,
    }
    return render(request, "residents/export_request.html", context, status=status)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Released, or not."""
    asked = get_object_or_404(visible(request.scope), pk=pk)
    by = acting_post(request, asked, Right.RELEASE)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show(request, asked, form, status=422)

    try:
        if form.cleaned_data["decision"] == "release":
            actions.release_export(asked, by=by, at=request.at)
            messages.success(
                request, _("%(export)s is released; the file is being made.") % {"export": asked}
            )
        else:
            actions.refuse_export(asked, note=form.cleaned_data["note"], by=by, at=request.at)
            messages.success(request, _("%(export)s is not released.") % {"export": asked})
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        return _show(request, asked, form, status=422)
    return redirect("residents:exports")
