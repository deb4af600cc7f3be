"""The register as of a day: who lived where, according to the stays."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from grids.enums import Right
from grids.models import Grid
from grids.scopes import Scope

from ..enums import Field
from ..models import Building, Dwelling, Household, Stay
from .shown import Reader

Place = Building | Dwelling | Household
PLACES: dict[str, tuple[type[Any], str]] = {
    # in the address   whose page       where it stands in a stay
    "building":        (Building,       "household__dwelling__house"),
    "dwelling":        (Dwelling,       "household__dwelling"),
    "household":       (Household,      "household"),
}  # fmt: skip


@dataclass(frozen=True)
class AsOf:
    """The day, and the place it is asked for."""

    day: date
    grid: Grid | None = None
    kind: str = ""
    place: Place | None = None


def lived(asked: AsOf, scope: Scope) -> QuerySet[Stay]:
    """Who lived there on that day, as far as this person reaches."""
    rows = Stay.objects.within(scope, Right.REGISTER).on(asked.day)
    if asked.grid:
        rows = rows.inside(asked.grid)
    if asked.place:
        rows = rows.filter(**{PLACES[asked.kind][1]: asked.place})
    found: QuerySet[Stay] = rows.select_related("grid", "resident", "household__dwelling__house")
    return found


@dataclass(frozen=True)
class Lived:
    """One line: a person as she lived there, masked."""

    name: str
    url: str  # of her entry, where the reader may see it
    sex: str
    age: int | None
    relation: str
    stay: Stay


def line(stay: Stay, day: date, reader: Reader) -> Lived:
    """Her age and who she was to the head are those of that day; her name is masked as it is today."""
    person = stay.resident
    return Lived(
        reader.sees(person, Field.NAME),
        person.get_absolute_url() if reader.scope.covers(person, Right.REGISTER) else "",
        person.get_sex_display(),
        person.age(day) if person.birth_date and person.birth_date <= day else None,
        stay.get_relation_display(),
        stay,
    )
