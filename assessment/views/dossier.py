"""Dossiers (履职档案): one's own, those of the people one supervises, on screen and on paper, down to the rows."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gridgov.kit import listing
from gridgov.kit.refusals import Forbidden
from grids.enums import Right
from grids.models import User
from grids.rules.workdays import local_date
from grids.views.places import place_asked, places_around

from ..enums import DUTY_DAYS, TRACE_RATES, Chapter, Trace
from ..forms.dossier import DossierForm, DossiersForm, TraceForm, as_sent
from ..queries import dossier as questions
from ..queries import traces
from ..queries.traces import Asked
from ..rules.dossier import CHAPTERS, Stretch, quick
from ..rules.rates import share

QUICK = {
    "month": gettext_lazy("This month"),
    "quarter": gettext_lazy("This quarter"),
    "year": gettext_lazy("This year"),
    "last_year": gettext_lazy("Last year"),
}

# --- one dossier ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A number as it is shown: with its rows where the reader may list them, with its share where it is a part."""

    label: str
    n: int
    url: str = ""
    rate: str = ""
    parts: str = ""


@require_safe
def dossier(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """What a person did in some days, from what was written down then."""
    person = _person(request, pk)
    form = DossierForm(request.GET, at=request.at)
    context = {
        "person": person,
        "form": form,
        "is_own": person.pk == request.user.pk,
        "quick": _quick(request),
    }
    context["back_url"] = reverse("assessment:dossiers") if not context["is_own"] else ""
    context["reset_url"] = _address("dossier", pk)
    if not form.is_valid():
        return render(request, "assessment/dossier.html", context, status=422)
    ask = questions.asked(person, form.stretch, request.scope)
    context |= _told(request, ask, pk) | {"form": form.filled(ask.stretch)}
    context["paper_url"] = f"{_address('dossier_paper', pk)}?{urlencode(as_sent(ask.stretch))}"
    return render(request, "assessment/dossier.html", context)


@require_safe
def paper(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The same on paper, to be signed by her and by her chief."""
    person = _person(request, pk)
    form = DossierForm(request.GET, at=request.at)
    if not form.is_valid():
        raise Http404
    ask = questions.asked(person, form.stretch, request.scope)
    context = {"person": person, "at": request.at, **_told(request, ask, pk)}
    context["back_url"] = f"{_address('dossier', pk)}?{urlencode(as_sent(ask.stretch))}"
    return render(request, "assessment/dossier_paper.html", context)


def _person(request: HttpRequest, pk: int | None) -> User:
    """Herself; or somebody who held a post in the places she supervises. Outside of her subtree there is nobody."""
    if pk is None or pk == request.user.pk:
        return request.user
    person = get_object_or_404(User, pk=pk)
    if questions.posts_shown(person, request.scope).exists():
        return person
    if questions.posts_within(request.scope, Right.VIEW).filter(user=person).exists():
        raise Forbidden(_("Her dossier is read by herself and by those who supervise the place of her post."))
    raise Http404


def _address(page: str, pk: int | None, *args: str) -> str:
    """A page of this dossier, or of one's own."""
    if pk is None:
        return reverse(f"assessment:own_{page}", args=args)
    return reverse(f"assessment:{page}", args=[pk, *args])


def _quick(request: HttpRequest) -> list[dict[str, Any]]:
    """The periods that are asked for most, as tabs."""
    asked = (request.GET.get("since", ""), request.GET.get("until", ""))
    found = quick(local_date(request.at))
    return [
        {
            "label": QUICK[name],
            "url": listing.query_string(request.GET, since=first, until=last, as_of=None),
            "current": asked == (first.isoformat(), last.isoformat())
            or (name == "year" and asked == ("", "")),
        }
        for name, (first, last) in found.items()
    ]


def _told(request: HttpRequest, ask: Asked, pk: int | None) -> dict[str, Any]:
    """Everything that screen and paper say; a constant number of queries."""
    counts = traces.counts_of(ask)
    months = questions.scores_of(ask)
    return {
        "is_own": ask.is_own,
        "stretch": ask.stretch,
        "moment": _moment(ask.stretch),
        "posts": questions.posts_of(ask),
        "chapters": [(Chapter(name), _numbers(request, ask, counts, name, pk)) for name in CHAPTERS],
        "headlines": {trace.value: counts[trace] for trace in (Trace.PATROL_DAYS, Trace.CASES)},
        "months": months,
        "mean": questions.mean_of(month.points for month in months),
        "measures": questions.measures(ask, request.scope),
        "standings": questions.standings(ask),
    }


def _moment(stretch: Stretch) -> str:
    """2026-09-30 24:00 at the end of the days, the minute otherwise."""
    if stretch.is_whole:
        return f"{stretch.last:%Y-%m-%d} 24:00"
    return localtime(stretch.moment).strftime("%Y-%m-%d %H:%M")


def _numbers(
    request: HttpRequest, ask: Asked, counts: dict[Trace, int], chapter: Chapter, pk: int | None
) -> list[Number]:
    """What nobody wrote down does not appear; a part of what there was does, also where it is none of it."""
    told = [_number(request, ask, counts, trace, pk) for trace in CHAPTERS[chapter]]
    return [number for number in told if number.n or number.parts]


def _number(
    request: HttpRequest, ask: Asked, counts: dict[Trace, int], trace: Trace, pk: int | None
) -> Number:
    n, url = counts[trace], ""
    if n and traces.may_list(trace, ask, request.scope):
        url = f"{_address('dossier_rows', pk, trace.value)}?{urlencode(as_sent(ask.stretch))}"
    if trace not in TRACE_RATES:
        return Number(str(trace.label), n, url)
    of = TRACE_RATES[trace]
    whole = len(ask.duty) if of == DUTY_DAYS else counts[Trace(of)]
    rate = share(n, whole)
    parts = f"{n} / {whole}" if whole else ""
    return Number(str(trace.label), n, url, "—" if rate is None else f"{rate}%", parts)


# --- the rows behind a number -----------------------------------------------------------------------------------


@require_safe
def rows(request: HttpRequest, trace: str, pk: int | None = None) -> HttpResponse:
    """Exactly the rows that one number counts; what the reader may not open says no more than when and where."""
    person = _person(request, pk)
    form = TraceForm({**request.GET.dict(), "trace": trace}, at=request.at)
    if not form.is_valid():
        raise Http404
    asked_for, ask = Trace(trace), questions.asked(person, form.stretch, request.scope)
    if not traces.may_list(asked_for, ask, request.scope):
        raise Forbidden(_("You see how many they are; the rows are for those who may open them."))
    told, page = traces.page_of(asked_for, ask, request.scope, request.GET.get("cursor"))
    context = {
        "title": asked_for.label,
        "person": person,
        "stretch": ask.stretch,
        "moment": _moment(ask.stretch),
        "rows": told,
        "number": traces.rows_of(asked_for, ask).count() if ask.ids else 0,
        "back": f"{_address('dossier', pk)}?{urlencode(as_sent(ask.stretch))}",
        **listing.around(request.GET, page),
    }
    return render(request, "assessment/dossier_rows.html", context)


# --- the list -----------------------------------------------------------------------------------------------------


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Whoever held a post in the places she supervises, with the first numbers of each."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.SUPERVISE)
    places = places_around(request, grid, Right.SUPERVISE)
    form = DossiersForm(request.GET, at=request.at, places=places)
    context = {"grid": grid, "form": form, "quick": _quick(request)}
    if not form.is_valid():
        return render(request, "assessment/dossiers.html", context, status=422)
    stretch = form.stretch
    found = questions.people(request.scope, stretch, form.sought(grid))
    page = listing.page(found, cursor=request.GET.get("cursor"), order=("pk",))
    lines = questions.headlines(page.rows, request.scope, stretch)
    context |= {
        "form": form.filled(stretch, places=places),
        "stretch": stretch,
        "moment": _moment(stretch),
        "count": listing.capped_count(found),
        "rows": [(line, _link(line.person, stretch)) for line in lines],
        **listing.around(request.GET, page),
    }
    return render(request, "assessment/dossiers.html", context)


def _link(person: User, stretch: Stretch) -> str:
    return f"{reverse('assessment:dossier', args=[person.pk])}?{urlencode(as_sent(stretch))}"
