from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from assessment.enums import DAYS, RATES, Figure, Rate
from assessment.rules import rates
from assessment.rules.rates import Period

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (3130, 3134, "99.87"),  # an article prints 99.59, copied from the next line
        (1209, 1214, "99.59"),
        (4339, 4348, "99.79"),
        (105803, 108372, "97.63"),  # printed there as 97.7
        (1, 8, "12.50"),
        (1, 16, "6.25"),
        (1, 800, "0.13"),  # 0.125: half goes up
        (3, 800, "0.38"),  # 0.375
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (0, 7, "0.00"),
        (7, 7, "100.00"),
    ],
)
def test_a_share_is_rounded_half_up_to_two_decimals(part, whole, percent):
    assert rates.share(part, whole) == Decimal(percent)
    assert str(rates.share(part, whole)) == percent


def test_nothing_divided_by_nothing_is_no_number():
    assert rates.share(0, 0) is None
    assert rates.average(0, 0) is None


def test_both_ledgers_together_are_divided_sum_by_sum():
    key, civic = (3130, 3134), (1209, 1214)

    together = rates.share(key[0] + civic[0], key[1] + civic[1])

    assert together == Decimal("99.79")
    assert together != (rates.share(*key) + rates.share(*civic)) / 2


def test_what_is_taken_on_is_dispatched_escalated_or_waits():
    counts = {
        Figure.RECEIVED: 82915, Figure.DISPATCHED: 80331, Figure.ESCALATED: 2584, Figure.WAITING: 0,
    }  # fmt: skip

    assert rates.INTAKE.difference(counts) == 0
    assert rates.INTAKE.difference({**counts, Figure.ESCALATED: 2583}) == 1


def test_an_average_is_rounded_like_a_share():
    assert rates.average(1, 8) == Decimal("0.13")
    assert rates.average(7, 2) == Decimal("3.50")


def test_every_rate_divides_known_figures():
    assert set(RATES) == set(Rate)
    assert {part for pair in RATES.values() for part in pair} <= {*Figure, DAYS}


def test_only_a_share_is_in_per_cent():
    counts = {**dict.fromkeys(Figure, 0), DAYS: 9, Figure.CLOSED: 4, Figure.TO_CLOSE: 8}

    assert rates.value(Rate.HANDLING_DAYS, counts) == Decimal("2.25")
    assert rates.value(Rate.CLOSING, counts) == Decimal("50.00")
    assert rates.parts(Rate.CLOSING, counts) == (4, 8)


def row(closed_on_time: int, closed: int, to_close: int) -> dict[str, int]:
    return {Figure.ON_TIME: closed_on_time, Figure.CLOSED: closed, Figure.TO_CLOSE: to_close}


def test_places_go_by_what_is_in_time_and_then_by_what_is_closed():
    assert rates.ranks([row(8, 9, 10), row(9, 9, 10), row(8, 10, 10)]) == [3, 1, 2]


def test_equal_rates_share_a_place_and_the_next_is_left_out():
    assert rates.ranks([row(5, 5, 5), row(9, 9, 10), row(10, 10, 10)]) == [1, 3, 1]


def test_too_few_cases_have_no_place():
    few, enough = row(4, 4, 4), row(1, 1, rates.RANKED_FROM)

    assert rates.ranks([few, enough]) == [None, 1]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def test_a_period_ends_with_its_month_whatever_the_cut_off():
    period = Period.of(date(2026, 12, 17), at(2027, 3, 1))

    assert (period.start, period.moment) == (at(2026, 12, 1), at(2027, 1, 1))
    assert period.is_whole


def test_a_period_ends_at_an_earlier_cut_off():
    period = Period.of(date(2026, 9, 1), datetime(2026, 9, 10, 4, tzinfo=UTC))

    assert period.moment == at(2026, 9, 10, 12)
    assert not period.is_whole


@pytest.mark.parametrize("cut_off", [at(2026, 9, 1), at(2026, 8, 31, 23)])
def test_a_period_without_any_time_is_refused(cut_off):
    with pytest.raises(ValueError, match="before the period"):
        Period.of(date(2026, 9, 1), cut_off)
