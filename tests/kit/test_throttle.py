"""Whoever walks through everything is slowed down; whoever comes back to the same thing is not."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory

from gridgov.kit import throttle
from gridgov.kit.throttle import Throttle, caller_of

AT = datetime(2026, 9, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SPAN = timedelta(minutes=10)


def asked(limit: Throttle, caller: str, things: str, at: datetime = AT) -> list[bool]:
    return [limit.allows(caller, thing, at=at) for thing in things]


def test_so_many_different_things_are_allowed_and_no_more():
    assert asked(Throttle(3, SPAN), "a", "xyzw") == [True, True, True, False]


def test_the_same_thing_again_is_always_allowed():
    assert asked(Throttle(1, SPAN), "a", "xxyx") == [True, True, False, True]


def test_each_caller_is_counted_alone():
    limit = Throttle(1, SPAN)

    assert [asked(limit, caller, "xy") for caller in "ab"] == [[True, False]] * 2


def test_after_a_while_it_begins_anew():
    limit = Throttle(1, SPAN)
    asked(limit, "a", "x")

    assert asked(limit, "a", "y", AT + SPAN - timedelta(seconds=1)) == [False]
    assert asked(limit, "a", "y", AT + SPAN) == [True]


def test_who_cannot_be_told_apart_is_not_counted():
    assert asked(Throttle(1, SPAN), "", "xyz") == [True] * 3


def test_it_forgets_the_one_who_came_first(monkeypatch):
    monkeypatch.setattr(throttle, "CALLERS", 2)
    limit = Throttle(1, SPAN)
    for caller in "abc":
        asked(limit, caller, "x")

    assert (asked(limit, "b", "y"), asked(limit, "a", "y")) == ([False], [True])


@pytest.mark.parametrize(
    ("is_behind_proxy", "facts", "caller"),
    [
        (False, {"REMOTE_ADDR": "192.0.2.7"}, "192.0.2.7"),
        (False, {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, "192.0.2.7"),
        (True, {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.1"}, "198.51.100.1"),
        (True, {"HTTP_X_FORWARDED_FOR": ""}, ""),
        (True, {"HTTP_X_FORWARDED_FOR": "unknown"}, ""),
        (False, {"REMOTE_ADDR": "2001:db8:1:2:aaaa::1"}, "2001:db8:1:2::/64"),
        (False, {"REMOTE_ADDR": ""}, ""),
    ],
)
def test_a_caller_is_known_by_where_she_comes_from(settings, is_behind_proxy, facts, caller):
    settings.TLS = is_behind_proxy

    assert caller_of(RequestFactory().get("/", **facts)) == caller
