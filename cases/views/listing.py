"""The list of cases, the filters a person keeps, and the number on every page of what waits for her."""

from typing import Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit.listing import around, query_string
from grids.scopes import Scope

from .. import actions
from ..forms.listing import FilterForm, SaveFilterForm
from ..models import SavedFilter
from ..queries.desk import waiting_count
from ..queries.listing import Sought, kept_as, rows, tabs

LAST = "last_filter"  # in the session: what the list was asked last


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every case a person may see, narrowed as the address says."""
    return show(request, request.GET)


def show(
    request: HttpRequest, query: QueryDict, saving: SaveFilterForm | None = None, status: int = 200
) -> HttpResponse:
    """The list for one query, with the refused name of a filter if there was one."""
    own = plain_query(query)
    form = FilterForm(query, scope=request.scope) if own else None
    sought = form.sought if form else Sought()
    page = rows(sought, request.scope, request.at, query.get("cursor"))
    found_tabs, total = tabs(sought, request.scope, request.at)
    context = {
        "form": form,
        "filters": drawn_filters(form, request.scope),
        "sought": sought,
        "rows": page.rows,
        "total": total,
        "tabs": [_tab(tab, query) for tab in found_tabs],
        **around(query, page),
        "saved": SavedFilter.objects.filter(owner=request.user),
        "saving": saving or SaveFilterForm(initial={"query": own}),
        "own_query": own,
        "last_query": _remember(request, own) if status == 200 else "",
        "at": request.at,
    }
    return render(request, "cases/list.html", context, status=status)


def drawn_filters(form: FilterForm | None, scope: Scope) -> SafeString:
    """The form of the filters; that of who narrows nothing is drawn once for all who see the same places."""
    if form:
        return render_to_string("cases/_filters.html", {"form": form, "is_narrowed": True})
    return caches["shown"].get_or_set(kept_as("filters", scope), lambda: _untouched_filters(scope))


def _untouched_filters(scope: Scope) -> SafeString:
    form = FilterForm(QueryDict(), scope=scope)
    return render_to_string("cases/_filters.html", {"form": form, "is_narrowed": False})


def _tab(tab: Any, query: QueryDict) -> dict[str, Any]:
    address = reverse("cases:list") + query_string(query, **tab.query)
    return {"label": tab.label, "url": address, "count": tab.count, "current": tab.current, "hot": tab.hot}


def plain_query(query: QueryDict) -> str:
    """The filters of a query and nothing else: no page, no foreign parameters, no empty ones."""
    known = [(name, query[name]) for name in FilterForm.base_fields if query.get(name)]
    return urlencode(known)


def _remember(request: HttpRequest, own: str) -> str:
    """Keep what was asked, and offer it again when somebody comes back to the bare list."""
    last = request.session.get(LAST, "")
    if not own:
        return last
    if own != last and len(own) <= SaveFilterForm.QUERY_LENGTH:
        request.session[LAST] = own
    return ""


@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """A person keeps the filters she is looking at under a name."""
    form = SaveFilterForm(request.POST)
    query = QueryDict(request.POST.get("query", "")[: SaveFilterForm.QUERY_LENGTH])
    if not form.is_valid():
        return show(request, query, form, 422)

    own = plain_query(query)
    try:
        actions.save_filter(owner=request.user, name=form.cleaned_data["name"], query=own)
    except actions.FilterRefused as refusal:
        form.add_error("name", str(refusal))
        return show(request, query, form, 422)

    return redirect(f"{reverse('cases:list')}?{own}")


@require_POST
def delete_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """A person forgets one of her own filters; somebody else's does not exist."""
    saved = get_object_or_404(SavedFilter, pk=pk, owner=request.user)
    actions.delete_filter(saved)
    return redirect("cases:list")


@require_safe
def todo_badge(request: HttpRequest) -> HttpResponse:
    """How many cases and inquiries wait for this person: the polled number in the bar, nothing when there are none."""
    count = waiting_count(request.scope, request.at)
    text = str(count or "")
    if not text:
        return HttpResponse("", headers={"Cache-Control": "no-store"})
    spoken = _("%(n)d things wait for you") % {"n": count}
    context = {"count": text, "spoken": spoken}
    return render(request, "ui/spoken_count.html", context)
