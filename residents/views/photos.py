"""Photos of the registers, one by one: for whom the entry exists, and for nobody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gridgov.kit.pictures import served
from grids.enums import Right

from ..models import Inspection, InspectionPhoto, Premises, PremisesPhoto

# kind          its photos        what they belong to, and where that is named
KINDS = {
    "premises":   (PremisesPhoto,   Premises,   "premises"),
    "inspection": (InspectionPhoto, Inspection, "inspection"),
}  # fmt: skip


@require_safe
def photo(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """One photo, or with ?size=thumb a small one; 404 outside the subtree, as if it did not exist."""
    model, owner, name = KINDS[kind]
    seen = owner.objects.within(request.scope, Right.REGISTER)
    found = get_object_or_404(model, pk=pk, **{f"{name}__in": seen})
    return served(request, found.file, sha256=found.sha256, name=f"{kind}-{found.pk}.jpg")


def shown(owner: Any) -> list[dict[str, str]]:
    """The photos of a row, as ui/photos.html takes them."""
    urls = [photo.get_absolute_url() for photo in owner.photos.all()]
    return [{"url": url, "thumb_url": f"{url}?size=thumb"} for url in urls]
