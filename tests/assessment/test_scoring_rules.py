"""A score lies between 0 and 100, adds up, and never falls because a figure improved (docs/rules/scoring.md)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.enums import WEIGHTS, Basis, Deduction, Formula, Input, Section, Standing
from assessment.rules import defaults, rates, scoring
from assessment.rules.formulas import RECIPES, TAKEN
from assessment.rules.scoring import Indicator, Record, Terms

SHANGHAI = ZoneInfo("Asia/Shanghai")
SCHEME = [defaults.indicator(row) for row in defaults.DEFAULTS]
TERMS = Terms()


def counts(**numbers: int) -> dict[str, int]:
    return {**dict.fromkeys(Input.values, 0), **numbers}


@st.composite
def some_counts(draw, most=60):
    """Counts that can be: no part exceeds its whole."""
    found = counts(**{name: draw(st.integers(0, most)) for name in Input.values})
    for recipe in RECIPES.values():
        found[recipe.part] = min(found[recipe.part], found[recipe.whole])
    return found


def total(own, peers, marks=None) -> Decimal:
    return scoring.score(SCHEME, TERMS, own, peers, marks or {}).total


def test_the_products_own_scheme_weighs_what_the_articles_say():
    assert scoring.imbalance(SCHEME) == {}
    assert WEIGHTS == {Section.DAILY: 40, Section.FACILITIES: 10, Section.PERFORMANCE: 50}


def test_a_scheme_that_does_not_weigh_up_is_named_section_by_section():
    short = [each for each in SCHEME if each.code not in ("diary", "files")]

    assert scoring.imbalance(short) == {Section.DAILY: Decimal(37), Section.FACILITIES: Decimal(8)}


@given(some_counts(), some_counts())
@settings(max_examples=200, deadline=None)
def test_it_lies_between_nothing_and_everything_and_its_parts_add_up(own, others):
    peers = scoring.sums([own, others])

    found = scoring.score(SCHEME, TERMS, own, peers, {})

    assert 0 <= found.total <= 100
    assert sum(line.points for line in found.lines) == sum(found.sections.values())
    assert all(points <= section.weight for section, points in found.sections.items())
    assert found.total == scoring.bounded(sum(found.sections.values()) - found.taken)


@given(some_counts(), some_counts(), st.sampled_from(sorted(Formula)), st.booleans())
@settings(max_examples=300, deadline=None)
def test_it_never_falls_when_a_figure_improves(own, others, formula, is_one_more):
    """One more done of what is owed, or one more owed and done."""
    recipe = RECIPES[formula]
    better = dict(own)
    if is_one_more:
        better[recipe.whole] += 1
    elif better[recipe.part] == better[recipe.whole]:
        return
    better[recipe.part] += 1
    # what shares the whole is not made worse by it
    for other in RECIPES.values():
        if is_one_more and other.whole == recipe.whole and other.part != recipe.part:
            better[other.part] += 1

    before = total(own, scoring.sums([own, others]))
    after = total(better, scoring.sums([better, others]))

    assert after >= before


@given(some_counts(), some_counts(), st.sampled_from(sorted(Deduction)))
@settings(max_examples=50, deadline=None)
def test_one_occurrence_less_never_costs_points(own, others, deduction):
    worse = {**own, TAKEN[deduction]: own[TAKEN[deduction]] + 1}

    assert total(own, others) >= total(worse, others)


@given(st.integers(1, 5000), st.integers(1, 1000), st.integers(0, 1000))
@settings(max_examples=200, deadline=None)
def test_points_are_rounded_half_up_once(hundredths, whole, part):
    part = min(part, whole)
    indicator = Indicator("x", Section.DAILY, Decimal(hundredths) / 100, Formula.CLOSING)

    line = scoring.measured(indicator, counts(to_close=whole, closed=part), counts())

    assert line.points == scoring.rounded(Fraction(hundredths, 100) * part / whole)


CLOSING = Indicator("closing", Section.PERFORMANCE, Decimal(15), Formula.CLOSING, minimum=5)


@pytest.mark.parametrize(
    ("part", "whole", "theirs", "of", "points", "basis"),
    [
        (5, 5, 90, 100, "15.00", Basis.MEASURED),
        (4, 5, 90, 100, "12.00", Basis.MEASURED),
        (1, 2, 90, 100, "11.10", Basis.FILLED),    # (1 + 3 x 0.9) / 5
        (0, 0, 90, 100, "13.50", Basis.FILLED),    # its peers' average
        (0, 1, 90, 100, "10.80", Basis.FILLED),    # one late case is no rate of 0 %
        (0, 0, 0, 0, "15.00", Basis.NOTHING),
    ],
)  # fmt: skip
def test_too_few_cases_are_filled_up_with_the_average_of_the_peers(part, whole, theirs, of, points, basis):
    line = scoring.measured(CLOSING, counts(to_close=whole, closed=part), counts(to_close=of, closed=theirs))

    assert (line.points, line.basis) == (Decimal(points), basis)


def test_what_nobody_inspected_costs_nothing_and_says_so():
    posted = next(each for each in SCHEME if each.code == "rules_posted")

    assert scoring.inspected(posted, None).basis == Basis.UNMARKED
    assert scoring.inspected(posted, None).points == Decimal("2.00")
    assert scoring.inspected(posted, (7, Decimal("0.5"))).points == Decimal("0.50")


def test_deductions_are_taken_off_the_sum_and_never_below_nothing():
    own = counts(yellow=1, red=1, upheld=2, reply_late=1)

    found = scoring.score(SCHEME, TERMS, own, counts(), {})

    assert found.taken == Decimal(5 + 10 + 4 + 2)
    assert found.total == Decimal("79.00")
    assert total(counts(red=11), counts()) == Decimal("0.00")


def test_equal_points_share_a_place_and_too_few_cases_have_none():
    points = [Decimal(90), Decimal(95), None, Decimal(90), Decimal(80)]

    assert rates.places(points) == [2, 1, None, 2, 4]


# --- warnings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (Record(Decimal("70.00"), 5, 20, 20), []),
        (Record(Decimal("69.99"), 5, 20, 20), [Standing.YELLOW]),
        (Record(Decimal("69.99"), 5, 20, 20, yellows=1), [Standing.YELLOW, Standing.RED]),
        (Record(Decimal(80), 20, 20, 20), [Standing.LAST]),
        (Record(Decimal(80), 20, 20, 20, was_at_the_bottom=True), [Standing.LAST, Standing.YELLOW]),
        (Record(Decimal(80), 19, 20, 20, was_at_the_bottom=True), []),
        (Record(Decimal(99), 3, 20, 20), [Standing.BEST]),
        (Record(Decimal(99), 4, 20, 20), []),
        (Record(Decimal(99), 1, 9, 9), []),  # of nine nobody is singled out
        (Record(Decimal(99), None, 20, 20), []),
        (Record(Decimal(60), None, 20, 20), [Standing.YELLOW]),
    ],
)
def test_a_month_proposes_by_rule(record, expected):
    assert scoring.standings(record, TERMS) == expected


# --- people and periods ------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 30 * 24 * 60), min_size=0, max_size=6, unique=True),
    st.integers(1, 12),
)
@settings(max_examples=150, deadline=None)
def test_who_follows_each_other_in_a_post_splits_the_days_exactly(minutes, month):
    first = date(2026, month, 1)
    last = date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    begin = datetime(2026, month, 1, tzinfo=SHANGHAI)
    turns = [begin - timedelta(days=40), *(begin + timedelta(minutes=m) for m in sorted(minutes))]

    held = [
        scoring.days_held(since, until, first, last)
        for since, until in zip(turns, [*turns[1:], None], strict=True)
    ]

    assert sum(held) == (last - first).days + 1


def test_the_day_of_a_handover_is_the_successors():
    noon = datetime(2026, 9, 11, 12, tzinfo=SHANGHAI)
    month = (date(2026, 9, 1), date(2026, 9, 30))

    assert scoring.days_held(noon - timedelta(days=90), noon, *month) == 10
    assert scoring.days_held(noon, None, *month) == 20


def test_a_person_gets_the_scores_of_her_grids_in_proportion_to_her_days():
    assert scoring.in_proportion([(Decimal(90), 10), (Decimal(60), 20)]) == Decimal("70.00")
    assert scoring.in_proportion([(Decimal(90), 0)]) is None


def test_a_quarter_is_its_months_and_what_was_judged_beside_them():
    months = [Decimal("80.00"), Decimal("90.00"), Decimal("85.55")]

    assert scoring.quarter(months, None, TERMS) == Decimal("85.18")
    assert scoring.quarter(months, Decimal(95), TERMS) == Decimal("88.13")
    assert scoring.quarter([], Decimal(95), TERMS) is None
    assert scoring.year([Decimal("85.18"), Decimal("88.13")]) == Decimal("86.66")
