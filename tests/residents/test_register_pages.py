"""The registers as people look through them: found by what they know, narrowed, printed, seen in full for a reason."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from residents import actions
from residents.enums import Occupancy, Relation
from residents.models import Look
from residents.rules.policy import Policy

from .people import house, household, id_number, neighbours, resident

pytestmark = pytest.mark.django_db

PEOPLE = reverse("residents:list", args=["residents"])


@pytest.fixture
def now(at):
    return timezone.now()


@pytest.fixture
def home(town, now):
    return household(town, now)


@pytest.fixture
def she(home, now):
    return resident(home, now, phone="13812345678")


@pytest.fixture
def child(home, she, now):
    born = timezone.localdate(now) - timedelta(days=8 * 365)
    return resident(
        home, now, relation=Relation.SON, name="程小宝", id_number=id_number(f"{born:%Y%m%d}"), on=born
    )


@pytest.fixture
def page(town, client):
    def open_as(person, address, **query):
        client.force_login(town.user[person])
        return client.post(address, query, follow=True) if "q" in query else client.get(address, query)

    return open_as


def listed(answer):
    return [row["url"] for row in answer.context["rows"]]


@pytest.mark.parametrize(
    "term", ["程", "晓梅", "cxm", "13812345678", "平安里3号楼2单元501", "3号楼", "NUMBER"]
)
def test_she_is_found_by_whatever_one_knows_of_her(page, she, term):
    term = id_number("19850615", 2) if term == "NUMBER" else term

    assert listed(page("leader", PEOPLE, q=term)) == [she.get_absolute_url()]


@pytest.mark.parametrize("term", ["王", "13812345679", "平安里4号楼", "%", "999900198506150000"])
def test_by_anything_else_she_is_not(page, she, term):
    answer = page("leader", PEOPLE, q=term)

    assert (listed(answer), "没有符合条件的记录" in answer.content.decode()) == ([], True)


def test_the_list_shows_masks_and_the_grids_own_staff_a_wider_one(page, she):
    near, above = (page(person, PEOPLE).content.decode() for person in ("leader", "direct"))
    number = id_number("19850615", 2)

    assert (f"{number[:6]}********{number[-4:]}" in near, number in near) == (True, False)
    assert (f"{number[0]}{'*' * 15}{number[-2:]}" in above, number[:6] in above) == (True, False)


def test_of_a_child_others_than_her_community_see_nothing(page, child):
    body = page("secretary", child.get_absolute_url()).content.decode()

    assert "程*" not in body and "***" in body


def test_the_front_page_counts_and_says_how_fresh_it_is(page, town, home, she, now):
    stale = neighbours(home, now)
    actions.verify_household(home, on=timezone.localdate(now), by=town.post.leader, at=now)

    answer = page("direct", reverse("residents:home"))

    (line,) = answer.context["freshness"]
    assert (line.households, line.fresh, line.stale, line.percent) == (2, 1, 1, "50.0%")
    stale_ones = page(
        "direct", reverse("residents:list", args=["households"]), stale="on", grid=line.grid.code
    )
    assert listed(stale_ones) == [stale.get_absolute_url()]


@pytest.mark.parametrize(
    "name", ["residents", "households", "dwellings", "buildings", "premises", "organisations"]
)
def test_every_register_prints_what_its_list_shows(page, she, name):
    listed_, printed = (page("leader", reverse(f"residents:{way}", args=[name])) for way in ("list", "paper"))

    assert [row["cells"] for row in printed.context["rows"]] == [
        row["cells"] for row in listed_.context["rows"]
    ]


def test_buildings_stand_in_the_order_in_which_one_walks_past_them(page, town, now, client):
    for number in ("2", "10", "1"):
        house(town, now, house_no=number)
    here = page("leader", reverse("residents:list", args=["buildings"]))
    found = page("leader", reverse("residents:list", args=["buildings"]), q="平安里")
    printed = page("leader", reverse("residents:paper", args=["buildings"]))

    for answer in (here, found, printed):
        assert [row["cells"][0][1] for row in answer.context["rows"]] == ["1号楼", "2号楼", "10号楼"]


def test_the_page_of_a_building_says_who_lives_behind_which_door(page, town, home, she, child, now):
    for unit, room, occupancy in (("2", "502", Occupancy.EMPTY), ("1", "101", Occupancy.LET)):
        actions.register_dwelling(
            home.dwelling.house, unit_no=unit, room_no=room, occupancy=occupancy, by=None, at=now
        )
    gone = actions.register_dwelling(home.dwelling.house, unit_no="1", room_no="102", by=None, at=now)
    actions.correct_place(gone, by=None, at=now, is_active=False)
    answer = page("leader", home.dwelling.house.get_absolute_url())
    units = [
        (unit, [(door.dwelling.room_no, door.people, door.heads, door.is_empty) for door in doors])
        for unit, doors in answer.context["units"]
    ]

    assert units == [
        ("1单元", [("101", 0, [], False)]),
        ("2单元", [("501", 2, ["程**"], False), ("502", 0, [], True)]),
    ]
    assert ("未登记" in answer.content.decode(), "程晓梅" in answer.content.decode()) == (True, False)


def test_whose_residence_permit_runs_out_is_found(page, home, she, child, now):
    today = timezone.localdate(now)
    actions.correct(she, by=None, at=now, key=uuid4(), facts={"permit_until": today + timedelta(days=30)})
    actions.correct(child, by=None, at=now, key=uuid4(), facts={"permit_until": today + timedelta(days=31)})

    assert listed(page("leader", PEOPLE, permit="on")) == [she.get_absolute_url()]


def test_a_former_name_is_masked_like_the_name(page, reveal, she, now):
    actions.correct(she, by=None, at=now, key=uuid4(), facts={"former_name": "程小花"})

    masked = page("leader", she.get_absolute_url()).content.decode()
    shown = reveal(field="former_name").content.decode()

    assert ("曾用名" in masked, "程小花" in masked, "程小花" in shown) == (True, False, True)


def test_a_list_writes_days_as_forms_do(page, home):
    answer = page("leader", reverse("residents:list", args=["households"]))

    assert "2026-01-01" in answer.content.decode()


def test_nonsense_in_the_address_is_left_aside(page, she):
    answer = page("leader", PEOPLE, sex="7", grid="x", cursor="!", registration="01", stale="1")

    assert (answer.status_code, listed(answer)) == (200, [she.get_absolute_url()])


# --- seen in full ---------------------------------------------------------------------------------------


@pytest.fixture
def reveal(town, client, she):
    def send(person="leader", **facts):
        client.force_login(town.user[person])
        sent = {"field": "phone", "reason": "核对来电", **facts}
        return client.post(reverse("residents:reveal", args=[she.pk]), sent)

    return send


def test_a_value_is_shown_once_for_a_reason_and_on_record(reveal, page, she, town):
    answer = reveal()

    look = Look.objects.get()
    assert ("13812345678" in answer.content.decode(), answer["Cache-Control"]) == (True, "no-store")
    assert (look.user, look.post, look.field, look.reason) == (
        town.user.leader, town.post.leader, "phone", "核对来电",
    )  # fmt: skip
    later = page("direct", she.get_absolute_url()).content.decode()
    assert ("核对来电" in later, "13812345678" in later) == (True, False)


@pytest.mark.parametrize("facts", [{"reason": ""}, {"reason": "要"}, {"field": "name_traces"}, {"field": ""}])
def test_without_a_reason_or_for_nothing_there_is_nothing_to_see(reveal, facts):
    answer = reveal(**facts)

    assert (answer.status_code, Look.objects.count()) == (422, 0)
    assert "13812345678" not in answer.content.decode()


def test_who_looks_too_often_has_to_wait(reveal):
    most = Policy().looks_per_hour
    for _n in range(most):
        assert reveal().status_code == 200

    answer = reveal()

    assert (answer.status_code, "13812345678" in answer.content.decode()) == (429, False)
    assert Look.objects.count() == most


def test_data_of_a_child_are_for_her_own_community(town, child, now):
    with pytest.raises(actions.RegisterRefused):
        actions.reveal(child, "name", reason="核对身份", by=town.post.secretary, at=now)

    assert actions.reveal(child, "name", reason="核对身份", by=town.post.direct, at=now) == "程小宝"


# --- entering and correcting ------------------------------------------------------------------------------


def test_a_person_is_entered_from_the_page_of_her_household(page, client, home, town):
    client.force_login(town.user.leader)
    address = reverse("residents:add_person", args=[home.pk])
    form = client.get(address).context["forms"][0]

    sent = {
        "key": form["key"].value(), "name": "鲁小满", "id_number": id_number("19900101"), "relation": "02",
        "sex": "0", "registration": "01", "on": "2026-01-05",
    }  # fmt: skip
    answers = [client.post(address, sent) for _twice in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    entered = home.members.get()
    assert (entered.birth_date, entered.sex, entered.name.open()) == (date(1990, 1, 1), "1", "鲁小满")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"id_number": "999900199001010011"}, "校验位"),
        ({"id_number": "9999001990"}, "18位"),
        ({"birth_date": "2099-01-01"}, "晚于今天"),
        ({"on": "2099-01-01"}, "晚于今天"),
        ({"phone": "13812"}, "电话号码有误"),
        ({"name": ""}, "必填"),
        ({"relation": "99"}, "99"),
    ],
)
def test_what_cannot_be_is_said_and_leaves_no_trace(client, home, town, facts, word):
    client.force_login(town.user.leader)
    sent = {"name": "鲁小满", "relation": "02", "sex": "1", "registration": "01", "on": "2026-01-05", **facts}
    sent["key"] = "6f0a8e3e-0000-4000-8000-000000000001"

    answer = client.post(reverse("residents:add_person", args=[home.pk]), sent)

    assert (answer.status_code, word in answer.content.decode()) == (422, True)
    assert home.members.count() == 0


def test_what_is_folded_away_is_in_sight_when_it_is_wrong(client, she, town):
    client.force_login(town.user.leader)
    change = reverse("residents:resident_change", args=[she.pk])

    calm = client.get(change).content.decode()
    wrong = client.post(change, {"key": uuid4(), "relation": "02", "sex": "2", "permit_until": "3月"})

    assert (calm.count('name="permit_until"'), '<details class="more mb-3">' in calm) == (1, True)
    assert wrong.status_code == 422
    assert '<details class="more mb-3" open>' in wrong.content.decode()


def test_correcting_shows_masks_and_keeps_what_is_left_empty(client, she, town):
    client.force_login(town.user.leader)
    address = reverse("residents:resident_change", args=[she.pk])
    body = client.get(address).content.decode()
    sent = {"key": "6f0a8e3e-0000-4000-8000-000000000002", "relation": "02", "sex": "2", "registration": "02"}

    answer = client.post(address, sent)

    she.refresh_from_db()
    assert ("13812345678" in body, "138****5678" in body, answer.status_code) == (False, True, 302)
    assert (she.registration, she.phone.open(), she.name.open()) == ("02", "13812345678", "程晓梅")


@pytest.mark.parametrize(
    "facts", [{"floors": "99999"}, {"units": "-1"}, {"built_year": "1" * 30}, {"floors": "六"}]
)
def test_a_number_that_no_column_holds_is_refused_in_words(client, home, town, facts):
    client.force_login(town.user.leader)
    house = home.dwelling.house
    sent = {"key": "6f0a8e3e-0000-4000-8000-000000000003", "house_no": "3", "management": "unknown", **facts}

    answer = client.post(reverse("residents:building_change", args=[house.pk]), sent)

    assert answer.status_code == 422
    assert house.history.count() == 1
