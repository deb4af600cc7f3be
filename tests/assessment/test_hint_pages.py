"""The pages of hints: for who supervises, each number with its rows, each hint with what was found."""

import re
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from assessment.enums import Hint
from assessment.models import HintLook
from assessment.rules.hints import NUMBERS
from cases.actions import settle
from tests.assessment.hinting import NOW, SEPTEMBER, rows, scene
from tests.assessment.test_hints import AUGUST, DAY, HERE, SECOND, close_many, everything, shown, solved

HINTS, ROWS = reverse("assessment:hints"), reverse("assessment:hint_rows")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]


@pytest.fixture(autouse=True)
def _mid_october():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sign_in(town):
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(town.user.get(name, town.outsider))
        return client

    return sign_in


# person          district  street  east  one  nine
ANSWERS = (
    ("official",     200,      200,    200,  200, 200),
    ("inspector",    200,      200,    200,  200, 200),
    ("secretary",    404,      200,    200,  200, 404),
    ("supervisor",   404,      200,    200,  200, 404),
    ("dispatcher",   404,      403,    403,  403, 404),
    ("first",        404,      404,    403,  403, 404),
    ("leader",       404,      404,    404,  403, 404),
    ("officer",      404,      404,    404,  404, 404),
    ("volunteer",    404,      404,    404,  404, 404),
    ("outsider",     404,      404,    404,  404, 404),
)  # fmt: skip


@pytest.mark.parametrize(("person", "answers"), [(row[0], row[1:]) for row in ANSWERS])
def test_hints_are_for_those_who_supervise_the_place(town, sign_in, person, answers):
    close_many(town, 10, SECOND)
    (begins,) = {row.begins_id for row in rows(town, Hint.BULK)}
    client = sign_in(person)

    for place, expected in zip(("district", "street", "east", "one", "nine"), answers, strict=True):
        query = {"grid": town.grid[place].code, "month": "2026-09"}
        one = client.get(reverse("assessment:hint", args=["bulk", begins]), query)
        assert client.get(HINTS, query).status_code == expected, place
        assert client.get(ROWS, {**query, "hint": "bulk"}).status_code == expected, place
        assert one.status_code == (404 if place == "nine" else expected), place


LINK = re.compile(rf'href="({re.escape(ROWS)}\?[^"]+)">([\d,]+)<')


@pytest.mark.parametrize("place", ["district", "street", "east"])
def test_every_number_leads_to_as_many_rows_and_each_row_to_its_case_and_hint(
    town, sign_in, monkeypatch, place
):
    monkeypatch.setitem(NUMBERS, "results", 7)
    everything(town)
    client = sign_in("official")
    page = unescape(client.get(HINTS, {"grid": town.grid[place].code, "month": "2026-09"}).content.decode())

    links = LINK.findall(page)

    assert len(links) >= 10
    assert {hint.value for hint in Hint} == {re.search("hint=([a-z_]+)", address)[1] for address, _n in links}
    for address, number in links:
        answer = client.get(address)
        assert (answer.context["number"], len(answer.context["rows"])) == (int(number), int(number))
        for row in {row.url: row for row in answer.context["rows"]}.values():
            assert row.told.event.case.get_absolute_url() in answer.content.decode()
            assert client.get(row.url).status_code == 200


def test_the_page_says_that_a_hint_proves_nothing_and_whose_numbers_these_are(town, sign_in):
    text = sign_in("supervisor").get(HINTS, {"month": "2026-09"}).content.decode()

    assert "不能证明任何问题，也不扣分" in text
    assert "数值为本系统自定" in text
    assert "时限届满前最后 30 分钟内" in text
    assert "至少百分之 90 由同一人认定" in text


def test_a_month_without_hints_shows_its_grids_with_nothing_behind_them(town, sign_in):
    page = sign_in("supervisor").get(HINTS, {"month": "2026-09", "grid": town.grid.one.code})

    assert "本月没有值得核查的情况。" in page.content.decode()
    assert not LINK.findall(page.content.decode())
    empty = sign_in("supervisor").get(ROWS, {"month": "2026-09", "hint": "pair"})
    assert (empty.status_code, empty.context["number"]) == (200, 0)


@pytest.mark.parametrize(
    "query", [{"month": "2026-13"}, {"month": "2026-11"}, {"month": "2026-09", "as_of": "yesterday"}]
)
def test_a_period_that_makes_no_sense_is_refused_with_a_sentence(town, sign_in, query):
    for address in (HINTS, ROWS):
        answer = sign_in("supervisor").get(address, {**query, "hint": "bulk"})
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("hint", ["", "nonsense", "bulk' --"])
def test_a_hint_that_does_not_exist_is_refused(town, sign_in, hint):
    assert sign_in("supervisor").get(ROWS, {"hint": hint}).status_code == 422
    assert sign_in("supervisor").get("/reports/hints/nonsense/1/").status_code == 404


@pytest.mark.parametrize("begin", ["-1", "x", "９", "99999999", "5"])
def test_a_page_that_begins_nowhere_is_still_a_page(town, sign_in, begin):
    close_many(town, 10, SECOND)

    answer = sign_in("supervisor").get(ROWS, {"month": "2026-09", "hint": "bulk", "from": begin})

    assert (answer.status_code, answer.context["number"]) == (200, 10)


