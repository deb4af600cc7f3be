"""When something is worth a look (docs/rules/hints.md). All numbers are our own; no rule prescribes them."""

from collections.abc import Mapping

from ..enums import Hint

# hint               the numbers it goes by
NUMBERS_OF: dict[Hint, Mapping[str, int]] = {
    Hint.LAST_MINUTES: {"minutes": 30},
    Hint.BULK:         {"closings": 10, "closing_minutes": 10},
    # Of a photo's 64 places; it must stay below the number of bands (queries/hints.py), so that one is equal. What was
    # shrunk or sent again differs in fewer; up to ten is only the same scene, as honest photos are, too.
    Hint.PHOTO:        {"bits": 3, "photo_days": 365},
    Hint.PAIR:         {"results": 10, "share": 90},
    Hint.AGAIN:        {"days": 30, "metres": 30},
}  # fmt: skip

NUMBERS: dict[str, int] = {name: n for numbers in NUMBERS_OF.values() for name, n in numbers.items()}


def sentence(hint: Hint) -> str:
    """What is hinted at, in one sentence with its numbers."""
    return str(hint.words) % NUMBERS_OF[hint]
