"""Photos of cases: for whom the case exists, and for nobody else."""

from django.core.files.base import ContentFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from gridgov.kit.images import thumbnail

from ..models import Case, Evidence

THUMB_SIDE = 320
# Opened by itself, a photo runs nothing and loads nothing, whatever a browser takes it for.
ALONE = "default-src 'none'; sandbox"


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One photo, or with ?size=thumb a small one; 404 outside the subtree, as if it did not exist."""
    seen = Case.objects.within(request.scope)
    evidence = get_object_or_404(Evidence.objects.select_related("case"), pk=pk, case__in=seen)
    is_thumb = request.GET.get("size") == "thumb"
    etag = f'"{evidence.sha256[:32]}{"-t" if is_thumb else ""}"'
    response = get_conditional_response(request, etag=etag) or _picture(evidence, is_thumb)
    response["ETag"] = etag
    # Kept by the browser, but asked for each time: who may see it is decided each time.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _picture(evidence: Evidence, is_thumb: bool) -> FileResponse:
    try:
        file = evidence.file.open("rb")
    except FileNotFoundError:  # the row outlived its file: say so as any missing page does
        raise Http404 from None
    if is_thumb:
        with file:
            file = ContentFile(thumbnail(file, THUMB_SIDE))
    return FileResponse(file, filename=f"{evidence.case.number}-{evidence.pk}.jpg", content_type="image/jpeg")
