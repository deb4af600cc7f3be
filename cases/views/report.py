"""Reporting a problem: the form, and the page that says what happens next."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from grids.enums import Right
from grids.models import Post

from .. import actions
from ..enums import Refusal
from ..forms.report import ReportForm
from ..models import Case
from ..rules.lifecycle import NotAllowed
from .answers import REFUSED, case_in_scope, forbidden


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Somebody found a problem. The same form sent twice is one case, and the same answer."""
    if Right.REPORT not in request.scope.rights:
        raise PermissionDenied
    if request.method != "POST":
        form = ReportForm(scope=request.scope, inside=request.GET.get("in", ""), found=request.GET.dict())
        return page(request, form, 200)

    form = ReportForm(request.POST, request.FILES, scope=request.scope, inside=request.GET.get("in", ""))
    if not form.is_valid():
        return page(request, form, 422)

    try:
        case = file(form, form.post, request)
    except NotAllowed as no:
        raise forbidden(no.refusal) from no
    except REFUSED as no:
        form.add_error(None, str(no))
        form.renew_key()
        return page(request, form, 422)
    return redirect("cases:reported", case.pk)


def file(form: ReportForm, post: Post | None, request: HttpRequest) -> Case:
    """The one call: reported, or reported and settled at once."""
    if post is None:
        raise NotAllowed(Refusal.NO_RIGHT)
    if form.is_settled:
        return actions.report_settled(
            **form.problem, **form.outcome, key=form.key_sent, by=post, at=request.at
        )
    return actions.report(**form.problem, key=form.key_sent, by=post, at=request.at)


def page(request: HttpRequest, form: ReportForm, status: int) -> HttpResponse:
    context = {"form": form, "photos_lost": bool(request.FILES)}
    return render(request, "cases/report.html", context, status=status)


@require_safe
def reported(request: HttpRequest, pk: int) -> HttpResponse:
    """The number in large type, and what happens next."""
    return render(request, "cases/reported.html", {"case": case_in_scope(request, pk)})
