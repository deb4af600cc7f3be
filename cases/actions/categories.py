"""The category tree is loaded as data; what an administrator has changed since then stays."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from ..models import Category


@transaction.atomic
def load_categories(rows: Iterable[tuple[str, str, dict[str, Any]]]) -> int:
    """Add the categories that are not there yet; how many were added."""
    known = {category.code: category for category in Category.objects.all()}
    added = 0
    for code, parent, fields in rows:
        if code not in known:
            known[code] = Category.objects.create(code=code, parent=known.get(parent), **fields)
            added += 1
    return added
