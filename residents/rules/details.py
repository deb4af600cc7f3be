"""The own fields of a type of special group: what makes a list of them one that forms can be built from."""

import re
from collections.abc import Collection
from typing import Any

NAME = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
KEYS = {"name", "label", "kind", "choices", "required"}
LONGEST = 40
MOST = 30


def is_well_formed(rows: Any, kinds: Collection[str]) -> bool:
    """Whether it is a list of fields, each known by a name of its own; a choice has words to choose from."""
    if not isinstance(rows, list) or len(rows) > MOST or not all(_is_field(row, kinds) for row in rows):
        return False
    return len({row["name"] for row in rows}) == len(rows)


def _is_field(row: Any, kinds: Collection[str]) -> bool:
    if (
        not isinstance(row, dict)
        or not set(row) <= KEYS
        or not all(_is_word(row.get(key)) for key in ("name", "label"))
    ):
        return False
    words = row.get("choices") or []
    if not isinstance(words, list) or not all(map(_is_word, words)) or row.get("kind") not in kinds:
        return False
    return bool(NAME.fullmatch(row["name"])) and (row["kind"] == "choice") == bool(words)


def _is_word(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text.strip()) <= LONGEST


def tidied(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each field with everything that is said of one."""
    return [
        {
            "name": row["name"],
            "label": row["label"].strip(),
            "kind": row["kind"],
            "choices": row.get("choices") or [],
            "required": bool(row.get("required")),
        }
        for row in rows
    ]
