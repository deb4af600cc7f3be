"""A month that is over is counted once for every grid, and says what a count says."""

from datetime import date, datetime, timedelta
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment import actions, tasks
from assessment.enums import DAYS
from assessment.models import Rollup, RollupRow
from assessment.queries import rollups, tally, tally_of
from assessment.queries.recount import differing
from assessment.rules.rates import Period
from cases import actions as case_actions
from cases.models import CaseEvent
from grids.models import CalendarYear, Grid
from tests.assessment.histories import MONTHS, History
from tests.assessment.test_tally import MONTH_END, SEPTEMBER, assign, day, solved
from tests.test_query_budgets import leave_only
from tests.town import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

AFTER = datetime(2026, 10, 1, 0, 10, tzinfo=SHANGHAI)
OCTOBER = date(2026, 10, 1)
LONG_AFTER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)


def keep(town, month=SEPTEMBER, at=AFTER) -> Rollup:
    return actions.roll_up(town.grid.district, month, by=None, at=at)


def is_read(town, grid="district", month=SEPTEMBER) -> bool:
    """Whether a report of the month comes out of the rollup, and counts nothing."""
    with CaptureQueriesContext(connection) as asked:
        tally(town.grid[grid], month, cut_off=LONG_AFTER)
    assert any("assessment_rolluprow" in query["sql"] for query in asked)
    return not any("WITH workday" in query["sql"] for query in asked)


def everything(town, months=MONTHS, cut_off=LONG_AFTER):
    return [tally(town.grid[name], month, cut_off=cut_off) for name in town.grid for month in months]


# --- the same figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2026])
def test_every_grid_of_every_level_reads_what_would_be_counted(town, seed):
    History(town, Random(seed)).live(160)
    counted = everything(town)

    actions.keep_rollups(town.grid.district, by=None, at=LONG_AFTER)

    assert all(is_read(town, name, month) for name in town.grid for month in MONTHS)
    assert everything(town) == counted
    assert [list(differing(town.grid.district, month, LONG_AFTER)) for month in MONTHS] == [[], [], []]


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(seed=st.integers(0, 10**6), steps=st.integers(1, 60))
def test_whatever_happens_the_rollup_says_what_is_counted(town, seed, steps):
    History(town, Random(seed)).live(steps)
    actions.keep_rollups(town.grid.district, by=None, at=LONG_AFTER)

    for month in MONTHS:
        assert list(differing(town.grid.district, month, LONG_AFTER)) == []


def test_what_lies_in_no_grid_below_is_kept_as_such(town):
    town.report(at=day(2), by="dispatcher", grid="street", code="C201")
    town.report(at=day(2), by="direct", grid="east", code="C201")
    keep(town)

    street = tally(town.grid.street, SEPTEMBER, cut_off=LONG_AFTER).by_grid
    east = tally(town.grid.east, SEPTEMBER, cut_off=LONG_AFTER).by_grid

    assert [(row.label, row["new"]) for row in street] == [
        ("东街社区", 1),
        ("西街社区", 0),
        ("三官庙街道本级", 1),
    ]
    assert [(row["new"], row.key) for row in east][-1] == (1, {"direct": "1"})


def test_a_month_without_any_case_is_kept_as_empty(town):
    town.report(at=day(2, month=8), code="C201")
    keep(town, date(2026, 7, 1))

    assert is_read(town, month=date(2026, 7, 1))
    assert not RollupRow.objects.exists()
    assert not any(tally(town.grid.one, date(2026, 7, 1), cut_off=LONG_AFTER).total.counts.values())


def test_only_what_is_not_nought_is_kept(town):
    solved(town, day(2), day(8))
    keep(town)

    rows = RollupRow.objects.filter(grid=town.grid.one)

    assert {row.get_side_display() for row in rows} == {"合计", "按台账", "按类别", "按渠道"}
    assert rows.get(side=0b1111).counts == {
        "new": 1, "new_civic": 1, "assigned": 1, "received": 1, "dispatched": 1, "to_dispose": 1, "disposed": 1,
        "to_close": 1, "closed": 1, "closed_on_time": 1, "solved": 1, "given_down": 1, DAYS: 4,
    }  # fmt: skip
    assert not RollupRow.objects.filter(grid__in=[town.grid.west, town.grid.nine]).exists()


