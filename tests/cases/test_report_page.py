"""Reporting a problem: what the form offers, what it files, what it refuses."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from cases.enums import Channel, Step
from cases.models import Case, CaseEvent, Category, Evidence
from grids.actions import dismiss
from tests.photos import bombs, jpeg, upload

pytestmark = pytest.mark.usefixtures("calendar")

URL = "/cases/new/"


@pytest.fixture(autouse=True)
def _now(at):
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def enter(client, town):
    """`enter("leader")`: the client, signed in as that person."""

    def sign_in(name):
        client.force_login(town.user[name])
        return client

    return sign_in


@pytest.fixture
def facts(town):
    """`facts(text="…")`: a report as the form sends it, ordinary where nothing is said."""

    def told(**changes):
        said = {
            "key": str(uuid4()), "category": town.category("B0801").pk, "grid": town.grid.one.pk,
            "place": "桐柏路12号院", "house_no": "3号楼", "unit_no": "2单元", "text": "楼道口堆放建筑垃圾",
        }  # fmt: skip
        return {name: value for name, value in {**said, **changes}.items() if value is not None}

    return told


@pytest.fixture
def written(tmp_path):
    """`written()`: everything a refused report must leave as it was: rows and files."""

    def count():
        files = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        return Case.objects.count(), CaseEvent.objects.count(), Evidence.objects.count(), len(files)

    return count


def page_of(response):
    return response.content.decode()


# --- what is filed ---


def test_a_report_becomes_a_case_and_shows_its_number(enter, town, facts, at):
    response = enter("leader").post(URL, facts(photos=[upload()]), follow=True)

    case = Case.objects.get()
    assert response.redirect_chain == [(reverse("cases:reported", args=[case.pk]), 302)]
    assert case.number == "三官庙-20260924-0001" in page_of(response)
    assert (case.text, case.where) == ("楼道口堆放建筑垃圾", "桐柏路12号院 3号楼 2单元")
    assert (case.building, case.street, case.category) == (town.grid.one, town.grid.street, town.category())
    assert (case.reporter_post, case.reported_at, case.channel) == (town.post.leader, at, Channel.PATROL)
    assert case.evidence.count() == 1


def test_the_page_after_says_who_handles_it_and_within_what_limit(enter, facts):
    response = enter("leader").post(URL, facts(), follow=True)

    assert "三官庙街道指挥中心" in page_of(response)
    assert "2 个工作日" in page_of(response)


def test_a_tile_is_enough(enter, town, facts):
    enter("leader").post(URL, facts(category="", quick=town.category("B0701").pk))

    assert Case.objects.get().category == town.category("B0701")


def test_the_same_form_twice_is_one_case_and_one_answer(enter, facts):
    form = facts()

    first, second = (enter("leader").post(URL, form) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Case.objects.count() == 1


def test_the_same_key_from_another_person_is_refused_and_a_new_key_given(enter, town, facts, written):
    form = facts()
    enter("leader").post(URL, form)
    before = written()

    response = enter("leader2").post(URL, {**form, "grid": town.grid.two.pk})

    assert response.status_code == 422
    assert "他人使用" in page_of(response)
    assert form["key"] not in page_of(response)
    assert written() == before


def test_a_position_and_the_photos_position_are_kept_only_when_sent(enter, facts):
    enter("leader").post(URL, facts(latitude="34.746600", longitude="113.625300", accuracy="12"))
    enter("leader").post(URL, facts())

    kept, without = Case.objects.order_by("pk")
    assert (str(kept.latitude), str(kept.longitude), kept.accuracy) == ("34.746600", "113.625300", 12)
    assert (without.latitude, without.longitude, without.accuracy) == (None, None, None)


def test_a_volunteer_reports_as_a_resident_and_sees_her_own_case(enter, town, facts):
    response = enter("volunteer").post(URL, facts(), follow=True)

    assert response.status_code == 200
    assert Case.objects.get().channel == Channel.RESIDENT


def test_a_dispatcher_files_what_the_hotline_brought(enter, town, facts):
    form = facts(grid=town.grid.two.pk, channel="hotline_12345", external_id="ZZ-8891")

    enter("dispatcher").post(URL, form)

    case = Case.objects.get()
    assert (case.channel, case.external_id, case.reporter_post) == (
        "hotline_12345", "ZZ-8891", town.post.dispatcher,
    )  # fmt: skip


def test_a_number_the_hotline_has_delivered_before_is_refused(enter, town, facts, written):
    enter("dispatcher").post(URL, facts(channel="hotline_12345", external_id="ZZ-8891"))
    before = written()

    response = enter("dispatcher").post(URL, facts(channel="hotline_12345", external_id="ZZ-8891"))

    assert response.status_code == 422
    assert "三官庙-20260924-0001" in page_of(response)
    assert written() == before


# --- settled on the spot ---


@pytest.fixture
def settled(town, facts):
    return facts(
        category=town.category("B0701").pk, settled="on", result="已清扫干净",
        result_photos=[upload(jpeg("green"))],
    )  # fmt: skip


def test_a_minor_problem_settled_on_the_spot_waits_only_to_be_verified(enter, settled):
    response = enter("leader").post(URL, settled, follow=True)

    case = Case.objects.get()
    assert (case.step, case.evidence.get().stage) == (Step.FED_BACK, "after")
    assert list(case.events.values_list("action", flat=True)) == ["report", "settle"]
    assert "已经当场解决" in page_of(response)


def test_a_settled_report_sent_twice_is_one_case(enter, settled):
    first = enter("leader").post(URL, settled)
    settled["result_photos"][0].seek(0)
    second = enter("leader").post(URL, settled)

    assert first.url == second.url
    assert Case.objects.get().version == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"category": "B0801"}, "只有小问题"),
        ({"result": ""}, "请写明做了什么"),
        ({"result_photos": []}, "照片"),
    ],
)
def test_what_cannot_be_settled_at_once_is_not_even_reported(enter, town, settled, written, change, says):
    if "category" in change:
        change = {"category": town.category(change["category"]).pk}
    before = written()

    response = enter("leader").post(URL, {**settled, **change})

    assert response.status_code == 422
    assert says in page_of(response)
    assert written() == before


def test_only_a_grid_leader_is_offered_to_settle(enter):
    assert "settled" in page_of(enter("leader").get(URL))
    assert "settled" not in page_of(enter("member").get(URL))


# --- what is offered ---


def test_a_grid_leader_need_not_choose_her_grid(enter, town):
    page = page_of(enter("leader").get(URL))

    assert f'<input type="hidden" name="grid" value="{town.grid.one.pk}"' in page
    assert "一号网格" in page


def test_staff_choose_among_the_grids_of_their_own_place(enter, town):
    page = page_of(enter("direct").get(URL))

    assert all(name in page for name in ("东街社区", "一号网格", "二号网格"))
    assert not any(name in page for name in ("西街社区", "三号网格", "九号网格"))


def test_only_who_takes_calls_is_asked_for_the_channel(enter):
    assert 'name="channel"' in page_of(enter("dispatcher").get(URL))
    assert 'name="channel"' in page_of(enter("maintainer").get(URL))
    assert 'name="channel"' not in page_of(enter("leader").get(URL))


def test_what_is_reported_most_comes_as_the_first_tile(enter, town, at):
    for _ in range(3):
        town.report(at=at, code="C201")

    page = page_of(enter("leader").get(URL))

    first = page.index('name="quick"')
    assert page[first : first + 60].split('value="')[1].startswith(f'{town.category("C201").pk}"')


def test_many_grids_are_offered_community_by_community(enter, town, monkeypatch):
    monkeypatch.setattr("cases.queries.choices.MOST_GRIDS", 3)

    narrowed = page_of(enter("dispatcher").get(URL))
    east = page_of(enter("dispatcher").get(URL, {"in": town.grid.east.code}))

    assert "东街社区" in narrowed and "一号网格" not in narrowed
    assert "一号网格" in east and "三号网格" not in east


@pytest.mark.parametrize("streets", [1, 3])
def test_the_form_takes_the_same_queries_for_any_number_of_cases(
    enter, town, at, django_assert_num_queries, streets
):
    for _ in range(streets):
        town.report(at=at)
    client = enter("leader")
    client.get(URL)

    with django_assert_num_queries(7):
        client.get(URL)


@pytest.mark.parametrize("who", ["official", "inspector", "officer"])
def test_who_may_not_report_is_told_so(enter, facts, written, who):
    before = written()

    assert enter(who).get(URL).status_code == 403
    assert enter(who).post(URL, facts()).status_code == 403
    assert written() == before


def test_a_stranger_has_to_sign_in(client):
    assert client.get(URL).url == f"/login/?next={URL}"


# --- what is refused ---

LONG = {"text": 1001, "place": 121, "house_no": 21, "unit_no": 21}


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": "   \u3000"},
        {"text": None},
        {"category": ""},
        {"category": "x"},
        {"category": "9" * 40},
        {"category": "B08"},
        {"quick": "x"},
        {"grid": ""},
        {"grid": "x"},
        {"grid": "999999"},
        {"grid": "other"},
        {"key": "no key"},
        {"key": None},
        {"latitude": "91", "longitude": "1"},
        {"latitude": "nan", "longitude": "1"},
        {"latitude": "34.7"},
        {"longitude": "113.6"},
        {"accuracy": "-1"},
        {"text": "井盖\x00缺失"},
        {"place": "桐柏路\u202e12号"},
        *[{name: "字" * length} for name, length in LONG.items()],
    ],
    ids=str,
)
def test_bad_input_is_told_and_writes_nothing(enter, town, facts, written, change):
    known = {"B08": Category.objects.get(code="B08").pk, "other": town.grid.nine.pk}
    change = {name: known.get(value, value) for name, value in change.items()}
    client, before = enter("leader"), written()

    response = client.post(URL, facts(**change))

    assert response.status_code == 422
    assert 'role="alert"' in page_of(response)
    assert written() == before


def test_a_grid_outside_the_subtree_is_as_unknown_as_one_that_does_not_exist(enter, town, facts):
    key = str(uuid4())

    outside, unknown = (
        page_of(enter("leader").post(URL, facts(key=key, grid=pk))) for pk in (town.grid.nine.pk, 9**9)
    )

    assert "没有这个网格" in outside
    assert "没有这个网格" in unknown


def test_a_tile_and_a_line_that_differ_are_asked_about(enter, town, facts, written):
    before = written()

    response = enter("leader").post(URL, facts(quick=town.category("B0701").pk))

    assert response.status_code == 422
    assert "暴露垃圾" in page_of(response) and "建筑垃圾" in page_of(response)
    assert written() == before


@pytest.mark.parametrize("name", ["photos", "result_photos"])
@pytest.mark.parametrize("kind", list(bombs()))
def test_what_is_no_photo_is_refused_by_name(enter, settled, written, kind, name):
    client, before = enter("leader"), written()

    response = client.post(URL, {**settled, name: [upload(), upload(bombs()[kind], "坏照片.jpg")]})

    assert response.status_code == 422
    assert "坏照片.jpg" in page_of(response)
    assert "浏览器不会保留照片" in page_of(response)
    assert written() == before


def test_seven_photos_are_one_too_many(enter, facts, written):
    before = written()

    response = enter("leader").post(URL, facts(photos=[upload(jpeg(size=(9, 9 + n))) for n in range(7)]))

    assert response.status_code == 422
    assert written() == before


def test_thirteen_files_are_not_even_read(enter, facts, written):
    before = written()

    response = enter("leader").post(URL, facts(photos=[upload() for _ in range(13)]))

    assert response.status_code == 413
    assert written() == before


def test_everything_typed_is_still_there(enter, town, facts):
    response = enter("leader").post(URL, facts(category="", text="楼道口<b>堆放</b>", place="门口"))

    page = page_of(response)
    assert "楼道口&lt;b&gt;堆放&lt;/b&gt;" in page
    assert 'value="门口"' in page


def test_a_post_that_has_ended_reports_no_more(enter, town, facts, written, at):
    client, before = enter("leader"), written()
    dismiss(town.post.leader, at=at)

    assert client.post(URL, facts()).status_code == 403
    assert written() == before
