"""Applications for the admission of grid affairs (准入): the list, a new one, the page of one and its moves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridgov.kit import listing
from gridgov.kit.forms import KeyedForm
from gridgov.kit.refusals import Forbidden
from grids.models import Post
from grids.rules.workdays import local_date

from ..actions import admissions as verbs
from ..enums import UNDER_REVIEW, AdmissionChange, AdmissionState
from ..forms.admissions import (
    AdmissionFilterForm,
    AdmitForm,
    ApplyForm,
    BecauseForm,
    ConveneForm,
    OpinionForm,
)
from ..models import Admission, AdmissionEvent, Category
from ..queries import admissions as questions
from ..queries.affairs import affairs_of
from ..rules import admission as rule

C = AdmissionChange

# --- the list -------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The applications of her departments and of the districts she reviews, by how they stand."""
    if not questions.takes_part(request.scope):
        raise Forbidden(_("Only departments and those who review for the district see applications."))
    state = AdmissionFilterForm(request.GET).wanted
    rows = questions.worked_on(request.scope)
    page = listing.page(rows.filter(state=state) if state else rows, cursor=request.GET.get("cursor"))
    context = {
        "rows": page.rows,
        "state": state,
        "tabs": _tabs(request, state),
        **listing.around(request.GET, page),
    }
    return render(request, "cases/admissions.html", context)


def _tabs(request: HttpRequest, current: AdmissionState | None) -> list[dict[str, Any]]:
    numbers = questions.states(request.scope)
    here = reverse("cases:admissions")
    every = {"label": _("All"), "url": here, "count": sum(numbers.values()), "current": current is None}
    return [every] + [
        {"label": state.label, "url": f"{here}?state={state.value}", "count": numbers.get(state, 0),
         "current": state == current, "hot": state in UNDER_REVIEW}
        for state in AdmissionState
    ]  # fmt: skip


