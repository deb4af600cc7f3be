"""What the planner's own statistics say of an array that is searched: which of its elements very many rows have."""

from django.core.cache import caches
from django.db import connection

KEPT = 60  # seconds


def common_elements(table: str, column: str, holder: str = "") -> dict[str, float]:
    """The elements that so many rows contain that their index is the long way round, each with its share of rows.

    At most a minute old. Walking the newest rows finds a page of 50 after 50 / share rows, the index brings
    share * all of them: the two meet near this share. `holder` is the index whose statistics hold an expression.
    """
    name = f"common-{holder or table}-{column}"
    elements: dict[str, float] | None = caches["local"].get(name)
    if elements is None:
        elements = _asked(table, column, holder or table)
        caches["local"].set(name, elements, KEPT)
    return elements


def _asked(table: str, column: str, holder: str) -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs, greatest(reltuples, 1) "
            "FROM pg_stats JOIN pg_class ON relname = %s AND relkind = 'r' "
            "WHERE tablename = %s AND attname = %s AND schemaname = current_schema()",
            [table, holder, column],
        )
        elements, shares, n = cursor.fetchone() or ([], [], 1)
    told = zip(elements or [], shares or [], strict=False)
    return {element: share for element, share in told if share >= 10 / n**0.5}
