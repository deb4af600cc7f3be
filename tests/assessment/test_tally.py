from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from assessment.enums import DAYS, Figure, Rate
from assessment.queries import CasesWanted, cases_of, tally
from assessment.rules.rates import Period
from cases import actions
from cases.enums import OPEN_STEPS, Action, Evaluation, Step, Unit
from cases.models import Assignment, CaseEvent
from cases.rules.clock import Limit
from grids.models import Grid
from tests.assessment.histories import MONTHS, History

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEPTEMBER = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
MONTH_END = datetime(2026, 10, 1, tzinfo=SHANGHAI)
WEEK = Limit(7, Unit.WORKING_DAYS)


def day(n: int, hour: int = 9, month: int = 9) -> datetime:
    return datetime(2026, month, n, hour, tzinfo=SHANGHAI)


@pytest.fixture
def patient(town):
    """A district where what a grid has not done in time stays with it."""
    actions.set_policy(
        town.grid.district, building_escalates=False, reason="试行", by=town.post.official, at=day(1, 8)
    )


def assign(town, case, at, unit="one", limit=WEEK):
    return actions.assign(case, unit=town.grid[unit], limit=limit, by=town.post.dispatcher, at=at)


def handle(town, case, at):
    case = actions.sign(case, by=town.post.leader, at=at)
    return actions.feed_back(case, result="已处理", by=town.post.leader, at=at)


def finish(town, case, at):
    case = actions.verify(case, passed=True, by=town.post.supervisor, at=at)
    return actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)


def solved(town, reported: datetime, closed: datetime, **facts):
    case = assign(town, town.report(at=reported, code="C201", **facts), reported)
    return finish(town, handle(town, case, closed), closed)


def counted(town, month=SEPTEMBER, cut_off=MONTH_END, grid="street") -> dict[str, int]:
    """What is not zero."""
    row = tally(town.grid[grid], month, cut_off=cut_off).total
    return {figure: n for figure, n in row.counts.items() if n}


def test_an_empty_month_is_all_zeros_and_its_rates_are_dashes(town):
    report = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END)

    assert not any(report.total.counts.values())
    assert [report.total.rate(rate) for rate in Rate] == [None] * len(Rate)
    assert [row.label for row in report.by_grid] == ["东街社区", "西街社区"]
    assert report.by_category == ()


def test_a_case_solved_in_time_counts_in_every_good_column(town, calendar):
    solved(town, day(2), day(8))

    assert counted(town) == {
        "new": 1, "new_civic": 1, "assigned": 1, "given_down": 1, "received": 1, "dispatched": 1, "solved": 1,
        "to_dispose": 1, "disposed": 1, "to_close": 1, "closed": 1, "closed_on_time": 1,
        DAYS: 4,  # Thursday, Friday, Monday, Tuesday after a Wednesday
    }  # fmt: skip


def test_a_case_that_is_open_and_not_yet_due_is_in_no_denominator(town, calendar):
    assign(town, town.report(at=day(28), code="C201"), day(28))

    report = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END)

    assert report.total["closing"] == 1
    assert [rate for rate in Rate if report.total.parts(rate) != (0, 0)] == [
        Rate.SOLVING
    ]  # but not solved either


def test_a_case_falls_overdue_at_the_stroke_of_its_last_day(town, calendar):
    case = assign(town, town.report(at=day(1), code="C201"), day(1), limit=Limit(3, Unit.WORKING_DAYS))
    midnight = datetime(2026, 9, 5, tzinfo=SHANGHAI)

    before = counted(town, cut_off=midnight - timedelta(seconds=1))
    after = counted(town, cut_off=midnight)

    assert case.due_at == midnight
    assert "overdue_open" not in before
    assert after["overdue_open"] == after["to_close"] == after["to_dispose"] == 1


def test_a_late_case_is_closed_but_not_on_time(town, calendar, patient):
    solved(town, day(1), day(20))

    row = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).total

    assert (row["closed"], row["closed_on_time"], row["to_close"]) == (1, 0, 1)
    assert str(row.rate(Rate.CLOSING)) == "100.00"
    assert str(row.rate(Rate.ON_TIME)) == "0.00"


def test_a_result_that_waits_past_its_limit_to_be_verified_is_overdue(town, calendar):
    case = assign(town, town.report(at=day(1), code="C201"), day(1), limit=Limit(3, Unit.WORKING_DAYS))
    handle(town, case, day(2))

    row = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).total

    assert (row["overdue_open"], row["to_dispose"], row["disposed"]) == (1, 1, 0)


def test_a_result_accepted_and_not_yet_closed_is_dealt_with_but_not_closed(town, calendar):
    case = assign(town, town.report(at=day(1), code="C201"), day(1))
    actions.verify(handle(town, case, day(2)), passed=True, by=town.post.supervisor, at=day(3))

    row = tally(town.grid.street, SEPTEMBER, cut_off=day(4)).total

    assert (row["disposed"], row["to_dispose"], row["closed"], row["to_close"]) == (1, 1, 0, 0)


