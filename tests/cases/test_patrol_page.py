"""The patrol and its diary on the phone: set out, write, turn a line into a case, come home."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine

from cases import actions
from cases.enums import Channel
from cases.models import Case, DiaryEntry, Evidence, Patrol
from cases.queries.patrols import Figures, figures
from tests.photos import bombs, jpeg, upload

pytestmark = pytest.mark.usefixtures("calendar")


@pytest.fixture(autouse=True)
def clock(at):
    """The server's clock: `clock.shift(timedelta(…))` lets time go by."""
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enter(client, town):
    """`enter("leader")`: the client, signed in as that person."""

    def sign_in(name):
        client.force_login(town.user[name])
        return client

    return sign_in


@pytest.fixture
def leader(enter):
    return enter("leader")


@pytest.fixture
def walk(town, at):
    """The grid leader's patrol, just begun."""
    return actions.start_patrol(by=town.post.leader, at=at, key=uuid4())


@pytest.fixture
def line(town, walk, at):
    """A line whose words suggest what it would be as a case."""
    return actions.write_diary(
        walk, text="3号楼2单元门口堆了一堆建筑垃圾", house_no="3号楼", unit_no="2单元",
        by=town.post.leader, at=at, key=uuid4(),
    )  # fmt: skip


@pytest.fixture
def written(tmp_path):
    """`written()`: everything a refused form must leave as it was: rows and files."""

    def count():
        files = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        rows = [model.objects.count() for model in (Patrol, DiaryEntry, Case, Evidence)]
        return (*rows, len(files))

    return count


def setting_out(town, **changes):
    return {
        "key": str(uuid4()),
        "post": town.post.leader.pk,
        "weather": "晴",
        "route": "1至10号楼",
        **changes,
    }


def words(**changes):
    return {
        "key": str(uuid4()),
        "text": "5号楼4单元水表井低陷",
        "house_no": "5号楼",
        "unit_no": "4单元",
        **changes,
    }


def page_of(response):
    return response.content.decode()


# --- setting out ---


def test_she_sets_out(leader, town, at):
    response = leader.post("/patrol/start/", setting_out(town))

    walk = Patrol.objects.get()
    assert response.url == walk.get_absolute_url()
    assert (walk.post, walk.grid, walk.started_at) == (town.post.leader, town.grid.one, at)
    assert (walk.weather, walk.route) == ("晴", "1至10号楼")


def test_nothing_but_a_tap_is_needed(leader, town):
    response = leader.post("/patrol/start/", {"key": str(uuid4()), "post": town.post.leader.pk})

    assert response.status_code == 302


def test_the_same_tap_twice_is_one_patrol(leader, town):
    form = setting_out(town)

    first, second = (leader.post("/patrol/start/", form) for _ in range(2))

    assert first.url == second.url
    assert Patrol.objects.count() == 1


def test_a_second_patrol_waits_for_the_end_of_the_first(leader, town, walk, written):
    before = written()

    response = leader.post("/patrol/start/", setting_out(town))

    assert response.status_code == 409
    assert "您的巡查已经开始" in page_of(response)
    assert written() == before


def test_today_leads_to_the_patrol_under_way(leader, walk):
    assert leader.get("/patrol/").url == walk.get_absolute_url()


def test_a_patrol_forgotten_yesterday_is_told_and_ended(enter, walk, clock):
    clock.shift(timedelta(days=1))
    leader = enter("leader")

    page = leader.get("/patrol/")
    leader.post(f"/patrol/{walk.pk}/end/")

    assert "2026-09-24 09:00 开始的巡查还没有结束" in page_of(page)
    assert "出发" in page_of(leader.get("/patrol/"))


@pytest.mark.parametrize("who", ["direct", "official", "volunteer", "dispatcher", "officer"])
def test_who_does_not_patrol_is_told_so(enter, town, written, who):
    client, before = enter(who), written()

    assert client.get("/patrol/").status_code == 403
    assert client.get("/patrol/history/").status_code == 403
    assert client.post("/patrol/start/", setting_out(town)).status_code == 403
    assert written() == before


@pytest.mark.parametrize(
    "change",
    [
        {"weather": "晴" * 21}, {"route": "路" * 121}, {"key": "x"}, {"post": "999999"}, {"post": "x"},
        {"route": "1号楼\u202e"}, {"weather": "\x00"},
    ],
    ids=str,
)  # fmt: skip
def test_bad_input_when_setting_out_writes_nothing(leader, town, written, change):
    before = written()

    response = leader.post("/patrol/start/", setting_out(town, **change))

    assert response.status_code == 422
    assert 'role="alert"' in page_of(response)
    assert written() == before


def test_nobody_sets_out_from_the_post_of_another(leader, town, written):
    before = written()

    response = leader.post("/patrol/start/", setting_out(town, post=town.post.leader2.pk))

    assert response.status_code == 422
    assert written() == before


# --- writing ---


