"""Community points: somebody's ledger, what she gets for them, what is taken back, and the rules."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids.enums import Right
from grids.models import Grid

from .. import actions
from ..enums import ActivityKind, Field
from ..forms.points import CorrectionForm, DecideForm, PointRuleForm, RedeemForm, said_before
from ..models import PointCorrection, PointEntry, PointRule, Resident
from ..queries import points as queries
from .asking import acting_post, entry_in_scope, post_in, reader
from .taking import take_all


def _entries():
    return PointEntry.objects.select_related("resident__grid", "item", "by__user", "rule")


def _people():
    return Resident.objects.select_related("grid")


@require_safe
def points(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, entry_in_scope(request, _people(), pk))


def show(
    request: HttpRequest, person: Resident, form: RedeemForm | None = None, status: int = 200
) -> HttpResponse:
    """The ledger of somebody's points, what she can have for them, what waits for a second person."""
    who = reader(request)
    rule = queries.rule_for(person, request.at)
    offer = queries.on_offer(rule) if rule else []
    can_keep = request.scope.covers(person, Right.KEEP)
    if can_keep and form is None and any(left > 0 for _item, left in offer):
        form = RedeemForm(offer=offer)
    context = {
        "resident": person,
        "name": who.sees(person, Field.NAME),
        "balance": queries.balance(person),
        "ledger": queries.ledger(person),
        "waiting": queries.waiting_corrections(person),
        "rule": rule,
        "form": form,
        "can_keep": can_keep,
        "can_correct": can_keep,
    }
    return render(request, "residents/points.html", context, status=status)


@require_POST
def redeem(request: HttpRequest, pk: int) -> HttpResponse:
    """She gets something for her points, and a receipt to sign."""
    person = entry_in_scope(request, _people(), pk)
    by = acting_post(request, person, Right.KEEP)
    rule = queries.rule_for(person, request.at)
    form = RedeemForm(request.POST, offer=queries.on_offer(rule) if rule else [])
    is_sound = form.is_valid()
    if known := _redeemed_before(person, form):  # the same form again: the last piece may be gone since
        return redirect("residents:receipt", known.pk)
    if not is_sound:
        return show(request, person, form, status=422)

    try:
        said = {"pieces": form.cleaned_data["pieces"], "key": form.cleaned_data["key"]}
        entry = actions.redeem(person, form.item, by=by, at=request.at, **said)
    except actions.RegisterRefused as no:
        form.add_error(None, str(no))
        return show(request, person, form, status=422)
    return redirect("residents:receipt", entry.pk)


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What she got for her points, to be signed."""
    entry = entry_in_scope(request, _entries(), pk)
    if not entry.is_redeemed:
        raise Http404
    context = {
        "entry": entry,
        "spent": -entry.amount,
        "name": reader(request).sees(entry.resident, Field.NAME),
        "community": Grid.objects.get(pk=entry.community_id),
        "back_url": _ledger_of(entry),
    }
    return render(request, "residents/receipt.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody asks that an entry be taken back."""
    entry = entry_in_scope(request, _entries(), pk)
    by = acting_post(request, entry, Right.KEEP)
    form = CorrectionForm(request.POST or None, is_of_hours=entry.of_participation is not None)

    def enter():
        actions.ask_correction(entry, by=by, at=request.at, **form.cleaned_data)
        return _ledger_of(entry)

    about = f"{entry.at:%Y-%m-%d} {entry}"
    return take_all(request, [form], enter, title=_("Take back"), back=_ledger_of(entry), about=about)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person grants or refuses it."""
    correction = entry_in_scope(request, PointCorrection.objects.select_related("entry"), pk)
    by = acting_post(request, correction, Right.KEEP)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return show(request, correction.entry.resident, status=422)

    try:
        actions.decide_correction(correction, by=by, at=request.at, **form.cleaned_data)
    except actions.RegisterRefused as no:
        messages.error(request, str(no))
    return redirect(_ledger_of(correction.entry))


# --- the rules -----------------------------------------------------------------------------------------


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Which rules hold where."""
    places = _places(request)
    lines = [(place, _rule_of(request, place)) for place in places]
    return render(request, "residents/point_rules.html", {"lines": lines})


@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """What earns points in a place, what they are redeemed for, and what held before."""
    place = _place(request, code)
    holds = _rule_of(request, place)
    context = {
        "place": place,
        "rule": holds,
        "kinds": [(kind.label, holds.kind_points.get(kind, holds.hour_points)) for kind in ActivityKind]
        if holds
        else [],
        "offer": queries.on_offer(holds) if holds else [],
        "before": PointRule.objects.filter(grid=place).select_related("set_by__user").order_by("-since"),
        "can_set": request.scope.covers_grid(place.code, Right.POLICY),
    }
    return render(request, "residents/point_rule.html", context)


@require_http_methods(["GET", "POST"])
def set_rule(request: HttpRequest, code: str) -> HttpResponse:
    """From now on other rules."""
    place = _place(request, code)
    by = post_in(request, place, Right.POLICY)
    holds = _rule_of(request, place)
    before = said_before(holds, queries.on_offer(holds) if holds and holds.grid_id == place.pk else [])
    form = PointRuleForm(request.POST or None, initial=before)

    def enter():
        return actions.set_point_rule(place, by=by, at=request.at, **form.numbers)

    back = reverse("residents:point_rule", args=[code])
    return take_all(request, [form], enter, title=_("Set the rules anew"), back=back, about=str(place))


# --- what they have in common --------------------------------------------------------------------------


def _redeemed_before(person: Resident, form: RedeemForm) -> PointEntry | None:
    key = form.cleaned_data.get("key")
    return PointEntry.objects.filter(resident=person, key=key).first() if key else None


def _ledger_of(entry: PointEntry) -> str:
    return reverse("residents:points", args=[entry.resident_id])


def _places(request: HttpRequest) -> list[Grid]:
    """The places whose rules concern her; who has nothing to do with points has no business here."""
    if not {Right.REGISTER, Right.POLICY} & request.scope.rights:
        raise PermissionDenied
    return queries.places_of(request.scope)


def _place(request: HttpRequest, code: str) -> Grid:
    found = next((place for place in _places(request) if place.code == code), None)
    if found is None:
        raise Http404
    return found


def _rule_of(request: HttpRequest, place: Grid) -> PointRule | None:
    return queries.rule_in(place, request.at)
