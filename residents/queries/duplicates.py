"""Who may be in the register twice: people of one name and birth date, or one name and phone, in a district.

Names are compared by their traces, which are the same for the same name; nothing is opened but two numbers, to
tell a slip of the fingers from another person (docs/rules/registers.md §2).
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from grids.enums import Right
from grids.scopes import Scope

from ..enums import Whereabouts
from ..models import Apart, Resident
from ..rules.merging import may_be_mistyped

FIRST = 200  # people of whom the list is made: more than anybody works through in a day


@dataclass(frozen=True)
class Likely:
    """Two entries within somebody's reach that may be one person; the older first."""

    first: Resident
    second: Resident


@dataclass(frozen=True)
class Duplicates:
    """What there is to look at, what turned out to be two people, and in how many cases one lies beyond reach."""

    pairs: list[Likely]
    apart: list[Likely]
    outside: int


def duplicates(scope: Scope) -> Duplicates:
    """Likely duplicates of whoever is kept within a scope."""
    return _found(_kept(scope), scope)


def duplicates_of(resident: Resident, scope: Scope) -> Duplicates:
    """The same for one entry."""
    return _found(_kept(scope).filter(pk=resident.pk), scope)


def _kept(scope: Scope) -> QuerySet[Resident]:
    return Resident.objects.within(scope, Right.KEEP).exclude(state=Whereabouts.MERGED)


def _alike() -> QuerySet[Resident]:
    """The other entries of the district with the same name and birth date, or the same name and phone."""
    return (
        Resident.objects.filter(
            Q(birth_date=OuterRef("birth_date")) | Q(phone_trace=OuterRef("phone_trace")),
            district=OuterRef("district"),
            name_traces=OuterRef("name_traces"),
        )
        .exclude(state=Whereabouts.MERGED)
        .exclude(pk=OuterRef("pk"))
    )


def _found(rows: QuerySet[Resident], scope: Scope) -> Duplicates:
    suspects = list(
        rows.filter(Exists(_alike()))
        .annotate(alike=ArraySubquery(_alike().values("pk")))
        .order_by("-pk")[:FIRST]
    )
    others = Resident.objects.select_related("grid", "household__dwelling__house").in_bulk(
        {pk for one in suspects for pk in one.alike} | {one.pk for one in suspects}
    )
    pairs = sorted(
        {
            older_first(others[one.pk], others[pk])
            for one in suspects
            for pk in one.alike
            if _likely(others, one, pk)
        },
        key=lambda pair: (-pair[1].pk, -pair[0].pk),
    )
    return _told(pairs, scope)


def older_first(one: Resident, other: Resident) -> tuple[Resident, Resident]:
    return (one, other) if one.pk < other.pk else (other, one)


def told_apart(one: Resident, other: Resident) -> Apart | None:
    """Who has said of two entries that they are two people, if anybody has."""
    first, second = older_first(one, other)
    return Apart.objects.filter(first=first, second=second).select_related("by__user").first()


def _likely(others: dict[int, Resident], one: Resident, pk: int) -> bool:
    numbers = [row.id_number.open() if row.id_number else None for row in (one, others[pk])]
    return may_be_mistyped(*numbers)


def _told(pairs: Collection[tuple[Resident, Resident]], scope: Scope) -> Duplicates:
    """Those of which both lie within reach; of the others only how many they are."""
    known = _known_apart([first for first, _second in pairs])
    within = [pair for pair in pairs if all(scope.covers(row, Right.KEEP) for row in pair)]
    outside = [pair for pair in pairs if pair not in within and _keys(pair) not in known]
    return Duplicates(
        pairs=[Likely(*pair) for pair in within if _keys(pair) not in known],
        apart=[Likely(*pair) for pair in within if _keys(pair) in known],
        outside=len(outside),
    )


def _keys(pair: tuple[Resident, Resident]) -> tuple[int, int]:
    return pair[0].pk, pair[1].pk


def _known_apart(older: Collection[Resident]) -> set[tuple[int, int]]:
    return set(Apart.objects.filter(first__in=older).values_list("first_id", "second_id"))