def test_many_rows_come_page_by_page_each_once(town, sign_in, monkeypatch):
    monkeypatch.setattr("assessment.views.hints.SHOWN", 4)
    close_many(town, 10, SECOND)
    client, seen, address = sign_in("supervisor"), [], "?month=2026-09&hint=bulk"

    while address:
        page = client.get(f"{ROWS}{address}")
        seen += [row.told.event.pk for row in page.context["rows"]]
        address = page.context["next_url"]

    assert seen == [row.event_id for row in rows(town, Hint.BULK)]


def test_the_rows_cost_the_same_however_many_there_are(town, sign_in, django_assert_max_num_queries):
    close_many(town, 10, SECOND)
    client = sign_in("supervisor")
    client.get(HINTS)

    with django_assert_max_num_queries(15):
        client.get(ROWS, {"month": "2026-09", "hint": "bulk"})
    with django_assert_max_num_queries(12):
        client.get(HINTS, {"month": "2026-09"})


def test_a_photo_from_another_street_is_hinted_at_without_its_case(town, sign_in):
    far = town.report(at=SEPTEMBER, by="far_leader", grid="nine", code="B04")
    from_afar = {"result": "已清理", "photos": [scene(1)], "by": town.post.far_leader, "at": SEPTEMBER}
    settle(far, **from_afar)
    shown(town, scene(1), at=SEPTEMBER + DAY)

    pages = {
        person: sign_in(person).get(
            ROWS, {"grid": town.grid.street.code, "month": "2026-09", "hint": "photo"}
        )
        for person in ("supervisor", "official")
    }

    assert {person: page.context["number"] for person, page in pages.items()} == {
        "supervisor": 1,
        "official": 1,
    }
    assert far.number not in pages["supervisor"].content.decode()
    assert "您管辖范围以外的案件" in pages["supervisor"].content.decode()
    assert far.number in pages["official"].content.decode()


# --- looking at one ---------------------------------------------------------------------------------


@pytest.fixture
def burst(town):
    """The address of a hint at ten closings."""
    close_many(town, 10, SECOND)
    begins = rows(town, Hint.BULK)[0].begins_id
    query = f"?grid={town.grid.street.code}&month=2026-09"
    return reverse("assessment:hint", args=["bulk", begins]) + query


def sent(**changes):
    return {"verdict": "explained", "note": "当天集中办结，已逐件核对", "key": uuid4(), **changes}


def test_what_was_found_is_written_once_shown_and_counted(sign_in, burst):
    client, form = sign_in("supervisor"), sent()

    answers = [client.post(burst, form) for _twice in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, burst)] * 2
    assert HintLook.objects.count() == 1
    assert "当天集中办结，已逐件核对" in client.get(burst).content.decode()
    listed = client.get(ROWS, {"month": "2026-09", "hint": "bulk"}).content.decode()
    assert listed.count("已说明") == 10
    kinds = client.get(HINTS, {"month": "2026-09"}).context["kinds"]
    assert [cell.number.left for hint, _words, cell in kinds if hint == Hint.BULK] == [0]


def test_a_later_look_stands_and_the_earlier_one_stays_readable(sign_in, burst):
    sign_in("supervisor").post(burst, sent())
    sign_in("inspector").post(burst, sent(verdict="worrying", note="三件没有回访"))

    looks = sign_in("secretary").get(burst).context["looks"]

    assert [(look.verdict, look.by.user.username) for look in looks] == [
        ("worrying", "inspector"), ("explained", "supervisor"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"note": ""}, {"note": "x" * 301}, {"verdict": "guilty"}, {"verdict": ""}, {"key": ""}]
)
def test_a_look_that_says_too_little_is_refused_with_what_was_typed(sign_in, burst, changes):
    answer = sign_in("supervisor").post(burst, sent(**changes))

    assert (answer.status_code, HintLook.objects.count()) == (422, 0)
    assert 'role="alert"' in answer.content.decode()


def test_the_key_of_somebody_else_is_refused(sign_in, burst):
    form = sent()
    sign_in("supervisor").post(burst, form)

    assert sign_in("inspector").post(burst, form).status_code == 422
    assert HintLook.objects.count() == 1


def test_whoever_did_it_does_not_even_see_it(town, sign_in):
    close_many(town, 10, SECOND, by="secretary")
    begins = rows(town, Hint.BULK)[0].begins_id
    address = reverse("assessment:hint", args=["bulk", begins]) + "?month=2026-09"

    assert sign_in("secretary").get(address).status_code == 404
    assert sign_in("secretary").post(address, sent()).status_code == 404
    assert sign_in("supervisor").get(address).status_code == 200


def test_a_hint_of_another_month_or_kind_is_not_there(sign_in, burst):
    client = sign_in("supervisor")

    assert client.get(burst.replace("2026-09", "2026-08")).status_code == 404
    assert client.get(burst.replace("/bulk/", "/pair/")).status_code == 404
    assert client.post(burst.replace("2026-09", "2026-08"), sent()).status_code == 404


def test_what_happens_again_leads_to_both_cases(town, sign_in):
    before = solved(town, AUGUST, **HERE)
    after = town.report(at=SEPTEMBER, code="C201", **HERE)

    text = sign_in("supervisor").get(ROWS, {"month": "2026-09", "hint": "again"}).content.decode()

    assert (before.get_absolute_url() in text, after.get_absolute_url() in text) == (True, True)
    assert "办结 18 天后再次上报" in text
