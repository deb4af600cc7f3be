"""Photos of the registers: kept clean, once each, beside what they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gridgov.kit.images import CleanImage
from gridgov.kit.pictures import put
from grids.models import Post

from ..models.photos import Photo


def keep(owner: Any, photos: Sequence[CleanImage], *, by: Post, at: datetime) -> list[Photo]:
    """Keep photos with a row that has `photos`; what it has already stays as it is. Returns the new ones."""
    sent = {photo.sha256: photo for photo in photos}
    known = set(owner.photos.filter(sha256__in=sent).values_list("sha256", flat=True))
    return [_keep(owner, photo, by, at) for sha256, photo in sent.items() if sha256 not in known]


def _keep(owner: Any, photo: CleanImage, by: Post, at: datetime) -> Photo:
    facts = {"sha256": photo.sha256, "width": photo.width, "height": photo.height}
    kept: Photo = owner.photos.model(**facts, uploaded_at=at, uploaded_by=by.user)
    setattr(kept, owner.photos.field.name, owner)
    put(kept.file, photo.content)
    kept.save()
    return kept