# --- when it is read ---------------------------------------------------------------------------------------------


def test_some_days_of_a_month_are_counted_as_ever(town):
    solved(town, day(2), day(8))
    solved(town, day(21), day(23))
    half = Period.days(date(2026, 9, 1), date(2026, 9, 15), LONG_AFTER)
    counted = tally_of(town.grid.district, half)
    keep(town)

    assert tally_of(town.grid.district, half) == counted
    assert (
        counted.total["closed"],
        tally(town.grid.district, SEPTEMBER, cut_off=LONG_AFTER).total["closed"],
    ) == (1, 2)


def test_a_moment_within_the_month_is_counted_as_ever(town):
    solved(town, day(2), day(8))
    keep(town)

    early = tally(town.grid.street, SEPTEMBER, cut_off=day(5))

    assert (early.total["new"], early.total["closed"]) == (1, 0)


def test_the_month_under_way_is_counted_as_it_goes_and_cannot_be_kept(town):
    with pytest.raises(actions.NotOver):
        keep(town, at=day(20))

    assert not Rollup.objects.exists()


def test_a_month_of_another_district_is_its_own(town):
    other = Grid.objects.exclude(code__startswith="410102").filter(level=0).first()

    assert other is None
    assert rollups.rolled_up(town.grid.one, [Period.of(SEPTEMBER, LONG_AFTER)], "by nobody") == {}


def test_what_comes_late_makes_it_stale_and_counting_again_heals_it(town):
    town.report(at=day(2), code="C201")
    keep(town)
    assert is_read(town)

    town.report(at=day(29), code="C201")  # written down after the month was counted

    assert not is_read(town)
    assert tally(town.grid.one, SEPTEMBER, cut_off=LONG_AFTER).total["new"] == 2
    assert actions.keep_rollups(town.grid.district, by=None, at=AFTER) == [SEPTEMBER]
    assert is_read(town)
    assert tally(town.grid.one, SEPTEMBER, cut_off=LONG_AFTER).total["new"] == 2


def test_what_comes_in_time_leaves_it_as_it_is(town):
    case = assign(town, town.report(at=day(28), code="C201"), day(28))
    case_actions.sweep(at=AFTER)
    keep(town)

    case_actions.recall(case, note="派错了", by=town.post.dispatcher, at=day(9, month=10))

    assert is_read(town)
    assert actions.keep_rollups(town.grid.district, by=None, at=day(9, month=10)) == []


def test_what_comes_late_makes_every_later_month_stale_too(town):
    town.report(at=day(2, month=8), code="C201")
    actions.keep_rollups(town.grid.district, by=None, at=LONG_AFTER)

    town.report(at=day(5, month=9), code="C201")

    stale = actions.keep_rollups(town.grid.district, by=None, at=LONG_AFTER)
    assert stale == [date(2026, 11, 1), OCTOBER, SEPTEMBER]


def test_another_calendar_makes_it_stale(town):
    solved(town, day(2), day(8))
    keep(town)

    CalendarYear.objects.filter(year=2026).update(version=99)

    assert not is_read(town)
    assert actions.keep_rollups(town.grid.district, by=None, at=AFTER) == [SEPTEMBER]
    assert is_read(town)


def test_a_figure_more_or_counted_otherwise_makes_it_stale(town):
    keep(town)
    Rollup.objects.update(counted_by="0" * 64)

    assert not is_read(town)


def test_a_key_given_before_and_committed_after_is_found(town):
    """Two writers at once: the one with the smaller key commits last, when the other has been counted already."""
    town.report(at=day(2), code="C201")
    town.report(at=day(3), code="C201")
    rollup = keep(town)
    Rollup.objects.update(overlap=rollup.overlap - 1)  # as if the first had not been there to see

    assert is_read(town)  # until somebody looks more closely
    assert actions.keep_rollups(town.grid.district, by=None, at=AFTER) == [SEPTEMBER]
    assert Rollup.objects.get().overlap == rollup.overlap


