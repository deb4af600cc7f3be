"""Invented volunteers, what they did, and rules by which it earns points."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from residents import actions

from .people import id_number, resident

RICE, SOAP = ("大米", 20, 10), ("肥皂", 5, 100)


def volunteer(town, at, who, **facts):
    since = timezone.localdate(at)
    return actions.enlist(who, since=since, by=town.post.leader, at=at, key=uuid4(), **facts)


def neighbour(home, at, series, name="程小军"):
    """One more resident of a household, different each time."""
    return resident(home, at, relation="50", name=name, id_number=id_number("19600101", series))


def rules(town, at, *items, grid="district", by="official", hour_points=2, **numbers):
    return actions.set_point_rule(
        town.grid[grid], reason="试行", hour_points=hour_points, items=items or (RICE, SOAP),
        by=town.post[by], at=at, key=uuid4(), **numbers,
    )  # fmt: skip


def activity(town, at, grid="one", hours=3, **facts):
    """An activity that is over by `at`."""
    ends_at = at - timedelta(minutes=10)
    facts = {"title": "清理楼道", "kind": "cleaning", "place": "平安里", **facts}
    return actions.plan_activity(
        town.grid[grid], begins_at=ends_at - timedelta(hours=hours), ends_at=ends_at, by=town.post.leader,
        at=at - timedelta(days=1), key=uuid4(), **facts,
    )  # fmt: skip


def came(town, at, what, who, hours=3, by="leader"):
    """She signed up, was there, and her hours are confirmed."""
    row = actions.sign_up(what, who, by=town.post[by], at=at, key=uuid4())
    actions.confirm_hours(what, {row.pk: Decimal(hours)}, by=town.post[by], at=at)
    row.refresh_from_db()
    return row
