"""Inquiries (质询): their list, the page of one with its moves, the two papers, and what is watched about them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit.listing import around, query_string
from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Post

from .. import actions
from ..enums import Action, Refusal, Verdict
from ..forms.base import StepForm
from ..forms.inquiries import FORMS, InquiryFilterForm, PlaceForm, SilenceForm
from ..models import Inquiry
from ..queries import inquiries, open_lead, watch
from ..queries.permits import inquiry_offers
from ..queries.shown import due_of_inquiry
from .answers import forbidden, may_ever, take
from .panels import panels

View = Callable[..., HttpResponse]
Call = Callable[[Inquiry, StepForm, Post, datetime], Inquiry]

ORDER = (Action.ASK, Action.ANSWER, Action.ACCEPT, Action.DECIDE, Action.OBJECT)


# --- the list --------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every inquiry about a case the person sees, narrowed as the address says."""
    form = InquiryFilterForm(request.GET, scope=request.scope)
    sought = form.sought
    page = inquiries.rows(sought, request.scope, request.at, request.GET.get("cursor"))
    context = {
        "form": form,
        "sought": sought,
        "rows": page.rows,
        "tabs": [_tab(tab, request, sought) for tab in inquiries.tabs(sought, request.scope)],
        "watches": Right.SUPERVISE in request.scope.rights,
        **around(request.GET, page),
    }
    return render(request, "cases/inquiries.html", context)


def _tab(tab: inquiries.Tab, request: HttpRequest, sought: inquiries.Sought) -> dict[str, Any]:
    address = reverse("cases:inquiries") + query_string(request.GET, waiting=tab.kind, state=None)
    current = tab.kind == sought.waiting
    return {"label": tab.label, "url": address, "count": tab.count, "current": current, "hot": tab.hot}


# --- one inquiry -----------------------------------------------------------------------------------


def inquiry_in_scope(request: HttpRequest, pk: int) -> Inquiry:
    """The inquiry, if its case lies in the person's subtree; otherwise it does not exist."""
    return get_object_or_404(inquiries.in_full().within(request.scope), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, inquiry_in_scope(request, pk))


def show(
    request: HttpRequest, paper: Inquiry, form: StepForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of an inquiry, with the form that was refused filled in as it was sent."""
    allowed = inquiry_offers(paper, open_lead(paper.case), request.scope, request.at)
    context = {
        "inquiry": paper,
        "case": paper.case,
        "due": due_of_inquiry(paper, request.at),
        "grounds": inquiries.grounds(paper, request.at),
        "limit": inquiries.reply_limit(paper),
        "moves": panels(request, paper, FORMS, allowed, ORDER, form),
        "events": inquiries.course(paper),
        "refused": form,
    }
    return render(request, "cases/inquiry.html", context, status=status)


def _ask(paper: Inquiry, form: StepForm, by: Post, at: datetime) -> Inquiry:
    return actions.ask(paper, question=form.cleaned_data["question"], by=by, at=at, **form.move)


def _answer(paper: Inquiry, form: StepForm, by: Post, at: datetime) -> Inquiry:
    said = {name: form.cleaned_data[name] for name in ("progress", "cause", "measures")}
    return actions.answer(paper, by=by, at=at, **said, **form.move)


def _accept(paper: Inquiry, form: StepForm, by: Post, at: datetime) -> Inquiry:
    return actions.accept(paper, note=form.cleaned_data["note"], by=by, at=at, **form.move)


def _object(paper: Inquiry, form: StepForm, by: Post, at: datetime) -> Inquiry:
    return actions.object_(paper, note=form.cleaned_data["note"], by=by, at=at, **form.move)


def _decide(paper: Inquiry, form: StepForm, by: Post, at: datetime) -> Inquiry:
    verdict, note = Verdict(form.cleaned_data["verdict"]), form.cleaned_data["note"]
    return actions.decide(paper, verdict=verdict, note=note, by=by, at=at, **form.move)


CALLS: dict[Action, Call] = {
    Action.ASK: _ask,
    Action.ANSWER: _answer,
    Action.ACCEPT: _accept,
    Action.OBJECT: _object,
    Action.DECIDE: _decide,
}


@require_POST
def move(request: HttpRequest, pk: int, action: Action) -> HttpResponse:
    """A person takes one edge of the table that is about an inquiry."""
    paper = inquiry_in_scope(request, pk)
    if not may_ever(request, paper.case, action):
        raise forbidden(Refusal.NO_RIGHT)
    form = FORMS[action](request.POST, case=paper.case, at=request.at)
    if not form.is_valid():
        return show(request, paper, form, 422)
    return take(request, paper, action, form, lambda by: CALLS[action](paper, form, by, request.at), show)


# --- the papers ------------------------------------------------------------------------------------


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The printed inquiry (质询函); a right that was not used is none."""
    paper = inquiry_in_scope(request, pk)
    if paper.issued_at is None:
        raise Http404
    return _paper(request, "cases/inquiry_letter.html", paper)


@require_safe
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The printed answer (质询答复)."""
    paper = inquiry_in_scope(request, pk)
    if paper.answered_at is None:
        raise Http404
    return _paper(request, "cases/inquiry_reply.html", paper)


def _paper(request: HttpRequest, template: str, paper: Inquiry) -> HttpResponse:
    context = {
        "inquiry": paper,
        "case": paper.case,
        "asker": inquiries.name_in_full(paper.asker),
        "grounds": inquiries.grounds(paper, request.at),
        "limit": inquiries.reply_limit(paper),
        "address": request.build_absolute_uri(paper.get_absolute_url()),
        "back_url": paper.get_absolute_url(),
    }
    return render(request, template, context)


# --- what is watched -------------------------------------------------------------------------------


def for_supervisors(view: View) -> View:
    """Lists about other people's conduct: everybody else is told whose they are."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if Right.SUPERVISE not in request.scope.rights:
            raise Forbidden(_("Only those who supervise see this list."))
        return view(request)

    return checked


@require_safe
@for_supervisors
def retaliation(request: HttpRequest) -> HttpResponse:
    """What questioned sides did to the cases of those who had asked them."""
    form = PlaceForm(request.GET, scope=request.scope)
    page = watch.suspects(request.scope, form.place, request.GET.get("cursor"))
    context = {
        "form": form,
        "suspects": page.rows,
        "is_narrowed": bool(form.place),
        **around(request.GET, page),
    }
    return render(request, "cases/retaliation.html", context)


@require_safe
@for_supervisors
def silence(request: HttpRequest) -> HttpResponse:
    """Grids that could have asked and did not."""
    form = SilenceForm(request.GET, scope=request.scope)
    days, place = form.silent_days, form.place
    page = watch.silences(
        request.scope, request.at, days=days, place=place, asker=form.asking, cursor=request.GET.get("cursor")
    )
    context = {
        "form": form,
        "days": days,
        "rows": page.rows,
        "grids": watch.silent_grids(request.scope, request.at, days=days, place=place),
        "asking": form.asking,
        "is_narrowed": bool(place or form.asking),
        **around(request.GET, page),
    }
    return render(request, "cases/silence.html", context)
