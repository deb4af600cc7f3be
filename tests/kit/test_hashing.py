"""A chain shows every change of what it holds, and only that."""

import hashlib
import hmac
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from gridgov.kit.hashing import NotCanonical, canonical, chain, file_sha256, is_link

KEY = b"k" * 32

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


class Step(TextChoices):
    VERIFIED = "verified", "Verified"


class Grade(IntegerChoices):
    RED = 3, "Red"


def test_the_written_form_is_exactly_this() -> None:
    facts = {
        "step": Step.VERIFIED, "grade": Grade.RED, "note": "井盖 \"x\"\n", "none": None, "yes": True,
        "at": datetime(2026, 9, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")), "day": date(2026, 9, 24),
        "id": UUID(int=7), "share": Decimal("12.50"), "lat": 34.7466, "hash": b"\x00\xff",
        "photos": ("b", "a"), "inner": {"z": 1, "a": 2},
    }  # fmt: skip

    assert canonical(facts) == (
        b'{"at":"2026-09-24T01:00:00.000000Z","day":"2026-09-24","grade":3,"hash":"00ff",'
        b'"id":"00000000-0000-0000-0000-000000000007","inner":{"a":2,"z":1},"lat":"34.7466","none":null,'
        b'"note":"\\u4e95\\u76d6 \\"x\\"\\n","photos":["b","a"],"share":"12.50","step":"verified","yes":true}'
    )


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical({"a": 1, "b": {"c": 2, "d": 3}}) == canonical({"b": {"d": 3, "c": 2}, "a": 1})


def test_one_moment_in_two_zones_is_one_moment() -> None:
    here = datetime(2026, 1, 1, 8, 0, 0, 5, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert canonical({"at": here}) == canonical({"at": here.astimezone(UTC)})
    assert canonical({"at": here}) == b'{"at":"2026-01-01T00:00:00.000005Z"}'


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001
        {1, 2}, object(), float("nan"), float("inf"), 1e16, Decimal("NaN"), gettext_lazy("Open"), {1: 2},
    ],
)  # fmt: skip
def test_what_has_no_one_form_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(NotCanonical, match=r"facts\.inner\[0\]"):
        canonical({"inner": [value]})


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_a_way_through_json_changes_nothing(facts: dict[str, object]) -> None:
    assert canonical(json.loads(json.dumps(facts))) == canonical(facts)


def test_a_link_is_an_hmac_over_the_previous_link_and_the_facts() -> None:
    expected = hmac.new(KEY, b"\x20" + b"p" * 32 + b'{"a":1}', hashlib.sha256).digest()

    assert chain(KEY, b"p" * 32, {"a": 1}) == expected


def test_every_ingredient_changes_the_link() -> None:
    first = chain(KEY, b"", {"a": 1})

    links = {
        first,
        chain(b"j" * 32, b"", {"a": 1}),
        chain(KEY, first, {"a": 1}),
        chain(KEY, b"", {"a": 2}),
        chain(KEY, b"", {"a": "1"}),
        chain(KEY, b"", {"b": 1}),
    }

    assert len(links) == 6


def test_a_stored_link_is_recognised_also_as_the_database_returns_it() -> None:
    first = chain(KEY, b"", {"a": 1})
    second = chain(KEY, first, {"b": 2})

    assert is_link(memoryview(second), KEY, memoryview(first), {"b": 2})
    assert not is_link(second, KEY, first, {"b": 3})
    assert not is_link(second, KEY, b"", {"b": 2})


@pytest.mark.parametrize(("key", "previous"), [(b"", b""), (KEY, b"short"), (KEY, b"l" * 33)])
def test_a_chain_refuses_a_missing_key_and_a_cut_link(key: bytes, previous: bytes) -> None:
    with pytest.raises(ValueError, match=r"A (chain|link)"):
        chain(key, previous, {})


def test_a_file_is_hashed_whole_and_rewound() -> None:
    file = BytesIO(b"x" * 3_000_000)
    file.seek(17)

    assert file_sha256(file) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert file.tell() == 0
