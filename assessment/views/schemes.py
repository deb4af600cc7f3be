"""How grids are scored: the scheme that holds, what holds it together, and setting a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import Grid
from grids.rules.workdays import local_date
from grids.views.places import place_asked

from .. import actions
from ..enums import Section
from ..forms.scores import SchemeForm
from ..models import Indicator, Scheme
from ..queries import schemes as questions
from ..queries.scores import district_of
from ..rules.formulas import RECIPES, Recipe
from .tabs import tabs


@require_http_methods(["GET", "POST"])
def scheme(request: HttpRequest) -> HttpResponse:
    """The hundred points of the district, line by line; the form for those who set them."""
    district = district_of(place_asked(request, "", Right.FIGURES))
    holding, lines = questions.holding(district, local_date(request.at))
    form = _form(request, district, holding, lines)
    if request.method == "POST":
        if form is None:
            raise Forbidden(_("The district sets how its grids are scored."))
        if form.is_valid() and _set(request, district, form):
            return redirect("assessment:scheme")
    context = {
        "title": _("How grids are scored"), "tabs": tabs(request, "scheme"), "district": district,
        "scheme": holding, "is_ours": holding.reason == questions.OURS,
        "sections": _sections(lines), "form": form,
        "history": Scheme.objects.filter(grid=district).select_related("set_by").order_by("-since", "-pk"),
    }  # fmt: skip
    return render(request, "assessment/scheme.html", context, status=422 if form and form.errors else 200)


def _form(request: HttpRequest, district: Grid, holding: Scheme, lines: list[Indicator]) -> SchemeForm | None:
    if request.scope.post_at(district.pk, Right.POLICY) is None:
        return None
    first = {"seen": questions.latest(district)}
    return SchemeForm(
        request.POST if request.method == "POST" else None, initial=first, scheme=holding, lines=lines
    )


def _set(request: HttpRequest, district: Grid, form: SchemeForm) -> bool:
    sent = {name: form.cleaned_data[name] for name in ("since", "reason", "seen", "key")}
    by = request.scope.post_at(district.pk, Right.POLICY)
    try:
        row = actions.set_scheme(
            district, indicators=form.indicators, by=by, at=request.at, **sent, **form.terms
        )
    except actions.SchemeRefused as no:
        form.add_error(None, str(no))
        return False
    messages.success(
        request, _("Set. Scores are computed by it from %(month)s on.") % {"month": f"{row.since:%Y-%m}"}
    )
    return True


def _sections(lines: list[Indicator]) -> list[tuple[Section, list[tuple[Indicator, Recipe | None]]]]:
    return [
        (
            section,
            [
                (line, RECIPES[line.rule.formula] if line.rule.formula else None)
                for line in lines
                if line.section == section
            ],
        )
        for section in Section
    ]