def test_a_rollup_that_stands_is_confirmed_up_to_the_newest_event(town):
    town.report(at=day(2), code="C201")
    keep(town)
    town.report(at=day(2, month=10), code="C201")

    assert actions.keep_rollups(town.grid.district, by=None, at=day(3, month=10)) == []

    rollup = Rollup.objects.get()
    assert rollup.newest_event == CaseEvent.objects.latest("pk").pk
    assert rollup.computed_at == AFTER


# --- by itself, by hand ------------------------------------------------------------------------------------------


def test_it_happens_by_itself_for_every_month_that_is_over(town):
    town.report(at=day(2, month=8), code="C201")

    with time_machine.travel(AFTER, tick=False):
        tasks.keep_rollups()
        first = list(Rollup.objects.order_by("month").values_list("month", "computed_at"))
    with time_machine.travel(AFTER + timedelta(minutes=10), tick=False):
        tasks.keep_rollups()

    assert first == [(date(2026, 8, 1), AFTER), (SEPTEMBER, AFTER)]
    assert list(Rollup.objects.order_by("month").values_list("month", "computed_at")) == first


def test_a_district_without_a_case_has_nothing_to_keep(town):
    assert actions.keep_rollups(town.grid.district, by=None, at=AFTER) == []


def rollup_months(*words: str) -> str:
    out = StringIO()
    with time_machine.travel(AFTER, tick=False):
        call_command("rollup_months", *words, stdout=out)
    return out.getvalue()


def test_it_can_be_done_and_compared_by_hand(town):
    solved(town, day(2), day(8))

    assert "中原区 2026-09" in rollup_months()
    assert rollup_months() == ""
    assert "中原区 2026-09" in rollup_months("2026-09")
    assert "一致" in rollup_months("--compare")


def test_comparing_names_what_is_kept_otherwise(town):
    solved(town, day(2), day(8))
    keep(town)
    RollupRow.objects.filter(grid=town.grid.east, side=0b1111).update(counts={"new": 3})

    with pytest.raises(CommandError, match="1"):
        rollup_months("--compare")


@pytest.mark.parametrize("month", ["2026-10", "2026-11", "october"])
def test_a_month_that_is_not_over_is_refused_in_words(town, month):
    with pytest.raises(CommandError):
        rollup_months(month)


# --- what it costs -----------------------------------------------------------------------------------------------


def test_reading_asks_once_whatever_there_is(town, django_assert_num_queries):
    for n in range(1, 4):
        solved(town, day(n), day(n + 1))
    actions.keep_rollups(town.grid.district, by=None, at=AFTER)

    for grid in ("district", "street", "east"):
        with django_assert_num_queries(4):  # the rows, what residents said, the grids below, the categories
            tally(town.grid[grid], SEPTEMBER, cut_off=LONG_AFTER)


def test_the_rows_of_a_grid_are_found_by_its_index_and_what_is_newer_by_its_key(town):
    History(town, Random(3)).live(60)
    actions.keep_rollups(town.grid.district, by=None, at=LONG_AFTER)
    params = {
        "grid": town.grid.street.pk, "district": "410102", "counted_by": "", "months": [SEPTEMBER],
    }  # fmt: skip
    leave_only("rollup_of_grid", table="assessment_rolluprow")
    leave_only(table="cases_caseevent")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE assessment_rolluprow; ANALYZE assessment_rollup; ANALYZE cases_caseevent")
        cursor.execute(f"EXPLAIN {rollups.ROWS}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "Index Scan using rollup_of_grid" in plan
    assert "Index Scan using cases_caseevent_pkey on cases_caseevent e" in plan


def test_a_month_is_kept_once_per_district(town):
    keep(town)

    with pytest.raises(IntegrityError):
        Rollup.objects.create(
            grid=town.grid.district,
            month=SEPTEMBER,
            computed_at=AFTER,
            calendar_version=1,
            newest_event=0,
            overlap=0,
        )


def test_the_end_of_the_month_is_midnight_in_zhengzhou(town):
    town.report(at=day(2), code="C201")
    keep(town)

    town.report(at=MONTH_END, code="C201")
    assert is_read(town)
    town.report(at=MONTH_END - timedelta(seconds=1), code="C201")
    assert not is_read(town)
