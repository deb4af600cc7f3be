"""The dispatch desk of the command centre: how it stands, what waits, and giving it out in two clicks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Department, Grid
from grids.queries import display_calendar

from .. import actions
from ..actions.handling import default_six_ones
from ..enums import Action, Part, Step
from ..forms.base import StepForm
from ..forms.dispatch import BulkForm, Chosen, ChosenForm
from ..forms.steps import AssignForm, PlainForm, ReasonForm
from ..models import Assignment, Case, CaseEvent
from ..queries import shown
from ..queries.counters import counters, pulse
from ..queries.duty import duties
from ..queries.page import before_and_after
from ..queries.queue import LENGTH, age, next_after, queue
from ..queries.units import Units, units_for
from ..rules import clock
from ..rules.lifecycle import NotAllowed
from .answers import acting, case_in_scope

View = Callable[..., HttpResponse]
EVERY = 15  # seconds between two looks of an open desk


def for_dispatchers(view: View) -> View:
    """Pages of the command centre: everybody else is told so."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if Right.DISPATCH not in request.scope.rights:
            raise Forbidden(_("Only the command centre assigns cases."))
        return view(request, *args, **kwargs)

    return checked


# --- the desk --------------------------------------------------------------------------------------


@require_safe
@for_dispatchers
def desk(request: HttpRequest) -> HttpResponse:
    """Counters, the queue, and beside it the case in hand."""
    done = _asked_case(request, "after")
    case = _asked_case(request, "case") or _next(request, done)
    context = {
        "counters": _counters(request),
        "queue": queue(request.scope, request.at),
        "length": LENGTH,
        "every": EVERY,
        "done": done,
        "last": done and done.events.order_by("-seq").first(),
        "panel": case and panel_of(request, case),
        "at": request.at,
        "bulk": BulkForm(auto_id=False),
        "duties": duties(request.scope, request.at),
    }
    return render(request, "cases/dispatch.html", context)


def _asked_case(request: HttpRequest, name: str) -> Case | None:
    """A case named in the address; anything that is none of hers is left aside."""
    pk = request.GET.get(name, "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    cases = Case.objects.within(request.scope, Right.DISPATCH)
    return cases.select_related(*RELATED).filter(pk=pk).first()


RELATED = (
    "category__parent", "grid", "building", "community", "street", "district", "holder_post__user", "reporter",
)  # fmt: skip


def _next(request: HttpRequest, done: Case | None) -> Case | None:
    """After a claim the same case stays open; after anything else the next of the queue is."""
    if done is None or done.step == Step.REPORTED:
        return done
    pk = next_after(request.scope, done)
    return pk and Case.objects.select_related(*RELATED).get(pk=pk)


def _counters(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "value": one.value,
            "bad": one.bad,
            "url": f"{reverse('cases:list')}?{urlencode(one.query)}",
        }
        for one in counters(request.scope, request.at)
    ]


@require_safe
@for_dispatchers
def rows(request: HttpRequest) -> HttpResponse:
    """What an open desk asks for again and again: the queue, or the counters; 304 when nothing moved."""
    is_numbers = request.GET.get("part") == "counters"
    etag = f'"{pulse(request.scope, request.at)}-{"c" if is_numbers else "q"}-{request.LANGUAGE_CODE}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    if is_numbers:
        answer = render(request, "cases/_counters.html", {"counters": _counters(request)})
    else:
        context = {"queue": queue(request.scope, request.at), "length": LENGTH}
        answer = render(request, "cases/_queue.html", context)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


# --- one case in hand ------------------------------------------------------------------------------


@require_safe
@for_dispatchers
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The case to be assigned: a part of the desk for its script, a page of its own for everybody else."""
    case = case_in_scope(request, pk)
    if not request.scope.covers(case, Right.DISPATCH):
        raise Forbidden(_("Only the command centre assigns cases."))
    if request.headers.get("X-Requested-With") == "fetch":
        answer = render(request, "cases/_panel.html", {"panel": panel_of(request, case)})
    else:
        answer = panel_page(request, case)
    patch_vary_headers(answer, ["X-Requested-With"])
    return answer


def panel_page(
    request: HttpRequest, case: Case, form: StepForm | None = None, status: int = 200
) -> HttpResponse:
    """The panel by itself, with the form that was refused filled in as it was sent."""
    context = {"panel": panel_of(request, case, form), "case": case, "refused": form}
    return render(request, "cases/dispatch_panel.html", context, status=status)


def panel_of(request: HttpRequest, case: Case, refused: StepForm | None = None) -> dict[str, Any]:
    """Everything the panel shows of one case."""
    if case.step != Step.REPORTED:
        return {"case": case, "last": case.events.select_related("actor").order_by("-seq").first()}
    category = case.category
    due = clock.due(category.limit, request.at, display_calendar())
    ones = default_six_ones(case, request.at)
    first = case.assignments.order_by("-pk").first()
    photos, _after = before_and_after(case)
    return {
        "case": case,
        "age": age(case.reported_at, request.at),
        "assign": refused if isinstance(refused, AssignForm) else AssignForm(case=case, at=request.at),
        "decline": refused if isinstance(refused, ReasonForm) else ReasonForm(case=case, at=request.at),
        "is_declining": isinstance(refused, ReasonForm),
        "claim": PlainForm(case=case, at=request.at),
        "is_mine": case.holder_post_id in {post.pk for post in request.scope.posts},
        "photos": photos,
        "due": shown.moment(due.due_at),
        "is_provisional": due.is_provisional,
        "runs_until": first and shown.due_shown(first.due_at, first.is_provisional, request.at, display_calendar()),
        "returns": case.events.filter(action=Action.RETURN).select_related("actor").order_by("seq"),
        "ones": (
            (_("Lead leader"), ones.leader), (_("Direct responsible person"), ones.direct),
            (_("Grid leader"), ones.grid_leader),
        ),
    }  # fmt: skip


# --- several at once -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What became of one chosen case."""

    case: Case | None
    text: str
    done: bool = False


