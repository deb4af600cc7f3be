"""The category tree is loaded as data; what an administrator has changed since then stays."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from ..models import Category

Row = tuple[str, str, dict[str, Any]]


@transaction.atomic
def load_categories(rows: Iterable[Row]) -> int:
    """Add the categories that are not there yet; how many were added. Parents come before their children."""
    known = {category.code: category for category in Category.objects.all()}
    missing = [row for row in rows if row[0] not in known]
    added = len(missing)
    while missing:
        ready = [row for row in missing if not row[1] or row[1] in known]
        if not ready:
            raise ValueError(f"no such parent: {missing[0][1]}")
        known |= {category.code: category for category in _add(ready, known)}
        missing = [row for row in missing if row[0] not in known]
    return added


def _add(rows: list[Row], known: dict[str, Category]) -> list[Category]:
    """One level of the tree, with its history, in two statements."""
    born = [Category(code=code, parent=known.get(parent), **fields) for code, parent, fields in rows]
    return bulk_create_with_history(born, Category)
