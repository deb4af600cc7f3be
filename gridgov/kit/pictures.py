"""Photos kept by their content and served one by one: the same for everything that photos belong to."""

from typing import Any

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from .images import thumbnail

THUMB_SIDE = 320
# Opened by itself, a photo runs nothing and loads nothing, whatever a browser takes it for.
ALONE = "default-src 'none'; sandbox"


def path_by_content(folder: str, sha256: str) -> str:
    """Where a picture lies: the same one is one file, and no name from outside reaches the disk."""
    return f"{folder}/{sha256[:2]}/{sha256}.jpg"


def put(file: FieldFile, content: bytes) -> None:
    """Give a row its picture, whose name follows from its content; whoever sent it first has written it."""
    row: Any = file.instance
    name = file.field.generate_filename(row, "")
    if file.storage.exists(name):
        file.name = name
    else:
        file.save("", ContentFile(content), save=False)


def served(request: HttpRequest, file: FieldFile, *, sha256: str, name: str) -> HttpResponse:
    """One picture, or with ?size=thumb a small one, called `name` where it is saved."""
    is_thumb = request.GET.get("size") == "thumb"
    etag = f'"{sha256[:32]}{"-t" if is_thumb else ""}"'
    response: HttpResponse = get_conditional_response(request, etag=etag) or _picture(file, name, is_thumb)
    response["ETag"] = etag
    # Kept by the browser, but asked for each time: who may see it is decided each time.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _picture(file: FieldFile, name: str, is_thumb: bool) -> Any:
    try:
        content: Any = file.open("rb")
    except FileNotFoundError:  # the row outlived its file: say so as any missing page does
        raise Http404 from None
    if is_thumb:
        with content:
            content = ContentFile(thumbnail(content, THUMB_SIDE))
    return FileResponse(content, filename=name, content_type="image/jpeg")
