"""My desk: each person finds what is hers, and the way to the rest of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from cases import actions
from cases.rules.clock import Limit

pytestmark = pytest.mark.usefixtures("calendar")


@pytest.fixture(autouse=True)
def clock(at):
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk_of(client, town):
    """`desk_of("leader")`: the desk as that person sees it."""

    def look(name):
        client.force_login(town.outsider if name == "outsider" else town.user[name])
        response = client.get("/")
        assert response.status_code == 200
        return response.content.decode()

    return look


@pytest.fixture
def assigned(town, at):
    return actions.assign(
        town.report(at=at), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at
    )


def test_it_shows_what_waits_with_its_due_state(desk_of, assigned):
    page = desk_of("leader")

    assert "待签收" in page
    assert assigned.number in page
    assert "剩 2 个工作日" in page


def test_what_is_late_says_so(desk_of, assigned, clock):
    clock.shift(timedelta(days=20))

    assert "due-overdue" in desk_of("leader")


def test_each_number_leads_to_exactly_those_rows(desk_of, town, at):
    for _ in range(7):
        town.report(at=at)

    page = desk_of("dispatcher")

    assert '<a href="/cases/?waiting=dispatch">' in page
    assert page.count('class="workfacts"') == 5
    assert '<span class="count hot">7</span>' in page


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("leader", "去巡查"),
        ("direct", "今天没有待办"),
        ("dispatcher", "今天没有待办"),
        ("officer", "今天没有待办"),
        ("supervisor", "今天没有待办"),
        ("official", "/monthly/"),
        ("volunteer", "发现问题就上报"),
        ("outsider", "您目前没有任职"),
    ],
)
def test_an_empty_desk_helps_on(desk_of, who, says):
    assert says in desk_of(who)


def test_only_who_patrols_has_a_patrol_of_today(desk_of):
    assert "今日巡查" in desk_of("member")
    assert "今日巡查" not in desk_of("direct")


def test_the_card_of_today_follows_the_patrol(desk_of, town, at, clock):
    begin = desk_of("leader")
    walk = actions.start_patrol(by=town.post.leader, at=at, key=uuid4())
    under_way = desk_of("leader")
    actions.end_patrol(walk, by=town.post.leader, at=at)
    done = desk_of("leader")

    assert "开始巡查" in begin and "本月已巡查 0 天" in begin
    assert "继续记录" in under_way
    assert "09:00 结束" in done and "本月已巡查 1 天" in done


def test_a_patrol_forgotten_yesterday_is_told(desk_of, town, at, clock):
    actions.start_patrol(by=town.post.leader, at=at, key=uuid4())
    clock.shift(timedelta(days=1))

    assert "09-24 的巡查还没有结束" in desk_of("leader")


def test_the_dispatcher_is_warned_before_deadlines_become_provisional(desk_of, town, clock):
    before = desk_of("dispatcher")
    clock.shift(timedelta(days=60))

    assert "放假安排" not in before
    assert "2027年的放假安排还没有导入" in desk_of("dispatcher")
    assert "放假安排" not in desk_of("leader")


def test_a_volunteer_is_offered_nothing_but_her_reports(desk_of, town, at):
    case = town.report(at=at, by="volunteer")

    page = desk_of("volunteer")

    assert case.number in page
    assert "待派发" not in page


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("leader", 8), ("dispatcher", 7)])
def test_it_takes_the_same_queries_for_any_number_of_rows(
    client, town, at, django_assert_num_queries, number, who, queries
):
    for _ in range(number):
        case = town.report(at=at)
        actions.assign(case, unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=at)
        town.report(at=at)
    client.force_login(town.user[who])
    client.get("/")

    with django_assert_num_queries(queries):
        client.get("/")
