"""One entry in words: its facts as the page prints them, and what was changed by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gridgov.kit.sealing import SealedField

SHOWN = 20  # changes of one entry


def facts_of(entry: models.Model, names: Sequence[str]) -> list[tuple[str, str]]:
    """Label and text of each fact that is known; what is sealed shows its mask."""
    told = [(_label(entry, name), _text(entry, name)) for name in names]
    return [(label, text) for label, text in told if text]


def _label(entry: models.Model, name: str) -> str:
    return str(entry._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _text(entry: models.Model, name: str) -> str:
    value = getattr(entry, name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    shown = getattr(entry, f"get_{name}_display", None)
    return str(shown() if shown else value)


@dataclass(frozen=True)
class Changed:
    """One change of an entry: who, when, which fields. Not what stood there: that may be personal."""

    at: datetime
    who: str
    fields: list[str]


def changes(entry: Any) -> list[Changed]:
    """What was changed, the newest first; entering it counts as the first change."""
    rows = list(entry.history.select_related("history_user").order_by("-history_id")[: SHOWN + 1])
    older: list[Any] = [*rows[1:], None]
    pairs = zip(rows, older, strict=True)
    return [_changed(new, old) for new, old in pairs if old is not None or len(rows) <= SHOWN]


def _changed(new: Any, old: Any) -> Changed:
    fields = [] if old is None else [str(f.verbose_name) for f in new.tracked_fields if _differs(f, new, old)]
    return Changed(new.history_date, str(new.history_user or _("the system")), fields)


def _differs(column: Any, new: Any, old: Any) -> bool:
    if column.name in ("sort_key", "search_text") or (
        isinstance(column, models.ForeignKey) and not column.editable
    ):
        return False
    first, second = getattr(new, column.attname), getattr(old, column.attname)
    if isinstance(column, SealedField) and first and second:
        return bool(first.open() != second.open())
    return bool(first != second)
