"""What residents say is taken down once, counted as of any moment, and corrected by counter-entries."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from assessment import actions
from assessment.enums import Bar, HeardBy, Satisfaction
from assessment.models import PeriodRating, Rating
from assessment.models.ratings import COUNTS
from assessment.queries.satisfaction import graded, ratings_of, satisfaction_by_grid, standing_closing, stands
from assessment.rules import checks
from assessment.rules.checks import Odd
from cases import actions as case_actions
from cases.enums import Evaluation, Step
from tests.assessment.checks import closed, sheets
from tests.cases.walks import photo, walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

HOUR = timedelta(hours=1)
VERY, SATISFIED, DISSATISFIED = Satisfaction
AUGUST = {"since": date(2026, 8, 1), "until": date(2026, 8, 31)}


def rate(town, case, at, grade=SATISFIED, *, by="leader", key=None, **facts):
    facts = {"closing": standing_closing(case).seq, "how": HeardBy.VISIT, **facts}
    return actions.rate_case(case, satisfaction=grade, by=town.post[by], at=at, key=key or uuid4(), **facts)


# --- one case -----------------------------------------------------------------------------------------------


def test_what_a_resident_says_of_a_closing_is_taken_down_once(town, at):
    case = closed(town, at)[0]
    key = uuid4()

    first, again = (rate(town, case, at, VERY, key=key, words="办得快") for _ in range(2))

    assert first == again
    assert (first.grid, first.satisfaction, first.words, first.by) == (
        town.grid.one, VERY, "办得快", town.post.leader,
    )  # fmt: skip
    with pytest.raises(actions.Overtaken):
        rate(town, case, at, by="first")
    assert Rating.objects.count() == 1


def test_closed_again_it_is_evaluated_again_and_the_first_stays(town, at):
    case = closed(town, at)[0]
    rate(town, case, at, DISSATISFIED)
    case_actions.reopen(case, note="又堆起来了", by=town.post.dispatcher, at=at)
    case.refresh_from_db()
    case = case_actions.sign(case, by=town.post.officer, at=at)
    case = case_actions.feed_back(case, result="已清运", photos=[photo()], by=town.post.officer, at=at)
    case = case_actions.verify(case, passed=True, by=town.post.direct, at=at)
    case = case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)

    with pytest.raises(actions.Overtaken):
        rate(town, case, at, closing=6)
    rate(town, case, at, VERY)

    assert satisfaction_by_grid(at, at + HOUR)[town.grid.one.pk] == (1, 2)


def test_an_open_case_is_not_evaluated(town, at):
    case = walk(town, town.report(at=at), at, until=Step.VERIFIED)

    with pytest.raises(actions.CheckRefused):
        actions.rate_case(
            case, closing=1, satisfaction=VERY, how=HeardBy.VISIT, by=town.post.leader, at=at, key=uuid4()
        )


def test_who_handled_it_takes_nothing_down(town, at):
    case = town.report(at=at, code="B04")
    case = case_actions.settle(case, result="已清运", photos=[photo()], by=town.post.leader, at=at)
    case = case_actions.verify(case, passed=True, by=town.post.direct, at=at)
    case = case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)

    with pytest.raises(actions.Barred) as refused:
        rate(town, case, at, by="leader")

    assert str(refused.value) == str(Bar.HANDLED.label)
    rate(town, case, at, by="direct")  # who verified it may


@pytest.mark.parametrize("who", ["member", "maintainer", "official", "officer", "far_leader", "leader2"])
def test_who_may_not_verify_there_takes_nothing_down(town, at, who):
    case = closed(town, at)[0]

    with pytest.raises(actions.Barred):
        rate(town, case, at, by=who)


def test_words_hold_no_numbers_of_people(town, at):
    case = closed(town, at)[0]

    with pytest.raises(actions.CheckRefused):
        rate(town, case, at, words="让打13812345678")


def test_a_spot_check_names_its_item(town, at):
    case = closed(town, at)[0]
    rating = rate(town, case, at)
    rating.pk, rating.how, rating.event_id, rating.key = (
        None,
        HeardBy.SPOT_CHECK,
        case.events.first().pk,
        uuid4(),
    )

    with pytest.raises(IntegrityError, match="rating_of_a_spot_check_names_its_item"), transaction.atomic():
        rating.save(force_insert=True)


@pytest.mark.parametrize(
    "change", ["UPDATE assessment_rating SET satisfaction = 'very'", "DELETE FROM assessment_rating"]
)
def test_the_database_lets_nobody_change_what_was_said(town, at, change):
    rate(town, closed(town, at)[0], at, DISSATISFIED)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        connection.cursor().execute(change)


# --- counted --------------------------------------------------------------------------------------------------


def test_it_counts_at_every_level_of_the_path_in_one_statement(town, at):
    for case, grade in zip(closed(town, at, 3), (VERY, DISSATISFIED, SATISFIED), strict=True):
        rate(town, case, at, grade)
    west = closed(town, at, grid="three", by="leader3", verifier="west_direct")[0]
    rate(town, west, at, DISSATISFIED, by="leader3")
    street = closed(town, at, grid="street", by="dispatcher2", verifier="supervisor")[0]
    rate(town, street, at, VERY, by="secretary")

    with CaptureQueriesContext(connection) as asked:
        found = satisfaction_by_grid(at, at + HOUR)

    by_name = {name: tuple(found[grid.pk]) for name, grid in town.grid.items() if grid.pk in found}
    assert by_name == {
        "district": (3, 5), "street": (3, 5), "east": (2, 3), "west": (0, 1), "one": (2, 3), "three": (0, 1),
    }  # fmt: skip
    assert len(asked) == 1
    assert str(found[town.grid.east.pk].percent) == "66.67"


def test_every_number_leads_to_its_rows(town, at):
    for hours, (case, grade) in enumerate(zip(closed(town, at, 3), Satisfaction, strict=True)):
        rate(town, case, at + hours * HOUR, grade)
    start, moment = at + HOUR, at + 2 * HOUR

    found = satisfaction_by_grid(start, moment)

    assert found[town.grid.street.pk] == (1, 1)
    assert [row.satisfaction for row in ratings_of(town.grid.street, start, moment)] == [SATISFIED]
    for place in ("district", "street", "east", "one"):
        for until in range(4):
            moment = at + until * HOUR
            rows = ratings_of(town.grid[place], at, moment)
            counted = satisfaction_by_grid(at, moment).get(town.grid[place].pk, (0, 0))
            assert (sum(row.satisfaction in (VERY, SATISFIED) for row in rows), len(rows)) == counted


def test_as_of_a_past_moment_it_is_today_what_it_was_then(town, at):
    cases = closed(town, at, 2)
    rate(town, cases[0], at, DISSATISFIED)
    then = satisfaction_by_grid(at, at + HOUR)

    rate(town, cases[1], at + HOUR, VERY)
    case_actions.reopen(cases[0], note="又堆起来了", by=town.post.dispatcher, at=at + HOUR)

    assert satisfaction_by_grid(at, at + HOUR) == then
    assert satisfaction_by_grid(at, at + 2 * HOUR)[town.grid.one.pk] == (1, 2)


# --- sheets about a grid ----------------------------------------------------------------------------------------


def record(town, at, *numbers, grid="one", by="supervisor", key=None, **facts):
    facts = {**AUGUST, "handed_out": 50, "returned": 40, **facts}
    counts = sheets(*(numbers or (30, 5, 5, 20, 10, 8, 40, 0, 0)))
    return actions.record_period_rating(
        town.grid[grid], sheets=counts, by=town.post[by], at=at, key=key or uuid4(), **facts
    )


def test_sheets_give_a_rate_for_each_question(town, at):
    row = record(town, at)

    told = [(str(one.dimension), one.satisfied, one.answered, str(one.percent)) for one in graded([row])]
    assert told == [
        ("attitude", 35, 40, "87.50"), ("efficiency", 30, 38, "78.95"), ("result", 40, 40, "100.00"),
    ]  # fmt: skip


def test_a_correction_is_a_counter_entry_and_a_new_one(town, at):
    wrong = record(town, at)
    key = uuid4()
    facts = {"handed_out": 50, "returned": 41, "sheets": sheets(31, 5, 5, 20, 10, 8, 40, 0, 0), "key": key}

    right, again = (
        actions.correct_period_rating(wrong, reason="漏录一份", by=town.post.secretary, at=at + HOUR, **facts)
        for _ in range(2)
    )

    assert right == again
    rows = PeriodRating.objects.order_by("seq")
    assert [(row.seq, row.returned, row.is_counter) for row in rows] == [
        (1, 40, False), (2, -40, True), (3, 41, False),
    ]  # fmt: skip
    assert list(stands(rows)) == [right]
    assert rows.aggregate(Sum("returned"))["returned__sum"] == 41
    assert [one.counts for one in graded(rows)] == [one.counts for one in graded([right])]
    assert wrong.counts == {name: -rows[1].counts[name] for name in COUNTS}


def test_what_was_corrected_is_not_corrected_again(town, at):
    wrong = record(town, at)
    facts = {"handed_out": 50, "returned": 0, "sheets": sheets(*[0] * 9), "reason": "录错网格"}
    actions.correct_period_rating(wrong, by=town.post.secretary, at=at, key=uuid4(), **facts)

    for row in (wrong, wrong.counter):
        with pytest.raises(actions.Overtaken):
            actions.correct_period_rating(row, by=town.post.secretary, at=at, key=uuid4(), **facts)


def test_a_grid_and_period_has_one_entry_that_stands(town, at):
    key = uuid4()
    first = record(town, at, key=key)

    assert record(town, at, key=key) == first
    with pytest.raises(actions.CheckRefused):
        record(town, at)
    record(town, at, grid="two")
    record(town, at, since=date(2026, 7, 1), until=date(2026, 7, 31))


@pytest.mark.parametrize(
    "facts", [{"handed_out": 39}, {"until": date(2026, 9, 30)}, {"until": date(2026, 7, 31)}]
)
def test_sheets_that_cannot_be_are_refused(town, at, facts):
    with pytest.raises(actions.CheckRefused):
        record(town, at, **facts)
    assert not PeriodRating.objects.exists()


@pytest.mark.parametrize(("handed_out", "returned", "numbers", "odd"), [
    (10, 10, (10, 0, 0) * 3, None), (10, 8, (1, 1, 1) * 3, None), (10, 11, (0,) * 9, Odd.MORE_RETURNED),
    (10, 5, (5, 1, 0) + (0,) * 6, Odd.MORE_ANSWERED), (10, 5, (-1,) + (0,) * 8, Odd.NEGATIVE),
])  # fmt: skip
def test_what_cannot_be_is_told_apart(handed_out, returned, numbers, odd):
    assert checks.odd(handed_out, returned, sheets(*numbers)) == odd


@pytest.mark.parametrize("who", ["dispatcher", "direct", "leader", "far_dispatcher"])
def test_only_who_supervises_enters_sheets(town, at, who):
    with pytest.raises(actions.Barred):
        record(town, at, by=who)


def test_the_database_lets_nobody_edit_sheets(town, at):
    record(town, at)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        connection.cursor().execute("UPDATE assessment_periodrating SET returned = 41")


@pytest.mark.parametrize(
    "wrong", [{"returned": 60}, {"handed_out": 1}, {"attitude_very": 31}, {"result_very": -1}, {"seq": 1}]
)
def test_the_database_knows_what_cannot_be(town, at, wrong):
    row = record(town, at)
    for name, value in {"pk": None, "seq": 2, "key": uuid4(), **wrong}.items():
        setattr(row, name, value)

    with (
        pytest.raises(IntegrityError, match=r"periodrating_(adds_up|numbered_in_order)"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def now(at, time_machine):
    time_machine.move_to(at + HOUR, tick=False)
    return at


def page(client, town, who, url, **sent):
    client.force_login(town.user[who])
    return client.post(url, sent) if sent else client.get(url)


def test_a_closed_case_leads_to_its_evaluation(town, now, client):
    case = closed(town, now)[0]
    url = f"/ratings/{case.pk}/"
    sent = {
        "key": uuid4(),
        "closing": standing_closing(case).seq,
        "satisfaction": "very",
        "how": "visit",
        "words": "快",
    }

    assert url in page(client, town, "leader", case.get_absolute_url()).content.decode()
    assert page(client, town, "leader", url).context["form"] is not None
    assert [page(client, town, "leader", url, **sent).status_code for _ in range(2)] == [302, 302]
    shown = page(client, town, "first", url)
    assert (shown.context["rating"].words, shown.context["form"]) == ("快", None)
    assert page(client, town, "first", url, **sent | {"key": uuid4()}).status_code == 409


def test_an_open_case_says_that_it_is_not_evaluated(town, now, client):
    case = town.report(at=now)

    told = page(client, town, "leader", f"/ratings/{case.pk}/")

    assert (told.status_code, told.context["form"]) == (200, None)
    assert "/ratings/" not in page(client, town, "leader", case.get_absolute_url()).content.decode()


SENT = {
    "grid": "410102006001001", "since": "2026-08-01", "until": "2026-08-31", "handed_out": 10, "returned": 8, "note": "",
    "attitude_very": 8, "attitude_satisfied": 0, "attitude_dissatisfied": 0, "efficiency_very": 4,
    "efficiency_satisfied": 4, "efficiency_dissatisfied": 0, "result_very": 0, "result_satisfied": 6,
    "result_dissatisfied": 2,
}  # fmt: skip


def test_sheets_are_entered_corrected_and_listed(town, now, client):
    answer = page(client, town, "supervisor", "/period-ratings/add/", **SENT, key=uuid4())
    row = PeriodRating.objects.get()
    change = f"/period-ratings/{row.pk}/correct/"

    assert (answer.url, page(client, town, "supervisor", change).status_code) == ("/period-ratings/", 200)
    sent = {name: n for name, n in SENT.items() if name in COUNTS} | {
        "reason": "漏录",
        "result_very": 0,
        "key": uuid4(),
    }
    assert page(client, town, "supervisor", change, **sent).status_code == 302
    assert page(client, town, "supervisor", change, **sent | {"key": uuid4()}).status_code == 409
    listed = page(client, town, "direct", "/period-ratings/").content.decode()
    assert listed.count("75.00%") == 2  # of the counter-entry no rate is told
    assert "/correct/" not in listed


@pytest.mark.parametrize(
    "wrong", [{"returned": 11}, {"attitude_very": 9}, {"since": "2026-09-30"}, {"grid": "410102001"}]
)
def test_sheets_that_cannot_be_are_refused_on_the_page(town, now, client, wrong):
    told = page(client, town, "supervisor", "/period-ratings/add/", **SENT | wrong, key=uuid4())

    assert (told.status_code, bool(told.context["form"].errors)) == (422, True)