def test_rework_is_counted_each_time_and_its_rate_once_per_round(town, calendar):
    case = assign(town, town.report(at=day(1), code="C201"), day(1))
    for n in (2, 3):
        case = handle(town, case, day(n)) if n == 2 else actions.feed_back(
            case, result="再次处理", by=town.post.leader, at=day(n)
        )  # fmt: skip
        case = actions.verify(case, passed=False, note="仍有垃圾", by=town.post.supervisor, at=day(n))
    case = actions.feed_back(case, result="清完了", by=town.post.leader, at=day(4))
    finish(town, case, day(4))

    row = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).total

    assert (row["reworks"], row["reworked"], row["to_close"]) == (2, 1, 1)


def test_a_reopened_case_begins_a_second_round(town, calendar):
    case = solved(town, day(1), day(3))
    case = actions.reopen(case, note="又堆上了", by=town.post.dispatcher, at=day(10))
    finish(town, handle(town, case, day(14)), day(14))

    row = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).total

    assert (row["new"], row["reopened"], row["closed"], row["closing"]) == (1, 1, 2, 0)
    assert row["assigned"] == 2


def test_a_case_reopened_next_month_was_closed_in_this_one(town, calendar, patient):
    case = solved(town, day(1), day(28))
    as_seen_then = counted(town)
    actions.reopen(case, note="又堆上了", by=town.post.dispatcher, at=day(9, month=10))

    october = counted(town, OCTOBER, day(10, month=10))

    assert counted(town) == as_seen_then
    assert (october["reopened"], october["closing"]) == (1, 1)
    assert "opening" not in october


def test_a_case_filed_in_the_other_ledger_later_stays_where_it_was_reported(town, calendar):
    case = assign(town, town.report(at=day(28), code="C201"), day(28))
    as_seen_then = counted(town)
    actions.recategorise(
        case,
        category=town.category("B0801"),
        note="实为暴露垃圾",
        by=town.post.dispatcher,
        at=day(9, month=10),
    )

    rows = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).by_ledger

    assert counted(town) == as_seen_then
    assert as_seen_then["new_civic"] == 1
    assert {row.key["ledger"]: row["new"] for row in rows} == {"key": 0, "civic": 1}


def test_a_case_still_open_is_carried_into_the_next_month(town, calendar):
    assign(town, town.report(at=day(28), code="C201"), day(28))

    october = counted(town, OCTOBER, day(8, month=10))

    assert october == {"opening": 1, "closing": 1}


def test_a_case_declined_is_never_taken_on(town, calendar):
    actions.decline(town.report(at=day(2), code="C201"), note="重复", by=town.post.dispatcher, at=day(2, 10))

    assert counted(town) == {"new": 1, "new_civic": 1, "declined": 1}


def test_the_other_street_counts_for_the_district_only(town, calendar):
    solved(town, day(1), day(2))
    town.report(at=day(2), by="far_leader", grid="nine", code="C201")

    assert counted(town)["new"] == 1
    assert counted(town, grid="district")["new"] == 2
    assert counted(town, grid="other_street")["new"] == 1


def test_what_lies_in_no_grid_below_has_a_line_of_its_own(town, calendar):
    town.report(at=day(2), by="dispatcher", grid="street", code="C201")

    rows = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).by_grid

    assert [(row.label, row["new"]) for row in rows][:2] == [("东街社区", 0), ("西街社区", 0)]
    assert (rows[2]["new"], rows[2].key, rows[2].rank) == (1, {"direct": "1"}, None)


def test_units_with_few_cases_are_listed_without_a_place(town, calendar):
    for _n in range(5):
        solved(town, day(1), day(2))

    rows = tally(town.grid.street, SEPTEMBER, cut_off=MONTH_END).by_grid

    assert [(row.label, row.rank) for row in rows] == [("东街社区", 1), ("西街社区", None)]


def test_a_cut_off_before_the_month_is_refused(town):
    with pytest.raises(ValueError, match="before the period"):
        tally(town.grid.street, SEPTEMBER, cut_off=datetime(2026, 9, 1, tzinfo=SHANGHAI))


def test_the_number_of_queries_does_not_grow(town, calendar, django_assert_num_queries):
    for n in range(1, 4):
        solved(town, day(n), day(n + 1))

    for grid in (town.grid.district, town.grid.street):
        with django_assert_num_queries(5):
            tally(grid, SEPTEMBER, cut_off=MONTH_END - timedelta(seconds=1))
        with django_assert_num_queries(6):  # over, and not rolled up: that, too, was asked
            tally(grid, SEPTEMBER, cut_off=MONTH_END)


# --- properties, on random histories through the real actions --------------------------------


@pytest.fixture(params=[1, 7, 2026])
def history(request, town, calendar) -> History:
    return History(town, Random(request.param)).live(160)


