"""A sample of closed cases is drawn by lot, and somebody without a hand in them looks again."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assessment import actions
from assessment.enums import Bar, Satisfaction, SpotMethod, SpotResult
from assessment.models import Rating, SpotCheck, SpotItem
from assessment.queries.satisfaction import satisfaction_by_grid
from assessment.queries.spot_checks import could_check, is_drawn_again, progress, sampled, to_check
from assessment.queries.verifiers import error_rates, error_rates_of, together
from assessment.rules import checks
from assessment.rules.checks import ErrorRate
from cases import actions as case_actions
from cases.enums import Action, Evaluation, Step
from cases.rules.clock import Limit
from grids.actions import appoint, dismiss
from grids.enums import Role
from grids.queries import scope_of
from grids.queries.desks import pending
from tests.assessment.checks import MONTH, check, closed, draw
from tests.cases.walks import photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

CHECKS = "/checks/"

HOUR = timedelta(hours=1)
C, N, U = SpotResult.CONFIRMED, SpotResult.NOT_CONFIRMED, SpotResult.NOT_REACHABLE


def lots(spot):
    return list(spot.items.order_by("place").values_list("case__number", flat=True))


# --- drawing ------------------------------------------------------------------------------------------------


def test_a_drawing_keeps_what_is_needed_to_draw_again(town, at):
    closed(town, at, 6)

    spot = draw(town, at, wanted=4)

    assert (spot.population, spot.wanted, spot.seed, spot.month) == (6, 4, "2026", MONTH)
    assert list(spot.items.values_list("place", flat=True)) == [1, 2, 3, 4]
    assert is_drawn_again(spot)


def test_the_same_seed_draws_the_same_and_another_does_not(town, at):
    closed(town, at, 8)

    first, same, other = (draw(town, at, wanted=5, seed=seed) for seed in ("a", "a", "b"))

    assert lots(first) == lots(same)
    assert lots(first) != lots(other)


def test_what_is_closed_or_opened_again_later_changes_no_drawing(town, at):
    cases = closed(town, at, 5)
    spot = draw(town, at, wanted=3)

    closed(town, at + 3 * HOUR, 2)
    case_actions.reopen(cases[0], note="又堆起来了", by=town.post.dispatcher, at=at + 3 * HOUR)

    assert is_drawn_again(spot)
    assert sampled(town.grid.street, MONTH, at + 4 * HOUR, 9, "x")[0] == 6


def test_only_what_was_closed_there_in_that_month_and_stands_closed_is_drawn(town, at):
    closed(town, at - timedelta(days=40))  # in August
    closed(town, at, grid="three", by="leader3", verifier="west_direct")  # in the other community
    again = closed(town, at)[0]
    case_actions.reopen(again, note="又堆起来了", by=town.post.dispatcher, at=at)
    town.report(at=at)
    kept = closed(town, at)[0]

    spot = draw(town, at, place="east", by="supervisor")

    assert lots(spot) == [kept.number]
    assert spot.population == 1


def test_an_item_names_whose_work_is_looked_at(town, at):
    closed(town, at)

    item = draw(town, at).items.get()

    assert (item.handler, item.verifier) == (town.post.officer, town.post.direct)
    assert (item.grid, item.event.action) == (town.grid.one, Action.CLOSE)


def test_of_a_case_closed_twice_the_last_round_is_looked_at(town, at):
    case = case_actions.reopen(closed(town, at)[0], note="又堆起来了", by=town.post.dispatcher, at=at)
    case = case_actions.sign(case, by=town.post.head, at=at)
    case = case_actions.feed_back(case, result="已清运", photos=[photo()], by=town.post.head, at=at)
    case = case_actions.verify(case, passed=True, by=town.post.supervisor, at=at)
    case_actions.close(case, evaluation=Evaluation.FAIR, by=town.post.dispatcher, at=at)

    item = draw(town, at).items.get()

    assert (item.handler, item.verifier) == (town.post.head, town.post.supervisor)


def test_nothing_closed_is_a_sentence_and_no_drawing(town, at):
    with pytest.raises(actions.CheckRefused, match=r"nothing to draw from|无可抽取"):
        draw(town, at)

    assert not SpotCheck.objects.exists()


@pytest.mark.parametrize("who", ["dispatcher", "direct", "leader", "far_dispatcher", "officer"])
def test_who_does_not_supervise_there_draws_nothing(town, at, who):
    closed(town, at)

    with pytest.raises(actions.Barred):
        draw(town, at, by=who)


def test_a_form_sent_twice_draws_once(town, at):
    closed(town, at, 3)
    key = uuid4()

    assert draw(town, at, key=key) == draw(town, at, key=key, seed="other")
    assert SpotItem.objects.count() == 3


def test_the_key_of_another_form_is_refused(town, at):
    closed(town, at)
    spot = draw(town, at)

    with pytest.raises(actions.CheckRefused):
        draw(town, at, key=spot.key, place="east", by="supervisor")


@pytest.mark.parametrize("change", [
    "UPDATE assessment_spotcheck SET seed = 'b'", "DELETE FROM assessment_spotcheck", "TRUNCATE assessment_spotcheck CASCADE",
    "UPDATE assessment_spotitem SET verifier_id = handler_id", "DELETE FROM assessment_spotitem",
    "UPDATE assessment_spotitem SET place = 99",
])  # fmt: skip
def test_the_database_lets_nobody_change_a_drawing(town, at, change):
    closed(town, at)
    draw(town, at)

    with (
        pytest.raises(DatabaseError, match=r"only ever added|as it was drawn|pending trigger"),
        transaction.atomic(),
    ):
        connection.cursor().execute(change)


# --- who may look again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "bar"), [("direct", Bar.VERIFIED), ("dispatcher", Bar.CLOSED)])
def test_who_had_a_hand_in_it_is_refused_and_not_offered(town, at, who, bar):
    closed(town, at)
    item = draw(town, at).items.get()

    with pytest.raises(actions.Barred) as refused:
        check(town, item, at, by=who)

    assert str(refused.value) == str(bar.label)
    assert list(to_check(scope_of(town.user[who], at), at)) == []
    assert town.post[who] not in could_check(item, at)


def test_who_handled_it_is_refused_and_not_offered(town, at):
    case = town.report(at=at, code="B04")
    case = case_actions.settle(case, result="已清运", photos=[photo()], by=town.post.leader, at=at)
    case = case_actions.verify(case, passed=True, by=town.post.direct, at=at)
    case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)
    item = draw(town, at).items.get()

    with pytest.raises(actions.Barred) as refused:
        check(town, item, at, by="leader")

    assert str(refused.value) == str(Bar.HANDLED.label)
    assert list(to_check(scope_of(town.user.leader, at), at)) == []


def test_who_refused_a_result_or_signed_in_an_earlier_round_is_barred_too(town, at):
    case = case_actions.assign(
        town.report(at=at), unit=town.grid.one, limit=Limit(3), by=town.post.dispatcher, at=at
    )
    case = case_actions.sign(case, by=town.post.leader, at=at)
    case = case_actions.feed_back(case, result="已清", photos=[photo()], by=town.post.leader, at=at)
    case = case_actions.verify(case, passed=False, note="没有清完", by=town.post.first, at=at)
    case = case_actions.feed_back(case, result="清完", photos=[photo()], by=town.post.leader, at=at)
    case = case_actions.verify(case, passed=True, by=town.post.direct, at=at)
    case_actions.close(case, evaluation=Evaluation.GOOD, by=town.post.dispatcher, at=at)
    item = draw(town, at).items.get()

    barred = [
        who for who in ("leader", "first", "direct", "dispatcher", "supervisor", "inspector", "secretary")
        if not to_check(scope_of(town.user[who], at), at).exists()
    ]  # fmt: skip

    assert barred == ["leader", "first", "direct", "dispatcher"]
    assert set(could_check(item, at)) == {
        town.post[who] for who in ("supervisor", "inspector", "secretary", "dispatcher2")
    }


@pytest.mark.parametrize(
    "who", ["far_leader", "far_dispatcher", "member", "maintainer", "official", "officer"]
)
def test_who_may_not_verify_there_looks_at_nothing(town, at, who):
    closed(town, at)
    item = draw(town, at).items.get()

    with pytest.raises(actions.Barred):
        check(town, item, at, by=who)
    assert list(to_check(scope_of(town.user[who], at), at)) == []


def test_whose_post_has_ended_looks_at_nothing(town, at):
    closed(town, at)
    item = draw(town, at).items.get()
    dismiss(town.post.supervisor, at=at + HOUR)

    with pytest.raises(actions.Barred):
        check(town, item, at)


def test_what_was_given_to_one_waits_for_her_alone(town, at):
    closed(town, at)
    item = draw(town, at).items.get()
    later = at + 2 * HOUR

    actions.give_item(item, town.post.first, by=town.post.supervisor, at=later)

    assert to_check(scope_of(town.user.first, later), later).get() == item
    assert not to_check(scope_of(town.user.supervisor, later), later).exists()
    with pytest.raises(actions.Barred):
        check(town, item, at)
    check(town, item, at, by="first")


def test_what_was_given_to_somebody_who_has_left_is_anybodys(town, at):
    closed(town, at)
    item = draw(town, at).items.get()
    actions.give_item(item, town.post.first, by=town.post.supervisor, at=at + HOUR)
    dismiss(town.post.first, at=at + HOUR)

    assert check(town, item, at).done_by == town.post.supervisor


@pytest.mark.parametrize(("to", "by"), [
    ("direct", "supervisor"), ("member", "supervisor"), ("far_leader", "supervisor"), ("first", "dispatcher2"),
])  # fmt: skip
def test_nobody_is_given_what_she_must_not_do_nor_by_who_may_not_give(town, at, to, by):
    closed(town, at)
    item = draw(town, at).items.get()

    with pytest.raises(actions.Barred):
        actions.give_item(item, town.post[to], by=town.post[by], at=at + HOUR)


# --- looking again ------------------------------------------------------------------------------------------------


def test_what_was_found_is_written_down_once(town, at):
    closed(town, at)
    item = draw(town, at).items.get()
    key = uuid4()

    first, again = (check(town, item, at, N, key=key) for _ in range(2))

    assert first == again
    assert (first.result, first.note, first.done_by, first.is_wrong) == (
        N,
        "垃圾还在",
        town.post.supervisor,
        True,
    )
    with pytest.raises(actions.Overtaken):
        check(town, item, at, by="secretary")
    with pytest.raises(DatabaseError, match="stays as it was found"), transaction.atomic():
        SpotItem.objects.update(result=C)


def test_the_key_of_one_check_is_no_key_of_another(town, at):
    closed(town, at, 2)
    one, two = draw(town, at).items.all()
    done = check(town, one, at)

    with pytest.raises(actions.CheckRefused):
        check(town, two, at, key=done.key)


@pytest.mark.parametrize(("result", "said"), [
    (N, {"note": " "}), (U, {"satisfaction": Satisfaction.VERY}), (C, {"note": "电话138 1234 5678"}),
])  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_is_written(town, at, result, said):
    closed(town, at)
    item = draw(town, at).items.get()

    with pytest.raises(actions.CheckRefused):
        check(town, item, at, result, **said)

    item.refresh_from_db()
    assert (item.is_done, item.result) == (False, "")


def test_what_the_resident_said_becomes_the_evaluation_of_that_closing(town, at):
    closed(town, at)
    item = draw(town, at).items.get()

    check(town, item, at, satisfaction=Satisfaction.DISSATISFIED, words="来得太晚")

    rating = Rating.objects.get()
    assert (rating.item, rating.event, rating.how) == (item, item.event, "spot_check")
    assert satisfaction_by_grid(at, at + 3 * HOUR)[town.grid.one.pk] == (0, 1)


def test_a_closing_evaluated_before_is_not_evaluated_again_and_the_check_stays_open(town, at):
    closed(town, at)
    one, two = (draw(town, at).items.get() for _ in range(2))
    check(town, one, at, satisfaction=Satisfaction.VERY)

    with pytest.raises(actions.Overtaken):
        check(town, two, at, satisfaction=Satisfaction.VERY)

    two.refresh_from_db()
    assert not two.is_done
    check(town, two, at)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_look_at_the_same_moment_one_counts(town, at):
    closed(town, at)
    item = draw(town, at).items.get()
    answers, start = [], threading.Barrier(2)

    def go(who):
        try:
            start.wait()
            check(town, item, at, by=who)
            answers.append("done")
        except actions.Overtaken:
            answers.append("overtaken")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[who]) for who in ("supervisor", "secretary")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["done", "overtaken"]


# --- error rates ----------------------------------------------------------------------------------------------------


def test_the_error_rate_is_what_was_not_so_of_what_was_found_out(town, at):
    closed(town, at, 7)
    spot = draw(town, at)
    for item, result in zip(spot.items.order_by("place"), (C, C, N, C, U, N), strict=False):
        check(town, item, at, result)

    lines = error_rates_of(spot)

    assert [(line.post, line.rate, line.place) for line in lines] == [(town.post.direct, ErrorRate(2, 5), 1)]
    assert str(lines[0].rate.percent) == "40.00"
    told = progress(list(spot.items.all()))
    assert (told.drawn, told.confirmed, told.not_confirmed, told.not_reachable, told.open) == (7, 3, 2, 1, 1)


def test_fewer_than_five_are_listed_and_not_ranked(town, at):
    closed(town, at, 4)
    spot = draw(town, at)
    for item in spot.items.all():
        check(town, item, at, N)

    (line,) = error_rates_of(spot)

    assert (line.rate, line.place) == (ErrorRate(4, 4), None)


def test_nothing_found_out_yet_has_no_rate(town, at):
    closed(town, at)

    (line,) = error_rates_of(draw(town, at))

    assert (line.rate.percent, line.place) == (None, None)


def test_a_closing_drawn_twice_counts_once_as_it_was_last_found(town, at):
    closed(town, at)
    first, second = (draw(town, at).items.get() for _ in range(2))
    check(town, first, at, N)
    check(town, second, at + HOUR, C, by="secretary")

    def rate(until):
        return together(error_rates(town.grid.street, at, until))

    assert rate(at + 2 * HOUR) == ErrorRate(0, 0)
    assert rate(at + 3 * HOUR) == ErrorRate(1, 1)
    assert rate(at + 4 * HOUR) == ErrorRate(0, 1)
    assert error_rates(town.grid.other_street, at, at + 4 * HOUR) == []


def test_equal_rates_share_a_place():
    rates = [ErrorRate(1, 5), ErrorRate(0, 5), ErrorRate(2, 10), ErrorRate(9, 4), ErrorRate(5, 5)]

    assert checks.places(rates) == [2, 1, 2, None, 4]


# --- the desk ----------------------------------------------------------------------------------------------------------


def test_the_desk_says_what_waits_for_whom(town, at):
    closed(town, at, 3)
    draw(town, at)

    said = {
        who: [
            (one.number, one.url)
            for one in pending(scope_of(town.user[who], at), at)
            if one.url.startswith(CHECKS)
        ]
        for who in ("supervisor", "leader", "direct", "far_leader", "member", "officer")
    }

    three = [(3, "/checks/#items")]
    assert said == {
        "supervisor": three, "leader": three, "direct": [], "far_leader": [], "member": [], "officer": [],
    }  # fmt: skip


# --- pages -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def now(at, time_machine):
    time_machine.move_to(at + 3 * HOUR, tick=False)
    return at


def page(client, town, who, url, **sent):
    client.force_login(town.user[who])
    return client.post(url, sent) if sent else client.get(url)


FORM = {"grid": "410102006", "month": "2026-09", "wanted": 3, "seed": "2026", "note": ""}


def test_a_preview_counts_and_writes_nothing(town, now, client):
    closed(town, now, 4)

    told = page(client, town, "supervisor", "/spot-checks/draw/", **FORM, key=uuid4(), preview=1)

    assert (told.status_code, told.context["population"]) == (200, 4)
    assert not SpotCheck.objects.exists()


def test_a_drawing_leads_to_its_page_and_paper(town, now, client):
    closed(town, now, 4)

    told = page(client, town, "supervisor", "/spot-checks/draw/", **FORM, key=uuid4())

    spot = SpotCheck.objects.get()
    assert told.url == spot.get_absolute_url()
    for url in (told.url, f"{told.url}paper/"):
        text = page(client, town, "supervisor", url).content.decode()
        assert [number for number in lots(spot) if number not in text] == []
        assert "2026" in text


def test_a_seed_left_empty_is_made(town, now, client):
    closed(town, now)

    page(client, town, "supervisor", "/spot-checks/draw/", **FORM | {"seed": ""}, key=uuid4())

    assert len(SpotCheck.objects.get().seed) == 16


@pytest.mark.parametrize("wrong", [
    {"month": "2027-01"}, {"wanted": 0}, {"wanted": 201}, {"seed": "a b"}, {"grid": "410102001"}, {"month": "2026-02"},
])  # fmt: skip
def test_a_drawing_that_cannot_be_is_refused_in_words(town, now, client, wrong):
    closed(town, now)

    told = page(client, town, "supervisor", "/spot-checks/draw/", **FORM | wrong, key=uuid4())

    assert (told.status_code, SpotCheck.objects.count()) == (422, 0)


def test_the_work_list_leads_to_a_form_that_is_done_once(town, now, client):
    closed(town, now)
    item = draw(town, now).items.get()
    listed = page(client, town, "leader", "/checks/").content.decode()
    sent = {
        "key": uuid4(),
        "method": "call_back",
        "result": "not_confirmed",
        "note": "垃圾还在",
        "satisfaction": "dissatisfied",
    }

    answers = [page(client, town, "leader", item.get_absolute_url(), **sent).status_code for _ in range(2)]

    assert item.get_absolute_url() in listed
    assert answers == [302, 302]
    assert Rating.objects.get().satisfaction == "dissatisfied"
    other = page(client, town, "secretary", item.get_absolute_url(), **sent | {"key": uuid4()})
    assert (
        other.status_code,
        "form-errors" in other.content.decode() or bool(other.context["form"].errors),
    ) == (409, True)


def test_not_confirmed_leads_to_where_the_case_is_opened_again(town, now, client):
    case = closed(town, now)[0]
    item = check(town, draw(town, now).items.get(), now, N)
    link = f"{case.get_absolute_url()}#moves"

    assert link in page(client, town, "supervisor", item.get_absolute_url()).content.decode()
    assert link not in page(client, town, "leader", item.get_absolute_url()).content.decode()


def test_the_page_of_an_item_tells_who_must_not_why(town, now, client):
    closed(town, now)
    item = draw(town, now).items.get()

    told = page(client, town, "direct", item.get_absolute_url())

    assert (told.context["form"], str(Bar.VERIFIED.label) in told.content.decode()) == (None, True)
    sent = {"key": uuid4(), "method": "revisit", "result": "confirmed"}
    assert page(client, town, "direct", item.get_absolute_url(), **sent).status_code == 403


def test_a_month_of_a_place_tells_its_error_rates(town, now, client):
    closed(town, now, 2)
    for item, result in zip(draw(town, now).items.all(), (C, N), strict=True):
        check(town, item, now, result)

    told = page(client, town, "secretary", "/spot-checks/verifiers/?grid=410102006001&month=2026-09")

    assert told.context["total"] == ErrorRate(1, 2)
    assert "50.00%" in told.content.decode()
    empty = page(client, town, "secretary", "/spot-checks/verifiers/?month=2026-08").content.decode()
    assert 'class="empty"' in empty
    assert page(client, town, "secretary", "/spot-checks/verifiers/?month=2027-01").status_code == 422


def test_an_item_is_given_on_its_page(town, now, client):
    closed(town, now)
    item = draw(town, now).items.get()

    told = page(client, town, "supervisor", f"{item.get_absolute_url()}give/", checker=town.post.first.pk)

    item.refresh_from_db()
    assert (told.status_code, item.checker, item.given_by) == (302, town.post.first, town.post.supervisor)


def test_empty_lists_say_what_they_are_for(town, now, client):
    for url in ("/checks/", "/spot-checks/", "/mutual-checks/", "/period-ratings/"):
        told = page(client, town, "supervisor", url)
        assert (told.status_code, 'class="empty"' in told.content.decode()) == (200, True)


def test_more_rows_ask_no_more_often(town, now, client):
    def asked(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    closed(town, now, 5)
    spot = draw(town, now, wanted=1)
    client.force_login(town.user.supervisor)
    urls = ("/spot-checks/", "/checks/", spot.get_absolute_url())
    few = [asked(url) for url in urls]

    larger = draw(town, now, wanted=5)

    assert [asked(url) for url in (*urls[:2], larger.get_absolute_url())] == few


def test_a_later_month_has_its_own_first_day(town, at):
    closed(town, at)

    with pytest.raises(actions.CheckRefused):
        draw(town, at, month=date(2026, 9, 2))


def test_somebody_appointed_since_may_look(town, at):
    closed(town, at)
    item = draw(town, at).items.get()
    post = appoint(town.outsider, Role.STREET_SUPERVISOR, at=at, grid=town.grid.street)

    done = actions.check_item(
        item, method=SpotMethod.CALL_BACK, result=C, by=post, at=at + 2 * HOUR, key=uuid4()
    )

    assert done.done_by == post
    assert Step(item.case.step) == Step.CLOSED
