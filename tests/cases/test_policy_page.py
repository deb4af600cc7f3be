"""The page of the limits: what holds and where it comes from, setting it, and saying why not."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from cases import actions
from cases.models import Policy
from cases.queries.policies import holding, latest, policy_at
from cases.rules.policy import FROM_THE_ARTICLES, SET
from tests.cases.test_seven_days import THURSDAY, at_the_community

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]

PAGE = "/policies/"


@pytest.fixture
def now(monkeypatch, at):
    """Requests arrive at the moment the test lives in."""
    monkeypatch.setattr("gridgov.kit.middleware.timezone.now", lambda: at)
    return at


@pytest.fixture
def as_(client, town, now):
    def enter(name: str):
        client.force_login(town.user[name])
        client.cookies["django_language"] = "en"
        return client

    return enter


def send(client, grid, url="set_policy", **facts):
    sent = {"grid": grid.code, "key": uuid4(), "seen": latest(grid), "reason": "试行五日", **facts}
    return client.post(reverse(f"cases:{url}"), sent)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_number_says_where_it_comes_from(town, at):
    actions.set_policy(town.grid.district, community_days=5, reason="全区", by=town.post.official, at=at)
    actions.set_policy(town.grid.street, reply_days=3, reason="本街道", by=town.post.secretary, at=at)

    told = {number.name: number for number in holding(town.grid.street, at)}

    assert list(told) == list(SET)
    origins = {name: number.origin and number.origin.grid for name, number in told.items()}
    assert {name: grid for name, grid in origins.items() if grid} == {
        "community_days": town.grid.district, "reply_days": town.grid.street,
    }  # fmt: skip
    assert {name for name, number in told.items() if number.is_official} == {"street_days", "district_days"}
    assert told["community_days"].official


def test_the_page_says_of_each_default_whether_it_is_official(town, as_):
    answer = as_("official").get(PAGE)

    assert text(answer).count("as in the published rules") == len(FROM_THE_ARTICLES)
    assert text(answer).count("our own default, not official") == len(SET) - len(FROM_THE_ARTICLES)


def test_numbers_are_set_from_now_on_and_stand_in_the_history(town, as_, now):
    answer = send(as_("official"), town.grid.district, community_days=5, street_escalates="no")

    assert answer.status_code == 302
    row = Policy.objects.get()
    assert (row.community_days, row.street_escalates, row.street_days, row.since) == (5, False, None, now)
    assert "试行五日" in as_("official").get(PAGE).content.decode()


def test_numbers_of_a_day_to_come_hold_from_its_beginning(town, as_, now):
    send(as_("official"), town.grid.district, since="2026-10-01", community_days=5)

    before, after = (
        policy_at(town.grid.district.pk, None, Policy.objects.get().since + step)
        for step in (timedelta(microseconds=-1), timedelta(0))
    )
    assert (before.community_days, after.community_days) == (7, 5)
    assert "announced" in text(as_("official").get(PAGE))


# what is wrong                       what is said
WRONG = (
    ({"since": "2026-09-23"},         "That day has passed."),
    ({"community_days": "0"},         "greater than or equal to 1"),
    ({"community_days": "61"},        "less than or equal to 60"),
    ({"community_days": "fünf"},      "Enter a whole number."),
    ({"working_hours": "8 to 5"},     "Write the working hours like this: 08:30-12:00,14:00-17:30"),
    ({"reason": ""},                  "This field is required."),
    ({"remind_eve": "perhaps"},       "Select a valid choice."),
)  # fmt: skip


@pytest.mark.parametrize("url", ["set_policy", "rehearse_policy"])
@pytest.mark.parametrize(("facts", "said"), WRONG)
def test_what_cannot_hold_is_said_at_its_field_and_nothing_is_set(url, facts, said, town, as_):
    answer = send(as_("official"), town.grid.district, url, **{"community_days": 5, **facts})

    assert (answer.status_code, said in text(answer)) == (422, True)
    assert not Policy.objects.exists()


def test_what_was_rehearsed_is_confirmed_letter_by_letter(town, as_, now):
    at_the_community(town, THURSDAY - timedelta(days=30))
    client = as_("official")
    answer = send(
        client, town.grid.district, "rehearse_policy", community_days=5, working_hours="08:00-12:00"
    )
    assert (answer.status_code, Policy.objects.exists()) == (200, False)
    confirm = re.search(r'id="rehearsed".*?<form(.*?)</form>', answer.content.decode(), re.DOTALL).group(1)
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', confirm))

    done = client.post(reverse("cases:set_policy"), sent)

    row = Policy.objects.get()
    assert (done.status_code, row.community_days, row.working_hours) == (302, 5, "08:00-12:00")
    assert (row.street_days, row.remind_half, row.reason) == (None, None, "试行五日")


def test_the_same_form_twice_is_one_row(town, as_):
    client, facts = as_("official"), {"key": uuid4(), "seen": 0, "community_days": 5}

    answers = [send(client, town.grid.district, **facts) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Policy.objects.count() == 1


@pytest.mark.parametrize("faster", ["district", "street"])
def test_who_has_not_seen_the_last_numbers_is_told_and_may_send_again(faster, town, as_, at):
    setter = {"district": town.post.official, "street": town.post.secretary}[faster]
    actions.set_policy(town.grid[faster], street_days=9, reason="另有", by=setter, at=at - timedelta(hours=1))

    answer = send(as_("secretary"), town.grid.street, seen=0, community_days=5)

    assert (answer.status_code, "Somebody has set numbers anew" in text(answer)) == (422, True)
    again = dict(re.findall(r'name="(key|seen)" value="([^"]*)"', answer.content.decode()))
    assert send(as_("secretary"), town.grid.street, **again, community_days=5).status_code == 302


def test_a_district_reads_its_streets_and_does_not_speak_for_them(town, as_):
    client = as_("official")
    page = client.get(PAGE, {"grid": town.grid.street.code})

    answer = send(client, town.grid.street, community_days=5)

    assert (page.status_code, "sets its own numbers" in text(page), answer.status_code) == (200, True, 403)


def test_the_form_begins_with_what_the_place_has_set(town, as_, at):
    actions.set_policy(
        town.grid.street, community_days=5, remind_eve=False, reason="本街道", by=town.post.secretary, at=at
    )

    form = as_("secretary").get(PAGE).context["form"]

    assert (form["community_days"].value(), form["remind_eve"].value(), form["reply_days"].value()) == (
        5,
        "no",
        None,
    )


def test_a_running_clock_keeps_its_limit(town, as_, at):
    case = at_the_community(town, at)

    send(as_("official"), town.grid.district, community_days=2)

    assert case.assignments.get(ended_at=None).limit_amount == 7
    assert case.due_at.date() >= date(2026, 10, 12)
