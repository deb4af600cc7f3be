"""The pages of volunteers and points take what people send once, say what is wrong, and name nobody in full."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from residents import actions
from residents.models import Activity, Participation, PointEntry, PointRule, Volunteer

from .givers import activity, came, neighbour, rules, volunteer
from .people import household, resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    return timezone.now()


@pytest.fixture
def she(town, now):
    return resident(household(town, now), now, phone="13812345678")


@pytest.fixture
def giver(town, she, now):
    return volunteer(town, now, she, skills=["law"])


@pytest.fixture
def rich(town, giver, she, now):
    """Twelve points."""
    rules(town, now - timedelta(days=1))
    came(town, now, activity(town, now, hours=6), giver, hours=6)
    return she


@pytest.fixture
def as_(town, client):
    def sign_in(person):
        client.force_login(town.user[person])
        return client

    return sign_in


def address(name, *args):
    return reverse(f"residents:{name}", args=args)


def text(answer):
    return answer.content.decode()


# --- pages ---------------------------------------------------------------------------------------------


def test_no_page_names_a_volunteer_in_full(as_, rich, giver, town, now):
    what = Activity.objects.get()
    redeemed = actions.redeem(
        rich,
        PointRule.objects.get().items.get(name="肥皂"),
        pieces=1,
        by=town.post.leader,
        at=now,
        key=uuid4(),
    )
    pages = [
        address("list", "volunteers"), giver.get_absolute_url(), what.get_absolute_url(),
        address("attendance", what.pk), address("points", rich.pk), address("receipt", redeemed.pk),
        address("point_correct", rich.points.first().pk),
    ]  # fmt: skip

    for page in pages:
        answer = as_("leader").get(page)
        assert (answer.status_code, "程晓梅" in text(answer), "13812345678" in text(answer)) == (
            200,
            False,
            False,
        )


def test_a_volunteer_is_found_by_name_and_shown_with_her_hours_and_points(as_, rich, giver):
    listed = as_("leader").post(address("list", "volunteers"), {"q": "晓梅"}, follow=True)
    page = text(as_("leader").get(giver.get_absolute_url()))

    assert [row["url"] for row in listed.context["rows"]] == [giver.get_absolute_url()]
    assert ("法律" in page, "6.0" in page, "余额12分" in page) == (True, True, True)


def test_only_building_heads_can_be_asked_for(as_, town, giver, now):
    actions.amend_volunteer(giver, is_building_head=True, by=town.post.leader, at=now)

    found = [
        len(as_("leader").post(address("list", "volunteers"), query, follow=True).context["rows"])
        for query in ({"heads": "on"}, {"heads": "on", "q": "王"})
    ]

    assert found == [1, 0]


# --- forms ---------------------------------------------------------------------------------------------


def test_enlisting_twice_with_one_form_is_one_volunteer(as_, she):
    sent = {"key": uuid4(), "since": "2026-01-05", "skills": ["law", "repair"], "is_building_head": "on"}

    answers = [as_("leader").post(address("enlist", she.pk), sent) for _twice in range(2)]

    one = Volunteer.objects.get()
    assert [answer.url for answer in answers] == [one.get_absolute_url()] * 2
    assert (one.skills, one.is_building_head) == (["law", "repair"], True)


PLAN = {
    "title": "敬老",
    "kind": "elders",
    "place": "活动室",
    "on": "2026-10-01",
    "begins": "09:00",
    "ends": "11:30",
}


def test_planning_twice_with_one_form_is_one_activity(as_, town):
    sent = {"key": uuid4(), "grid": town.grid.one.pk, **PLAN}

    for _twice in range(2):
        assert as_("leader").post(address("add_activity"), sent).status_code == 302

    planned = Activity.objects.get()
    assert planned.ends_at - planned.begins_at == timedelta(hours=2, minutes=30)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"ends": "08:00"}, "早于开始时间"), ({"ends": "09:20"}, "至少半小时"), ({"begins": "9点"}, "09:30"),
        ({"on": "明天"}, "2026-11-21"), ({"kind": "party"}, "party"), ({"title": ""}, "必填"), ({"wanted": "0"}, "1"),
        ({"wanted": "99999"}, "500"),
    ],
)  # fmt: skip
def test_an_activity_that_cannot_be_is_said_and_not_planned(as_, town, facts, word):
    sent = {"key": uuid4(), "grid": town.grid.one.pk, **PLAN, **facts}

    answer = as_("leader").post(address("add_activity"), sent)

    assert (answer.status_code, word in text(answer), Activity.objects.count()) == (422, True, 0)


def test_hours_are_ticked_and_confirmed_once(as_, town, giver, she, now):
    rules(town, now - timedelta(days=1))
    what = activity(town, now)
    row = actions.sign_up(what, giver, by=town.post.leader, at=now, key=uuid4())
    sent = {f"came_{row.pk}": "on", f"hours_{row.pk}": "2.5"}

    answers = [as_("leader").post(address("attendance", what.pk), sent) for _twice in range(2)]

    row.refresh_from_db()
    assert ([answer.status_code for answer in answers], row.hours) == ([302, 302], Decimal("2.5"))
    assert [entry.amount for entry in she.points.all()] == [5]


@pytest.mark.parametrize(
    ("came_", "hours", "word"), [("on", "9", "3"), ("on", "", "服务时长"), ("", "2", "勾选"), ("on", "x", "")]
)
def test_hours_that_cannot_be_are_said_and_nobody_is_confirmed(as_, town, giver, now, came_, hours, word):
    what = activity(town, now)
    row = actions.sign_up(what, giver, by=town.post.leader, at=now, key=uuid4())

    answer = as_("leader").post(
        address("attendance", what.pk), {f"came_{row.pk}": came_, f"hours_{row.pk}": hours}
    )

    assert (answer.status_code, word in text(answer)) == (422, True)
    assert Participation.objects.get().hours is None


def test_redeeming_twice_with_one_form_leads_to_one_receipt(as_, rich):
    soap = PointRule.objects.get().items.get(name="肥皂")
    sent = {"key": uuid4(), "item": soap.pk, "pieces": 2}

    answers = [as_("leader").post(address("redeem", rich.pk), sent) for _twice in range(2)]

    entry = PointEntry.objects.get(kind="redeem")
    assert [answer.url for answer in answers] == [address("receipt", entry.pk)] * 2
    receipt = text(as_("leader").get(answers[0].url))
    assert ("领取人签字" in receipt, "肥皂" in receipt, entry.balance_after) == (True, True, 2)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"pieces": 3}, "积分不足"),
        ({"pieces": 0}, "1"),
        ({"item": "999999"}, "999999"),
        ({"key": "x"}, "UUID"),
    ],
)
def test_what_cannot_be_redeemed_is_said_and_not_booked(as_, rich, facts, word):
    soap = PointRule.objects.get().items.get(name="肥皂")

    answer = as_("leader").post(
        address("redeem", rich.pk), {"key": uuid4(), "item": soap.pk, "pieces": 1, **facts}
    )

    assert (answer.status_code, PointEntry.objects.count()) == (422, 1)
    assert word in text(answer)


def test_a_correction_goes_through_two_pairs_of_hands(as_, rich):
    entry = rich.points.get()
    sent = {"key": uuid4(), "hours": "1", "reason": "只来了一小时"}
    assert as_("leader").post(address("point_correct", entry.pk), sent).url == address("points", rich.pk)
    correction = entry.corrections.get()

    own = as_("leader").post(address("point_decide", correction.pk), {"is_granted": "yes"}, follow=True)
    assert ("另一人" in text(own), rich.points.count()) == (True, 1)
    as_("direct").post(address("point_decide", correction.pk), {"is_granted": "yes"})

    assert [entry.balance_after for entry in rich.points.order_by("seq")] == [12, 2]


@pytest.mark.parametrize(
    ("items", "word"),
    [
        ("肥皂，五，100", "无法识别"),
        ("肥皂,0,1", "分值"),
        ("肥皂,1,1\n肥皂,2,1", "两次"),
        ("肥皂", "无法识别"),
    ],
)
def test_rules_that_make_no_sense_are_said_and_not_set(as_, town, items, word):
    sent = {"key": uuid4(), "hour_points": 2, "report_points": 0, "reason": "试行", "items": items}

    answer = as_("official").post(address("point_rule_set", "410102"), sent)

    assert (answer.status_code, word in text(answer), PointRule.objects.count()) == (422, True, 0)


def test_the_form_of_the_rules_begins_with_what_holds_and_what_is_left(as_, town, rich, now):
    soap = PointRule.objects.get().items.get(name="肥皂")
    actions.redeem(rich, soap, pieces=2, by=town.post.leader, at=now, key=uuid4())

    page = as_("official").get(address("point_rule_set", "410102"))

    assert page.context["forms"][0].initial["items"] == "肥皂, 5, 98\n大米, 20, 10"


@pytest.mark.parametrize("page", ["list", "activities", "activity", "points"])
def test_more_rows_ask_no_more_often(as_, town, giver, she, now, page):
    what = activity(town, now, grid="east")
    args = {"list": ["volunteers"], "activity": [what.pk], "points": [she.pk]}.get(page, [])
    rules(town, now - timedelta(days=1))
    counts = []
    for series in range(1, 4):
        one = volunteer(town, now, neighbour(she.household, now, series))
        actions.sign_up(what, one, by=town.post.direct, at=now, key=uuid4())
        came(town, now, activity(town, now), giver)
        as_("direct").get(address(page, *args))
        with CaptureQueriesContext(connection) as captured:
            assert as_("direct").get(address(page, *args)).status_code == 200
        counts.append(len(captured))

    assert len(set(counts[1:])) == 1, counts
