"""A lot is drawn the same everywhere: on any machine, in any version, from a list in any order."""

from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessment.rules import sampling

NAMES = [f"ZY-2026-{n:04d}/6" for n in range(1, 21)]
FROZEN = ["ZY-2026-0020/6", "ZY-2026-0004/6", "ZY-2026-0019/6", "ZY-2026-0008/6", "ZY-2026-0017/6"]
RING = [("A", "D"), ("B", "C"), ("C", "E"), ("D", "B"), ("E", "A")]
names = st.lists(st.text(max_size=12), min_size=2, max_size=40, unique=True)


def test_a_frozen_sample_stays_as_it_was():
    assert sampling.sample(NAMES, 5, "2026") == FROZEN


def test_a_frozen_ring_stays_as_it_was():
    assert sampling.pairs(["A", "B", "C", "D", "E"], "2026") == RING


def test_a_lot_can_be_checked_by_hand():
    assert sampling.rank("2026", "ZY-2026-0001/6") == sha256(b"2026:ZY-2026-0001/6").hexdigest()


def test_seed_and_name_do_not_run_into_each_other():
    assert sampling.rank("1", "23") != sampling.rank("12", "3")


def test_the_order_of_the_list_and_what_stands_in_it_twice_do_not_matter():
    assert sampling.sample([*reversed(NAMES), *NAMES], 5, "2026") == FROZEN


def test_of_fewer_than_wanted_all_are_drawn():
    assert sorted(sampling.sample(NAMES[:3], 5, "2026")) == NAMES[:3]


def test_another_seed_draws_others():
    assert sampling.sample(NAMES, 5, "2027") != FROZEN


@given(st.data(), names, st.text(max_size=8))
def test_what_is_taken_away_moves_no_other(data, listed, seed):
    gone = data.draw(st.sampled_from(listed))

    rest = [name for name in sampling.ranked(listed, seed) if name != gone]

    assert sampling.ranked([name for name in listed if name != gone], seed) == rest


@given(names, st.text(max_size=8))
def test_each_checks_one_and_each_is_checked_once_and_nobody_herself(listed, seed):
    pairs = sampling.pairs(listed, seed)

    assert [checker for checker, _checked in pairs] == sorted(listed)
    assert sorted(checked for _checker, checked in pairs) == sorted(listed)
    assert [pair for pair in pairs if pair[0] == pair[1]] == []


@given(names, st.text(max_size=8))
def test_of_three_or_more_no_two_check_each_other(listed, seed):
    assume(len(listed) > 2)
    pairs = set(sampling.pairs(listed, seed))

    assert {(a, b) for a, b in pairs if (b, a) in pairs} == set()


def test_two_check_each_other():
    assert sampling.pairs(["A", "B"], "x") == [("A", "B"), ("B", "A")]


@pytest.mark.parametrize("alone", [[], ["A"], ["A", "A"]])
def test_one_alone_checks_nobody(alone):
    with pytest.raises(sampling.TooFewPeers):
        sampling.pairs(alone, "x")
