"""What a person has been told: the number in the bar, the list, and having read it. Nobody else's exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit import listing

from .. import actions
from ..models import Notice
from ..models.notices import NoticeQuerySet
from ..queries.notices import is_urgent, label_of, said, unread_count

PAGE_SIZE = 30
ALL = "all"


@dataclass(frozen=True)
class Line:
    """One notice as its page shows it; without words when it can no longer be shown."""

    pk: int
    label: str
    is_urgent: bool
    text: str
    at: datetime
    is_read: bool


def _mine(request: HttpRequest) -> NoticeQuerySet:
    return Notice.objects.of(request.user)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything the person has not read, or everything there is, newest first."""
    shows_all = request.GET.get("show") == ALL
    rows = _mine(request) if shows_all else _mine(request).unread()
    page = listing.page(rows, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    unread = unread_count(request.user)
    context = {
        "title": _("Notices"),
        "lines": _lines(page.rows, request),
        "tabs": _tabs(unread, shows_all),
        "unread": unread.n,
        "shows_all": shows_all,
        "newest": page.rows[0].pk if page.rows and not request.GET.get("cursor") else "",
        **listing.around(request.GET, page),
    }
    return render(request, "grids/notices.html", context)


def _lines(notices: Sequence[Notice], request: HttpRequest) -> list[Line]:
    words = said(notices, request.scope)
    return [
        Line(
            n.pk, label_of(n.kind), is_urgent(n.kind), words[n.pk].text if n.pk in words else "", n.at,
            n.read_at is not None,
        )
        for n in notices
    ]  # fmt: skip


def _tabs(unread: listing.CappedCount, shows_all: bool) -> list[dict[str, Any]]:
    url = reverse("grids:notices")
    return [
        {"label": _("Unread"), "url": url, "count": unread, "current": not shows_all, "hot": unread.n > 0},
        {"label": _("All notices"), "url": f"{url}?show={ALL}", "current": shows_all},
    ]


@require_safe
def badge(request: HttpRequest) -> HttpResponse:
    """How many she has not read: the polled number in the bar, nothing when there are none."""
    unread = unread_count(request.user)
    if not unread.n:
        return HttpResponse("", headers={"Cache-Control": "no-store"})
    spoken = ngettext("%(n)s unread notice", "%(n)s unread notices", unread.n) % {"n": unread}
    return render(request, "ui/spoken_count.html", {"count": unread, "spoken": spoken})


@require_POST
def open_(request: HttpRequest, pk: int) -> HttpResponse:
    """She follows a notice to what it is about; it counts as read."""
    found = get_object_or_404(_mine(request), pk=pk)
    words = said([found], request.scope)
    if found.pk not in words:
        raise Http404

    actions.mark_read(found, by=request.user, at=request.at)

    return redirect(words[found.pk].url)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """She has read it here; the sentence was enough."""
    found, back = get_object_or_404(_mine(request), pk=pk), _back(request)

    actions.mark_read(found, by=request.user, at=request.at)

    return redirect(back)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """She has read them all: those her page knew of. What came in meanwhile stays unread."""
    newest = request.POST.get("newest", "")
    up_to = int(newest) if newest.isascii() and newest.isdigit() and len(newest) < 19 else None

    number = actions.mark_all_read(by=request.user, at=request.at, up_to=up_to)

    said_so = ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", number)
    messages.success(request, said_so % {"n": number})
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    shown = f"?show={ALL}" if request.POST.get("show") == ALL else ""
    return f"{reverse('grids:notices')}{shown}"