@require_POST
@for_dispatchers
def bulk(request: HttpRequest) -> HttpResponse:
    """Each chosen case goes to the unit its category names; row by row it is said what happened."""
    form = BulkForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/dispatch_bulk.html", {"form": form, "results": []}, status=422)
    key = form.cleaned_data["key"]
    results = [
        _assign_one(request, chosen, uuid5(key, str(chosen.pk))) for chosen in form.cleaned_data["case"]
    ]
    assigned = [result.case for result in results if result.done]
    context = {
        "results": results,
        "assigned": len(assigned),
        "orders": urlencode([("case", case.pk) for case in assigned]),
    }
    return render(request, "cases/dispatch_bulk.html", context)


def _assign_one(request: HttpRequest, chosen: Chosen, key: UUID) -> Result:
    """One case, one transaction: what goes wrong with it leaves the others alone."""
    cases = Case.objects.within(request.scope, Right.DISPATCH).select_related(*RELATED)
    case = cases.filter(pk=chosen.pk).first()
    if case is None:
        return Result(None, _("There is no such case here."))
    if replayed := CaseEvent.objects.filter(key=key, case=case, actor=request.user).first():
        return Result(case, shown.label(replayed), done=True)
    by = acting(request, case, Action.ASSIGN)
    if by is None:
        return Result(case, _faster(case.events.order_by("-seq").first()))
    if case.holder_post and case.holder_post.user_id != request.user.pk:
        return Result(case, _("%(who)s has claimed it.") % {"who": case.holder_post.user})
    if case.returns:
        return Result(case, _("It has been returned before, so please decide on it by itself."))
    units = units_for(case, request.at)
    unit = natural_unit(case, units)
    if unit is None:
        unnamed = _("No unit is named for this category here. Please choose one.")
        return Result(case, units.without_grids or unnamed)
    try:
        moved = actions.assign(
            case, unit=unit, limit=case.category.limit, by=by, at=request.at, version=chosen.version, key=key
        )
    except actions.Clash as clash:
        return Result(clash.case, _faster(clash.last))
    except (NotAllowed, actions.AssignmentRefused) as no:
        return Result(case, str(no))
    except OperationalError:  # somebody holds the row this very moment
        return Result(case, _("Somebody is working on it. Please try again."))
    return Result(moved, _("Assigned to %(unit)s") % {"unit": unit}, done=True)


def natural_unit(case: Case, units: Units) -> Department | Grid | None:
    """The addressee the category names, or the community; nothing that would be a guess."""
    unit = next((choice.unit for choice in units.choices if choice.is_suggested), None)
    if isinstance(unit, Department) and unit.code != case.category.lead_department:
        return None
    return unit


def _faster(last: CaseEvent) -> str:
    return _("Somebody was faster: %(who)s, %(what)s.") % {
        "who": last.actor or "—",
        "what": shown.label(last),
    }


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The orders of several cases in one print; those without an order are named on the screen."""
    form = ChosenForm(request.GET)
    if not form.is_valid():
        return render(request, "cases/orders.html", {"form": form, "given": [], "without": []}, status=422)
    chosen = [one.pk for one in form.cleaned_data["case"]]
    cases = list(Case.objects.within(request.scope).filter(pk__in=chosen).order_by("pk"))
    given = (
        Assignment.objects.filter(case__in=cases, part=Part.LEAD, ended_at__isnull=True)
        .select_related(
            "case__category", "case__street", "case__community", "case__building", "grid", "department", "post__user",
            "leader__user", "direct__user", "grid_leader__user", "assigned_by__user", "signed_by",
        )
        .prefetch_related("milestones")
        .order_by("case")
    )  # fmt: skip
    shown_orders = [(order, request.build_absolute_uri(order.case.get_absolute_url())) for order in given]
    printed = {order.case_id for order, _address in shown_orders}
    context = {
        "given": shown_orders,
        "without": [case for case in cases if case.pk not in printed],
        "back_url": reverse("cases:list"),
    }
    return render(request, "cases/orders.html", context)
