"""Long work as its owner sees it: how far it is, its file, and how to stop it. Nobody else's exists."""

from hashlib import sha256

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit import listing

from .. import actions
from ..enums import JobState
from ..models import Job
from ..models.jobs import JobQuerySet
from ..queries.jobs import handing_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {".xlsx": XLSX}
PAGE_SIZE = 20


def _mine(request: HttpRequest) -> JobQuerySet:
    """The jobs of this person that have not expired."""
    return Job.objects.of(request.user).filter(expires_at__gt=request.at)


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Everything the person has asked for in the last days, newest first."""
    page = listing.page(_mine(request), cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    return render(
        request,
        "grids/jobs.html",
        {"title": _("My jobs"), "jobs": page.rows, **listing.around(request.GET, page)},
    )


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece of long work: its progress, then its file."""
    found = get_object_or_404(_mine(request), pk=pk)
    context = {"title": found.title, "job": found, "etag": _etag(found), "at": request.at}
    return render(request, "grids/job.html", context)


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; 304 while nothing has."""
    found = get_object_or_404(_mine(request), pk=pk)
    etag = _etag(found)
    if request.headers.get("If-None-Match") == etag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(request, "grids/_job.html", {"job": found})
    answer["ETag"] = etag
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _etag(job: Job) -> str:
    words = (job.pk, job.state, job.done, job.total, job.message)
    return f'"{sha256(repr(words).encode()).hexdigest()[:16]}"'


@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The result, to be saved: for its owner only, as long as it is kept and what let her ask still holds."""
    found = get_object_or_404(_mine(request), pk=pk)
    handing = handing_of(found)
    if not handing.may(found, request.scope):
        raise Http404  # the post that asked has ended
    if not found.has_file or not found.result.storage.exists(found.result.name):
        raise Http404
    suffix = found.filename[found.filename.rfind(".") :]
    answer = FileResponse(
        handing.opened(found), as_attachment=True, filename=found.filename,
        content_type=KINDS.get(suffix, "application/octet-stream"),
    )  # fmt: skip
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """She no longer wants it. What is finished stays."""
    found = actions.cancel_job(get_object_or_404(_mine(request), pk=pk), by=request.user, at=request.at)
    if found.state == JobState.CANCELLED:
        messages.success(request, _("“%(job)s” has been cancelled.") % {"job": found})
    else:
        messages.info(request, _("“%(job)s” had already ended.") % {"job": found})
    return redirect(found)