# --- a new one ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """A department applies, or the district for one."""
    departments = questions.applicants(request.scope)
    if not questions.takes_part(request.scope):
        raise Forbidden(_("Only departments and those who review for the district see applications."))
    form = ApplyForm(
        request.POST or None, departments=departments, categories=Category.objects.leaves().order_by("code"),
        initial={"wanted_since": local_date(request.at)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        department = form.cleaned_data["department"]
        by = questions.applying_post(request.scope, department)
        if by is None:
            raise Forbidden(_("Only departments and those who review for the district see applications."))
        try:
            return redirect(verbs.apply(by=by, at=request.at, **form.cleaned_data))
        except verbs.AdmissionRefused as no:
            form.add_error(None, str(no))
    status = 422 if form.errors else 200
    return render(request, "cases/admission_apply.html", {"form": form}, status=status)


# --- one ------------------------------------------------------------------------------------------------


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Admission:
    return get_object_or_404(questions.visible(request.scope), pk=pk)


def show(
    request: HttpRequest,
    row: Admission,
    refused: tuple[AdmissionChange, KeyedForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an application: what is asked for, its story, and what this person can do now."""
    affair = getattr(row, "affair", None)
    listed = questions.listed([affair], request.scope, *[local_date(request.at)] * 2) if affair else []
    context = {
        "row": row,
        "moves": _moves(request, row, refused),
        "events": [_told(event) for event in _events(row)],
        "listed": listed[0] if listed else None,
        "standing": _standing(row, request.at),
    }
    return render(request, "cases/admission.html", context, status=status)


def _events(row: Admission) -> Any:
    return row.events.select_related("by__user", "by__grid", "by__department").order_by("pk")


def _standing(row: Admission, at: datetime) -> Any:
    """What of this category is on the list already while it is under review: it cannot be there twice."""
    if not row.is_under_review:
        return None
    found = affairs_of(row.district, local_date(at)).filter(category=row.category)
    return found.first()


def _told(event: AdmissionEvent) -> dict[str, Any]:
    """One line of the story, as ui/timeline.html takes it."""
    label = str(AdmissionChange(event.change).label)
    if event.change == C.OPINION:
        said = _("agrees") if event.agrees else _("does not agree")
        label = f"{label} · {event.who}：{said}"
    elif event.day:
        label = f"{label} · {event.day:%Y-%m-%d}"
    tones = {C.ADMITTED: "good", C.REFUSED: "bad", C.LEFT: "bad"}
    return {
        "label": label,
        "at": event.at,
        "who": f"{event.by.user} {event.by.place_name} {event.by.get_role_display()}",
        "note": event.note,
        "tone": "bad" if event.agrees is False else tones.get(C(event.change), ""),
    }


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The application with the opinions of the meeting and the decision on paper (准入审批表)."""
    row = _found(request, pk)
    events = list(_events(row))
    context = {
        "row": row,
        "opinions": [event for event in events if event.change == C.OPINION],
        "affair": getattr(row, "affair", None),
        "back_url": row.get_absolute_url(),
    }
    return render(request, "cases/admission_paper.html", context)


# --- its moves ------------------------------------------------------------------------------------------

# move          its form      what it does           what is said afterwards
MOVES: dict[AdmissionChange, tuple[type[KeyedForm], Callable[..., Admission], Any]] = {
    C.CONVENED:  (ConveneForm, verbs.convene,      gettext_lazy("The joint meeting is called.")),
    C.OPINION:   (OpinionForm, verbs.give_opinion, gettext_lazy("The opinion is on record.")),
    C.ADMITTED:  (AdmitForm,   verbs.admit,        gettext_lazy("Admitted; the department has been told.")),
    C.REFUSED:   (BecauseForm, verbs.refuse,       gettext_lazy("Not admitted; the department has been told.")),
    C.WITHDRAWN: (BecauseForm, verbs.take_back,    gettext_lazy("The application is taken back.")),
}  # fmt: skip
BUTTONS = {
    C.CONVENED: gettext_lazy("Call the joint meeting"),
    C.OPINION: gettext_lazy("Record an opinion"),
    C.ADMITTED: gettext_lazy("Admit"),
    C.REFUSED: gettext_lazy("Do not admit"),
    C.WITHDRAWN: gettext_lazy("Take the application back"),
}


def _moves(
    request: HttpRequest, row: Admission, refused: tuple[AdmissionChange, KeyedForm] | None
) -> list[dict[str, Any]]:
    """What she can do now, each with its form; the one that was refused stands open as it was sent."""
    allowed = questions.offers(row, request.scope, request.at)
    if refused and refused[0] not in allowed:
        allowed = {refused[0]: questions.acting_post(request.scope, row, refused[0]), **allowed}
    return [
        {
            "url": reverse(f"cases:admission_{change.value}", args=[row.pk]),
            "label": BUTTONS[change],
            "by": by,
            "form": refused[1] if refused and refused[0] == change else _form(change, row),
            "turns_back": change in (C.REFUSED, C.WITHDRAWN),
            "is_open": bool(refused and refused[0] == change),
        }
        for change, by in allowed.items()
    ]


def _form(change: AdmissionChange, row: Admission) -> KeyedForm:
    """A form that begins with what the department asked for."""
    begins = {
        C.CONVENED: {"day": row.met_on},
        C.ADMITTED: {"since": row.wanted_since, "last": row.wanted_until},
    }
    return MOVES[change][0](initial=begins.get(change, {}), auto_id=f"{change.value}_%s")


@require_POST
def move(request: HttpRequest, pk: int, change: AdmissionChange) -> HttpResponse:
    """One move on an application; the rule is asked again under its lock."""
    row = _found(request, pk)
    by = _by(request, row, change)
    kind, verb, done = MOVES[change]
    form = kind(request.POST, auto_id=f"{change.value}_%s")
    if form.is_valid():
        try:
            moved = verb(row, by=by, at=request.at, **form.cleaned_data)
            messages.success(request, str(done))
            return redirect(moved)
        except verbs.AdmissionRefused as no:
            form.add_error(None, str(no))
            row = _found(request, pk)
    return show(request, row, (change, form), status=422)


def _by(request: HttpRequest, row: Admission, change: AdmissionChange) -> Post:
    """Whose move it is; everybody else who knows of the application is told so."""
    by = questions.acting_post(request.scope, row, change)
    if by is None:
        side = rule.MOVES[change].side
        raise Forbidden(
            _("Only who reviews for the district does this.")
            if side == rule.DISTRICT
            else _("Only the department that applied does this.")
        )
    return by