def test_a_line_is_written_with_what_its_words_suggest(leader, town, walk, at):
    response = leader.post(f"/patrol/{walk.pk}/write/", words(), follow=True)

    line = DiaryEntry.objects.get()
    assert (line.text, line.house_no, line.unit_no, line.at) == ("5号楼4单元水表井低陷", "5号楼", "4单元", at)
    assert line.suggestion == town.category("B0503")
    assert "水表井、阀门井低陷" in page_of(response)


def test_the_same_line_sent_twice_is_one_line(leader, walk):
    form = words()

    for _ in range(2):
        leader.post(f"/patrol/{walk.pk}/write/", form)

    assert DiaryEntry.objects.count() == 1


def test_the_latest_line_stands_first(leader, walk):
    for text in ("先看到的", "后看到的"):
        leader.post(f"/patrol/{walk.pk}/write/", words(text=text))

    page = page_of(leader.get(walk.get_absolute_url()))

    assert page.index("后看到的") < page.index("先看到的")


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""}, {"text": " \u3000 "}, {"text": "字" * 501}, {"house_no": "楼" * 21}, {"unit_no": "单" * 21},
        {"key": "x"}, {"text": "井\x00盖"}, {"house_no": "3号楼\u202e"}, {"unit_no": "1\n2"},
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_line_is_told_and_writes_nothing(leader, walk, written, change):
    before = written()

    response = leader.post(f"/patrol/{walk.pk}/write/", words(**change))

    assert response.status_code == 422
    assert 'role="alert"' in page_of(response)
    assert written() == before


def test_on_an_ended_patrol_nothing_more_is_written_and_the_words_stay(leader, town, walk, at, written):
    actions.end_patrol(walk, by=town.post.leader, at=at)
    before = written()

    response = leader.post(f"/patrol/{walk.pk}/write/", words())

    assert response.status_code == 409
    assert "5号楼4单元水表井低陷" in page_of(response)
    assert written() == before


# --- a line becomes a case ---


def test_one_tap_makes_a_case_of_a_line(leader, town, line, at):
    response = leader.post(f"/diary/{line.pk}/case/", {"category": line.suggestion_id}, follow=True)

    case = Case.objects.get()
    line.refresh_from_db()
    assert line.case == case
    assert (case.text, case.where, case.channel) == (line.text, "3号楼 2单元", Channel.DIARY)
    assert (case.category, case.reporter_post, case.reported_at) == (town.category(), town.post.leader, at)
    assert f"已转为案件 {case.number}" in page_of(response)


def test_the_page_offers_the_suggested_category_without_another_tap(leader, walk, line):
    page = page_of(leader.get(walk.get_absolute_url()))

    assert f'<option value="{line.suggestion_id}" selected>建筑垃圾</option>' in page
    assert page.count(f'action="/diary/{line.pk}/case/"') == 1


def test_another_category_and_photos_may_be_chosen(leader, town, line):
    form = {"category": town.category("B11").pk, "photos": [upload()]}

    leader.post(f"/diary/{line.pk}/case/", form)

    case = Case.objects.get()
    assert (case.category, case.evidence.count()) == (town.category("B11"), 1)


def test_a_second_tap_gives_the_same_case(leader, line):
    first, second = (
        leader.post(f"/diary/{line.pk}/case/", {"category": line.suggestion_id}) for _ in range(2)
    )

    assert first.url == second.url
    assert Case.objects.count() == 1


def test_a_line_that_is_a_case_shows_how_it_stands_and_no_button(leader, town, walk, line, at):
    case = actions.raise_case(line, category=town.category(), by=town.post.leader, at=at)

    page = page_of(leader.get(walk.get_absolute_url()))

    assert case.number in page
    assert "已上报" in page
    assert f"/diary/{line.pk}/case/" not in page


@pytest.mark.parametrize("category", ["", "x", "B08", "999999"])
def test_a_line_without_a_real_category_stays_a_line(leader, town, line, written, category):
    before = written()

    response = leader.post(
        f"/diary/{line.pk}/case/", {"category": town.category(category).pk if category == "B08" else category}
    )

    assert response.status_code == 422
    assert 'role="alert"' in page_of(response)
    assert written() == before


@pytest.mark.parametrize("kind", list(bombs()))
def test_a_line_with_what_is_no_photo_stays_a_line(leader, line, written, kind):
    before = written()

    response = leader.post(
        f"/diary/{line.pk}/case/",
        {"category": line.suggestion_id, "photos": [upload(), upload(bombs()[kind], "坏照片.jpg")]},
    )

    assert response.status_code == 422
    assert "坏照片.jpg" in page_of(response)
    assert written() == before


def test_seven_photos_of_a_line_are_one_too_many(leader, line, written):
    before = written()
    photos = [upload(jpeg(size=(9, 9 + n))) for n in range(7)]

    response = leader.post(f"/diary/{line.pk}/case/", {"category": line.suggestion_id, "photos": photos})

    assert response.status_code == 422
    assert written() == before


