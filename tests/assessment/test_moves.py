"""What parts did to a figure adds up exactly to its change."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from assessment.rules.moves import Amount, of_number, of_rate, printed

AMOUNTS = st.builds(lambda d, share: Amount(min(d, share), d), st.integers(0, 400), st.integers(0, 400))
PARTS = st.dictionaries(st.sampled_from("甲乙丙丁戊己"), AMOUNTS)
DAYS = st.dictionaries(
    st.sampled_from("甲乙丙丁"), st.builds(Amount, st.integers(0, 900), st.integers(0, 90))
)


def whole(parts) -> Fraction | None:
    d = sum(part.d for part in parts.values())
    return Fraction(sum(part.n for part in parts.values()), d) if d else None


@given(now=PARTS | DAYS, before=PARTS | DAYS)
def test_of_a_rate(now, before):
    move = of_rate(now, before)

    if whole(now) is None or whole(before) is None:
        assert move is None
        return
    assert sum(push.by for push in move.pushes) == move.change == whole(now) - whole(before)


@given(now=PARTS, before=PARTS, months=st.integers(1, 12))
def test_of_a_number(now, before, months):
    move = of_number(now, before, months)

    past = Fraction(sum(part.n for part in before.values()), months)
    assert sum(push.by for push in move.pushes) == move.change == sum(part.n for part in now.values()) - past


@given(parts=PARTS)
def test_where_nothing_moved_nobody_moved_it(parts):
    move = of_rate(parts, parts)

    assert move is None or {push.by for push in move.pushes} <= {0}


@given(parts=PARTS, split=st.integers(0, 5))
def test_it_does_not_matter_how_a_part_that_was_not_touched_is_named(parts, split):
    """Cutting the whole otherwise moves no change: by grids or by categories it is the same."""
    one = of_rate({"all": _all(parts)}, {"all": Amount(split, 5)})
    many = of_rate(parts, {"all": Amount(split, 5)})

    assert (one and one.change) == (many and many.change)


def _all(parts) -> Amount:
    return Amount(sum(part.n for part in parts.values()), sum(part.d for part in parts.values()))


def test_the_one_that_fell_is_named_first():
    before = {"南街": Amount(18, 19), "东街": Amount(40, 41), "西街": Amount(30, 30)}
    now = {"南街": Amount(12, 20), "东街": Amount(41, 42), "西街": Amount(29, 30)}

    move = of_rate(now, before)

    assert [push.part for push in move.named(dict.fromkeys(now, 20))] == ["南街", "西街", "东街"]
    assert printed(100 * move.change) == Decimal("-8.65")
    assert printed(100 * move.pushes[0].by) == Decimal("-7.57")


def test_parts_with_few_cases_count_and_are_not_named():
    move = of_rate({"大": Amount(9, 10), "小": Amount(0, 4)}, {"大": Amount(10, 10), "小": Amount(4, 4)})

    assert [push.part for push in move.named({"大": 10, "小": 4})] == ["大"]
    assert sum(push.by for push in move.pushes) == move.change


def test_at_most_three_are_named():
    parts = {name: Amount(n, 10) for n, name in enumerate("甲乙丙丁戊")}

    move = of_rate(parts, dict.fromkeys(parts, Amount(9, 10)))

    assert len(move.named(dict.fromkeys(parts, 10))) == 3


def test_what_falls_is_rounded_as_what_rises():
    assert [str(printed(Fraction(n, 1000))) for n in (1235, -1235, 5, -5, 4, -4)] == [
        "1.24", "-1.24", "0.01", "-0.01", "0.00", "0.00",
    ]  # fmt: skip
