"""Finding photos that look alike by index: the 64 places of their hash in four bands.

Two hashes that differ in fewer places than there are bands have at least one band in common, so whoever looks
for equal bands misses none. `images.distance` then decides.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Func

BANDS = 4
# Each band with its number in front, so that only bands at the same place can be equal.
SQL = (
    "ARRAY[({0} >> 48) & 65535, 65536 + (({0} >> 32) & 65535), "
    "131072 + (({0} >> 16) & 65535), 196608 + ({0} & 65535)]"
)


def bands(column: str) -> str:
    """The SQL of the bands of a column: the same text in the index and in the query that reads it."""
    return SQL.format(column)


class Bands(Func):
    """The bands of a column, for `GinIndex(Bands("similarity"), name=...)`."""

    template = bands("%(expressions)s")
    arity = 1
    output_field = ArrayField(BigIntegerField())
