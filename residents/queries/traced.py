"""Which columns hold traces, of which sealed value, and how each is made: one table for writing and for a new key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from ..models import Resident
from .tracing import id_trace, name_traces, phone_trace


@dataclass(frozen=True)
class Traced:
    """One column of traces."""

    model: type[models.Model]
    column: str
    field: str  # the sealed value it is made of
    make: Callable[[str], Any]
    nothing: Any = None  # what stands there without a value

    def of(self, row: Any) -> Any:
        """What has to stand there under today's keys. Raises SealBroken."""
        value = getattr(row, self.field)
        return self.make(value.open()) if value else self.nothing


TRACED = (
    #      model     column         of            made by
    Traced(Resident, "name_traces", "name",       name_traces, ()),
    Traced(Resident, "id_trace",    "id_number",  id_trace),
    Traced(Resident, "phone_trace", "phone",      phone_trace),
)  # fmt: skip
