"""Pages that belong to no room: errors, the choice of language."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from .kit.refusals import Forbidden

language = login_not_required(require_POST(set_language))
language.__doc__ = "The person chooses Chinese or English; the choice lives in a cookie, not in the account."


# what did not fit     what to say                                           how much would have
TOO_MUCH = {
    TooManyFilesSent:  (_("At most %(limit)d photos can be sent at once."),     settings.DATA_UPLOAD_MAX_NUMBER_FILES),
    TooManyFieldsSent: (_("At most %(limit)d fields can be sent at once."),     settings.DATA_UPLOAD_MAX_NUMBER_FIELDS),
    RequestDataTooBig: (_("At most %(limit)d MB of text can be sent at once."), settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20),
}  # fmt: skip


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read; 413: it was not read, because it is more than is taken at once."""
    if type(exception) in TOO_MUCH:
        sentence, limit = TOO_MUCH[type(exception)]
        return render(request, "413.html", {"reason": sentence % {"limit": limit}}, status=413)
    return render(request, "400.html", status=400)


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the thing is in the person's subtree; the right is not among hers, or the reason is said."""
    reason = str(exception) if isinstance(exception, Forbidden) else ""
    return render(request, "403.html", {"reason": reason}, status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it does not exist, or it lies outside the person's subtree; nobody learns which."""
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without context processors, since what they ask may be what broke."""
    return HttpResponse(render_to_string("500.html", {"request": request}), status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form whose key has gone stale: what was typed is still one step back."""
    return render(request, "csrf_failure.html", status=403)
