"""The doors of one building, unit by unit, and who lives behind each."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Count

from grids.rules import houses

from ..enums import Field, Occupancy, Relation
from ..models import Building, Dwelling, Resident
from .shown import Reader


@dataclass
class Door:
    """One door: how many are entered behind it, and the heads of their households as the reader sees them."""

    dwelling: Dwelling
    people: int = 0
    heads: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Known to stand empty; where somebody lives of whom nothing is entered yet, it is not."""
        return not self.people and self.dwelling.occupancy == Occupancy.EMPTY


def doors_of(building: Building, reader: Reader) -> list[tuple[str, list[Door]]]:
    """Unit and doors, in the order in which one walks past them; three queries."""
    rows: Any = building.dwellings.filter(is_active=True).select_related("house").order_by("sort_key")
    doors = {dwelling.pk: Door(dwelling) for dwelling in rows}
    living: Any = Resident.objects.living().filter(household__dwelling__house=building)
    at = "household__dwelling"
    for pk, number in living.order_by().values(at).annotate(n=Count("*")).values_list(at, "n"):
        if pk in doors:
            doors[pk].people = number
    for head in living.filter(relation=Relation.HEAD).select_related("household").order_by("pk"):
        if head.household.dwelling_id in doors:
            doors[head.household.dwelling_id].heads.append(reader.sees(head, Field.NAME))
    units = groupby(doors.values(), key=lambda door: door.dwelling.unit_no)
    return [("".join(houses.said("", unit)), list(several)) for unit, several in units]
