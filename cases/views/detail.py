"""The page of one case: how it stands, what happened, and exactly the buttons the table allows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from grids.enums import Right

from ..enums import Action
from ..forms.base import StepForm
from ..forms.steps import FORMS
from ..models import Case
from ..queries import inquiries, offers, open_lead
from ..queries.custody import custody_shown
from ..queries.page import (
    assignments_of,
    before_and_after,
    deadline_reasons,
    merged_into,
    requests_of,
    stages,
)  # fmt: skip
from ..queries.shown import due_of, due_of_inquiry, timeline
from .answers import case_in_scope
from .panels import panels

# The order of the buttons: what moves the case on comes first, what turns it back last.
ORDER = (
    Action.SETTLE, Action.ASSIGN, Action.SIGN, Action.FEED_BACK, Action.PASS, Action.CLOSE, Action.CLAIM,
    Action.RESUME, Action.ASSIST, Action.GRANT, Action.ENDORSE, Action.REFUSE, Action.TURN_DOWN, Action.EXTEND,
    Action.SUSPEND, Action.INVITE, Action.ESCALATE, Action.TRANSFER, Action.FAIL, Action.RETURN, Action.RECALL,
    Action.DECLINE, Action.MERGE, Action.WITHDRAW, Action.REOPEN, Action.RECATEGORISE, Action.FLAG, Action.SUPERVISE,
    Action.LIFT, Action.RELEASE,
)  # fmt: skip

# kind of origin   its word                    the name of its page, which may not be built
FOUND_ON = {
    "visit":      (gettext_lazy("a visit"),       "residents:visit"),
    "inspection": (gettext_lazy("an inspection"), "residents:inspection"),
}  # fmt: skip


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, case_in_scope(request, pk))


def show(request: HttpRequest, case: Case, form: StepForm | None = None, status: int = 200) -> HttpResponse:
    """The page, with the form that was refused filled in as it was sent."""
    lead = open_lead(case)
    before, after = before_and_after(case)
    papers = list(inquiries.of_case(case))
    context = {
        "case": case,
        "sees_grid": request.scope.covers_grid(
            case.grid.code
        ),  # a department or a reporter sees the case alone
        "traces_back": request.scope.covers(case, Right.SUPERVISE),  # on a page of the room above
        "lead": lead,
        "due": due_of(case, request.at),
        "stages": stages(case),
        "assignments": assignments_of(case),
        "custody": custody_shown(case, request.at),
        "moves": panels(request, case, FORMS, offers(case, lead, request.scope, request.at), ORDER, form),
        "inquiries": [(paper, due_of_inquiry(paper, request.at)) for paper in papers],
        "events": timeline(case, papers),
        "merged": merged_into(case),
        "requests": requests_of(case),
        "found_on": _found_on(case),
        "before": before,
        "after": after,
        "refused": form,
    }
    return render(request, "cases/detail.html", context, status=status)


def _found_on(case: Case) -> tuple[str, str] | None:
    """What the problem was found on, in words, and the address of its page; the rooms above and beside decide who sees it."""
    kind, _colon, uid = case.origin.partition(":")
    if not kind:
        return None
    label, url_name = FOUND_ON[kind]
    try:
        return str(label), reverse(url_name, args=[uid])
    except NoReverseMatch:
        return str(label), ""


@require_safe
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this deadline? The counted days one by one, each skipped day with its reason; what was granted."""
    case = case_in_scope(request, pk)
    context = {"case": case, "reasons": deadline_reasons(case), "requests": requests_of(case)}
    return render(request, "cases/why.html", context)


@require_safe
def order(request: HttpRequest, pk: int, assignment: int) -> HttpResponse:
    """The printed assignment order (交办单) with number, limit, signature lines and QR code."""
    case = case_in_scope(request, pk)
    given = get_object_or_404(assignments_of(case), pk=assignment)
    address = request.build_absolute_uri(case.get_absolute_url())
    context = {"case": case, "assignment": given, "address": address, "back_url": case.get_absolute_url()}
    return render(request, "cases/order.html", context)