def reports(history, cut_offs):
    for month in MONTHS:
        for cut_off in cut_offs:
            if cut_off > datetime(month.year, month.month, 1, tzinfo=SHANGHAI):
                for grid in ("district", "street", "east", "one"):
                    yield tally(history.town.grid[grid], month, cut_off=cut_off)


def moments_of(history) -> list[datetime]:
    """Every so often, and each time at the very instant of an event."""
    instants = list(CaseEvent.objects.order_by("at").values_list("at", flat=True))
    return [*instants[::23], instants[-1], instants[-1] + timedelta(days=40)]


def test_everything_adds_up_in_every_row_at_every_cut_off(history):
    for report in reports(history, moments_of(history)):
        assert report.is_balanced
        for rows in (report.by_grid, report.by_category, report.by_ledger, report.by_channel):
            if rows:
                sums = {figure: sum(row[figure] for row in rows) for figure in report.total.counts}
                assert sums == report.total.counts


def test_no_part_is_larger_than_its_whole(history):
    for report in reports(history, moments_of(history)):
        for rate in (Rate.DISPOSAL, Rate.CLOSING, Rate.ON_TIME, Rate.REWORK):
            part, whole = report.total.parts(rate)
            assert 0 <= part <= whole


def test_a_past_cut_off_gives_today_what_it_gave_then(town, calendar):
    history, kept = History(town, Random(11)), {}
    for _day in range(12):
        history.live(12)
        cut_off = history.now + timedelta(seconds=1)
        month = history.now.astimezone(SHANGHAI).date().replace(day=1)
        kept[month, cut_off] = tally(town.grid.street, month, cut_off=cut_off)

    again = {key: tally(town.grid.street, key[0], cut_off=key[1]) for key in kept}

    assert again == kept


def test_the_end_of_a_month_is_the_beginning_of_the_next(history):
    july, august, september = (
        tally(history.town.grid.street, month, cut_off=history.now + timedelta(days=90)).total
        for month in MONTHS
    )

    assert july["closing"] == august["opening"]
    assert august["closing"] == september["opening"]


def test_every_number_has_exactly_its_rows(history):
    town, cut_off = history.town, history.now - timedelta(days=3)
    month = cut_off.astimezone(SHANGHAI).date()
    report = tally(town.grid.street, month, cut_off=cut_off)

    for figure in Figure:
        for row in (report.total, *report.by_category, *report.by_ledger, *report.by_channel):
            wanted = CasesWanted(**row.key)
            assert cases_of(figure, town.grid.street, month, cut_off, wanted).count() == row[figure], figure
        for row in report.by_grid:
            place = Grid.objects.get(code=row.key.get("grid", town.grid.street.code))
            wanted = CasesWanted(direct="direct" in row.key)
            assert cases_of(figure, place, month, cut_off, wanted).count() == row[figure], figure


def test_the_figures_are_those_counted_one_by_one(history):
    """The same rules once more, in plain Python over each case's events: slow, and another way."""
    town = history.town
    for month, cut_off in [(m, c) for c in moments_of(history)[::3] for m in MONTHS]:
        try:
            period = Period.of(month, cut_off)
        except ValueError:
            continue
        total = tally(town.grid.street, month, cut_off=cut_off).total

        assert {f: total[f] for f in plainly(period)} == plainly(period)


def plainly(period: Period) -> dict[str, int]:
    counts = dict.fromkeys(
        ("opening", "new", "reopened", "closed", "closed_on_time", "declined", "withdrawn", "closing",
         "overdue_open", "assigned", "returned", "reworks"), 0,
    )  # fmt: skip
    lives: dict[int, list[CaseEvent]] = {}
    for event in CaseEvent.objects.filter(at__lt=period.moment).order_by("case_id", "seq"):
        lives.setdefault(event.case_id, []).append(event)
    for events in lives.values():
        before = [e for e in events if e.at < period.start]
        during = [e for e in events if e.at >= period.start]
        counts["opening"] += bool(before) and Step(before[-1].step_after).is_open
        counts["new"] += sum(e.action == Action.REPORT for e in during)
        counts["reopened"] += sum(e.action == Action.REOPEN for e in during)
        counts["closed"] += sum(e.action == Action.CLOSE for e in during)
        counts["closed_on_time"] += sum(e.action == Action.CLOSE and e.on_time for e in during)
        counts["declined"] += sum(e.action == Action.DECLINE for e in during)
        counts["withdrawn"] += sum(e.action == Action.WITHDRAW for e in during)
        counts["returned"] += sum(e.action == Action.RETURN for e in during)
        counts["reworks"] += sum(e.action == Action.FAIL for e in during)
        is_open = events[-1].step_after in OPEN_STEPS
        counts["closing"] += is_open
        counts["overdue_open"] += bool(is_open and events[-1].due_at and events[-1].due_at <= period.moment)
    counts["assigned"] = Assignment.objects.filter(
        assigned_at__gte=period.start, assigned_at__lt=period.moment
    ).count()
    return counts
