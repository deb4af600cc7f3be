"""Households that part and come together."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grids.enums import Right
from grids.rules.workdays import local_date

from .. import actions
from ..enums import Field
from ..forms.moves import JoinForm, Member, SplitForm
from ..models import Dwelling, Household
from ..queries.people import dwelling_at, members
from .asking import acting_post, entry_in_scope, reader
from .taking import take


def _households() -> QuerySet[Household]:
    return Household.objects.select_related("grid", "dwelling__house")


@require_http_methods(["GET", "POST"])
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Some members open a household of their own."""
    home = entry_in_scope(request, _households(), pk)
    by = acting_post(request, home, Right.KEEP)

    def enter(form: SplitForm) -> Household:
        said = {name: form.cleaned_data[name] for name in ("on", "note", "key")}
        door = form.cleaned_data["door"]
        dwelling: Dwelling = dwelling_at(door, request.scope) if door else home.dwelling
        return actions.split(home, dwelling, leaving=form.relations, by=by, at=request.at, **said)

    form = SplitForm(
        request.POST or None, members=_told(request, home), initial={"on": local_date(request.at)}
    )
    lead = _(
        "Say of everybody who leaves who she is to the head of the new household; one of them is its head."
    )
    return take(request, form, enter, _("Open a household of their own"), home, lead=lead)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two households behind one door become one; the second closes."""
    home = entry_in_scope(request, _households(), pk)
    coming = entry_in_scope(request, _households(), other)
    by = acting_post(request, home, Right.KEEP)
    if home.pk == coming.pk or home.dwelling_id != coming.dwelling_id:
        raise Http404

    def enter(form: JoinForm) -> Household:
        said = {name: form.cleaned_data[name] for name in ("on", "note", "key")}
        return actions.join(home, coming, relations=form.relations, by=by, at=request.at, **said)

    people = [*members(home), *members(coming)]
    start = {f"member_{person.pk}": person.relation for person in people}
    form = JoinForm(
        request.POST or None, members=[*_told(request, home), *_told(request, coming)],
        initial={**start, "on": local_date(request.at)},
    )  # fmt: skip
    lead = _("Say of everybody who she is to the head of the one household that stays; it has one head.")
    return take(request, form, enter, _("Join two households"), home, lead=lead)


def _told(request: HttpRequest, home: Household) -> list[Member]:
    """Each member by her masked name, and what tells people of one name apart."""
    who = reader(request)
    return [
        (
            person.pk,
            f"{who.sees(person, Field.NAME)}（{_parted(person.get_relation_display(), person.birth_date)}）",
        )
        for person in members(home)
    ]


def _parted(relation: str, born: object) -> str:
    return f"{relation}，{born:%Y-%m}" if born else relation
