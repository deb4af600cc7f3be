"""Invented people for the tests of the registers; their ID numbers begin with a division that does not exist."""

from datetime import date
from uuid import uuid4

from residents import actions
from residents.enums import Relation
from residents.rules.identity import check_digit

NOWHERE = "999900"  # no division of China: nobody can have such a number


def id_number(born: str, series: int = 1) -> str:
    """A valid number that cannot be anybody's: `born` is YYYYMMDD, an odd series is a man's."""
    first = f"{NOWHERE}{born}{series:03d}"
    return first + check_digit(first)


def house(town, at, grid="one", house_no="3"):
    return actions.register_building(
        town.grid[grid], house_no=house_no, name="平安里", by=town.post.leader, at=at
    )


def door(town, at, room_no="501", unit_no="2", **where):
    return actions.register_dwelling(
        house(town, at, **where), unit_no=unit_no, room_no=room_no, by=town.post.leader, at=at
    )


def household(town, at, since=date(2026, 1, 1), **where):
    return actions.open_household(door(town, at, **where), on=since, by=town.post.leader, at=at)


def resident(home, at, *, relation=Relation.HEAD, on=date(2026, 1, 1), key=None, by=None, **facts):
    facts = {"name": "程晓梅", "id_number": id_number("19850615", 2), **facts}
    return actions.register(home, relation=relation, on=on, by=by, at=at, key=key or uuid4(), facts=facts)


def neighbours(home, at):
    """A household behind another door of the same building."""
    door = actions.register_dwelling(home.dwelling.house, unit_no="2", room_no="502", by=None, at=at)
    return actions.open_household(door, on=date(2026, 1, 1), by=None, at=at)


def shop(town, at):
    facts = {"name": "惠民便利店", "kind": "shop", "address": "平安里3号楼底商"}
    return actions.register_premises(town.grid.one, by=town.post.leader, at=at, **facts)


def company(town, at):
    facts = {"name": "安居物业服务有限公司", "kind": "property"}
    return actions.register_organisation(town.grid.one, by=town.post.leader, at=at, **facts)
