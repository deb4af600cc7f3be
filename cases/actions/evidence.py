"""Photos of a case: kept clean, once each, beside the event that brought them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from gridgov.kit.images import CleanImage
from gridgov.kit.pictures import put
from grids.models import User

from ..enums import EvidenceStage
from ..models import Case, Evidence


def attach(
    case: Case,
    photos: Sequence[CleanImage],
    stage: EvidenceStage,
    *,
    by: User,
    at: datetime,
    keep_position: bool,
) -> list[str]:
    """Keep photos with a case and return their hashes for the event.

    The position that a camera wrote is kept as data only when the person allows it; the picture itself
    carries nothing but pixels.
    """
    sent = {photo.sha256: photo for photo in photos}
    known = (
        set(case.evidence.filter(stage=stage, sha256__in=sent).values_list("sha256", flat=True))
        if sent
        else set()
    )
    for sha256 in sent.keys() - known:
        _keep(case, sent[sha256], stage, by, at, keep_position)
    return sorted(sent)


def _keep(
    case: Case, photo: CleanImage, stage: EvidenceStage, by: User, at: datetime, keep_position: bool
) -> Evidence:
    latitude, longitude = (
        (Decimal(f"{degrees:.6f}") for degrees in photo.position)
        if keep_position and photo.position
        else (None, None)
    )
    evidence = Evidence(
        case=case, seq=case.version + 1, stage=stage, sha256=photo.sha256, width=photo.width, height=photo.height,
        taken_at=photo.taken_at, latitude=latitude, longitude=longitude, similarity=photo.phash,
        uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    put(evidence.file, photo.content)
    evidence.save()
    return evidence
