"""Hints are given just inside their threshold and not just outside, and change no figure."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from assessment import actions
from assessment.enums import Hint, HintVerdict
from assessment.models import HintLook
from assessment.queries import hints, tally
from assessment.rules.hints import NUMBERS
from cases import actions as case_actions
from cases.actions import Position
from cases.rules.clock import Limit
from gridgov.kit.images import distance
from tests.assessment.hinting import (
    HOUR,
    MONTH,
    NOW,
    SEPTEMBER,
    SHANGHAI,
    cases_of,
    closed,
    fed_back,
    given,
    passed,
    rows,
    scene,
    solved,
    verified,
)
from tests.cases.walks import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

MINUTE, SECOND, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)


# --- the last minutes of the limit --------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "is_hinted"),
    [
        (30 * MINUTE, True),
        (30 * MINUTE + SECOND, False),
        (SECOND, True),
        (timedelta(), False),
        (-SECOND, False),
    ],
)
def test_a_result_of_the_last_half_hour_is_hinted_at(town, before, is_hinted):
    stays = {"building_escalates": False, "reason": "试行"}  # what is late is not taken away from the grid
    case_actions.set_policy(town.grid.district, by=town.post.official, at=SEPTEMBER - DAY, **stays)
    case = given(town, SEPTEMBER)

    fed_back(town, case, case.due_at - before)

    assert [row.n for row in rows(town, Hint.LAST_MINUTES)] == ([int(before / MINUTE)] if is_hinted else [])


# --- many closings ------------------------------------------------------------------------------


JUST_TEN = 10 * MINUTE // 9  # between two of ten closings within ten minutes


def close_many(town, number, gap, *, by="dispatcher", begin=SEPTEMBER + DAY):
    found = [verified(town, SEPTEMBER + n * MINUTE) for n in range(number)]
    return [closed(town, case, begin + n * gap, by=by).number for n, case in enumerate(found)]


def test_ten_closings_within_ten_minutes_are_hinted_at_all_ten(town):
    numbers = close_many(town, 10, JUST_TEN)

    found = rows(town, Hint.BULK)

    assert cases_of(found) == numbers
    assert {(row.n, row.begins_id) for row in found} == {(10, found[-1].event_id)}


@pytest.mark.parametrize(("number", "gap"), [(9, SECOND), (10, JUST_TEN + timedelta(microseconds=1))])
def test_nine_closings_or_ten_in_a_longer_time_are_not(town, number, gap):
    close_many(town, number, gap)

    assert rows(town, Hint.BULK) == []


def test_two_people_who_close_five_each_are_not_one_who_closes_ten(town):
    close_many(town, 5, SECOND)
    close_many(town, 5, SECOND, by="dispatcher2")

    assert rows(town, Hint.BULK) == []


def test_two_evenings_of_many_closings_are_two_hints(town):
    close_many(town, 10, SECOND)
    close_many(town, 11, SECOND, begin=SEPTEMBER + 2 * DAY)

    found = rows(town, Hint.BULK)

    assert sorted((row.n, row.begins_id) for row in found) == sorted(
        [(10, found[-1].event_id)] * 10 + [(11, found[10].event_id)] * 11
    )


def test_closings_across_the_grids_of_a_street_count_together_wherever_one_looks(town):
    found = [verified(town, SEPTEMBER + n * MINUTE, grid="one" if n < 8 else "three") for n in range(10)]
    for n, case in enumerate(found):
        closed(town, case, SEPTEMBER + DAY + n * SECOND)

    numbers = {
        grid: len(rows(town, Hint.BULK, grid=grid))
        for grid in ("district", "street", "east", "west", "three")
    }

    assert numbers == {"district": 10, "street": 10, "east": 8, "west": 2, "three": 2}


def test_many_closings_over_the_end_of_a_month_are_counted_each_in_its_own(town):
    begin = datetime(2026, 8, 31, 23, 59, 55, tzinfo=SHANGHAI)
    found = [verified(town, datetime(2026, 8, 25, 9, n, tzinfo=SHANGHAI)) for n in range(10)]
    for n, case in enumerate(found):
        closed(town, case, begin + n * SECOND)

    assert [row.n for row in rows(town, Hint.BULK)] == [10] * 5


# --- photos -------------------------------------------------------------------------------------


def shown(town, picture, at=SEPTEMBER, **facts):
    return fed_back(town, given(town, at, **facts), at + HOUR, photos=[picture])


def alike(bits):
    """Two scenes whose hashes differ in so many places, each in another band as far as there are."""
    one, other = scene(1), scene(2)
    flipped = one.phash ^ sum(1 << place for place in (0, 17, 34, 3)[:bits])
    return one, replace(other, phash=flipped)


def test_the_photo_of_an_earlier_result_is_hinted_at_with_the_case_it_came_from(town):
    first = shown(town, scene(1))
    second = shown(town, scene(1), at=SEPTEMBER + DAY)

    found = rows(town, Hint.PHOTO)

    assert cases_of(found) == [second.number]
    assert [(row.other_id, row.n) for row in found] == [(first.pk, 0)]


def test_a_photo_sent_again_smaller_and_worse_is_still_the_same(town):
    one, again = scene(1), scene(1, quality=35, side=200)
    assert one.sha256 != again.sha256
    shown(town, one)
    shown(town, again, at=SEPTEMBER + DAY)

    assert [row.n <= NUMBERS["bits"] for row in rows(town, Hint.PHOTO)] == [True]


@pytest.mark.parametrize(("bits", "is_hinted"), [(3, True), (4, False)])
def test_photos_that_differ_in_three_places_are_the_same_in_four_are_not(town, bits, is_hinted):
    one, other = alike(bits)
    assert distance(one.phash, other.phash) == bits
    shown(town, one)
    shown(town, other, at=SEPTEMBER + DAY)

    assert [row.n for row in rows(town, Hint.PHOTO)] == ([bits] if is_hinted else [])


@pytest.mark.parametrize(("later", "is_hinted"), [(30 * DAY, True), (30 * DAY + SECOND, False)])
def test_a_photo_used_long_ago_is_forgotten(town, monkeypatch, later, is_hinted):
    monkeypatch.setitem(NUMBERS, "photo_days", 30)  # the town is younger than a year
    shown(town, scene(1), at=SEPTEMBER - 20 * DAY)
    shown(town, scene(1), at=SEPTEMBER - 20 * DAY + later)

    assert len(rows(town, Hint.PHOTO)) == is_hinted


def test_pictures_without_features_are_the_same_only_if_they_are_the_same(town):
    shown(town, photo("red"))
    shown(town, photo("blue"), at=SEPTEMBER + DAY)
    again = shown(town, photo("red"), at=SEPTEMBER + 2 * DAY)

    assert cases_of(rows(town, Hint.PHOTO)) == [again.number]


def test_the_photo_of_the_report_may_come_again_as_may_one_of_the_same_case(town):
    case = given(town, SEPTEMBER, photos=[scene(1)])
    case = fed_back(town, case, SEPTEMBER + HOUR, photos=[scene(2)])
    case = case_actions.verify(
        case, passed=False, note="没清完", by=town.post.supervisor, at=SEPTEMBER + 2 * HOUR
    )
    fed_back(town, case, SEPTEMBER + 3 * HOUR, photos=[scene(1), scene(2)])

    assert rows(town, Hint.PHOTO) == []


# --- always the same two -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("same", "others", "hinted"), [(10, 0, 10), (9, 1, 9), (9, 0, 0), (8, 2, 0), (18, 2, 18), (17, 2, 0)]
)
def test_a_verifier_of_nine_tenths_of_ten_results_is_hinted_at(town, same, others, hinted):
    for n in range(same + others):
        verified(town, SEPTEMBER + n * MINUTE, by="supervisor" if n < same else "direct")

    found = rows(town, Hint.PAIR)

    assert [(row.n, row.whole) for row in found] == [(same, same + others)] * hinted
    assert {row.people for row in found} <= {(town.user.leader.pk, town.user.supervisor.pk)}


# --- the same again ------------------------------------------------------------------------------

AUGUST = datetime(2026, 8, 20, 9, 0, tzinfo=SHANGHAI)
HERE = {"place": "桐柏路12号", "house_no": "3", "unit_no": "2"}


def test_a_case_that_is_opened_again_is_hinted_at(town):
    case = solved(town, AUGUST)
    case_actions.reopen(case, note="又堆起来了", by=town.post.dispatcher, at=SEPTEMBER)

    (row,) = rows(town, Hint.AGAIN)

    assert (row.other_id, row.n) == (case.pk, 18)
    assert row.people == (town.user.dispatcher.pk, town.user.leader.pk)


@pytest.mark.parametrize(("later", "is_hinted"), [(30 * DAY, True), (30 * DAY + SECOND, False)])
def test_a_new_case_within_thirty_days_at_the_same_address_is_hinted_at(town, later, is_hinted):
    before = solved(town, AUGUST, **HERE)
    town.report(at=before.ended_at + later, code="C201", **HERE)

    assert [(row.other_id, row.n) for row in rows(town, Hint.AGAIN)] == (
        [(before.pk, 30)] if is_hinted else []
    )


ELSEWHERE = (
    ({**HERE, "house_no": "4"}, False),
    ({**HERE, "unit_no": "1"}, False),
    ({**HERE, "place": "桐柏路14号"}, False),
    ({**HERE, "place": ""}, True),  # the building is named, the street is not
    ({"place": "桐柏路12号"}, False),
    ({}, False),
    ({**HERE, "code": "C3"}, False),
    ({**HERE, "grid": "two", "by": "leader2"}, False),
)


@pytest.mark.parametrize(("facts", "is_hinted"), ELSEWHERE)
def test_another_building_category_or_grid_is_another_problem(town, facts, is_hinted):
    solved(town, AUGUST, **HERE)
    town.report(at=SEPTEMBER, **{"code": "C201", **facts})

    assert len(rows(town, Hint.AGAIN)) == is_hinted


# A ten-thousandth of a degree is 11.1 m to the north, 9.2 m to the east of Zhengzhou.
@pytest.mark.parametrize(
    ("north", "east", "is_hinted"),
    [("0.00026", "0", True), ("0.00028", "0", False), ("0", "0.00032", True), ("0", "0.00034", False)],
)
def test_thirty_metres_are_the_same_place_without_any_address(town, north, east, is_hinted):
    here = Position("34.750000", "113.610000")
    there = Position(f"{34.75 + float(north):.6f}", f"{113.61 + float(east):.6f}")
    solved(town, AUGUST, position=here)
    town.report(at=SEPTEMBER, code="C201", by="leader2", grid="two", position=there)

    assert len(rows(town, Hint.AGAIN)) == is_hinted


def test_of_several_closings_the_last_before_is_named_once(town):
    solved(town, AUGUST, **HERE)
    last = solved(town, AUGUST + DAY, **HERE)
    town.report(at=SEPTEMBER, code="C201", **HERE)

    assert [row.other_id for row in rows(town, Hint.AGAIN)] == [last.pk]


# --- whose hints, counts and rows ------------------------------------------------------------------


@pytest.mark.parametrize("person", ["dispatcher", "inspector"])
def test_nobody_is_shown_what_she_did_herself(town, person):
    close_many(town, 10, SECOND)
    lines = hints.lines_of(town.grid.street, MONTH, cut_off=NOW, viewer=town.user[person].pk)

    number = hints.total(lines)[Hint.BULK].rows

    assert number == len(rows(town, Hint.BULK, viewer=person)) == (0 if person == "dispatcher" else 10)


def everything(town):
    """Every hint at once, in three grids: ten results with one photo, closed in a minute, one of them too late to
    be calm about, and the first problem again."""
    facts = [{"grid": "one"}] * 7 + [{"grid": "three"}] * 3
    begun = [given(town, SEPTEMBER + n * MINUTE, **place, **HERE) for n, place in enumerate(facts)]
    leaders = ["leader"] * 7 + ["leader3"] * 3
    late = begun[0].due_at - 11 * MINUTE
    results = [
        fed_back(town, case, late + n * MINUTE, photos=[scene(1)], by=by)
        for n, (case, by) in enumerate(zip(begun, leaders, strict=True))
    ]
    for n, case in enumerate([passed(town, case, late + HOUR) for case in results]):
        closed(town, case, late + DAY + n * SECOND)
    town.report(at=late + 2 * DAY, code="C201", by="leader2", grid="two", **HERE)
    town.report(at=late + 2 * DAY, code="C201", **HERE)


def test_every_number_has_as_many_rows_and_a_grid_the_sum_of_those_below(town, monkeypatch):
    monkeypatch.setitem(NUMBERS, "results", 7)
    everything(town)
    when, found = {"cut_off": NOW, "viewer": town.user.inspector.pk}, {}

    for place in ("district", "street", "east", "west", "one", "two", "three"):
        lines = hints.lines_of(town.grid[place], MONTH, **when)
        for hint, number in hints.total(lines).items():
            events = {row.event_id for row in hints.rows_of(hint, town.grid[place], MONTH, **when)}
            assert number.rows == len(hints.rows_of(hint, town.grid[place], MONTH, **when)) == len(events)
            found[hint, place] = len(events)

    assert {
        hint.value: [found[hint, place] for place in ("street", "east", "west", "one", "two")]
        for hint in Hint
    } == {
        "last_minutes": [10, 7, 3, 7, 0],
        "bulk": [10, 7, 3, 7, 0],
        "photo": [9, 6, 3, 6, 0],
        "pair": [7, 7, 0, 7, 0],
        "again": [1, 1, 0, 1, 0],
    }


def test_what_lies_in_no_grid_below_has_its_own_line_and_rows(town):
    case = town.report(at=SEPTEMBER, by="direct", grid="east", code="C201", **HERE)
    case = case_actions.assign(
        case, unit=town.grid.east, limit=Limit(1), by=town.post.dispatcher, at=SEPTEMBER
    )
    case = case_actions.sign(case, by=town.post.direct, at=SEPTEMBER)
    fed_back(town, case, case.due_at - MINUTE, by="direct")
    when = {"cut_off": NOW, "viewer": town.user.inspector.pk}

    *_grids, own = hints.lines_of(town.grid.east, MONTH, **when)

    assert (own.key, own.numbers[Hint.LAST_MINUTES].rows) == ({"direct": "1"}, 1)
    assert len(hints.rows_of(Hint.LAST_MINUTES, town.grid.east, MONTH, direct=True, **when)) == 1


def test_what_happened_after_the_cut_off_is_not_looked_at(town):
    numbers = close_many(town, 10, SECOND)
    early = SEPTEMBER + DAY + 9 * SECOND

    assert rows(town, Hint.BULK, cut_off=early) == []
    assert cases_of(rows(town, Hint.BULK, cut_off=early + SECOND)) == numbers


def test_the_numbers_cost_two_statements_however_much_happened(town, django_assert_num_queries):
    close_many(town, 10, SECOND)

    with django_assert_num_queries(3):  # the third finds the street of the place
        hints.lines_of(town.grid.east, MONTH, cut_off=NOW, viewer=town.user.inspector.pk)


# --- looks -------------------------------------------------------------------------------------


def look(town, found, by="supervisor", **changes):
    facts = {"verdict": HintVerdict.EXPLAINED, "note": "当天集中办结", "key": uuid4(), "at": NOW}
    return actions.look_at(found, Hint.BULK, by=town.post[by], **{**facts, **changes})


def test_a_look_covers_every_row_of_its_hint_and_the_last_one_stands(town):
    close_many(town, 10, SECOND)
    found = rows(town, Hint.BULK)
    first = look(town, found[3])
    second = look(town, found[7], verdict=HintVerdict.WORRYING, note="没有回访")

    lines = hints.lines_of(town.grid.street, MONTH, cut_off=NOW, viewer=town.user.inspector.pk)

    assert hints.total(lines)[Hint.BULK] == hints.Number(10, 10)
    assert {row.look for row in hints.told(Hint.BULK, found)} == {second}
    assert hints.looks_of(Hint.BULK, found[0].begins_id) == [second, first]


def test_a_hint_changes_no_figure_and_neither_does_a_look(town):
    close_many(town, 10, SECOND)
    solved(town, AUGUST, **HERE)
    town.report(at=SEPTEMBER, code="C201", **HERE)
    before = asdict(tally(town.grid.street, MONTH, cut_off=NOW))

    look(town, rows(town, Hint.BULK)[0], verdict=HintVerdict.WORRYING)

    assert asdict(tally(town.grid.street, MONTH, cut_off=NOW)) == before


def test_the_same_form_twice_is_one_look_and_the_key_of_another_is_refused(town):
    close_many(town, 10, SECOND)
    found, key = rows(town, Hint.BULK)[0], uuid4()

    assert look(town, found, key=key) == look(town, found, key=key)
    with pytest.raises(actions.HintRefused):
        look(town, found, key=key, by="inspector")


@pytest.mark.parametrize(
    ("by", "note"), [("dispatcher", "没问题"), ("leader", "没问题"), ("supervisor", "  ")]
)
def test_whoever_did_it_cannot_supervise_or_says_nothing_writes_no_look(town, by, note):
    close_many(town, 10, SECOND)

    with pytest.raises(actions.HintRefused):
        look(town, rows(town, Hint.BULK)[0], by=by, note=note)
    assert not HintLook.objects.exists()


def test_a_supervisor_does_not_judge_what_she_closed_herself(town):
    close_many(town, 10, SECOND, by="secretary")

    with pytest.raises(actions.HintRefused, match="自己"):
        look(town, rows(town, Hint.BULK)[0], by="secretary")


@pytest.mark.parametrize(
    "change", ["UPDATE assessment_hintlook SET note = 'x'", "DELETE FROM assessment_hintlook"]
)
def test_the_database_refuses_to_change_a_look(town, change):
    close_many(town, 10, SECOND)
    look(town, rows(town, Hint.BULK)[0])

    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
