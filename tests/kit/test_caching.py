"""The cache of a process keeps the very objects, for as long as it was told and no longer."""

import time_machine
from django.core.cache import caches

cache = caches["local"]


def test_the_same_object_comes_back():
    kept = {"year": [2026]}

    cache.set("kept", kept)

    assert cache.get("kept") is kept


def test_what_is_too_old_is_forgotten():
    with time_machine.travel(0, tick=False) as clock:
        cache.set("short", object(), 60)
        clock.shift(61)

        assert cache.get("short") is None
        assert cache.get("short", "nothing") == "nothing"


def test_add_leaves_alone_what_is_there():
    cache.set("one", 1)

    assert not cache.add("one", 2)
    assert cache.get("one") == 1


def test_a_number_can_be_raised():
    cache.set("n", 1)

    assert cache.incr("n") == 2
    assert cache.get("n") == 2


def test_what_was_deleted_or_cleared_is_gone():
    cache.set("a", 1)
    cache.set("b", 2)

    cache.delete("a")
    assert (cache.get("a"), cache.get("b")) == (None, 2)

    cache.clear()
    assert cache.get("b") is None
