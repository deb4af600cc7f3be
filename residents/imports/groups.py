"""The types of special groups as a file that comes with the product."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GROUP_TYPES = Path(__file__).resolve().parents[1] / "data" / "group_types.json"


def read_group_types(path: Path = GROUP_TYPES) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each type as (code, fields)."""
    for row in json.loads(path.read_text(encoding="utf-8")):
        yield row.pop("code"), row