# --- whose it is ---


@pytest.mark.parametrize(
    ("who", "status"),
    [("member", 403), ("direct", 403), ("supervisor", 403), ("leader2", 404), ("far_leader", 404)],
)
def test_only_she_who_walks_writes_raises_and_ends(enter, walk, line, written, who, status):
    client, before = enter(who), written()

    answers = [
        client.post(f"/patrol/{walk.pk}/write/", words()),
        client.post(f"/diary/{line.pk}/case/", {"category": line.suggestion_id}),
        client.post(f"/patrol/{walk.pk}/end/"),
    ]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert all(("只有本次巡查的巡查人" in page_of(answer)) == (status == 403) for answer in answers)
    assert written() == before
    assert Patrol.objects.get().is_under_way


def test_those_above_read_along_without_any_form(enter, walk, line):
    page = page_of(enter("direct").get(walk.get_absolute_url()))

    assert line.text in page
    assert "/write/" not in page and "/case/" not in page and "/end/" not in page


@pytest.mark.parametrize("path", ["/patrol/999999/", "/patrol/999999/sheet/"])
def test_an_unknown_patrol_is_a_404(leader, path):
    assert leader.get(path).status_code == 404


# --- coming home ---


def test_the_end_shows_what_the_walk_came_to(leader, town, walk, line, at, clock):
    actions.raise_case(line, category=town.category(), by=town.post.leader, at=at)
    clock.shift(timedelta(minutes=95))

    response = leader.post(f"/patrol/{walk.pk}/end/", follow=True)

    assert "日记 1 条，转案件 1 件，用时 95 分钟" in page_of(response)
    assert not Patrol.objects.get().is_under_way


def test_ending_twice_keeps_the_first_end(leader, walk, clock):
    leader.post(f"/patrol/{walk.pk}/end/")
    ended_at = Patrol.objects.get().ended_at
    clock.shift(timedelta(hours=1))

    response = leader.post(f"/patrol/{walk.pk}/end/")

    assert response.status_code == 302
    assert Patrol.objects.get().ended_at == ended_at


def test_the_day_sheet_prints_in_the_order_of_the_walk(leader, town, walk, line, at):
    actions.write_diary(walk, text="与独居老人聊天", by=town.post.leader, at=at, key=uuid4())

    page = page_of(leader.get(f"/patrol/{walk.pk}/sheet/"))

    assert page.index(line.text) < page.index("与独居老人聊天")
    assert "民情日记" in page
    assert "2026年9月24日 星期四" in page


def test_my_patrols_are_listed_by_month_with_their_figures(leader, town, walk, line, at):
    actions.raise_case(line, category=town.category(), by=town.post.leader, at=at)

    now = page_of(leader.get("/patrol/history/"))
    before = page_of(leader.get("/patrol/history/", {"month": "2026-08"}))

    assert walk.get_absolute_url() in now
    assert "日记 1 条，转案件 1 件" in now
    assert "这个月没有巡查" in before


@pytest.mark.parametrize("month", ["", "x", "2026-13", "0001-01", "9999-12", "2026-09-01"])
def test_a_month_that_says_nothing_is_this_month(leader, month):
    response = leader.get("/patrol/history/", {"month": month})

    assert response.status_code == 200
    assert "2026-09" in page_of(response)


def test_the_desk_counts_the_days_of_this_month_only(enter, walk, clock):
    """A patrol that was forgotten weeks ago is under way still, and no day of this month."""
    clock.shift(timedelta(days=14))

    today = enter("leader").get("/").context["today"]

    assert (today.under_way, today.done, today.days_this_month) == (walk, [], 0)


# --- figures ---


def test_figures_count_days_lines_and_cases_of_a_month(town, walk, line, at):
    actions.raise_case(line, category=town.category(), by=town.post.leader, at=at)
    actions.end_patrol(walk, by=town.post.leader, at=at)
    again = actions.start_patrol(by=town.post.leader, at=at + timedelta(hours=3), key=uuid4())
    actions.write_diary(again, text="下午再看一遍", by=town.post.leader, at=at, key=uuid4())
    actions.start_patrol(by=town.post.leader2, at=at, key=uuid4())

    month = date(2026, 9, 1)

    assert figures(town.grid.one, month) == Figures(days=1, lines=2, cases=1)
    assert figures(town.grid.east, month) == Figures(days=2, lines=2, cases=1)
    assert figures(town.grid.west, month) == Figures(days=0, lines=0, cases=0)
    assert figures(town.grid.one, date(2026, 10, 1)) == Figures(days=0, lines=0, cases=0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_lines(
    leader, town, walk, at, django_assert_num_queries, number
):
    for _ in range(number):
        actions.write_diary(walk, text="井盖破损", by=town.post.leader, at=at, key=uuid4())
    leader.get(walk.get_absolute_url())

    with django_assert_num_queries(7):
        leader.get(walk.get_absolute_url())
