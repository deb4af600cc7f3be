"""What of an event its hash seals (docs/decisions/0005-chain-per-case.md)."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

# Everything but the row's own key: change any of these and the chain no longer holds.
CHAINED = (
    "seq", "action", "step_before", "step_after", "at", "actor_id", "post_id", "note", "data", "key",
    "category_id", "holder_grid_id", "holder_department_id", "holder_post_id", "due_at", "on_time",
)  # fmt: skip


def facts(event: Any, number: str) -> dict[str, Any]:
    """The sealed facts of an event of the case with this number."""
    return sealed([getattr(event, name) for name in CHAINED], number)


def sealed(values: Sequence[Any], number: str) -> dict[str, Any]:
    """The same facts from values in the order of CHAINED, as a query streams them."""
    return {"case": number, **dict(zip(CHAINED, values, strict=True))}


# What a report says, which lies on the case. The first event seals their fingerprint.
WORDS = ("channel", "external_id", "text", "place", "house_no", "unit_no")


def fingerprint(words: Sequence[str]) -> str:
    """The fingerprint of what was reported, from values in the order of WORDS."""
    said = json.dumps([str(word) for word in words], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
